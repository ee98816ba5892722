"""Leases in Redis: of all replicas that are asked for the same new picture one makes it, and the others wait for it.

A lease has an owner and ends by itself, so that the work of a dead replica passes on. Where the picture does not come
into Redis (it is large, no picture, or there was an error), everybody who waits is let go at once.
"""

import asyncio
import random
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from proxy.cache.shared.link import SPACE, Link
from proxy.cache.shared.store import RENDITIONS
from proxy.deadline import Deadline
from proxy.errors import DeadlineExceeded

LEASE_MILLISECONDS = 2000
RENEW_SECONDS = 0.5
FREE_MILLISECONDS = 1000  # how long it is known that there is nothing to wait for
FIRST_PAUSE_SECONDS = 0.01
LONGEST_PAUSE_SECONDS = 0.1
GROWTH = 1.5

TAKEN, FREE, TAKEN_AND_MADE = 1, 2, 3  # made just now, since it was looked for
# A claim that nobody of us has made may have no end, or a far one: it is none.
TAKE = """
local owner = redis.call('GET', KEYS[1])
local left = redis.call('PTTL', KEYS[1])
if owner and left >= 0 and left <= tonumber(ARGV[2]) then
    if owner == 'free' then return 2 end
    if owner ~= ARGV[1] then return 0 end
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return redis.call('EXISTS', KEYS[2]) == 1 and 3 or 1
"""
RENEW = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
"""
DONE = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
if redis.call('EXISTS', KEYS[2]) == 1 then return redis.call('DEL', KEYS[1]) end
redis.call('SET', KEYS[1], 'free', 'PX', ARGV[2])
return 1
"""
ABANDON = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
"""


@dataclass(frozen=True, slots=True)
class Lease:
    key: str
    owner: str
    room: str

    @property
    def made(self) -> str:
        """The key of what is being made."""
        return self.room + self.key

    @property
    def name(self) -> str:
        return f"{SPACE}lease:{self.made.removeprefix(SPACE)}"


class RedisTurns:
    """`written` waits until what was made is in Redis, which a viewer does not wait for; it is found under a key that
    begins with `room`. `count` is told whose turn it was.
    """

    def __init__(
        self,
        link: Link,
        written: Callable[[str], Awaitable[None]],
        count: Callable[[str], None],
        room: str = RENDITIONS,
    ) -> None:
        self.link = link
        self.written = written
        self.count = count
        self.room = room
        self.ours: dict[str, Lease] = {}
        self.lease_milliseconds = LEASE_MILLISECONDS
        self.chores: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def turn(self, key: str, deadline: Deadline) -> AsyncIterator[bool]:
        """Without Redis everybody does the work, at once."""
        lease = Lease(key, secrets.token_hex(8), self.room)
        try:
            taken, others = await self.wait(lease, deadline)
        except OSError:
            self.count("alone")
            yield False
            return
        except asyncio.CancelledError:  # Redis may have given it to us meanwhile
            self.start(self.end(lease, ABANDON))
            raise
        self.count("ours" if taken else "free")
        if not taken:
            yield True
            return
        self.ours[key] = lease
        renewal = self.start(self.renew(lease))
        try:
            yield others
        except asyncio.CancelledError:
            renewal.cancel()
            self.start(self.end(lease, ABANDON))
            raise
        except BaseException:
            renewal.cancel()
            self.start(self.end(lease, DONE))
            raise
        else:
            self.start(self.end_when_written(lease, renewal))
        finally:
            self.ours.pop(key, None)

    def let_go(self, key: str) -> None:
        """Whoever waits for us to make it, since they will not get it."""
        if key in self.ours:
            self.start(self.end(self.ours[key], DONE))

    async def wait(self, lease: Lease, deadline: Deadline) -> tuple[bool, bool]:
        """Whether it is ours, or there is nothing to wait for, and whether others may have made it meanwhile. Raises
        OSError, DeadlineExceeded.
        """
        pause, waited = FIRST_PAUSE_SECONDS, False
        while True:
            state = await self.link.eval(TAKE, [lease.name, lease.made], lease.owner, self.lease_milliseconds)
            if state:
                return state != FREE, waited or state != TAKEN
            waited = True
            if deadline.remaining() <= 0:
                raise DeadlineExceeded("not ready in time; another server is at it", retry_after_seconds=2)
            await asyncio.sleep(min(pause * random.uniform(0.5, 1), deadline.remaining()))
            pause = min(pause * GROWTH, LONGEST_PAUSE_SECONDS)

    async def renew(self, lease: Lease) -> None:
        """Until it is ended, or has passed on: then two do the work, which does no harm."""
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            with suppress(OSError):
                if not await self.link.eval(RENEW, [lease.name], lease.owner, self.lease_milliseconds):
                    return

    async def end_when_written(self, lease: Lease, renewal: asyncio.Task[None]) -> None:
        try:
            await self.written(lease.key)
        finally:
            renewal.cancel()
        await self.end(lease, DONE)

    async def end(self, lease: Lease, script: str) -> None:
        with suppress(OSError):  # it ends by itself
            await self.link.eval(script, [lease.name, lease.made], lease.owner, FREE_MILLISECONDS)

    def start(self, work: "Awaitable[None]") -> asyncio.Task[None]:
        chore = asyncio.ensure_future(work)
        assert isinstance(chore, asyncio.Task)
        self.chores.add(chore)
        chore.add_done_callback(self.chores.discard)
        return chore

    async def close(self) -> None:
        """When no turn is taken any more."""
        while self.chores:
            await asyncio.gather(*self.chores, return_exceptions=True)
