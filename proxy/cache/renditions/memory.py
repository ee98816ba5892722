"""The nearest tier: the most recently used entries, within a budget of bytes."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from proxy.cache.renditions.aiocache_alone import BaseCache, NullSerializer
from proxy.metrics import Metrics

V = TypeVar("V")
TURN = 1000  # entries looked at between two turns of other work
OVERHEAD_BYTES = 512  # of an entry: the key, the facts and the dictionaries around them


class MemoryStore(BaseCache, Generic[V]):
    """An aiocache cache with a budget of bytes (aiocache's own memory cache is an unbounded dictionary).

    `peek` answers at once, without the 40 microseconds of aiocache's time limits and plug-ins. `on_enter` and
    `on_leave` hear of what it holds from now on, and no longer.
    """

    NAME = "memory"

    def __init__(self, budget: int, size_of: Callable[[V], int], metrics: Metrics) -> None:
        super().__init__(serializer=NullSerializer(), timeout=None)
        self.budget = budget
        self.size_of = size_of
        self.metrics = metrics
        self.used = 0
        self.entries: OrderedDict[str, V] = OrderedDict()
        self.on_enter: Callable[[V], None] = ignore
        self.on_leave: Callable[[V], None] = ignore
        metrics.watch_cache(self.NAME, lambda: self.used)

    def peek(self, key: str) -> V | None:
        value = self.entries.get(key)
        if value is not None:
            self.entries.move_to_end(key)
        return value

    def put(self, key: str, value: V) -> None:
        self.drop(key)
        cost = self.cost(value)
        if cost > self.budget:
            return
        self.entries[key] = value
        self.used += cost
        self.on_enter(value)
        self.shrink()

    def drop(self, key: str) -> bool:
        value = self.entries.pop(key, None)
        if value is not None:
            self.let_go(value)
        return value is not None

    def let_go(self, value: V) -> None:
        self.used -= self.cost(value)
        self.on_leave(value)

    async def purge(self, chosen: Callable[[str, V], bool]) -> int:
        """Drop what is chosen; gives the number. Other work gets its turns in between: there may be a million."""
        dropped = 0
        for number, (key, value) in enumerate(list(self.entries.items())):
            if number % TURN == TURN - 1:
                await asyncio.sleep(0)
            if chosen(key, value):
                dropped += self.drop(key)
        return dropped

    def shrink(self) -> None:
        evicted = 0
        while self.used > self.budget:
            _, value = self.entries.popitem(last=False)
            self.let_go(value)
            evicted += 1
        if evicted:
            self.metrics.cache_evicted(self.NAME, evicted)

    def cost(self, value: V) -> int:
        return self.size_of(value) + OVERHEAD_BYTES

    # What aiocache asks of a backend; its public methods call these.

    async def _get(self, key: str, encoding: str | None = None, _conn: Any = None) -> V | None:
        return self.peek(key)

    async def _set(self, key: str, value: V, ttl: Any = None, _cas_token: Any = None, _conn: Any = None) -> bool:
        self.put(key, value)
        return True

    async def _delete(self, key: str, _conn: Any = None) -> int:
        return int(self.drop(key))

    async def _exists(self, key: str, _conn: Any = None) -> bool:
        return key in self.entries

    async def _clear(self, namespace: str | None = None, _conn: Any = None) -> bool:
        for key in list(self.entries):
            self.drop(key)
        return True


def ignore(_: Any) -> None:
    """Nobody wants to know."""
