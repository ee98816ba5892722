"""`python -m benchmarks.bench`: ours and its peers side by side, and the bars that ours is held to."""

import argparse
import asyncio
import os
import platform
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable
from importlib.metadata import version
from pathlib import Path

from benchmarks.bench.bars import bars
from benchmarks.bench.cells.bursts import bursts
from benchmarks.bench.cells.cold import cold
from benchmarks.bench.cells.flood import flood, slow_origin
from benchmarks.bench.cells.hits import hits
from benchmarks.bench.cells.life import memory
from benchmarks.bench.house import STARTERS, House, house
from benchmarks.bench.load import LoadError
from benchmarks.bench.measure import cores
from benchmarks.bench.peers.constant import SETTINGS
from benchmarks.bench.peers.template import read_template, templated
from benchmarks.bench.processes import NotHereError
from benchmarks.bench.ratios import Result
from benchmarks.bench.report import Report, table_of_bars
from proxy.slices import CacheSettings

RESULTS = Path("benchmarks/results")
CELLS: dict[str, Callable[[House], AsyncIterator[Result]]] = {
    "hit": hits,
    "cold": cold,
    "slow-origin": slow_origin,
    "burst": bursts,
    "flood": flood,
    "life": memory,
}


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bench", description=__doc__)
    parser.add_argument("--full", action="store_true", help="every format and size, more rounds, 10,000 renditions")
    parser.add_argument("--rounds", type=int, help="how often each peer has its turn: 3, or 7 with --full")
    parser.add_argument("--only", action="append", choices=CELLS, help="this part alone; may be said again")
    parser.add_argument("--without", action="append", choices=STARTERS, default=[], help="leave a peer out")
    parser.add_argument("--peer", action="append", type=read_template, default=[], metavar="NAME=URL")
    parser.add_argument("--check", action="store_true", help="exit with 1 if a bar is broken")
    return parser.parse_args()


def machine() -> dict[str, str]:
    return {
        "processor": f"{processor()}, {len(cores())} cores",
        "system": f"{platform.system()} {platform.release()}, Python {platform.python_version()}",
        "packages": ", ".join(f"{name} {version(name)}" for name in ("aiohttp", "uvloop", "pillow")),
        "load before the start": f"{os.getloadavg()[0]:.1f} (above 0.5 others were at work: do not trust the rates)",
    }


def processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


async def measured(it: House, only: list[str] | None) -> list[Result]:
    """Of the cells that can be measured here; the others are noted as missing."""
    results: list[Result] = []
    began = time.monotonic()
    for name in only or CELLS:
        try:
            async for result in CELLS[name](it):
                results.append(result)
                print(f"{time.monotonic() - began:5.0f} s  {result.cell}", flush=True)
        except (NotHereError, LoadError) as error:
            it.missing[f"the cells of `{name}`"] = str(error)
            print(f"{name}: {error}", flush=True)
    return results


def end_on_termination() -> None:
    """As by Control-C, so that no peer is left behind."""
    task = asyncio.current_task()
    assert task is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)


async def main(told: argparse.Namespace) -> int:
    where = machine()
    end_on_termination()
    starters = {name: start for name, start in STARTERS.items() if name not in told.without}
    starters |= {name: templated(name, template) for name, template in told.peer}
    rounds = told.rounds or (7 if told.full else 3)
    async with house(starters, told.full, rounds) as it:
        results = await measured(it, told.only)
        settings = {peer.name: peer.settings for peer in [*it.peers, it.logging]} | {"bare aiohttp": SETTINGS}
    held = bars({result.cell: result for result in results}, CacheSettings().memory_bytes)
    page = Report(results, held, where, settings, it.missing).write(RESULTS)
    print(table_of_bars(held))
    print("".join(f"missing: {name}, {why}\n" for name, why in it.missing.items()) + f"The whole report: {page}")
    return 1 if told.check and any(bar.held is False for bar in held) else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main(arguments())))
