"""A directory of the operator's own as an origin: default images, fonts, logos. Its files may change at any time."""

import asyncio
import os
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISREG
from typing import IO, TypeVar

from proxy.akeneo.health import OK, Health
from proxy.deadline import Deadline
from proxy.errors import MediaNotFound, OriginBroken
from proxy.media import MediaPath
from proxy.origins.origin import Body

T = TypeVar("T")
CHUNK_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class FileBody:
    length: int
    chunks: AsyncIterator[bytes]
    attachment: bool = False


class FolderOrigin:
    """Known by its path. Links are followed as long as they stay inside."""

    def __init__(self, directory: Path) -> None:
        self.root = directory.resolve()
        self.name = f"folder:{self.root}"
        self.health = Health(OK)

    async def pin(self, path: MediaPath) -> MediaPath:
        revision = await asyncio.to_thread(self.revision_of, path)
        return MediaPath(path.family, path.code, revision)

    async def fetch(self, path: MediaPath, store: Callable[[Body], Awaitable[T]], deadline: Deadline) -> T:
        """Raises MediaNotFound, and OriginBroken if it is no longer the revision that was asked for."""
        with await in_thread(self.open, path) as file:
            before = os.fstat(file.fileno())
            async with aclosing(pieces(file)) as chunks:
                return await store(FileBody(before.st_size, self.whole(file, before, path, chunks)))

    async def whole(
        self, file: IO[bytes], before: os.stat_result, path: MediaPath, chunks: AsyncIterator[bytes]
    ) -> AsyncIterator[bytes]:
        """One that was replaced by another meanwhile is still the one that was opened."""
        if path.revision not in {"", revision_of(before)}:
            raise OriginBroken("the file has changed since it was asked for", retry_after_seconds=1)
        async for chunk in chunks:
            yield chunk
        after = os.fstat(file.fileno())
        if (after.st_mtime_ns, after.st_size) != (before.st_mtime_ns, before.st_size):
            raise OriginBroken("the file changed while it was read", retry_after_seconds=1)

    async def size(self, path: MediaPath, deadline: Deadline) -> int | None:
        return None

    async def warm(self) -> None:
        """Nothing is slow."""

    async def close(self) -> None:
        """Nothing is held."""

    def revision_of(self, path: MediaPath) -> str:
        try:
            facts = self.file_of(path).stat()
        except (OSError, RuntimeError):  # the latter for links in a circle
            raise not_found() from None
        if not S_ISREG(facts.st_mode):
            raise not_found()
        return revision_of(facts)

    def open(self, path: MediaPath) -> IO[bytes]:
        try:
            return self.file_of(path).open("rb")
        except (OSError, RuntimeError):
            raise not_found() from None

    def file_of(self, path: MediaPath) -> Path:
        """Raises OSError, MediaNotFound."""
        file = (self.root / path.code).resolve(strict=True)
        if not file.is_relative_to(self.root):
            raise not_found()
        return file


async def in_thread(open: Callable[[MediaPath], IO[bytes]], path: MediaPath) -> IO[bytes]:
    """Who gives up meanwhile leaves no open file behind."""
    opening = asyncio.ensure_future(asyncio.to_thread(open, path))
    try:
        return await asyncio.shield(opening)
    except asyncio.CancelledError:
        opening.add_done_callback(lambda done: None if done.cancelled() or done.exception() else done.result().close())
        raise


async def pieces(file: IO[bytes]) -> AsyncGenerator[bytes, None]:
    while chunk := await asyncio.to_thread(file.read, CHUNK_BYTES):
        yield chunk


def not_found() -> MediaNotFound:
    return MediaNotFound("no such file")


def revision_of(facts: os.stat_result) -> str:
    """Another one after every change, be it only that of a file put into another's place."""
    return f"{facts.st_mtime_ns:x}-{facts.st_ctime_ns:x}-{facts.st_size:x}"
