"""Renditions by key: memory over the stores behind it."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

from proxy.cache.purges.ledger import Ledger
from proxy.cache.renditions.memory import MemoryStore
from proxy.cache.renditions.stores import PurgeableStore, Store
from proxy.cache.tiers import Tiers
from proxy.media import Rendition
from proxy.metrics import Metrics
from proxy.tracing.spans import span

log = logging.getLogger("proxy.cache")
PENDING_WRITES = 256
FAR_SECONDS = 10.0  # for what is not written to a far store when the server ends
PENDING_FAR_BYTES = 64 * 2**20  # a far store may be slow
LARGE_BYTES = 2**18  # of a picture whose digest takes a third of a millisecond
T = TypeVar("T")
Stores = Sequence[tuple[str, PurgeableStore]]


class Renditions:
    """What is found behind memory is put into memory; what is drawn is written behind the viewer's back.

    `lasting` stores are far and slow: nobody waits for what is written there, and what is found there is written to
    the near ones.
    """

    def __init__(
        self,
        memory: MemoryStore[Rendition],
        stores: Stores,
        tiers: Tiers,
        metrics: Metrics,
        *,
        ledger: Ledger | None = None,
        lasting: Stores = (),
    ) -> None:
        self.memory = memory
        self.near = stores
        self.lasting = lasting
        self.stores = [*stores, *lasting]
        self.tiers = tiers
        self.metrics = metrics
        self.ledger = ledger or Ledger()
        self.writes: set[asyncio.Task[None]] = set()
        self.writing: dict[str, asyncio.Task[None]] = {}  # the latest of each key
        self.far_writes: set[asyncio.Task[None]] = set()
        self.far_bytes = 0  # of them

    def peek(self, key: str) -> Rendition | None:
        found = self.memory.peek(key)
        self.metrics.cache_looked_up(self.memory.NAME, found is not None)
        return found

    def peek_same(self, key: str, etag: str) -> Rendition | None:
        """The same bytes as before, if memory still has them; only then it counts as looked up."""
        found = self.memory.peek(key)
        if found is None or found.etag != etag:
            return None
        self.metrics.cache_looked_up(self.memory.NAME, True)
        return found

    async def find(self, key: str) -> tuple[Rendition, str] | None:
        """From the stores behind memory, with the tier's name. A damaged entry is deleted and counts as absent."""
        for name, store in self.stores:
            with self.ledger.operation(key), span("cache", {"media_proxy.tier": name}) as looking:
                found = await self.read(name, store, key)
                if found is not None and self.ledger.hides_rendition(name, key, found.source):
                    found = None
                self.metrics.cache_looked_up(name, found is not None)
                looking.put({"media_proxy.hit": found is not None})
                if found is not None:
                    self.memory.put(key, found)
                    if (name, store) in self.lasting:
                        self.keep_near(key, found)
                    return found, name
        return None

    async def read(self, name: str, store: Store, key: str) -> Rendition | None:
        try:
            packed = await store.get(key)
            return None if packed is None else await away(len(packed), partial(Rendition.unpack, packed))
        except OSError as error:
            self.tiers.failed(name, "read", error)
        except (ValueError, KeyError, TypeError) as error:
            log.warning("%s: entry %s is damaged and will be drawn anew: %s", name, key, error)
            self.metrics.cache_failed(name, "unpack")
            await self.delete(name, store, key)
        return None

    def keep(self, key: str, rendition: Rendition) -> None:
        self.memory.put(key, rendition)
        self.keep_near(key, rendition)
        if self.lasting:
            self.keep_far(key, rendition)

    def keep_near(self, key: str, rendition: Rendition) -> None:
        if len(self.writes) >= PENDING_WRITES:
            self.metrics.cache_failed("renditions", "write_skipped")
            return
        write = self.start(self.writes, key, rendition, self.near)
        self.writing[key] = write
        write.add_done_callback(lambda _: self.wrote(key, write))

    def wrote(self, key: str, write: asyncio.Task[None]) -> None:
        if self.writing.get(key) is write:
            del self.writing[key]

    def keep_far(self, key: str, rendition: Rendition) -> None:
        size = len(rendition.body)
        if len(self.far_writes) >= PENDING_WRITES or self.far_bytes + size > PENDING_FAR_BYTES:
            self.metrics.cache_failed("renditions", "write_skipped")
            return
        self.far_bytes += size
        write = self.start(self.far_writes, key, rendition, self.lasting)
        write.add_done_callback(lambda _: self.wrote_far(size))

    def wrote_far(self, size: int) -> None:
        self.far_bytes -= size

    def start(
        self, writes: set[asyncio.Task[None]], key: str, rendition: Rendition, stores: Stores
    ) -> asyncio.Task[None]:
        write = asyncio.create_task(self.write(key, rendition, self.ledger.begun, stores))
        self.ledger.watch(write, lambda scope: scope.takes_rendition(key, rendition.source))
        writes.add(write)
        write.add_done_callback(writes.discard)
        return write

    async def written(self, key: str) -> None:
        """Until what was kept under this key is in every near store, or has failed to get there."""
        if key in self.writing:
            await asyncio.wait([self.writing[key]])

    async def write(self, key: str, rendition: Rendition, since: int, stores: Stores) -> None:
        """`since`: how many purges had begun before it was drawn."""
        packed = await away(len(rendition.body), rendition.pack)
        for name, store in stores:
            if self.ledger.spoils_rendition(since, key, rendition.source):
                return  # another replica, which has finished that purge, would take it for a fresh one
            try:
                await store.set(key, packed)
            except OSError as error:
                self.tiers.failed(name, "write", error)
            else:
                if stores is not self.lasting:  # they may take what they do not give, and tell it themselves
                    self.tiers.worked(name)
                self.ledger.wrote(since, name, key)

    async def delete(self, name: str, store: Store, key: str) -> None:
        try:
            await store.delete(key)
        except OSError as error:
            self.tiers.failed(name, "delete", error)

    async def close(self) -> None:
        """Let what is being written reach its place; a far one has a limit."""
        await asyncio.gather(*self.writes)
        if self.far_writes:
            _, late = await asyncio.wait(self.far_writes, timeout=FAR_SECONDS)
            for write in late:
                write.cancel()
            await asyncio.gather(*late, return_exceptions=True)


async def away(size: int, work: Callable[[], T]) -> T:
    """In a thread if there are so many bytes that others would notice how long it takes."""
    return await asyncio.to_thread(work) if size >= LARGE_BYTES else work()
