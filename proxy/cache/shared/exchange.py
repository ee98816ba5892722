"""Small originals on their way from the replica that has fetched them to the others: for a minute, in Redis.

A larger one is fetched by each. No entry outlives a purge: it holds for the news it was written at, and no longer.
"""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress

from proxy.cache.originals.exchange import Parcel
from proxy.cache.purges.ledger import Ledger
from proxy.cache.sealed import LENGTH, pack, unpack
from proxy.cache.shared.link import NAME, SPACE, Link
from proxy.cache.shared.store import NEWS
from proxy.cache.shared.turns import RedisTurns
from proxy.deadline import Deadline
from proxy.errors import DeadlineExceeded
from proxy.json_text import parsed
from proxy.media import Original
from proxy.metrics import Metrics

log = logging.getLogger("proxy.cache")

ORIGINALS = SPACE + "original:"
RING = SPACE + "originals"  # which there are, oldest first
MOST_BYTES = 4 * 2**20  # of one
MOST_ENTRIES = 32  # at any time, so that they never take more than 128 MiB of Redis
KEEP_SECONDS = 60
TRANSFER_SECONDS = 1.0
PATIENCE_SECONDS = 3.0  # with another replica that fetches it; then we do

GIVE = """
local last = redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 1)
if last[1] and last[1][1] ~= ARGV[2] then return 0 end
local now = tonumber(redis.call('TIME')[1])
redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', now - ARGV[3])
while redis.call('ZCARD', KEYS[3]) >= tonumber(ARGV[4]) do
    redis.call('UNLINK', redis.call('ZPOPMIN', KEYS[3])[1])
end
redis.call('UNLINK', KEYS[1])
redis.call('HSET', KEYS[1], 'news', ARGV[2], 'file', ARGV[1])
redis.call('EXPIRE', KEYS[1], ARGV[3])
redis.call('ZADD', KEYS[3], now, KEYS[1])
redis.call('EXPIRE', KEYS[3], ARGV[3])
return 1
"""
TAKE = """
local news = redis.call('HGET', KEYS[1], 'news')
local last = redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 1)
if not news or (last[1] and last[1][1] ~= news) then return false end
return redis.call('HGET', KEYS[1], 'file')
"""


class RedisExchange:
    """`heard` is the id of the last news that was acted upon, None while there may be some that were not."""

    def __init__(self, link: Link, heard: Callable[[], str | None], ledger: Ledger, metrics: Metrics) -> None:
        self.link = link
        self.heard = heard
        self.ledger = ledger
        self.metrics = metrics
        self.turns = RedisTurns(link, self.written, lambda _: None, ORIGINALS)
        self.giving: dict[str, asyncio.Task[None]] = {}  # the latest of each key
        self.gifts: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def turn(self, key: str, deadline: Deadline) -> AsyncIterator[bool]:
        async with AsyncExitStack() as stack:
            others = True  # also when we have waited for too long
            with suppress(DeadlineExceeded):
                patience = deadline.at_most(PATIENCE_SECONDS)
                others = await stack.enter_async_context(self.turns.turn(key, patience))
            yield others

    async def take(self, key: str, origin: str, path: str) -> Parcel | None:
        found = None
        with suppress(OSError):
            with self.ledger.operation(key):
                if self.heard() is not None:
                    packed = await self.link.eval(TAKE, [ORIGINALS + key, NEWS], seconds=TRANSFER_SECONDS)
                    if not self.ledger.hides_original(NAME, key, origin, path):
                        found = self.opened(key, packed)
            self.metrics.cache_looked_up(f"{NAME} originals", found is not None)
        return found

    def opened(self, key: str, packed: bytes | None) -> Parcel | None:
        if packed is None:
            return None
        try:
            return open_parcel(key, packed)
        except (ValueError, KeyError, TypeError) as error:
            log.warning("redis: original %s is damaged and will be fetched: %s", key, error)
            self.metrics.cache_failed(NAME, "unpack")
            return None

    def coming(self, key: str, length: int | None) -> None:
        if length is not None and length > MOST_BYTES:
            self.turns.let_go(key)

    def give(self, key: str, original: Original) -> None:
        heard = self.heard()  # now: what is purged from here on is not of before
        if heard is not None and original.size <= MOST_BYTES:
            task = asyncio.create_task(self.write(key, original, heard))
            self.giving[key] = task
            self.gifts.add(task)
            task.add_done_callback(lambda _: self.gave(key, task))

    def gave(self, key: str, task: asyncio.Task[None]) -> None:
        self.gifts.discard(task)
        if self.giving.get(key) is task:
            del self.giving[key]

    async def write(self, key: str, original: Original, heard: str) -> None:
        with suppress(OSError):  # then they fetch it, or it has been evicted
            content = await asyncio.to_thread(original.file.read_bytes)
            packed = pack_parcel(key, original, content)
            keys = [ORIGINALS + key, NEWS, RING]
            await self.link.eval(GIVE, keys, packed, heard, KEEP_SECONDS, MOST_ENTRIES, seconds=TRANSFER_SECONDS)

    async def written(self, key: str) -> None:
        if key in self.giving:
            await asyncio.wait([self.giving[key]])

    async def close(self) -> None:
        """When nobody fetches any more."""
        await asyncio.gather(*self.gifts)
        await self.turns.close()


def pack_parcel(key: str, original: Original, content: bytes) -> bytes:
    facts = json.dumps({"key": key, "digest": original.digest if original.confirmed else None}).encode()
    return pack(LENGTH.pack(len(facts)) + facts + content)


def open_parcel(key: str, packed: bytes) -> Parcel:
    """Raises ValueError, KeyError, TypeError if these are not the bytes of that file."""
    value = unpack(packed)
    end = LENGTH.size + int.from_bytes(value[: LENGTH.size], "big")
    facts = parsed(value[LENGTH.size : end])
    if facts["key"] != key or not value[end:]:
        raise ValueError("it is another file")
    return Parcel(value[end:], facts["digest"])
