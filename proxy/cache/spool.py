"""A file on its way from Akeneo: written to a temporary file, followed by viewers while it grows."""

import asyncio
import hashlib
import os
import weakref
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

from proxy.errors import OriginBroken, SourceTooLarge
from proxy.formats import SNIFF_BYTES, Content, is_certain, sniff

READ_BYTES = 256 * 1024
PIECE_BYTES = 64 * 1024  # collected before a thread writes them, so that small chunks do not cost a thread each


@dataclass(frozen=True, slots=True)
class SpoolLimits:
    """Bytes of a picture, which will be decoded, and of any file, which only has to fit on the disk."""

    picture: int
    file: int


class Spool:
    """One try at one download. Whoever follows it gets an error where the download breaks, never a clean end."""

    def __init__(self, file: Path, name: str, length: int | None, limits: SpoolLimits) -> None:
        self.file = file
        self.name = name
        self.length = length
        self.limits = limits
        self.hash = hashlib.blake2b(digest_size=16)
        self.head = b""
        self.content: Content | None = None
        self.size = 0
        self.written = 0
        self.handle = -1
        self.ended = False
        self.error: BaseException | None = None
        self.news = asyncio.Event()

    @property
    def digest(self) -> str:
        return self.hash.hexdigest()

    async def fill(self, chunks: AsyncIterator[bytes], on_known: Callable[["Spool"], None]) -> Content:
        """Write all chunks down; `on_known` is called once, as soon as the bytes tell what the file is.

        Raises what `chunks` raises, OriginBroken if there is not one byte, SourceTooLarge, and OSError. Whoever
        calls it says by `end` whether the file was good: followers are not told before.
        """
        await asyncio.to_thread(self.open)
        waiting = bytearray()
        async for chunk in chunks:
            self.take(chunk)
            waiting += chunk
            if len(waiting) >= PIECE_BYTES or self.streams:
                await self.write(waiting)
            if self.content is None and is_certain(self.head):
                await self.write(waiting)
                self.know(on_known)
        await self.write(waiting)
        if not self.size:
            raise OriginBroken("Akeneo sent an empty file")
        # A power cut must not leave a file of the right length with the wrong bytes.
        await asyncio.to_thread(os.fsync, self.handle)
        return self.content or self.know(on_known)

    def open(self) -> None:
        """The handle lives as long as whoever follows: the file may be renamed or evicted meanwhile."""
        self.handle = os.open(self.file, os.O_CREAT | os.O_TRUNC | os.O_RDWR, 0o644)
        weakref.finalize(self, os.close, self.handle)

    @property
    def streams(self) -> bool:
        """Pictures are waited for, since they will be drawn; everything else goes to viewers as it comes."""
        return self.content is not None and self.content.picture is None

    def take(self, chunk: bytes) -> None:
        self.size += len(chunk)
        self.hash.update(chunk)
        if len(self.head) < SNIFF_BYTES:
            self.head = (self.head + chunk)[:SNIFF_BYTES]
        self.check_size()

    def know(self, on_known: Callable[["Spool"], None]) -> Content:
        self.content = sniff(self.head, self.name)
        self.check_size()
        on_known(self)
        return self.content

    def check_size(self) -> None:
        picture = self.content is not None and self.content.picture is not None
        limit = self.limits.picture if picture else self.limits.file
        if max(self.size, self.length or 0) > limit:
            raise SourceTooLarge(f"the original is larger than {limit} bytes")

    async def write(self, waiting: bytearray) -> None:
        if waiting:
            await asyncio.to_thread(write_all, self.handle, bytes(waiting))
            self.written += len(waiting)
            waiting.clear()
            self.tell()

    def tell(self) -> None:
        self.news.set()
        self.news = asyncio.Event()

    def end(self, error: BaseException | None) -> None:
        self.ended, self.error = True, error
        self.tell()

    async def follow(self) -> AsyncIterator[bytes]:
        """The bytes from the first to the last, as they come; raises OriginBroken if they never all come."""
        sent = 0
        while True:
            while sent < self.written:
                chunk = await asyncio.to_thread(os.pread, self.handle, min(READ_BYTES, self.written - sent), sent)
                sent += len(chunk)
                yield chunk
            if self.ended:
                break
            await self.news.wait()
        if self.error is not None:
            raise OriginBroken("Akeneo broke off") from self.error


def write_all(handle: int, body: bytes) -> None:
    rest = memoryview(body)
    while rest:
        rest = rest[os.write(handle, rest) :]
