"""Originals as files: fetched once, spooled, checked, renamed into the store."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace

from proxy.cache.disk import Disk
from proxy.cache.flights import Flight, Flights
from proxy.cache.originals.attempt import Doubtful, Download, Purged, Try
from proxy.cache.originals.checked import Checked
from proxy.cache.originals.elsewhere import Elsewhere
from proxy.cache.originals.shelf import ROOM, load, save
from proxy.cache.originals.spool import NoPlace, Spool, SpoolLimits
from proxy.cache.originals.wholeness import looks_whole
from proxy.cache.purges.ledger import Ledger
from proxy.cache.purges.scope import Scope
from proxy.cache.tiers import Tiers
from proxy.deadline import Deadline
from proxy.errors import OriginBroken, ProxyError
from proxy.formats import Content
from proxy.media import MediaPath, Original, entry_key
from proxy.metrics import Metrics
from proxy.origins.origin import Body, Origin

log = logging.getLogger("proxy.cache")


class Originals:
    """`disks` in order of preference: the cache directory, then a small scratch for when that one fails.

    What none of them has is looked for `elsewhere`, and only then fetched.
    """

    def __init__(
        self,
        origin: Origin,
        disks: list[Disk],
        limits: SpoolLimits,
        tiers: Tiers,
        metrics: Metrics,
        *,
        ledger: Ledger | None = None,
        elsewhere: Elsewhere | None = None,
    ) -> None:
        self.origin = origin
        self.elsewhere = elsewhere or Elsewhere(origin.name)
        self.disks = disks
        self.limits = limits
        self.tiers = tiers
        self.metrics = metrics
        self.ledger = ledger or Ledger()
        self.checked = Checked()
        self.flights: Flights[Original] = Flights("originals", metrics)
        self.downloads: dict[str, Download] = {}
        self.chores: set[asyncio.Task[None]] = set()

    async def get(self, path: MediaPath, deadline: Deadline) -> Original:
        """The whole file, fetched if it is not here; raises the errors of `Origin.fetch`, SourceTooLarge."""
        flight, _ = self.board(path, deadline)
        return await self.flights.ride(self.key_of(path), flight, deadline)

    async def fetch_or_follow(self, path: MediaPath, deadline: Deadline) -> Original | Spool:
        """A file that is not here: whole, or, if it is no picture, as soon as its first bytes have come."""
        flight, download = self.board(path, deadline)
        with self.flights.aboard(self.key_of(path), flight):
            while not flight.task.done():
                await self.flights.until(deadline, flight.task, download.streaming)
                if download.streaming.done() and not flight.task.done():
                    return download.streaming.result()
            return flight.task.result()

    def board(self, path: MediaPath, deadline: Deadline) -> tuple[Flight[Original], Download]:
        """The flight for a file, and its present try; both end together."""
        key = self.key_of(path)
        known = self.flights.current(key)
        download = self.downloads[key] if known else Download()
        flight = self.flights.board(key, self.work_of(path, download), deadline)
        if not known:
            self.downloads[key] = download
            flight.task.add_done_callback(lambda _: self.forget_download(key, download))
        return flight, download

    def forget_download(self, key: str, download: Download) -> None:
        if self.downloads.get(key) is download:
            del self.downloads[key]

    async def find(self, path: MediaPath) -> Original | None:
        key = self.key_of(path)
        for disk in self.disks:
            try:
                with self.ledger.operation(key):
                    found = await asyncio.to_thread(load, disk, key, path, self.checked)
                    await disk.mount.known()
                    if self.ledger.hides_original(disk.name, key, self.origin.name, str(path)):
                        found = None
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
            second = self.fetch_second(Try(known.path, flight, Download(), known.digest))
            return await self.up_to_date(flight, known.path, second)

        return await self.flights.join(self.again(known.path), work, deadline)

    def again(self, path: MediaPath) -> str:
        """The name of the flight for a second copy."""
        return f"{self.key_of(path)} again"

    def work_of(self, path: MediaPath, download: Download) -> Callable[[Flight[Original]], Awaitable[Original]]:
        async def work(flight: Flight[Original]) -> Original:
            return await self.up_to_date(flight, path, self.find_or_fetch(Try(path, flight, download)))

        return work

    async def find_or_fetch(self, attempt: Try) -> Original:
        try:
            # Another flight may have ended between the viewer's look into the store and this one.
            key = self.key_of(attempt.path)
            found = await self.find_or_wait(attempt.path, attempt.flight.deadline)
            return found or await self.elsewhere.recall(key, attempt, self.store) or await self.fetch_in_turn(attempt)
        except Doubtful as doubt:
            return await self.settle(attempt, doubt.spool)

    async def fetch_in_turn(self, attempt: Try) -> Original:
        """Replicas that want the same new file fetch it once, if it is small enough to be handed on."""
        key, elsewhere = self.key_of(attempt.path), self.elsewhere
        async with elsewhere.exchange.turn(key, attempt.flight.deadline) as others:
            found = await self.receive(attempt) if others else None
            original = found or await self.fetch(attempt)
            if found is None and not attempt.flight.purged:
                elsewhere.exchange.give(key, original)
            return original

    async def receive(self, attempt: Try) -> Original | None:
        """What another replica has fetched; one on the same disk leaves it there."""
        key = self.key_of(attempt.path)
        received = await self.elsewhere.receive(key, attempt, self.store)
        return received or await self.find(attempt.path) or await self.elsewhere.recall(key, attempt, self.store)

    async def find_or_wait(self, path: MediaPath, deadline: Deadline) -> Original | None:
        """While a second copy takes the place of the first, there is none for a moment: that copy is waited for."""
        second = self.flights.current(self.again(path))
        found = await self.find(path)
        second = second or self.flights.current(self.again(path))
        if found is None and second is not None:
            return await self.flights.ride(self.again(path), second, deadline)
        return found

    async def up_to_date(self, flight: Flight[Original], path: MediaPath, fetched: Awaitable[Original]) -> Original:
        """What is fetched; if the file was purged meanwhile, good or bad, what a flight of after the purge gives."""
        try:
            original = await fetched
        except (ProxyError, Purged):
            if not flight.purged:
                raise
        else:
            if not flight.purged:
                return original
        return await self.get(path, flight.deadline)

    async def settle(self, attempt: Try, first: Spool) -> Original:
        """A doubt, by a second copy. Who follows the first one has all of it, and waits for its end meanwhile."""
        attempt.download.broke()
        same = False
        try:
            second = await self.fetch_second(replace(attempt, digest=first.digest))
            same = second.digest == first.digest
            return second
        finally:
            first.end(same)

    async def fetch_second(self, attempt: Try) -> Original:
        """Two identical copies are what Akeneo has, however odd; two different ones are cut (decision 1)."""
        size = await self.origin.size(attempt.path, attempt.flight.deadline)
        try:
            return await self.fetch(replace(attempt, size=size))
        except Doubtful as doubt:
            doubt.spool.end(good=False)
            raise OriginBroken("Akeneo sends this file incomplete", retry_after_seconds=5) from None

    async def fetch(self, attempt: Try) -> Original:
        async def store(body: Body) -> Original:
            attempt.flight.begin()
            self.elsewhere.exchange.coming(self.key_of(attempt.path), body.length)
            return await self.store(attempt, body)

        try:
            original = await self.origin.fetch(attempt.path, store, attempt.flight.deadline)
        except NoPlace:
            raise OriginBroken("no disk to keep the original on", retry_after_seconds=5) from None
        if not attempt.flight.purged:
            self.elsewhere.archive.keep(self.key_of(attempt.path), original)
        return original

    async def store(self, attempt: Try, body: Body) -> Original:
        spool = Spool([disk.temporary for disk in self.disks], attempt.path.code, body.length, self.limits)
        try:
            content = await spool.fill(body.chunks, attempt.download.known)
            await self.check(attempt, spool, content)
            original = await self.keep(attempt, spool, content)
        except Doubtful:
            raise  # its followers wait for the verdict
        except Purged:
            spool.end(good=True)  # its followers came before
            raise
        except BaseException:
            attempt.download.broke()
            spool.end(good=False)
            raise
        finally:
            for failure in spool.failures:
                self.tiers.failed(self.disks[0].name, "store an original", failure)
            await asyncio.to_thread(spool.clear_away)
        spool.end(good=True)
        return original

    async def keep(self, attempt: Try, spool: Spool, content: Content) -> Original:
        """Give the file its name, on the disk that it has come to."""
        while True:
            disk = next(disk for disk in self.disks if disk.root == spool.path.parent.parent)
            file = disk.path_of(ROOM, self.key_of(attempt.path))
            same = attempt.digest == spool.digest
            original = Original(self.origin.name, attempt.path, file, spool.size, spool.digest, content, confirmed=same)
            try:
                await disk.mount.known()
                since = self.ledger.begun
                if attempt.flight.purged:
                    raise Purged
                with self.ledger.operation(self.key_of(attempt.path)):
                    await asyncio.to_thread(save, disk, spool.path, original, self.checked)
            except OSError as error:
                await spool.move_on(error)
                continue
            self.ledger.wrote(since, disk.name, self.key_of(attempt.path))
            if not spool.failures:
                self.tiers.worked(disk.name)
            self.make_room(disk)
            return original

    async def check(self, attempt: Try, spool: Spool, content: Content) -> None:
        """A clean end proves nothing (akeneo-api, section 2.6). Raises OriginBroken or Doubtful."""
        if attempt.size is not None and spool.size != attempt.size:
            raise OriginBroken("Akeneo sent fewer bytes than the file has")
        if attempt.digest != spool.digest and not await self.is_whole(spool, content):
            raise Doubtful(spool)

    async def is_whole(self, spool: Spool, content: Content) -> bool:
        """Read from another disk where the one that it was written to is gone. Raises NoPlace."""
        while True:
            try:
                return await asyncio.to_thread(looks_whole, spool.path, content)
            except OSError as error:
                await spool.move_on(error)

    async def forget(self, original: Original) -> None:
        await self.elsewhere.archive.forget(self.key_of(original.path))
        for disk in self.disks:
            try:
                await asyncio.to_thread(disk.remove, disk.path_of(ROOM, self.key_of(original.path)))
            except OSError as error:
                self.tiers.failed(disk.name, "delete an original", error)

    def purge(self, scope: Scope) -> None:
        """Who waits for what is under way will get what is fetched from now on."""
        self.flights.purge(lambda key: scope.spoils_original(key, self.origin.name))
        self.elsewhere.archive.purge(scope)

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
        return entry_key(self.origin.name, path, path.revision)

    async def close(self) -> None:
        await self.flights.close()
        await asyncio.gather(*self.chores)
