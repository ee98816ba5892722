"""The places at one connection to Akeneo, counted in Redis over all replicas."""

import asyncio
import random
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from proxy.cache.shared.link import SPACE, Link
from proxy.deadline import Deadline

PLACE_MILLISECONDS = 4000  # until the place of a dead replica is given to others
RENEW_SECONDS = 1.0
FIRST_PAUSE_SECONDS = 0.005
LONGEST_PAUSE_SECONDS = 0.05
GROWTH = 1.5

# A sorted set of who is inside, by the time at which they are taken for dead; a far one is none of ours.
# `force` is for who is inside already.
ENTER = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
redis.call('ZREMRANGEBYSCORE', KEYS[1], now + 2 * ARGV[3], '+inf')
local inside = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not inside and ARGV[4] == '0' and redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[2]) then return 0 end
redis.call('ZADD', KEYS[1], now + ARGV[3], ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[3] * 2)
return 1
"""


class RedisPlaces:
    def __init__(self, link: Link, name: str, places: int) -> None:
        self.link = link
        self.key = f"{SPACE}places:{name}"
        self.places = places
        self.place_milliseconds = PLACE_MILLISECONDS

    @asynccontextmanager
    async def place(self, deadline: Deadline) -> AsyncIterator[None]:
        """Raises TimeoutError if there is none in time. Without Redis there is one at once: the local limit holds."""
        visitor = secrets.token_hex(8)
        try:
            await self.enter(visitor, deadline)
            renewal = asyncio.create_task(self.renew(visitor))
            try:
                yield
            finally:
                renewal.cancel()
        finally:
            await self.leave(visitor)

    async def enter(self, visitor: str, deadline: Deadline) -> None:
        pause = FIRST_PAUSE_SECONDS
        while not await self.is_let_in(visitor):
            if deadline.remaining() <= 0:
                raise TimeoutError
            await asyncio.sleep(min(pause * random.uniform(0.5, 1), deadline.remaining()))
            pause = min(pause * GROWTH, LONGEST_PAUSE_SECONDS)

    async def is_let_in(self, visitor: str) -> bool:
        try:
            return bool(await self.link.eval(ENTER, [self.key], visitor, self.places, self.place_milliseconds, 0))
        except OSError:
            return True

    async def renew(self, visitor: str) -> None:
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            with suppress(OSError):
                await self.link.eval(ENTER, [self.key], visitor, self.places, self.place_milliseconds, 1)

    async def leave(self, visitor: str) -> None:
        with suppress(OSError):  # it will be taken for dead
            await self.link.ask("ZREM", self.key, visitor)
