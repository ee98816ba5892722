"""A directory of the operator's own as an origin: default images, fonts, logos. Its files may change at any time."""

import asyncio
import errno
import os
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from stat import S_ISREG
from typing import IO, TypeVar

from proxy.akeneo.health import OK, Health
from proxy.deadline import Deadline
from proxy.errors import MediaNotFound, OriginBroken, OriginUnreachable
from proxy.media import MediaPath
from proxy.opening import open_in_thread
from proxy.origins.origin import Body

A = TypeVar("A")
T = TypeVar("T")
THREADS = 4  # of its own: a network drive that hangs must not hold up the cache
CHUNK_BYTES = 256 * 1024
NO_SUCH_NAME = {errno.ENAMETOOLONG, errno.ELOOP, errno.EINVAL}


@dataclass(frozen=True, slots=True)
class FileBody:
    length: int
    chunks: AsyncIterator[bytes]
    attachment: bool = False


class FolderOrigin:
    """Known by its path, which may be a link elsewhere tomorrow. Links are followed while they stay inside."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.name = f"folder:{directory}"
        self.health = Health(OK)
        self.threads = ThreadPoolExecutor(THREADS, "folder")

    async def pin(self, path: MediaPath) -> MediaPath:
        """Raises MediaNotFound, OriginUnreachable."""
        return MediaPath(path.family, path.code, await self.in_thread(self.revision_of, path))

    async def fetch(self, path: MediaPath, store: Callable[[Body], Awaitable[T]], deadline: Deadline) -> T:
        """Raises MediaNotFound, and OriginBroken if it is no longer the revision that was asked for."""
        with await open_in_thread(partial(self.open, path), self.threads) as file:
            before = os.fstat(file.fileno())
            async with aclosing(self.pieces(file)) as chunks:
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

    async def pieces(self, file: IO[bytes]) -> AsyncGenerator[bytes, None]:
        while chunk := await self.in_thread(file.read, CHUNK_BYTES):
            yield chunk

    async def in_thread(self, work: Callable[[A], T], argument: A) -> T:
        return await asyncio.get_running_loop().run_in_executor(self.threads, work, argument)

    async def size(self, path: MediaPath, deadline: Deadline) -> int | None:
        return None

    async def warm(self) -> None:
        """Nothing is slow."""

    async def close(self) -> None:
        """Nobody waits for a thread that hangs."""
        self.threads.shutdown(wait=False, cancel_futures=True)

    def revision_of(self, path: MediaPath) -> str:
        """An empty file is as good as none. Raises MediaNotFound, OriginUnreachable."""
        with self.telling_trouble():
            facts = self.file_of(path).stat()
        if not S_ISREG(facts.st_mode) or not facts.st_size:
            raise not_found()
        return revision_of(facts)

    def open(self, path: MediaPath) -> IO[bytes]:
        """Raises MediaNotFound, OriginUnreachable. Without waiting: what was a file may be a pipe by now."""
        with self.telling_trouble():
            handle = os.open(self.file_of(path), os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        if not S_ISREG(os.fstat(handle).st_mode):
            os.close(handle)
            raise not_found()
        return os.fdopen(handle, "rb")

    def file_of(self, path: MediaPath) -> Path:
        """Raises OSError, RuntimeError for links in a circle, MediaNotFound."""
        root = self.directory.resolve(strict=True)
        file = (root / path.code).resolve(strict=True)
        if not file.is_relative_to(root):
            raise not_found()
        return file

    @contextmanager
    def telling_trouble(self) -> Iterator[None]:
        """That there is no such file, only while the folder itself is there."""
        try:
            yield
        except (FileNotFoundError, NotADirectoryError):
            if self.directory.is_dir():
                raise not_found() from None
            raise OriginUnreachable("the folder is not there", retry_after_seconds=5) from None
        except OSError as error:
            if error.errno in NO_SUCH_NAME:
                raise not_found() from None
            raise OriginUnreachable("the folder cannot be read", retry_after_seconds=5) from error
        except RuntimeError:
            raise not_found() from None


def not_found() -> MediaNotFound:
    return MediaNotFound("no such file")


def revision_of(facts: os.stat_result) -> str:
    """Another one after every change, be it only that of a file put into another's place."""
    return f"{facts.st_mtime_ns:x}-{facts.st_ctime_ns:x}-{facts.st_size:x}"
