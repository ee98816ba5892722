"""Load: wrk for what is answered at once, a client process of ours for requests that all differ."""

import asyncio
import json
import os
import re
import shutil
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path

from benchmarks.bench.client import Answers, LoadJob
from benchmarks.bench.processes import NotHereError, running

WRK = shutil.which("wrk")
CONNECTIONS = 32
DONE = re.compile(r"(\d+) requests in ([\d.]+)(us|ms|s|m)")
FAILED = re.compile(r"Non-2xx or 3xx responses: (\d+)|Socket errors: (.+)")
UNITS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0}


class LoadError(Exception):
    """Not every request was answered as it should."""


class Client:
    """The process of `benchmarks.bench.client`."""

    def __init__(self, process: Process) -> None:
        self.process = process

    async def run(self, urls: Sequence[str], connections: int = 0, a_second: float = 0.0) -> Answers:
        """Raises LoadError if an answer is not a 200 with a body."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        job = json.dumps(asdict(LoadJob(list(urls), connections, a_second)))
        self.process.stdin.write(f"{job}\n".encode())
        told = json.loads(await self.process.stdout.readline())
        answers = Answers(**told | {name: Counter(told[name]) for name in ("statuses", "sizes")})
        if set(answers.statuses) != {"200"} or "0" in answers.sizes:
            raise LoadError(f"answers: {dict(answers.statuses)}")
        return answers


@asynccontextmanager
async def client(log: Path) -> AsyncIterator[Client]:
    async with running([sys.executable, "-m", "benchmarks.bench.client"], log, piped=True) as process:
        yield Client(process)


def wrk_totals(said: str) -> tuple[int, float]:
    """Requests and seconds, of what wrk prints; raises LoadError if it tells of errors."""
    failed, done = FAILED.search(said), DONE.search(said)
    if failed or not done or not int(done[1]):
        raise LoadError(failed[0] if failed else f"wrk said {said!r}")
    return int(done[1]), float(done[2]) * UNITS[done[3]]


async def wrk(url: str, seconds: float, cores: Sequence[int], headers: Sequence[str] = ()) -> tuple[int, float]:
    """Requests that were answered, and in how many seconds. Raises LoadError; NotHereError without wrk."""
    if WRK is None:
        raise NotHereError("there is no wrk; on Debian: apt-get install wrk")
    options = [part for header in headers for part in ("-H", header)]
    command = [WRK, "-t1", f"-c{CONNECTIONS}", f"-d{max(1, round(seconds))}s", *options, url]
    process = await asyncio.create_subprocess_exec(
        *command, stdin=DEVNULL, stdout=PIPE, preexec_fn=lambda: os.sched_setaffinity(0, cores)
    )
    said, _ = await process.communicate()
    return wrk_totals(said.decode())
