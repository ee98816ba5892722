"""kill -9 while downloads, renders and purges run: after a restart no broken file is ever served.

A few telling moments; `python -m benchmarks.kills` takes hundreds of random ones.
"""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import aiohttp

from benchmarks.kills.audit import audit
from proxy.demo.faults import Drip
from proxy.demo.pictures import sample
from proxy.demo.pim import DemoPim
from tests.site import Site, path_of
from tests.web.command import fetch, serving
from tests.web.conftest import Start

PATHS = [
    path_of(sample("rocket"), "orig-true"),
    path_of(sample("hubble_deep_field"), "orig-true"),
    path_of(sample("data sheet")),
    path_of(sample("chime")),
    path_of(sample("rocket"), "w-200,f-png"),
    path_of(sample("coffee"), "w-300,f-webp"),
    path_of(sample("astronaut"), "w-100,h-100,f-jpg"),
]
COFFEE = PATHS[5]


async def test_no_broken_file_is_served_after_kills(pim: DemoPim, site: Site, tmp_path: Path) -> None:
    """Each kill comes after some more bytes from Akeneo, so that downloads and renders are under way."""
    whole = [(await site.get(path)).content for path in PATHS]
    pim.faults.add(Drip(16_384, 0.002))
    directory = tmp_path / "killed"
    under_way = left = 0

    for kilobytes in (60, 400):
        pim.calls.clear()
        async with serving(pim, directory) as tree, aiohttp.ClientSession() as session:
            asked = [asyncio.ensure_future(fetch(session, tree.base + path)) for path in PATHS]
            await until_sent(pim, kilobytes * 1000, asked)
            await tree.kill()
            bodies = await asyncio.gather(*asked)
        under_way += bodies.count(None)
        left += len(audit(directory).temporary)
        assert all(body in (None, expected) for body, expected in zip(bodies, whole, strict=True))

    assert under_way > len(PATHS) / 2
    assert left > 0
    async with serving(pim, directory) as tree, aiohttp.ClientSession() as session:
        assert [await fetch(session, tree.base + path) for path in PATHS] == whole
        while audit(directory).temporary:  # noqa: ASYNC110 (the server looks for them behind its start)
            await asyncio.sleep(0.01)


async def until_sent(pim: DemoPim, count: int, asked: "Sequence[asyncio.Future[bytes | None]]") -> None:
    """Until Akeneo has sent so many bytes, or everything is answered already."""

    def is_so_far() -> bool:
        return sum(call.bytes_sent for call in pim.calls) >= count or all(answer.done() for answer in asked)

    while not is_so_far():  # noqa: ASYNC110 (for bytes, not for time)
        await asyncio.sleep(0.001)


async def test_a_purge_that_was_promised_outlives_a_kill(pim: DemoPim, start: Start, tmp_path: Path) -> None:
    """Killed as soon as it is promised, when the walk through the disk has hardly begun."""
    directory = tmp_path / "purged"
    filling = await start(directory)
    await filling.get(COFFEE)
    await filling.server.close()  # what it remembers is on the disk now
    async with serving(pim, directory) as tree, aiohttp.ClientSession() as session:
        body = {"url": f"https://img.example.com{path_of(sample('coffee'))}*"}
        async with session.post(f"{tree.admin}/v1/files/purge", json=body) as response:
            purge_id = (await response.json())["requestId"]
        await tree.kill()

    async with serving(pim, directory) as tree, aiohttp.ClientSession() as session:
        while await state_of(session, f"{tree.admin}/v1/files/purge/{purge_id}") == "Pending":
            pass
        async with session.get(tree.base + COFFEE) as response:
            assert response.headers["X-Cache"] == "MISS"
    assert audit(directory).purges == []
    assert pim.downloads() == 2


async def state_of(session: aiohttp.ClientSession, url: str) -> str | None:
    """None of a purge that was over before the kill came."""
    async with session.get(url) as response:
        state: str | None = (await response.json()).get("status")
        return state
