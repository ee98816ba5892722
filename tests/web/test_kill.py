"""kill -9 while downloads and renders run: after a restart no broken file is ever served."""

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from proxy.demo.faults import Drip
from proxy.demo.launch import connection
from proxy.demo.pictures import sample
from proxy.demo.pim import DemoPim
from tests.site import Site, path_of

LISTENS = re.compile(rb"pictures on 127\.0\.0\.1:(\d+), metrics on 127\.0\.0\.1:(\d+)")
PATHS = [
    path_of(sample("rocket"), "orig-true"),
    path_of(sample("hubble_deep_field"), "orig-true"),
    path_of(sample("data sheet")),
    path_of(sample("chime")),
    path_of(sample("rocket"), "w-200,f-png"),
    path_of(sample("coffee"), "w-300,f-webp"),
    path_of(sample("astronaut"), "w-100,h-100,f-jpg"),
]


@asynccontextmanager
async def serving(pim: DemoPim, directory: Path) -> AsyncIterator[tuple[asyncio.subprocess.Process, str]]:
    """The real command as a process of its own; yields it and its base URL."""
    async with serving_both(pim, directory) as (process, public, _):
        yield process, public


@asynccontextmanager
async def serving_both(pim: DemoPim, directory: Path) -> AsyncIterator[tuple[asyncio.subprocess.Process, str, str]]:
    """The same with the base URLs of both ports."""
    environment = os.environ | connection(pim)
    for name, value in {"HOST": "127.0.0.1", "PORT": "0", "ADMIN_PORT": "0", "RENDER__WORKERS": "1"}.items():
        environment[f"MEDIA_PROXY_{name}"] = value
    environment["MEDIA_PROXY_CACHE__DIRECTORY"] = str(directory)
    command = [sys.executable, "-m", "proxy.cli", "serve"]
    process = await asyncio.create_subprocess_exec(*command, env=environment, stderr=asyncio.subprocess.PIPE)
    assert process.stderr is not None
    try:
        line = b""
        while not (listens := LISTENS.search(line)):
            line = await process.stderr.readline()
            assert line, "the server ended before it listened"
        reading = asyncio.ensure_future(process.stderr.read())
        yield process, f"http://127.0.0.1:{int(listens[1])}", f"http://127.0.0.1:{int(listens[2])}"
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        await reading


async def fetch(session: aiohttp.ClientSession, url: str) -> bytes | None:
    """The body, or None where the server died under the request."""
    try:
        async with session.get(url) as response:
            body = await response.read()
            assert response.status == 200, (url, response.status)
            return body
    except aiohttp.ClientError:
        return None


async def test_no_broken_file_is_served_after_kills_at_any_moment(pim: DemoPim, site: Site, tmp_path: Path) -> None:
    """Each round kills after some more bytes have come from Akeneo, so that downloads and renders are under way."""
    whole = [(await site.get(path)).content for path in PATHS]
    pim.faults.add(Drip(16_384, 0.002))
    directory = tmp_path / "killed"
    under_way = 0

    for kilobytes in (1, 60, 150, 400, 800):
        pim.calls.clear()
        async with serving(pim, directory) as (process, base), aiohttp.ClientSession() as session:
            asked = [asyncio.ensure_future(fetch(session, base + path)) for path in PATHS]
            await until_sent(pim, kilobytes * 1000, asked)
            process.kill()
            bodies = await asyncio.gather(*asked)
        under_way += bodies.count(None)
        assert all(body in (None, expected) for body, expected in zip(bodies, whole, strict=True))

    assert under_way > len(PATHS)
    async with serving(pim, directory) as (_, base), aiohttp.ClientSession() as session:
        assert [await fetch(session, base + path) for path in PATHS] == whole


async def until_sent(pim: DemoPim, count: int, asked: "Sequence[asyncio.Future[bytes | None]]") -> None:
    """Until Akeneo has sent so many bytes, or everything is answered already."""

    def is_so_far() -> bool:
        return sum(call.bytes_sent for call in pim.calls) >= count or all(answer.done() for answer in asked)

    while not is_so_far():  # noqa: ASYNC110 (for bytes, not for time)
        await asyncio.sleep(0.001)


async def test_a_purge_that_was_promised_outlives_a_kill(pim: DemoPim, tmp_path: Path) -> None:
    """Killed as soon as it is promised, when the walk through the disk has hardly begun."""
    async with serving_both(pim, tmp_path) as (process, base, admin), aiohttp.ClientSession() as session:
        assert await fetch(session, base + PATHS[5])
        process.terminate()  # what it remembers is on the disk now
        await process.wait()
    async with serving_both(pim, tmp_path) as (process, base, admin), aiohttp.ClientSession() as session:
        body = {"url": f"https://img.example.com{path_of(sample('coffee'))}*"}
        async with session.post(f"{admin}/v1/files/purge", json=body) as response:
            purge_id = (await response.json())["requestId"]
        process.kill()
        await process.wait()

    async with serving_both(pim, tmp_path) as (_, base, admin), aiohttp.ClientSession() as session:
        while await state_of(session, f"{admin}/v1/files/purge/{purge_id}") == "Pending":
            pass
        async with session.get(base + PATHS[5]) as response:
            assert response.headers["X-Cache"] == "MISS"
    assert not [*(tmp_path / "purges").iterdir()]
    assert pim.downloads() == 2


async def state_of(session: aiohttp.ClientSession, url: str) -> str | None:
    """None of a purge that was over before the kill came."""
    async with session.get(url) as response:
        state: str | None = (await response.json()).get("status")
        return state


async def test_sigterm_ends_the_command_in_order(pim: DemoPim, tmp_path: Path) -> None:
    async with serving(pim, tmp_path) as (process, base), aiohttp.ClientSession() as session:
        assert await fetch(session, base + PATHS[0])
        process.terminate()
        status = await process.wait()

    assert status == 0
