"""What a tree of processes spends, read from /proc: CPU seconds, and the most memory that it held."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from benchmarks.soak.holdings import resident
from benchmarks.soak.house import children

TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
USER_TIME, TIMES = 11, 4  # in /proc/PID/stat behind the name: utime, stime, cutime, cstime
BETWEEN_LOOKS_SECONDS = 0.1


def tree(process_id: int) -> list[int]:
    """The process and all below it that are alive."""
    try:
        below = children(process_id)
    except OSError:
        return []
    return [process_id, *(one for child in below for one in tree(child))]


def cpu_seconds(process_id: int) -> float:
    """Of the whole tree, those among it that have ended."""
    return sum(map(own_seconds, tree(process_id)))


def own_seconds(process_id: int) -> float:
    """Of one process and of its children that have ended and were waited for."""
    try:
        stat = Path(f"/proc/{process_id}/stat").read_text()
    except OSError:
        return 0.0  # it has just ended, and counts with its parent
    fields = stat.rpartition(")")[2].split()
    return sum(map(int, fields[USER_TIME : USER_TIME + TIMES])) / TICKS_A_SECOND


def held_bytes(process_id: int) -> int:
    """Resident, of the whole tree; pages that processes share count for each."""
    return sum(map(resident, tree(process_id)))


@dataclass(slots=True)
class Spent:
    """Filled when the block that it was yielded to has ended."""

    seconds: float = 0.0
    cpu_seconds: float = 0.0
    peak_bytes: int = 0


@asynccontextmanager
async def watching(process_id: int | None) -> AsyncIterator[Spent]:
    """Without a process, as of a server on another machine, only the clock runs."""
    spent = Spent()
    looking = asyncio.create_task(look(process_id, spent)) if process_id else None
    cpu, since = cpu_seconds(process_id) if process_id else 0.0, time.perf_counter()
    try:
        yield spent
    finally:
        spent.seconds = time.perf_counter() - since
        if process_id:
            spent.cpu_seconds = cpu_seconds(process_id) - cpu
        if looking:
            looking.cancel()
            with suppress(asyncio.CancelledError):
                await looking


async def look(process_id: int, spent: Spent) -> None:
    while True:
        spent.peak_bytes = max(spent.peak_bytes, held_bytes(process_id))
        await asyncio.sleep(BETWEEN_LOOKS_SECONDS)


@contextmanager
def pinned(process_id: int | None, cores: Iterable[int]) -> Iterator[None]:
    """The whole tree, threads and all, runs on those cores inside the block."""
    everywhere = os.sched_getaffinity(0)
    place(process_id, set(cores))
    try:
        yield
    finally:
        place(process_id, everywhere)


def place(process_id: int | None, cores: set[int]) -> None:
    for process in tree(process_id) if process_id else []:
        for thread in Path(f"/proc/{process}/task").iterdir():
            with suppress(ProcessLookupError):  # a thread that has just ended
                os.sched_setaffinity(int(thread.name), cores)


def cores() -> list[int]:
    """Those that we may use."""
    return sorted(os.sched_getaffinity(0))
