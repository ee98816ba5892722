"""`python -m benchmarks.bench.client`: asks for URLs as it is told on standard input, one job a line, in JSON.

Without a rate, so many connections ask as fast as they are answered. With one, requests leave by the clock whether or
not earlier ones were answered, and a latency counts from when its request was due.
"""

import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, fields

import aiohttp
import uvloop


@dataclass(frozen=True, slots=True)
class LoadJob:
    urls: list[str]
    connections: int = 0  # 0: as many as are needed
    a_second: float = 0.0


@dataclass(slots=True)
class Answers:
    """`latencies` in seconds, in the order of the answers; `sizes` in bytes, how often each."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)
    sizes: Counter[str] = field(default_factory=Counter)

    cached: int = 0  # answered with `X-Cache: HIT`

    def take(self, status: str, size: int, latency: float) -> None:
        self.statuses[status] += 1
        self.sizes[str(size)] += 1
        self.latencies.append(latency)


async def ask(session: aiohttp.ClientSession, url: str, answers: Answers, due: float) -> None:
    try:
        async with session.get(url) as response:
            size = len(await response.read())
            answers.take(str(response.status), size, time.perf_counter() - due)
            answers.cached += response.headers.get("X-Cache") == "HIT"
    except (aiohttp.ClientError, TimeoutError) as error:
        answers.take(type(error).__name__, 0, time.perf_counter() - due)


async def one_connection(session: aiohttp.ClientSession, urls: Iterator[str], answers: Answers) -> None:
    for url in urls:
        await ask(session, url, answers, time.perf_counter())


async def by_the_clock(session: aiohttp.ClientSession, job: LoadJob, answers: Answers) -> None:
    began, asked = time.perf_counter(), []
    for number, url in enumerate(job.urls):
        due = began + number / job.a_second
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        asked.append(asyncio.create_task(ask(session, url, answers, due)))
    await asyncio.gather(*asked)


async def do(job: LoadJob) -> Answers:
    answers = Answers()
    connector = aiohttp.TCPConnector(limit=job.connections)
    timeout = aiohttp.ClientTimeout(total=120)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout, auto_decompress=False) as session:
        began = time.perf_counter()
        if job.a_second:
            await by_the_clock(session, job, answers)
        else:
            urls = iter(job.urls)
            connections = range(job.connections or len(job.urls))
            await asyncio.gather(*(one_connection(session, urls, answers) for _ in connections))
        answers.seconds = time.perf_counter() - began
    return answers


def main() -> None:
    for line in sys.stdin:
        answers = uvloop.run(do(LoadJob(**json.loads(line))))
        print(json.dumps({each.name: getattr(answers, each.name) for each in fields(answers)}), flush=True)


if __name__ == "__main__":
    main()
