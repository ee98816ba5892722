"""Spoiled files asked for through the real server: `python -m benchmarks.mutations --files 10000 --seed 1`.

The bar: the server lives, each request is answered in time, none with a fault of ours (5xx), and no worker is lost.
What takes a place in the list of failures is written to `--keep`, to be looked at.
"""

import argparse
import asyncio
import re
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from benchmarks.bars import Bench, bench
from benchmarks.mutated_files import Mutant, mutant
from proxy.demo.pictures import sample

VIEWERS = 4
IN_TIME_SECONDS = 30.0  # what a viewer waits at most, by default
SLOW_SECONDS = 2.0
RESTARTS = re.compile(r'media_proxy_worker_restarts_total\{reason="(\w+)"\} (\S+)')


@dataclass(slots=True)
class Found:
    statuses: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def note(self, spoiled: Mutant, status: str, seconds: float, keep: Path | None) -> None:
        self.statuses[status] += 1
        self.seconds.append(seconds)
        if not status.isdigit() or int(status) >= 500 or seconds > SLOW_SECONDS:
            self.wrong.append(f"{status} after {seconds:.1f} s: {spoiled.path}")
            if keep is not None:
                (keep / spoiled.file.original_filename).write_bytes(spoiled.file.content)


async def asked(at: Bench, spoiled: Mutant) -> str:
    at.pim.add(spoiled.file)
    try:
        status, _ = await asyncio.wait_for(at.get(spoiled.path, "image/webp,*/*"), IN_TIME_SECONDS)
    except TimeoutError:
        return "no answer in time"
    except aiohttp.ClientError as error:
        return f"no answer: {type(error).__name__}"
    finally:
        at.pim.remove(spoiled.file)
    return str(status)


async def viewer(at: Bench, numbers: "asyncio.Queue[int]", seed: int, found: Found, keep: Path | None) -> None:
    while not numbers.empty():
        spoiled = mutant(seed, numbers.get_nowait())
        begun = time.perf_counter()
        status = await asked(at, spoiled)
        found.note(spoiled, status, time.perf_counter() - begun, keep)


async def run(files: int, seed: int, keep: Path | None) -> bool:
    numbers: asyncio.Queue[int] = asyncio.Queue()
    for number in range(files):
        numbers.put_nowait(number)
    found = Found()
    async with bench() as at:
        await asyncio.gather(*(viewer(at, numbers, seed, found, keep) for _ in range(VIEWERS)))
        alive, _ = await at.get(f"/tr:w-90/{sample('coffee').family}/{sample('coffee').code}")
        restarts = dict(RESTARTS.findall(await at.metrics()))
    return report(found, alive == 200, restarts)


def report(found: Found, alive: bool, restarts: dict[str, str]) -> bool:
    crashed = {reason: count for reason, count in restarts.items() if reason in {"crash", "timeout", "fault"}}
    failed = [line for line in found.wrong if not line.startswith(("2", "4"))]
    longest = sorted(found.seconds)
    print(
        f"answers: {dict(sorted(found.statuses.items()))}; the next good picture: {'drawn' if alive else 'NOT DRAWN'}"
    )
    print(
        f"median {longest[len(longest) // 2] * 1000:.0f} ms, longest {longest[-1]:.2f} s; workers replaced: {restarts}"
    )
    for line in found.wrong:
        print(f"  {line}")
    kept = alive and not failed and not crashed
    print("ok" if kept else "FAIL", flush=True)
    return kept


def main() -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.mutations")
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="a directory for the files that were answered wrongly or slowly")
    options = parser.parse_args()
    if options.keep is not None:
        options.keep.mkdir(parents=True, exist_ok=True)
    return 0 if asyncio.run(run(options.files, options.seed, options.keep)) else 1


if __name__ == "__main__":
    sys.exit(main())
