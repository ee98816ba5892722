"""`python -m benchmarks.bench`: ours and its peers side by side, and the bars that ours is held to."""

import argparse
import asyncio
import sys
import time

from benchmarks.bench.cells.cold import cold
from benchmarks.bench.cells.hits import hits
from benchmarks.bench.house import house
from benchmarks.bench.ratios import Result

CELLS = {"hit": hits, "cold": cold}


async def main(arguments: argparse.Namespace) -> int:
    rounds = arguments.rounds or (7 if arguments.full else 3)
    results: list[Result] = []
    began = time.monotonic()
    async with house(arguments.full, rounds, 4.0 if arguments.full else 1.2, set(arguments.without)) as it:
        for name, cell in CELLS.items():
            if arguments.only and name not in arguments.only:
                continue
            async for result in cell(it):
                results.append(result)
                print(f"{time.monotonic() - began:4.0f} s  {result}", flush=True)
        print(it.missing)
    return 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bench")
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--only", action="append")
    parser.add_argument("--without", action="append", default=[])
    sys.exit(asyncio.run(main(parser.parse_args())))
