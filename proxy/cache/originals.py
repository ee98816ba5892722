"""Originals as files: fetched once, spooled, checked, renamed into the store."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from proxy.cache.disk import RECORD, Disk
from proxy.cache.flights import Flight, Flights
from proxy.cache.spool import Spool, SpoolLimits
from proxy.cache.tiers import Tiers
from proxy.cache.wholeness import looks_whole
from proxy.deadline import Deadline
from proxy.errors import OriginBroken, ProxyError
from proxy.formats import Content
from proxy.media import MediaPath, Original, key_of
from proxy.metrics import Metrics
from proxy.origins import Body, Origin

log = logging.getLogger("proxy.cache")
ROOM = "originals"


class Download:
    """A flight's present try. `streaming` is there as soon as it is a file that viewers may follow."""

    def __init__(self) -> None:
        self.streaming: asyncio.Future[Spool] = asyncio.get_running_loop().create_future()

    def known(self, spool: Spool) -> None:
        if not spool.streams:
            return
        if self.streaming.done():  # an earlier try was cut: those who come now follow this one
            self.streaming = asyncio.get_running_loop().create_future()
        self.streaming.set_result(spool)


@dataclass(frozen=True, slots=True)
class Try:
    """One attempt at a file. `digest` is that of an earlier copy in doubt, `size` what Akeneo says it has."""

    path: MediaPath
    flight: Flight[Original]
    download: Download
    digest: str | None = None
    size: int | None = None


class Doubtful(Exception):
    """The file lacks its end mark: cut somewhere, or odd."""

    def __init__(self, digest: str) -> None:
        super().__init__(digest)
        self.digest = digest


class DiskFailed(Exception):
    """The disk, not Akeneo: kept apart, since time limits of the network are OSErrors too."""

    def __init__(self, error: OSError) -> None:
        super().__init__(str(error))
        self.error = error


class Originals:
    """`disks` in order of preference: the cache directory, then a small scratch for when that one fails."""

    def __init__(self, origin: Origin, disks: list[Disk], limits: SpoolLimits, tiers: Tiers, metrics: Metrics) -> None:
        self.origin = origin
        self.disks = disks
        self.limits = limits
        self.tiers = tiers
        self.metrics = metrics
        self.flights: Flights[Original] = Flights("originals", metrics)
        self.downloads: dict[str, Download] = {}
        self.chores: set[asyncio.Task[None]] = set()

    async def get(self, path: MediaPath, deadline: Deadline) -> Original:
        """The whole file, fetched if it is not here; raises the errors of `Origin.fetch`, SourceTooLarge."""
        found = await self.find(path)
        return found or await self.flights.join(str(path), self.work_of(path), deadline)

    async def fetch_or_follow(self, path: MediaPath, deadline: Deadline) -> Original | Spool:
        """A file that is not here: whole, or, if it is no picture, as soon as its first bytes have come."""
        whole = asyncio.ensure_future(self.flights.join(str(path), self.work_of(path), deadline))
        try:
            streaming = self.downloads[str(path)].streaming
            either: set[asyncio.Future[Any]] = {whole, streaming}
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            return await whole if whole.done() else streaming.result()
        finally:
            await leave(whole)

    async def find(self, path: MediaPath) -> Original | None:
        key = self.key_of(path)
        for disk in self.disks:
            try:
                found = await asyncio.to_thread(load, disk, key, path)
            except OSError as error:
                self.tiers.failed(disk.name, "read an original", error)
                continue
            self.metrics.cache_looked_up(f"{disk.name} originals", found is not None)
            if found is not None:
                return found
        return None

    async def fetch_again(self, known: Original, deadline: Deadline) -> Original:
        """A second copy of a file that does not decode; `confirmed` if it is the same, byte for byte."""

        async def work(flight: Flight[Original]) -> Original:
            return await self.fetch_second(known.path, known.digest, flight)

        return await self.flights.join(f"{known.path} again", work, deadline)

    def work_of(self, path: MediaPath) -> Callable[[Flight[Original]], Awaitable[Original]]:
        download = self.downloads.setdefault(str(path), Download())

        async def work(flight: Flight[Original]) -> Original:
            try:
                return await self.fetch_to_a_disk(Try(path, flight, download))
            except Doubtful as doubt:
                return await self.fetch_second(path, doubt.digest, flight)
            finally:
                self.downloads.pop(str(path), None)

        return work

    async def fetch_second(self, path: MediaPath, digest: str, flight: Flight[Original]) -> Original:
        """Two identical copies are what Akeneo has, however odd; two different ones are cut (decision 1)."""
        size = await self.origin.size(path, flight.deadline)
        try:
            return await self.fetch_to_a_disk(Try(path, flight, Download(), digest, size))
        except Doubtful:
            raise OriginBroken("Akeneo sends this file incomplete", retry_after_seconds=5) from None

    async def fetch_to_a_disk(self, attempt: Try) -> Original:
        for disk in self.disks:
            try:
                original = await self.fetch(disk, attempt)
            except DiskFailed as failure:
                self.tiers.failed(disk.name, "store an original", failure.error)
                continue
            self.tiers.worked(disk.name)
            self.make_room(disk)
            return original
        raise OriginBroken("no disk to keep the original on", retry_after_seconds=5)

    async def fetch(self, disk: Disk, attempt: Try) -> Original:
        async def store(body: Body) -> Original:
            attempt.flight.begin()
            try:
                return await self.store(disk, attempt, body)
            except OSError as error:
                raise DiskFailed(error) from error

        return await self.origin.fetch(attempt.path, store, attempt.flight.deadline)

    async def store(self, disk: Disk, attempt: Try, body: Body) -> Original:
        temporary = await asyncio.to_thread(disk.temporary)
        spool = Spool(temporary, attempt.path.code, body.length, self.limits)
        try:
            content = await spool.fill(body.chunks, attempt.download.known)
            await self.check(attempt, spool, content)
            file = disk.path_of(ROOM, self.key_of(attempt.path))
            same = attempt.digest == spool.digest
            original = Original(attempt.path, file, spool.size, spool.digest, content, confirmed=same)
            await asyncio.to_thread(save, disk, temporary, original)
        except BaseException as error:
            spool.end(error)
            raise
        finally:
            await asyncio.to_thread(temporary.unlink, True)
        spool.end(None)
        return original

    async def check(self, attempt: Try, spool: Spool, content: Content) -> None:
        """A clean end proves nothing (akeneo-api, section 2.6). Raises OriginBroken or Doubtful."""
        if attempt.size is not None and spool.size != attempt.size:
            raise OriginBroken("Akeneo sent fewer bytes than the file has")
        if attempt.digest != spool.digest and not await asyncio.to_thread(looks_whole, spool.file, content):
            raise Doubtful(spool.digest)

    async def forget(self, original: Original) -> None:
        for disk in self.disks:
            try:
                await asyncio.to_thread(disk.remove, disk.path_of(ROOM, self.key_of(original.path)))
            except OSError as error:
                self.tiers.failed(disk.name, "delete an original", error)

    def make_room(self, disk: Disk) -> None:
        """Behind the viewer's back, since it may have to look through many files."""
        if disk.used > disk.budget:
            chore = asyncio.create_task(self.tidy(disk))
            self.chores.add(chore)
            chore.add_done_callback(self.chores.discard)

    async def tidy(self, disk: Disk) -> None:
        try:
            await asyncio.to_thread(disk.make_room)
        except OSError as error:
            self.tiers.failed(disk.name, "make room", error)

    def key_of(self, path: MediaPath) -> str:
        return key_of(self.origin.name, str(path))

    async def close(self) -> None:
        await self.flights.close()
        await asyncio.gather(*self.chores)


def load(disk: Disk, key: str, path: MediaPath) -> Original | None:
    """The record is the last that was written: file and record must agree, or both are dropped."""
    file = disk.path_of(ROOM, key)
    packed = disk.read(file.with_name(key + RECORD))
    if packed is None:
        return None
    try:
        original = Original.unpack(packed, file)
        fits = original.path == path and file.stat().st_size == original.size
    except (OSError, ValueError, KeyError, TypeError, ProxyError):
        fits = False
    if not fits:
        log.warning("original %s is damaged and will be fetched anew", path)
        disk.remove(file)
        return None
    return original


def save(disk: Disk, temporary: Path, original: Original) -> None:
    record = original.file.with_name(original.file.name + RECORD)
    disk.remove(record)  # a record never stands beside bytes that it does not describe
    disk.publish(temporary, original.file)
    disk.write(record, original.pack())


async def leave(joined: "asyncio.Future[Original]") -> None:
    """Stop waiting for a flight; the flight itself goes on."""
    if not joined.done():
        joined.cancel()
    await asyncio.gather(joined, return_exceptions=True)
