"""Ten thousand silent viewers, half of them in the midst of a request: `python -m benchmarks.idle [COUNT]`.

The real server has to answer others meanwhile as quickly as without them, and to end the half requests in time.
"""

import asyncio
import contextlib
import os
import re
import resource
import sys
import time
from statistics import quantiles
from urllib.parse import urlsplit

from benchmarks.bars import Bench, bench, path_of
from proxy.demo.pictures import sample

Line = tuple[asyncio.StreamReader, asyncio.StreamWriter]
COUNT = 10_000
ASKED = 1000
HEADER_SECONDS = 10  # the server's default
SLOWER, SLACK_SECONDS = 2.0, 0.002  # how much slower a hit may be at the 99th percentile
RESIDENT = re.compile(r"VmRSS:\s+(\d+) kB")


async def hits(at: Bench) -> float:
    """The 99th percentile of hits, in seconds."""
    took = []
    for _ in range(ASKED):
        since = time.perf_counter()
        status, _ = await at.get(path_of(sample("coffee"), "w-60"))
        took.append(time.perf_counter() - since)
        assert status == 200
    return quantiles(took, n=100)[98]


async def crowd(at: Bench, count: int) -> list[Line]:
    address = urlsplit(at.base)
    lines = []
    for number in range(count):
        reader, writer = await asyncio.open_connection(address.hostname, address.port, limit=1024)
        if number % 2:
            writer.write(b"GET /media-files/slow HTTP/1.1\r\nX-Slow: ")
        lines.append((reader, writer))
    return lines


def resident_megabytes(process_id: int) -> float:
    with open(f"/proc/{process_id}/status") as status:
        found = RESIDENT.search(status.read())
    return int(found[1]) / 1024 if found else 0.0


def server_process() -> int:
    """The child that serves: the oldest one."""
    with open(f"/proc/self/task/{os.getpid()}/children") as children:
        return int(children.read().split()[0])


async def main(count: int) -> int:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    async with bench() as at:
        alone, before = await hits(at), resident_megabytes(server_process())
        lines = await crowd(at, count)
        among, after = await hits(at), resident_megabytes(server_process())
        await asyncio.sleep(HEADER_SECONDS * 1.5)
        left = sum(not reader.at_eof() for reader, _ in lines)
        for _, writer in lines:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()
    good = among <= alone * SLOWER + SLACK_SECONDS and left <= count - count // 2
    print(f"{'ok  ' if good else 'FAIL'} {count} silent viewers: p99 of a hit {alone * 1000:.1f} ms alone,")
    print(
        f"     {among * 1000:.1f} ms among them; {after - before:.0f} MB more; half requests left: {left - count // 2}"
    )
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else COUNT)))
