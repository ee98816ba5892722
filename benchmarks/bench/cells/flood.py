"""Hits while more new renditions are wanted than can be drawn; and new renditions of originals that come slowly."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

from benchmarks.bench.asks import Ask
from benchmarks.bench.cells.cold import asked, at_once
from benchmarks.bench.house import House
from benchmarks.bench.pictures import Original
from benchmarks.bench.ratios import Result, Sample, percentile

HITS_A_SECOND = 200.0
FLOODING = 32  # connections
ORIGINALS = 48
ORIGIN_SECONDS = 0.05
FLOOD, SLOW = "hits under a flood of cold requests", "cold, the origin 50 ms away"
ALONE, AMONG, HIT = "the flood alone", "the flood among hits", "hits"


async def flood(it: House) -> AsyncIterator[Result]:
    """Hits leave by the clock, for as long as the flood should last."""
    result = Result(FLOOD)
    originals = [Original("4mp", "jpg", number, "flood") for number in range(ORIGINALS)]
    hit, cold = Ask(originals[0], 200, 125, "jpg"), Ask(originals[0], 300, 200, "jpg")
    await it.ours.prepare(originals)
    await it.ours.answer(hit)
    latencies: list[float] = []
    rate = (await it.ours.draw(asked(cold, originals, 0), FLOODING)).rate
    count = round(3 * rate * it.seconds)
    for turn in range(it.rounds):
        wave = waves(cold, originals, 2 * turn + 1, count)
        again = waves(cold, originals, 2 * turn + 2, count)
        result.add(ALONE, await it.ours.draw(wave, FLOODING))
        hits = round(HITS_A_SECOND * len(wave) / rate)
        flooded, answers = await asyncio.gather(
            it.ours.draw(again, FLOODING),
            it.second_client.run([it.ours.url(hit)] * hits, a_second=HITS_A_SECOND),
        )
        result.add(AMONG, flooded)
        result.add(HIT, Sample(hits, answers.seconds, latencies=tuple(answers.latencies)))
        latencies += answers.latencies
    result.facts = {f"hits' p{share:g}, ms": 1000 * percentile(latencies, share / 100) for share in (50, 90, 99)}
    yield result


def waves(cold: Ask, originals: list[Original], turn: int, count: int) -> list[Ask]:
    """So many requests that were never made before; a turn has room for a hundred renditions of each original."""
    found: list[Ask] = []
    for number in range(-(-count // len(originals))):
        found += asked(replace(cold, height=200 + turn), originals, number)
    return found[:count]


async def slow_origin(it: House) -> AsyncIterator[Result]:
    """Akeneo answers four calls at a time; only ours can ask it."""
    result = Result(SLOW)
    count = max(2 * at_once(), round(12 * it.seconds))
    for turn in range(it.rounds):
        originals = [Original("4mp", "jpg", turn * count + number, "slow") for number in range(count)]
        await it.pim.add(originals)
        await it.pim.delay(ORIGIN_SECONDS)
        asks = asked(Ask(originals[0], 300, 200, "jpg"), originals, 0)
        result.add(it.ours.name, await it.ours.draw(asks, at_once()))
        await it.pim.delay(0)
    yield result
