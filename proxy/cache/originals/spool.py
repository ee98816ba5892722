"""A file on its way from Akeneo: written to a temporary file, followed by viewers while it grows."""

import asyncio
import hashlib
import logging
import os
import weakref
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from proxy.errors import OriginBroken, SourceTooLarge
from proxy.formats import SNIFF_BYTES, Content, is_certain, sniff

log = logging.getLogger("proxy.cache")
COPY_BYTES = 256 * 1024
PIECE_BYTES = 64 * 1024  # collected before a thread writes them, so that small chunks do not cost a thread each


@dataclass(frozen=True, slots=True)
class SpoolLimits:
    """Bytes of a picture, which will be decoded, and of any file, which only has to fit on the disk."""

    picture: int
    file: int


class NoPlace(Exception):
    """No disk takes the file."""


class Spool:
    """One try at one download. Whoever follows it gets an error where the download breaks, never a clean end.

    `places` are temporary files to write to, in order of preference: when a disk fails, what has come so far moves on
    to the next one, and nobody notices.
    """

    def __init__(
        self, places: Iterable[Callable[[], Path]], name: str, length: int | None, limits: SpoolLimits
    ) -> None:
        self.places = iter(places)
        self.name = name
        self.length = length
        self.limits = limits
        self.file: Path | None = None
        self.failures: list[OSError] = []  # of disks that did not take it
        self.hash = hashlib.blake2b(digest_size=16)
        self.head = b""
        self.content: Content | None = None
        self.size = 0
        self.written = 0
        self.followers = 0
        self.ended = False
        self.broken = False
        self.handle = -1
        self.closers: list[weakref.finalize[[int], Spool]] = []
        self.news = asyncio.Event()

    @property
    def path(self) -> Path:
        """Where it is being written at the moment; it may move to another disk."""
        assert self.file is not None
        return self.file

    @property
    def digest(self) -> str:
        return self.hash.hexdigest()

    async def fill(self, chunks: AsyncIterator[bytes], on_known: Callable[["Spool"], None]) -> Content:
        """Write all chunks down; `on_known` is called once, as soon as the bytes tell what the file is.

        Raises what `chunks` raises, OriginBroken if there is not one byte, SourceTooLarge, and NoPlace. Whoever
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
            raise OriginBroken("an empty file came")
        await self.or_elsewhere(os.fsync)  # a power cut must not leave a file of the right length with wrong bytes
        return self.content or self.know(on_known)

    def open(self) -> None:
        """At the first place that takes a file. The handle outlives the name: the file may be renamed or evicted."""
        for place in self.places:
            try:
                self.file = place()
                self.handle = os.open(self.file, os.O_CREAT | os.O_TRUNC | os.O_RDWR, 0o644)
            except OSError as error:
                self.failures.append(error)
            else:
                self.closers.append(weakref.finalize(self, os.close, self.handle))
                return
        raise NoPlace

    async def move_on(self, failure: OSError) -> None:
        """To the next place, with all that was written; raises NoPlace."""
        self.failures.append(failure)
        await asyncio.to_thread(self.copy_on)

    def copy_on(self) -> None:
        """The old handle stays open: a follower may be reading from it."""
        old, file = self.handle, self.file
        while True:
            self.open()
            try:
                copy(old, self.handle, self.written)
            except OSError as error:
                self.failures.append(error)
                continue
            remove(file)
            return

    async def or_elsewhere(self, act: Callable[[int], object]) -> None:
        """Do it with the open file; on a disk that fails, with the file at its next place."""
        while True:
            try:
                await asyncio.to_thread(act, self.handle)
            except OSError as error:
                await self.move_on(error)
            else:
                return

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
            body = bytes(waiting)
            await self.or_elsewhere(lambda handle: write_all(handle, body, self.written))
            self.written += len(body)
            waiting.clear()
            self.tell()

    def tell(self) -> None:
        self.news.set()
        self.news = asyncio.Event()

    def end(self, good: bool) -> None:
        """Whether the file is one; told by whoever has checked it."""
        self.ended, self.broken = True, not good
        self.tell()
        self.let_go()

    def let_go(self) -> None:
        """Of a broken file, at once: an open handle keeps the space of what was deleted."""
        if self.broken and not self.followers:
            for close in self.closers:
                close()

    async def whole(self) -> None:
        """Until the last byte has come; raises OriginBroken if it never does."""
        async for _ in self.follow():
            pass

    def clear_away(self) -> None:
        """The temporary file, if it was not given a name."""
        remove(self.file)

    async def follow(self) -> AsyncIterator[bytes]:
        """The bytes from the first to the last, as they come; raises OriginBroken if they never all come."""
        sent = 0
        self.followers += 1
        try:
            while not self.broken:
                while sent < self.written and not self.broken:
                    wanted = min(PIECE_BYTES, self.written - sent)
                    chunk = await asyncio.to_thread(os.pread, self.handle, wanted, sent)
                    sent += len(chunk)
                    yield chunk
                if self.ended:
                    break
                await self.news.wait()
        finally:
            self.followers -= 1
            self.let_go()
        if self.broken:
            raise OriginBroken("Akeneo broke off")


def remove(file: Path | None) -> None:
    """A disk that fails may not even let go of what is on it."""
    if file is not None:
        try:
            file.unlink(missing_ok=True)
        except OSError as error:
            log.debug("cannot remove %s: %s", file, error)


def write_all(handle: int, body: bytes, at: int) -> None:
    """At its place, so that it may be done again."""
    rest = memoryview(body)
    while rest:
        count = os.pwrite(handle, rest, at)
        rest, at = rest[count:], at + count


def copy(source: int, target: int, size: int) -> None:
    done = 0
    while done < size:
        piece = os.pread(source, min(COPY_BYTES, size - done), done)
        write_all(target, piece, done)
        done += len(piece)
