"""What replicas tell each other: purges, and that the blocklist has changed. A stream in Redis, which each reads on.

Who was away catches up; what could not be told is owed, and told when Redis is back.
"""

import asyncio
import json
import logging
import os
import secrets
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from proxy.cache.shared.link import NO_TIMEOUT, Link, end
from proxy.cache.shared.owed import Debt, Owed
from proxy.cache.shared.store import NEWS
from proxy.json_text import parsed

log = logging.getLogger("proxy.cache")

MOST_NEWS = 10_000  # that are kept for who is away
WAIT_SECONDS = 1.0  # for news, in one question
PATIENCE_SECONDS = 3.0
PAUSE_SECONDS = 0.5
PAGE = 1000  # of what is gone through once more
BEGINNING = "0-0"
Hear = Callable[[str, dict[str, Any]], Awaitable[None]]
Note = Callable[[str, str, dict[str, Any]], None]


def nothing(name: str, kind: str, facts: dict[str, Any]) -> None:
    """Nobody keeps what was told."""


class News:
    """`file` keeps the place across restarts, since the cache directory does so with what is to be purged.

    `note` is told the name of all news, our own and those of before our place among them, before they are acted upon.
    """

    def __init__(self, link: Link, url: str, file: Path | None, note: Note = nothing, stream: str = NEWS) -> None:
        self.link = link
        self.stream = stream
        self.file = file
        self.me = secrets.token_hex(8)
        self.me_late = f"{self.me} late"
        self.pause_seconds = PAUSE_SECONDS
        self.opening_seconds = WAIT_SECONDS
        self.position: str | None = None
        self.back_to: str | None = None  # a place of before ours, found in a directory that has come back
        self.again_until = BEGINNING  # what is heard once more up to there, our own among it
        self.note = note
        self.noted = False  # what was before our place
        self.patience_seconds = PATIENCE_SECONDS
        self.owed = Owed(file.with_name("owed") if file is not None else None)
        self.sent: set[str] = set()  # of them, since Redis was reached last
        # Of its own: it waits for longer than any question takes.
        self.client: Any = Redis.from_url(url, retry=Retry(NoBackoff(), 0), protocol=2, **NO_TIMEOUT)
        self.listening: asyncio.Task[None] | None = None

    def heard(self) -> str | None:
        """The id of the last news that was acted upon; None while there may be some that were not."""
        return None if self.owed or self.back_to else self.position

    async def tell(self, kind: str, facts: dict[str, Any]) -> None:
        text = json.dumps(facts)
        try:
            name = await self.link.ask(*self.entry(kind, text, self.me))
            self.note(name.decode(), kind, facts)
        except OSError:
            log.warning("the other replicas cannot be told of a %s; they will be when Redis is back", kind)
            await self.owe(kind, facts)

    async def owe(self, kind: str, facts: dict[str, Any]) -> None:
        """To be told once more, to us as well."""
        await self.owed.add(Debt(kind, json.dumps(facts)))

    def entry(self, kind: str, text: str, sender: str, debt: str = "") -> tuple[str | int, ...]:
        facts = ("from", sender, "kind", kind, "facts", text, "debt", debt)
        return ("XADD", self.stream, "MAXLEN", "~", MOST_NEWS, "*", *facts)

    async def open(self, hear: Hear, on_contact: Callable[[], Awaitable[None]]) -> None:
        """Catches up with what happened while this server was down, if Redis answers, and listens from then on."""
        try:
            await self.recall()
        except OSError as error:
            log.error("cannot read which news were heard, and which are owed: %s", error)
        self.patience_seconds = self.opening_seconds  # with Redis; what was missed takes the time that it takes
        with suppress(OSError, RedisError):
            await self.catch_up(hear, on_contact)
        self.patience_seconds = PATIENCE_SECONDS
        self.listening = asyncio.create_task(self.listen(hear, on_contact))

    async def recall(self) -> None:
        """What the directory knows, the one that is there at present: what was not heard there yet is heard once more.

        Raises OSError.
        """
        place = await asyncio.to_thread(read, self.file)
        await self.owed.load()
        if place is not None and self.position is None:
            self.position = place
        elif place is not None and order(place) < order(self.position or BEGINNING):
            self.back_to = place

    def go_back(self) -> None:
        if self.back_to is not None and self.position is not None:
            self.again_until = max(self.again_until, self.position, key=order)
            self.position, self.back_to = self.back_to, None

    async def listen(self, hear: Hear, on_contact: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                await self.catch_up(hear, on_contact)
                while True:
                    await self.take(hear, round(WAIT_SECONDS * 1000))
                    await self.pay()
            except (RedisError, OSError) as error:
                log.debug("no news: %s: %s", type(error).__name__, error)
            except Exception:
                log.exception("a fault of ours while listening to other replicas")
            await asyncio.sleep(self.pause_seconds)

    async def catch_up(self, hear: Hear, on_contact: Callable[[], Awaitable[None]]) -> None:
        """A Redis that has lost its news begins anew, maybe with smaller ids."""
        async with asyncio.timeout(self.patience_seconds):
            last = await self.client.xrevrange(self.stream, count=1)
        tip = last[0][0].decode() if last else BEGINNING
        if self.position is None:
            self.position = tip  # nothing is kept here that is older
        elif order(tip) < order(self.position):
            self.position = BEGINNING
        await self.note_what_was()
        while await self.take(hear, None):
            pass
        await on_contact()
        self.sent.clear()
        await self.pay()

    async def note_what_was(self) -> None:
        """What was told before this server began to listen, once."""
        start = BEGINNING
        while not self.noted:
            async with asyncio.timeout(self.patience_seconds):
                entries = await self.client.xrange(self.stream, f"({start}", self.position, count=PAGE)
            for name, fields in entries:
                with suppress(ValueError, KeyError, TypeError, AttributeError):
                    self.note(name.decode(), fields[b"kind"].decode(), parsed(fields[b"facts"]))
                start = name.decode()
            self.noted = len(entries) < PAGE

    async def take(self, hear: Hear, milliseconds: int | None) -> int:
        """What has come, or comes within that time; gives the number."""
        self.go_back()
        async with asyncio.timeout(self.patience_seconds):
            answer = await self.client.xread({self.stream: self.position}, count=100, block=milliseconds)
        entries = answer[0][1] if answer else []
        for name, fields in entries:
            await self.act(hear, name.decode(), fields)
            self.position = name.decode()
        if entries:
            await asyncio.to_thread(write, self.file, self.position)
        return len(entries)

    async def act(self, hear: Hear, name: str, fields: dict[bytes, bytes]) -> None:
        try:
            sender, kind, text = (fields[field].decode() for field in (b"from", b"kind", b"facts"))
            facts = parsed(text)
            self.note(name, kind, facts)
            if sender != self.me or order(name) <= order(self.again_until):
                await hear(kind, facts)
            if sender == self.me_late:
                debt = fields[b"debt"].decode()
                await self.owed.settle(debt)
                self.sent.discard(debt)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            log.warning("redis: news that nobody of us has written: %r", error)

    async def pay(self) -> None:
        """Late, so that we act on it once more ourselves: Redis could not be purged before. It is owed until then."""
        for debt in list(self.owed.debts.values()):
            if debt.name not in self.sent:
                entry = self.entry(debt.kind, debt.text, self.me_late, debt.name)
                await self.link.ask(*entry)  # not before it is asked for all else
                self.sent.add(debt.name)

    async def close(self) -> None:
        if self.listening is not None:
            await end(self.listening)
        with suppress(RedisError):  # a connection that did not end in time is dropped
            await self.client.aclose()


def order(name: str) -> tuple[int, int]:
    milliseconds, _, number = name.partition("-")
    return int(milliseconds), int(number or 0)


def read(file: Path | None) -> str | None:
    """None where there is none, or what it says is no place. Raises OSError."""
    try:
        text = file.read_text(encoding="ascii").strip() if file is not None else ""
        order(text)
    except (FileNotFoundError, ValueError):
        return None
    return text


def write(file: Path | None, position: str | None) -> None:
    """At worst some purges are done again after a restart."""
    if file is None or position is None:
        return
    temporary = file.with_name(f"{file.name}.{os.getpid()}.new")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(position, encoding="ascii")
        temporary.replace(file)
    except OSError as error:
        log.debug("cannot note which news were heard: %s", error)
