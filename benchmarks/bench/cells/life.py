"""The life of a server of ours: what it holds after many renditions, and how soon it is ready again."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

from benchmarks.bench.asks import Ask
from benchmarks.bench.house import House
from benchmarks.bench.measure import held_bytes
from benchmarks.bench.peers.ours import CACHE, ours
from benchmarks.bench.pictures import Original
from benchmarks.bench.ratios import Result, Sample
from benchmarks.soak.holdings import resident
from proxy.cache.disk import SHARDS

RENDITIONS, RENDITIONS_FULL = 500, 10_000
LARGE, LARGE_FULL = 12, 100
SMALL_ORIGINALS, AT_ONCE = 25, 16
MEMORY, START = "memory after many renditions", "start to ready"
PARENT, TREE, COUNT = "parent, MiB", "whole tree, MiB", "renditions"
EMPTY, FULL = "with an empty directory", "with what the memory cell left there"
MANY, FILES = "with a million files there", 2**20
MEBIBYTE = 2**20


async def memory(it: House) -> AsyncIterator[Result]:
    """Small ones of 3 megapixels, then from 15 megapixels as JPEG and PNG; in a server of its own."""
    result = Result(MEMORY)
    directory = it.directory / "life"
    directory.mkdir()
    async with ours(it.client, it.pictures, directory, it.pim) as server:
        assert server.process_id
        smalls, larges = small_asks(it.full), large_asks(it.full)
        await server.prepare(sorted({ask.original for ask in smalls + larges}, key=lambda one: one.name))
        drawn = [await server.draw(smalls, AT_ONCE), await server.draw(larges, AT_ONCE)]
        for sample in drawn:
            result.add(server.name, sample)
        result.facts = {
            COUNT: len(smalls) + len(larges),
            PARENT: resident(server.process_id) / MEBIBYTE,
            f"{TREE}, at the end": held_bytes(server.process_id) / MEBIBYTE,
            f"{TREE}, at most": max(sample.peak_bytes for sample in drawn) / MEBIBYTE,
        }
    yield result
    yield await starts(it, directory)


def small_asks(full: bool) -> list[Ask]:
    count = RENDITIONS_FULL if full else RENDITIONS
    originals = [Original("3mp", "jpg", number, "life") for number in range(SMALL_ORIGINALS)]
    each = range(count // SMALL_ORIGINALS)
    return [Ask(original, 60 + number, 40 + number % 40, "jpg") for number in each for original in originals]


def large_asks(full: bool) -> list[Ask]:
    count = LARGE_FULL if full else LARGE
    kinds = ("jpg", "jpg", "png")
    return [Ask(Original("15mp", kinds[n % 3], n % 12, "life"), 1280 + n // 12, 720, "webp") for n in range(count)]


async def starts(it: House, used: Path) -> Result:
    """From the start of the process to the first 200 at its health check."""
    result, directories = Result(START), {FULL: used}
    if it.full:
        directories[MANY] = it.directory / "many"
        await asyncio.to_thread(fill, directories[MANY] / CACHE)
    for turn in range(it.rounds + 2):
        for name, directory in (directories | {EMPTY: it.directory / f"empty-{turn}"}).items():
            directory.mkdir(exist_ok=True)
            since = time.perf_counter()
            async with ours(it.client, it.pictures, directory, it.pim):
                result.add(name, Sample(1, time.perf_counter() - since))
    return result


def fill(cache: Path) -> None:
    """With entries of no bytes, where renditions lie."""
    for shard in SHARDS:
        room = cache / "renditions" / shard
        room.mkdir(parents=True)
        for number in range(FILES // len(SHARDS)):
            (room / f"{shard}{number:062x}").touch()
