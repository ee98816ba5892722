"""`python -m benchmarks.soak --minutes 15`: mixed load at full speed while one fault follows the other."""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import replace
from itertools import cycle
from pathlib import Path
from random import Random

import aiohttp

from benchmarks.soak.catalogue import lasting
from benchmarks.soak.faults import Fault, Scene, endure, faults
from benchmarks.soak.holdings import Holdings, temporary_files
from benchmarks.soak.house import REQUEST_SECONDS, Pim, origins, serving
from benchmarks.soak.ledger import Ledger
from benchmarks.soak.load import CONTENTS, HOT, ROUNDS, STORED, VIEWERS, Crowd, view
from benchmarks.soak.report import markdown, verdict

RESULTS = Path(__file__).parent.parent / "results"
MARGIN_SECONDS = 5.0  # of a machine that is busy with us, beyond what a viewer may wait for
FAULT_SECONDS, REST_SECONDS = 6.0, 3.0
SETTLED_SECONDS = 3.0  # a rest, before what is held is measured
REDONE, AT_ONCE = 600, 8  # pictures that a second server draws, to compare
QUIET_SECONDS = 5.0
IN_MEMORY = frozenset(ask.name for ask in HOT)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=15.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="faults whose name holds this")
    parser.add_argument(
        "--keep", type=Path, help="a directory for the cache and the server's log, instead of a temporary one"
    )
    parser.add_argument("--results", type=Path, default=RESULTS / "soak.md", help="where the report goes, as Markdown")
    options = parser.parse_args()
    if options.keep is not None:
        return asyncio.run(soak(options, options.keep))
    with tempfile.TemporaryDirectory(prefix="soak-", ignore_cleanup_errors=True) as directory:
        return asyncio.run(soak(options, Path(directory)))


async def soak(options: argparse.Namespace, directory: Path) -> int:
    ledger, held = Ledger(REQUEST_SECONDS + MARGIN_SECONDS), []
    for ask in STORED:
        ledger.know(ask, CONTENTS[ask.path])
    async with origins() as (pim, redis):
        async with serving(directory / "first", pim, redis) as server:
            cache, chance = directory / "first" / "cache", Random(options.seed)
            scene = Scene(server, pim, redis, cache, ledger, IN_MEMORY, chance)
            held = await run(scene, options)
            status = server.process.returncode
        left = temporary_files(directory / "first")
        await compare(ledger, directory / "second", pim, options.seed)
    if status is not None:
        ledger.broken[f"the server ended with {status}"] += 1
    broken = verdict(ledger, held[1], held[-1], server.faults, left)
    title = f"Soak of {options.minutes:g} minutes, seed {options.seed}"
    text = markdown(ledger, held, held[1], broken, title)
    print(f"\n{text}\n\n{'FAIL' if broken else 'ok'}", flush=True)
    options.results.parent.mkdir(parents=True, exist_ok=True)
    options.results.write_text(text + "\n")
    return 1 if broken else 0


async def run(scene: Scene, options: argparse.Namespace) -> list[Holdings]:
    """What was held at start, when warm, in the middle, and at the end."""
    held = [Holdings.of(scene.server, "start")]
    begun, seconds = time.monotonic(), options.minutes * 60
    crowd = Crowd(scene)
    await learn(crowd)
    viewers = [
        asyncio.create_task(view(crowd, go_round, Random(f"{options.seed} {number}")))
        for number, go_round in enumerate(one for count, one in ROUNDS for _ in range(count))
    ]
    crowd.gate.set()
    await asyncio.sleep(QUIET_SECONDS)
    chosen = {name: fault for name, fault in faults(scene.redis is not None).items() if options.only in name}
    order = cycle(shuffled(chosen, scene.chance))
    for share, when in ((0.3, "warm"), (0.65, "middle"), (1.0, "end")):
        while time.monotonic() < begun + share * seconds:
            name = next(order)
            print(f"{time.monotonic() - begun:5.0f} s, {scene.ledger.count} answers; now {name}", flush=True)
            await endured(scene, name, chosen)
        held.append(await at_rest(crowd, viewers, when))
    crowd.over = True
    crowd.gate.set()
    await asyncio.gather(*viewers)
    return held


def shuffled(names: Iterable[str], chance: Random) -> list[str]:
    found = list(names)
    chance.shuffle(found)
    return found


async def endured(scene: Scene, name: str, chosen: dict[str, Fault]) -> None:
    try:
        await endure(scene, name, chosen[name], FAULT_SECONDS, REST_SECONDS)
    except TimeoutError:
        scene.ledger.broken[f"did not find back after {name}"] += 1


async def learn(crowd: Crowd) -> None:
    """Everything that lasts, asked for in peace: it must all be answered."""
    async with aiohttp.ClientSession() as session:
        for ask in lasting():
            answer = await crowd.take(session, ask)
            assert answer.status == 200, f"{answer.status} {answer.said} {ask.path}"


async def at_rest(crowd: Crowd, viewers: list["asyncio.Task[None]"], when: str) -> Holdings:
    """Nobody asks, all connections are closed; then the viewers go on."""
    for viewer in viewers:
        if viewer.done():
            viewer.result()  # raises what ended it
    crowd.gate.clear()
    while crowd.resting < VIEWERS and not any(viewer.done() for viewer in viewers):  # noqa: ASYNC110 (seldom)
        await asyncio.sleep(0.1)
    await asyncio.sleep(SETTLED_SECONDS)
    held = Holdings.of(crowd.scene.server, when)
    print(f"{held}", flush=True)
    crowd.gate.set()
    return held


async def compare(ledger: Ledger, directory: Path, pim: Pim, seed: int) -> None:
    """What was first seen amid faults is drawn anew by a server that has never met one: not a byte may differ."""
    asks = [ask for ask in ledger.learned if ask.path not in CONTENTS]
    Random(seed).shuffle(asks)
    ledger.fault = "afterwards, by another server"
    ledger.cached.clear()
    await pim.misbehave("none")
    async with serving(directory, pim, None) as server:
        crowd = Crowd(Scene(server, pim, None, directory / "cache", ledger, IN_MEMORY, Random(seed)))
        numbers = iter(asks[:REDONE])

        async def redo() -> None:
            async with aiohttp.ClientSession() as session:
                for ask in numbers:
                    answer, _ = await crowd.ask(session, replace(ask, kind="redone"))
                    ledger.take(ask, answer, was_cached=True)  # it has been drawn once: no error will do

        await asyncio.gather(*(redo() for _ in range(AT_ONCE)))


if __name__ == "__main__":
    sys.exit(main())
