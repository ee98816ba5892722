"""The promises of the main job, measured against the real command: `python -m benchmarks.bars`."""

import asyncio
import io
import os
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp
from PIL import Image

from proxy.demo.faults import Delay
from proxy.demo.files import DemoFile, Family
from proxy.demo.launch import connection
from proxy.demo.pictures import sample, sample_files
from proxy.demo.pim import DemoPim

LISTENS = re.compile(rb"pictures on 127\.0\.0\.1:(\d+), metrics on 127\.0\.0\.1:(\d+)")
CHROME = "image/avif,image/webp,*/*"
TOKEN_LIFE_SECONDS, STEADY_SECONDS, STEADY_VIEWERS = 2, 20, 8


@dataclass(frozen=True, slots=True)
class Bench:
    """A server, its pretend Akeneo, and viewers."""

    base: str
    pim: DemoPim
    session: aiohttp.ClientSession
    admin: str

    async def metrics(self) -> str:
        async with self.session.get(f"{self.admin}/-/metrics") as response:
            return await response.text()

    async def get(self, path: str, accept: str = "*/*") -> tuple[int, bytes]:
        async with self.session.get(self.base + path, headers={"Accept": accept}) as response:
            return response.status, await response.read()

    async def get_all(self, asked: Iterable[tuple[str, str]]) -> Counter[int]:
        answers = await asyncio.gather(*(self.get(path, accept) for path, accept in asked))
        return Counter(status for status, _ in answers)


@asynccontextmanager
async def bench() -> AsyncIterator[Bench]:
    with tempfile.TemporaryDirectory() as directory:
        async with DemoPim(sample_files()) as pim:
            environment = os.environ | connection(pim)
            environment |= {"MEDIA_PROXY_HOST": "127.0.0.1", "MEDIA_PROXY_PORT": "0", "MEDIA_PROXY_ADMIN_PORT": "0"}
            environment |= {"MEDIA_PROXY_CACHE__DIRECTORY": directory, "MEDIA_PROXY_LOG__ACCESS": "off"}
            command = [sys.executable, "-m", "proxy.cli", "serve"]
            process = await asyncio.create_subprocess_exec(*command, env=environment, stderr=asyncio.subprocess.PIPE)
            assert process.stderr is not None
            try:
                found = LISTENS.search(await listening(process.stderr))
                assert found
                reading = asyncio.ensure_future(process.stderr.read())  # or its log would fill the pipe
                connector = aiohttp.TCPConnector(limit=0)
                async with aiohttp.ClientSession(connector=connector) as session:
                    base, admin = (f"http://127.0.0.1:{int(port)}" for port in found.groups())
                    yield Bench(base, pim, session, admin)
            finally:
                process.terminate()
                await process.wait()
                await reading


async def listening(log: asyncio.StreamReader) -> bytes:
    """Everything up to the line that tells the ports."""
    told = b""
    while b"metrics on" not in told:
        line = await log.readline()
        assert line, told.decode()
        told += line
    return told


def path_of(file: DemoFile, transformation: str) -> str:
    return f"/tr:{transformation}/{file.family}/{file.code}"


def tiny(number: int) -> DemoFile:
    out = io.BytesIO()
    Image.new("RGB", (60, 40), (number % 256, number // 256, 200)).save(out, "PNG")
    return DemoFile.named(Family.PRODUCT, f"picture {number}.png", "image/png", out.getvalue())


async def srcset(at: Bench) -> tuple[bool, str]:
    widths = (64, 96, 128, 160, 200, 256, 320, 400)
    accepts = ("*/*", "image/webp,*/*", CHROME)
    answers = await at.get_all(
        (path_of(sample("rocket"), f"w-{width}"), accept) for width in widths for accept in accepts
    )
    good = answers == {200: 24} and at.pim.downloads() == 1 and at.pim.token_requests == 1
    return good, f"{dict(answers)}, {at.pim.downloads()} download, {at.pim.token_requests} token request"


async def identical(at: Bench) -> tuple[bool, str]:
    answers = await at.get_all([(path_of(sample("coffee"), "w-200"), CHROME)] * 200)
    return answers == {200: 200} and at.pim.downloads() == 1, f"{dict(answers)}, {at.pim.downloads()} download"


async def catalogue(at: Bench) -> tuple[bool, str]:
    files = [tiny(number) for number in range(50)]
    at.pim.add(*files)
    at.pim.faults.add(Delay(0.02))
    answers = await at.get_all((path_of(file, f"w-{10 + size}"), "*/*") for file in files for size in range(10))
    good = answers == {200: 500} and at.pim.peak_in_flight <= 4 and at.pim.downloads() == 50
    return good, f"{dict(answers)}, {at.pim.downloads()} downloads, at most {at.pim.peak_in_flight} calls in flight"


async def short_tokens(at: Bench) -> tuple[bool, str]:
    """Steady load of new pictures, so that Akeneo is called all the time."""
    at.pim.tokens.expires_in = TOKEN_LIFE_SECONDS
    ends = time.monotonic() + STEADY_SECONDS
    answers: Counter[int] = Counter()

    async def viewer(number: int) -> None:
        while time.monotonic() < ends:
            file = tiny(number)
            at.pim.add(file)
            status, _ = await at.get(path_of(file, "w-20"))
            answers[status] += 1
            number += STEADY_VIEWERS
            await asyncio.sleep(0.02)

    await asyncio.gather(*(viewer(number) for number in range(STEADY_VIEWERS)))
    return set(answers) == {200}, f"{dict(answers)} in {STEADY_SECONDS} s, {at.pim.token_requests} token requests"


BARS: dict[str, Callable[[Bench], Awaitable[tuple[bool, str]]]] = {
    "8 widths x 3 formats of one new code at once": srcset,
    "200 identical cold requests": identical,
    "500 requests at once for 50 new codes": catalogue,
    "tokens that live 2 seconds, steady load": short_tokens,
}


async def main() -> int:
    kept = True
    for name, bar in BARS.items():
        begun = time.perf_counter()
        async with bench() as at:
            started = time.perf_counter() - begun
            good, found = await bar(at)
        kept = kept and good
        print(f"{'ok  ' if good else 'FAIL'} {name}: {found}; start {started:.2f} s", flush=True)
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
