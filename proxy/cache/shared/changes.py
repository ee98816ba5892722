"""What replicas share of changes in the catalogue: news of them, which events were had, and who polls.

In a stream of its own: entries in Redis hold for the news of purges that they were written at, and these are many.
"""

import asyncio
import json
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from proxy.cache.shared.link import SPACE, Link
from proxy.cache.shared.news import News
from proxy.media import key_of

STREAM = SPACE + "changes"
KIND = "changes"
EVENT_SECONDS = 7200  # an event is sent again for 35 minutes at most
KEEP_SECONDS = 30 * 86_400
DUTY_MILLISECONDS = 10_000
RENEW_SECONDS = 2.0

CLAIM = """
local fresh = 0
for place = 1, #KEYS do
    if redis.call('SET', KEYS[place], '1', 'NX', 'EX', ARGV[1]) then fresh = fresh + 1 end
end
return fresh
"""
TAKE = """
local owner = redis.call('GET', KEYS[1])
if owner and owner ~= ARGV[1] and redis.call('PTTL', KEYS[1]) >= 0 then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
"""
LEAVE = """
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
"""


class RedisChanges:
    """Without Redis each replica acts as if it were alone; but `tell` raises OSError then."""

    def __init__(self, link: Link, url: str, directory: Path | None) -> None:
        self.link = link
        self.me = secrets.token_hex(8)
        self.news = News(link, url, directory / "changes" / "news" if directory is not None else None, stream=STREAM)
        self.news.noted = True  # of what was told before, nothing is to be known
        self.duty_milliseconds = DUTY_MILLISECONDS

    async def is_first(self, name: str, ids: frozenset[str]) -> bool:
        keys = [f"{SPACE}event:{key_of(name)}:{key_of(one)}" for one in sorted(ids)]
        try:
            return bool(await self.link.eval(CLAIM, keys, EVENT_SECONDS))
        except OSError:
            return True

    async def tell(self, facts: dict[str, Any]) -> None:
        await self.link.ask(*self.news.entry(KIND, json.dumps(facts), self.news.me))

    @asynccontextmanager
    async def duty(self, name: str) -> AsyncIterator[bool]:
        key = f"{SPACE}duty:{key_of(name)}"
        ours = await self.is_taken(key)
        renewal = asyncio.create_task(self.renew(key)) if ours else None
        try:
            yield ours
        finally:
            if renewal is not None:
                renewal.cancel()
                with suppress(OSError):  # it ends by itself
                    await self.link.eval(LEAVE, [key], self.me)

    async def is_taken(self, key: str) -> bool:
        try:
            return bool(await self.link.eval(TAKE, [key], self.me, self.duty_milliseconds))
        except OSError:
            return True

    async def renew(self, key: str) -> None:
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            await self.is_taken(key)

    async def recall(self, name: str) -> str | None:
        with suppress(OSError):
            found = await self.link.ask("GET", f"{SPACE}recall:{key_of(name)}")
            return None if found is None else found.decode(errors="replace")
        return None

    async def keep(self, name: str, text: str) -> None:
        with suppress(OSError):
            await self.link.ask("SET", f"{SPACE}recall:{key_of(name)}", text, "EX", KEEP_SECONDS)

    async def open(self, hear: Callable[[dict[str, Any]], Awaitable[None]]) -> None:
        async def of_kind(kind: str, facts: dict[str, Any]) -> None:
            if kind == KIND:
                await hear(facts)

        await self.news.open(of_kind, nothing)

    async def close(self) -> None:
        await self.news.close()


async def nothing() -> None:
    """There is nothing to be brought together."""
