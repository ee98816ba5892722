"""`python -m benchmarks.kills --rounds 300 --seed 1`: SIGKILL at random moments, every answer compared."""

import argparse
import asyncio
import logging
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import aiohttp

from benchmarks.kills.catalogue import asked_for, right_bytes, to_be_purged
from benchmarks.kills.rounds import Rounds
from benchmarks.kills.tree import Tree
from proxy.demo.faults import Drip
from proxy.demo.launch import connection
from proxy.demo.pictures import sample_files
from proxy.demo.pim import DemoPim

SHARE_OF_BUDGET = 0.3  # of all that is asked for, so that something has to go all the time
HEAL_EVERY = 20


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.kills")
    parser.add_argument("--rounds", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)  # Akeneo's, of callers that die
    with tempfile.TemporaryDirectory(prefix="media-proxy-kills-") as folder:
        return asyncio.run(run(options.rounds, options.seed, Path(folder)))


async def run(count: int, seed: int, folder: Path) -> int:
    purged = to_be_purged()
    paths = [*asked_for(), *(path for them in purged.values() for path in them)]
    async with DemoPim(sample_files()) as pim:
        right = await undisturbed(pim, folder / "right", paths)
        stored = sum(len(file.content) for file in sample_files())
        budget = round(SHARE_OF_BUDGET * (stored + sum(len(body) for body in right.values())))
        pim.faults.add(Drip(32_768, 0.002))
        directory = folder / "cache"
        environment = environment_of(pim, directory) | {"MEDIA_PROXY_CACHE__DISK_BYTES": str(budget)}
        rounds = Rounds(environment, directory, right=right, purged=purged, budget=budget, seed=seed)
        return await repeat(rounds, count)


async def repeat(rounds: Rounds, count: int) -> int:
    since = time.monotonic()
    for number in range(1, count + 1):
        known = len(rounds.wrong)
        await rounds.one()
        if number % HEAL_EVERY == 0 or number == count:
            await rounds.heal()
        for wrong in rounds.wrong[known:]:
            print(f"round {number}: {wrong}", flush=True)
        if number % HEAL_EVERY == 0 or number == count:
            print(f"{number} rounds, {time.monotonic() - since:.0f} s, {len(rounds.wrong)} wrong", flush=True)
    print("\n".join(table(rounds)))
    return 1 if rounds.wrong else 0


def table(rounds: Rounds) -> Iterator[str]:
    yield f"budget on the disk: {rounds.budget}"
    for name, value in sorted(rounds.counts.items()):
        yield f"{name}: {value}"
    yield f"wrong: {len(rounds.wrong)}"


async def undisturbed(pim: DemoPim, directory: Path, paths: list[str]) -> dict[str, bytes]:
    tree = await Tree.spawn(environment_of(pim, directory), directory.with_suffix(".log"))
    await tree.listening()
    async with aiohttp.ClientSession() as session:
        right = await right_bytes(session, tree.base, paths)
    await tree.stop()
    return right


def environment_of(pim: DemoPim, directory: Path) -> dict[str, str]:
    """Little memory, so that the disk is read."""
    return connection(pim) | {
        "MEDIA_PROXY_HOST": "127.0.0.1",
        "MEDIA_PROXY_PORT": "0",
        "MEDIA_PROXY_ADMIN_PORT": "0",
        "MEDIA_PROXY_CACHE__DIRECTORY": str(directory),
        "MEDIA_PROXY_CACHE__MEMORY_BYTES": "64KiB",
        "MEDIA_PROXY_RENDER__WORKERS": "2",
        "MEDIA_PROXY_LOG__ACCESS": "off",
    }


if __name__ == "__main__":
    sys.exit(main())
