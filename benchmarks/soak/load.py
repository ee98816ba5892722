"""Viewers of every kind, each asking on and on at full speed, until they are told to rest or to go."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import cycle
from random import Random
from urllib.parse import urlsplit

import aiohttp
from yarl import URL

from benchmarks.soak.catalogue import (
    KEY,
    Ask,
    addresses,
    cold,
    contents,
    folder,
    hot,
    kept,
    placeholders,
    purgeable,
    refused,
    signed,
    stored,
)
from benchmarks.soak.faults import Scene
from benchmarks.soak.ledger import Answer
from benchmarks.storm.shots import NOT_ON_WIRE, Gun
from proxy.demo.webhooks import hex_of, platform_event

GIVES_UP_SECONDS = 60.0
FLOOD, FLOOD_EVERY_SECONDS = 120, 6.0
SLOW_BYTES, SLOW_PAUSE_SECONDS = 16_384, 0.1
NOT_MODIFIED = frozenset({200, 304})
PART = frozenset({200, 206})  # the whole while it streams through
GOOD = frozenset({200, 206, 304})


@dataclass(slots=True)
class Crowd:
    """`gate` is shut while all rest: connections are closed then."""

    scene: Scene
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    over: bool = False
    resting: int = 0

    async def ask(self, session: aiohttp.ClientSession, ask: Ask, **fields: str) -> tuple[Answer, bool]:
        """The answer, and whether it was known to be cached."""
        was_cached, begun = self.scene.ledger.is_cached(ask), time.perf_counter()
        steady, faults = self.scene.steady, self.scene.disk_faults
        url = URL(self.scene.server.base + ask.path, encoded=True)
        try:
            async with session.get(url, headers={"Accept": ask.accept, **fields}, allow_redirects=False) as response:
                body = await response.read()
                told = response.headers
        except (aiohttp.ClientError, TimeoutError) as error:
            answer = Answer(0, time.perf_counter() - begun, said=type(error).__name__)
        else:
            said = "" if response.status in GOOD else told.get("ik-error", "").partition(":")[0]
            steady = steady and self.scene.steady and faults == self.scene.disk_faults
            seconds = time.perf_counter() - begun
            answer = Answer(response.status, seconds, body, told.get("X-Cache", ""), said, told.get("ETag", ""), steady)
        return answer, was_cached and self.scene.ledger.is_cached(ask)  # it may have been taken away meanwhile

    async def take(self, session: aiohttp.ClientSession, ask: Ask, **fields: str) -> Answer:
        answer, was_cached = await self.ask(session, ask, **fields)
        self.scene.ledger.take(ask, answer, was_cached)
        return answer


Round = Callable[[Crowd, aiohttp.ClientSession, Random], Awaitable[object]]


def each(asks: list[Ask]) -> Round:
    turns = cycle(asks)

    async def ask_next(crowd: Crowd, session: aiohttp.ClientSession, chance: Random) -> None:
        await crowd.take(session, next(turns))

    return ask_next


async def revalidate(crowd: Crowd, session: aiohttp.ClientSession, chance: Random) -> None:
    ask = chance.choice(HOT)
    etag = crowd.scene.ledger.etags.get(ask.name, '""')
    again = Ask("revalidated", ask.path, ask.accept, NOT_MODIFIED, never_lost=True)
    await crowd.take(session, again, **{"If-None-Match": etag})


async def ask_cold(crowd: Crowd, session: aiohttp.ClientSession, chance: Random) -> None:
    await crowd.take(session, cold(chance))


async def ask_part(crowd: Crowd, session: aiohttp.ClientSession, chance: Random) -> None:
    ask = chance.choice(STORED)
    whole = CONTENTS[ask.path]
    start = chance.randrange(len(whole))
    end = chance.randint(start + 1, len(whole))
    part = Ask("file", ask.path, ask.accept, PART)
    answer, was_cached = await crowd.ask(session, part, Range=f"bytes={start}-{end - 1}")
    crowd.scene.ledger.take_part(part, answer, whole[start:end], was_cached)


async def flood(crowd: Crowd, session: aiohttp.ClientSession, chance: Random) -> None:
    await asyncio.gather(*(crowd.take(session, cold(chance)) for _ in range(FLOOD)))
    await asyncio.sleep(FLOOD_EVERY_SECONDS)


async def purge(crowd: Crowd, session: aiohttp.ClientSession, chance: Random) -> None:
    """And what was purged is asked for at once."""
    file, ask = purgeable(chance)
    scene, faults = crowd.scene, crowd.scene.disk_faults
    if scene.steady:
        url, body = f"{scene.server.admin}/v1/files/purge", {"path": f"{file.family}/{file.code}"}
        async with session.post(url, json=body) as response:
            told = await response.text()
        failing = not scene.steady or faults != scene.disk_faults  # then the disk may refuse, and has to say so
        assert response.status == 201 or (failing and response.status in {500, 503}), told
        scene.ledger.purges[response.status] += 1
    await crowd.take(session, ask)
    await asyncio.sleep(0.2)


async def tell(crowd: Crowd, session: aiohttp.ClientSession, chance: Random) -> None:
    """That something has changed, as Akeneo's Event Platform tells it."""
    event = platform_event(*chance.choice(CHANGES))
    body = json.dumps(event).encode()
    signed = {"X-AKENEO-SIGNATURE-PRIMARY": hex_of(KEY, body), "X-AKENEO-SIGNATURE-ALGORITHM": "HmacSHA256"}
    async with session.post(f"{crowd.scene.server.base}/-/events/akeneo", data=body, headers=signed) as response:
        told = await response.text()
    assert response.status in TAKEN, told
    crowd.scene.ledger.events[response.status] += 1
    await asyncio.sleep(0.5)


async def ask_anything(crowd: Crowd, session: aiohttp.ClientSession, chance: Random) -> None:
    """Targets of the storm, for which any answer will do that comes in time."""
    shot = GUN.shot(chance.randrange(10**9))
    plain = shot.target.startswith("/") and "#" not in shot.target and not NOT_ON_WIRE.search(shot.target)
    ask = Ask("storm", shot.target if plain else "/", right=frozenset(range(1000)))
    answer, _ = await crowd.ask(session, ask)
    crowd.scene.ledger.take(ask, Answer(answer.status, answer.seconds, b"", "", answer.said, steady=False), False)


async def read_slowly(crowd: Crowd, session: aiohttp.ClientSession, chance: Random) -> None:
    ask = chance.choice(STORED)
    with suppress(OSError, EOFError):
        reader, writer = await connected(crowd, ask)
        while await reader.read(SLOW_BYTES):  # noqa: ASYNC110 (a viewer who is slow)
            await asyncio.sleep(SLOW_PAUSE_SECONDS)
        writer.close()
        await writer.wait_closed()


async def leave(crowd: Crowd, session: aiohttp.ClientSession, chance: Random) -> None:
    """In the midst of an answer, or before there is one."""
    with suppress(OSError, EOFError):
        reader, writer = await connected(crowd, chance.choice([cold(chance), chance.choice(STORED)]))
        with suppress(TimeoutError):
            async with asyncio.timeout(chance.random() * 0.2):
                await reader.readexactly(chance.choice((1, 500, 20_000)))
        writer.transport.abort()


async def connected(crowd: Crowd, ask: Ask) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    address = urlsplit(crowd.scene.server.base)
    reader, writer = await asyncio.open_connection(address.hostname, address.port, limit=SLOW_BYTES)
    writer.write(f"GET {ask.path} HTTP/1.1\r\nHost: soak\r\nAccept: {ask.accept}\r\nConnection: close\r\n\r\n".encode())
    return reader, writer


HOT, STORED, CONTENTS = hot(), stored(), contents()
CHANGES = [
    ("product-model.updated", {"product_model": {"code": "cup"}}),
    ("asset.updated", {"asset": {"code": "rocket", "asset_family": {"code": "packshots"}}}),
    (
        "reference-entity-record.updated",
        {"reference_entity_record": {"code": "acme", "reference_entity": {"code": "brands"}}},
    ),
    ("product-model.updated", {"product_model": {"code": "nobody knows it"}}),
]
TAKEN = {200, 202, 204, 503}  # 503: once more, please
GUN = Gun(1, [ask.path.removeprefix("/") for ask in STORED])
ROUNDS: list[tuple[int, Round]] = [
    (4, each(HOT)),
    (1, revalidate),
    (2, each(kept())),
    (4, ask_cold),
    (1, each(STORED)),
    (1, ask_part),
    (1, each(signed())),
    (1, each(folder())),
    (1, each(addresses())),
    (1, each(placeholders())),
    (1, tell),
    (1, each(refused())),
    (1, ask_anything),
    (1, flood),
    (1, purge),
    (2, read_slowly),
    (2, leave),
]
VIEWERS = sum(count for count, _ in ROUNDS)


async def view(crowd: Crowd, go_round: Round, chance: Random) -> None:
    while not crowd.over:
        crowd.resting += 1
        await crowd.gate.wait()
        crowd.resting -= 1
        timeout = aiohttp.ClientTimeout(total=GIVES_UP_SECONDS)
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(connector=connector, timeout=timeout, auto_decompress=False) as session:
            while crowd.gate.is_set() and not crowd.over:
                await go_round(crowd, session, chance)
    crowd.resting += 1
