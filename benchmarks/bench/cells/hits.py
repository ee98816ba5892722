"""Hits: the same cached picture again and again, beside the barest server and nginx with the same bytes in a file."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from benchmarks.bench.asks import Ask, judged
from benchmarks.bench.house import House
from benchmarks.bench.load import wrk
from benchmarks.bench.measure import cores, pinned, watching
from benchmarks.bench.peers.constant import constant
from benchmarks.bench.peers.nginx import NginxStatic
from benchmarks.bench.pictures import Original
from benchmarks.bench.ratios import Result, Sample

SIZES = {"14 KB": 14_000, "55 KB": 55_000}
NARROWEST, WIDEST = 60, 1600


@dataclass(frozen=True, slots=True)
class Contender:
    name: str
    process_id: int | None
    url: str
    headers: tuple[str, ...] = ()


async def hits(it: House) -> AsyncIterator[Result]:
    """A server has one core for itself, wrk the others."""
    for name, size in SIZES.items():
        async with AsyncExitStack() as stack:
            ask, body = await picture_of(it, size)
            file = it.directory / f"{size}.jpg"
            file.write_bytes(body)
            bare = await stack.enter_async_context(constant(file, it.directory / "constant.log"))
            contenders = [
                *await ours(it, ask),
                Contender("bare aiohttp", *bare),
                *served_by_nginx(it, file),
            ]
            result = Result(f"hit, {name}", ssim={"ours": judged(body, "image/jpeg", ask, it.references.of(ask))})
            await contest(it, contenders, result)
        yield result


async def picture_of(it: House, size: int) -> tuple[Ask, bytes]:
    """The narrowest rendition with at least so many bytes."""
    original = Original("4mp", "jpg", 0, "hit")
    for server in (it.ours, it.logging):
        await server.prepare([original])
    narrow, wide, body = NARROWEST, WIDEST, b""
    while narrow < wide:
        middle = (narrow + wide) // 2
        body, _ = await it.ours.answer(Ask(original, middle, middle * 5 // 8, "jpg"))
        narrow, wide = (narrow, middle) if len(body) >= size else (middle + 1, wide)
    ask = Ask(original, wide, wide * 5 // 8, "jpg")
    return ask, (await it.ours.answer(ask))[0]


async def ours(it: House, ask: Ask) -> list[Contender]:
    await it.logging.answer(ask)
    async with aiohttp.ClientSession() as session, session.get(it.ours.url(ask)) as response:
        known = response.headers["ETag"]
    return [
        Contender("ours", it.ours.process_id, it.ours.url(ask)),
        Contender("ours, 304", it.ours.process_id, it.ours.url(ask), (f"If-None-Match: {known}",)),
        Contender("ours, access log on", it.logging.process_id, it.logging.url(ask)),
    ]


def served_by_nginx(it: House, file: Path) -> list[Contender]:
    return [
        Contender(NginxStatic.name, peer.process_id, f"{peer.base}/static/{file.name}")
        for peer in it.peers
        if isinstance(peer, NginxStatic)
    ]


async def contest(it: House, contenders: Sequence[Contender], result: Result) -> None:
    """Every round begins with another one."""
    [first, *rest] = cores()
    for turn in range(it.rounds):
        for contender in rotated(contenders, turn):
            with pinned(contender.process_id, [first]):
                async with watching(contender.process_id) as spent:
                    requests, seconds = await wrk(contender.url, it.seconds, rest or [first], contender.headers)
            result.add(contender.name, Sample(requests, seconds, spent.cpu_seconds, spent.peak_bytes))


def rotated(contenders: Sequence[Contender], turn: int) -> list[Contender]:
    start = turn % len(contenders)
    return [*contenders[start:], *contenders[:start]]
