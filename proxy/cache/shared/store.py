"""Renditions in Redis: bytes and nothing else, each with its length and digest, never pickled.

Whoever can write to Redis can thereby change pictures, and never run code here.
"""

import logging
from collections.abc import Callable
from typing import Any

from proxy.cache.purges.scope import PLACE_LENGTH
from proxy.cache.renditions.aiocache_alone import BaseCache, NullSerializer
from proxy.cache.sealed import BEFORE, pack, unpack
from proxy.cache.shared.link import NAME, SPACE, Link, RedisDown, RedisRefused
from proxy.cache.sweep import HEAD_BYTES, Chosen, Spared, nothing
from proxy.media import KEY_BYTES
from proxy.metrics import Metrics

log = logging.getLogger("proxy.cache")

RENDITIONS = SPACE + "rendition:"
NEWS = SPACE + "news"
MOST_BYTES = 2**20  # of one entry: larger ones stay on the disks
KEEP_SECONDS = 30 * 24 * 3600
BATCH = 50  # entries looked at in one step

# What was drawn before a purge must not come in after it: who has not heard all news yet may not write.
SET = """
local last = redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 1)
if last[1] and last[1][1] ~= ARGV[3] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])
return 1
"""
HEADS = """
local heads = {}
for number, key in ipairs(KEYS) do
    local head = redis.pcall('GETRANGE', key, 0, ARGV[1])
    heads[number] = type(head) == 'string' and head or ''
end
return heads
"""


class RedisStore(BaseCache):
    """An aiocache cache, as `MemoryStore` is: aiocache's own one takes no URL and decodes what it reads.

    `heard` is the id of the last news that was acted upon, None while there may be some that were not. Raises RedisDown
    and RedisRefused, which are OSErrors.
    """

    NAME = NAME

    def __init__(self, link: Link, heard: Callable[[], str | None], metrics: Metrics) -> None:
        super().__init__(serializer=NullSerializer(), namespace=RENDITIONS, timeout=None)
        self.link = link
        self.heard = heard
        self.metrics = metrics

    # What aiocache asks of a backend; its public methods call these.

    async def _get(self, key: str, encoding: str | None = None, _conn: Any = None) -> bytes | None:
        if self.heard() is None:
            self.link.check()
            raise RedisDown("not all purges are known yet")
        try:
            packed = await self.link.ask("GET", key)
            return None if packed is None else unpack(packed)
        except (ValueError, RedisRefused) as error:
            log.warning("redis: entry %s is damaged and will be made anew: %s", key, error)
            self.metrics.cache_failed(NAME, "unpack")
            await self._delete(key)
        return None

    async def _set(self, key: str, value: bytes, ttl: Any = None, _cas_token: Any = None, _conn: Any = None) -> bool:
        heard = self.heard()  # now, not when a connection is free
        if heard is None or len(value) > MOST_BYTES:
            self.link.check()  # or it would be told that it works
            return False
        return bool(await self.link.eval(SET, [key, NEWS], pack(value), KEEP_SECONDS, heard))

    async def _delete(self, key: str, _conn: Any = None) -> int:
        return int(await self.link.ask("UNLINK", key))

    async def _exists(self, key: str, _conn: Any = None) -> bool:
        return bool(await self.link.ask("EXISTS", key))

    # What a purge asks of a tier.

    async def delete_below(self, prefix: str, spared: Spared = nothing) -> int:
        if len(prefix) == PLACE_LENGTH + 2 * KEY_BYTES:
            return await self.unlink([prefix], spared)
        cursor, deleted = 0, 0
        while True:
            cursor, keys = await self.scan(cursor, prefix)
            deleted += await self.unlink(keys, spared)
            if cursor == 0:
                return deleted

    async def sweep(self, chosen: Chosen, spared: Spared = nothing) -> int:
        """`chosen` is asked about each entry: they come in no order."""
        cursor, deleted = 0, 0
        while True:
            cursor, keys = await self.scan(cursor, "")
            heads = await self.heads(keys)
            doomed = [key for key, head in zip(keys, heads, strict=True) if chosen(key, head)]
            deleted += await self.unlink(doomed, spared)
            if cursor == 0:
                return deleted

    async def scan(self, cursor: int, prefix: str) -> tuple[int, list[str]]:
        pattern = f"{RENDITIONS}{prefix}*"
        following, keys = await self.link.ask("SCAN", cursor, "MATCH", pattern, "COUNT", 1000 if prefix else BATCH)
        return following, [key.decode(errors="replace").removeprefix(RENDITIONS) for key in keys]

    async def heads(self, keys: list[str]) -> list[bytes]:
        if not keys:
            return []
        heads = await self.link.eval(HEADS, [RENDITIONS + key for key in keys], BEFORE + HEAD_BYTES - 1)
        return [head[BEFORE:] for head in heads]

    async def unlink(self, keys: list[str], spared: Spared) -> int:
        doomed = [RENDITIONS + key for key in keys if not spared(key)]
        return int(await self.link.ask("UNLINK", *doomed)) if doomed else 0
