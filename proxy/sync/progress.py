"""A line that moves while a command runs, on a terminal only."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TextIO

from proxy.sync.outcomes import Tally

TICK_SECONDS = 0.25
WIDTH = 24
CLEAR = "\r\x1b[K"


@asynccontextmanager
async def progress(tally: Tally, stream: TextIO) -> AsyncIterator[None]:
    """Gone when the block ends: what is printed then stands alone."""
    if not stream.isatty():
        yield
        return
    drawing = asyncio.create_task(draw(tally, stream))
    try:
        yield
    finally:
        drawing.cancel()
        await asyncio.gather(drawing, return_exceptions=True)
        stream.write(CLEAR)
        stream.flush()


async def draw(tally: Tally, stream: TextIO) -> None:
    while True:
        stream.write(CLEAR + line_of(tally))
        stream.flush()
        await asyncio.sleep(TICK_SECONDS)


def line_of(tally: Tally) -> str:
    """How many of those that are known by now are dealt with: more may be found while it runs."""
    done = min(sum(tally.outcomes.values()), tally.seen)
    filled = WIDTH * done // tally.seen if tally.seen else 0
    counts = " ".join(f"{word} {number}" for word, number in tally.counts().items() if number and word != "seen")
    return f"[{'#' * filled}{'.' * (WIDTH - filled)}] {done} of {tally.seen} {counts}".rstrip()
