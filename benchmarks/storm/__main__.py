"""`python -m benchmarks.storm`: random URLs against the real command, or against the reader alone."""

import argparse
import asyncio
import os
import sys
import tempfile
import time
from itertools import count, islice
from pathlib import Path

import uvloop

from benchmarks.storm import parsing
from benchmarks.storm.client import Viewer
from benchmarks.storm.server import Server, running
from benchmarks.storm.tally import Tally, verdict

VIEWERS = 16  # enough for two busy workers; more would wait for them, and not be drawn any sooner
NICENESS = 15  # who asks gives way to who draws, or the workers' time limit would measure how fast we ask
WARM_AFTER = 2000  # answers: what the parent holds then is what it needs
PROGRESS_SECONDS = 60.0


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.storm", description=__doc__)
    parser.add_argument("--urls", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--from", type=int, default=0, dest="first", metavar="NUMBER", help="where an earlier run ended"
    )
    parser.add_argument("--minutes", type=float, default=float("inf"), help="ends before all URLs are asked for")
    parser.add_argument("--viewers", type=int, default=VIEWERS, help="requests at a time")
    parser.add_argument("--parse-only", action="store_true", help="no server: texts are read and written back")
    parser.add_argument("--show", action="store_true", help="print the requests instead")
    options = parser.parse_args()
    if options.show or options.parse_only:
        return show(options) if options.show else parse(options)
    return uvloop.run(storm(options))


def show(options: argparse.Namespace) -> int:
    from benchmarks.storm.server import gun_for  # noqa: PLC0415
    from benchmarks.storm.sources import files  # noqa: PLC0415

    gun = gun_for(options.seed, files(), ["logo.png", "fonts/house.woff2"])
    for number in range(options.first, options.first + options.urls):
        print(gun.shot(number))
    return 0


def parse(options: argparse.Namespace) -> int:
    gun, begun, wrong, shown = parsing.gun(options.seed), time.monotonic(), 0, time.monotonic()
    done = 0
    for done in range(1, options.urls + 1):
        text = gun.text(options.first + done - 1)
        if found := parsing.complaint(text):
            wrong += 1
            print(f"FAILURE #{options.first + done - 1} {text!r}\n{found}", flush=True)
        now = time.monotonic()
        if now - shown > PROGRESS_SECONDS:
            shown = now
            print(f"{done} texts, {done / (now - begun):.0f}/s, {wrong} failures", flush=True)
        if now - begun > options.minutes * 60:
            break
    print(f"{'FAIL' if wrong else 'ok  '} {done} texts, {done / (time.monotonic() - begun):.0f}/s, {wrong} failures")
    return 1 if wrong else 0


async def storm(options: argparse.Namespace) -> int:
    log = Path(tempfile.gettempdir()) / f"storm-{options.seed}-{options.first}.log"
    async with running(options.seed, log) as server:
        os.nice(NICENESS)
        tally = Tally()
        numbers = islice(count(options.first), options.urls)
        ends = time.monotonic() + options.minutes * 60
        warm: list[int] = []

        async def view() -> None:
            viewer = Viewer(server.port)
            for number in numbers:
                shot = server.gun.shot(number)
                tally.take(shot, await viewer.ask(shot))
                if tally.count == WARM_AFTER:
                    warm.append(server.resident_bytes())
                if time.monotonic() > ends or server.process.returncode is not None:
                    break
            viewer.hang_up()

        watch = asyncio.create_task(report(tally, server))
        await asyncio.gather(*(view() for _ in range(options.viewers)))
        watch.cancel()
        return await conclude(tally, server, warm, options.first)


async def report(tally: Tally, server: Server) -> None:
    while True:
        await asyncio.sleep(PROGRESS_SECONDS)
        server.pim.log.reset()  # a record of a million calls would only fill the memory
        print(f"{tally.progress()}; {server.resident_bytes() / 2**20:.0f} MiB", flush=True)


async def conclude(tally: Tally, server: Server, warm: list[int], first: int) -> int:
    if server.process.returncode is not None:
        print(f"FAIL the server ended with {server.process.returncode}: {server.log}")
        return 1
    restarts, held = await server.restarts(), server.resident_bytes()
    for seconds, shot in tally.slowest:
        print(f"{seconds:6.2f} s in a worker: {shot}")
    print(f"longest wait for a worker: {tally.longest_wait:.1f} s")
    grown = f"{(warm or [held])[0] / 2**20:.0f} MiB when warm, {held / 2**20:.0f} at the end"
    wrong = verdict(tally, restarts, server.faults())
    print(f"workers replaced: {restarts}; the parent holds {grown}; the next number is {first + tally.count}")
    print(f"{'FAIL' if wrong else 'ok  '} {tally.progress()}{'; ' if wrong else ''}{'; '.join(wrong)}", flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
