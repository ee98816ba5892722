"""SIGTERM: what is under way is finished, within a limit; a second one ends at once."""

import asyncio
import json
import os
import signal
from pathlib import Path

import aiohttp

from proxy.demo.faults import Hold
from proxy.demo.files import DemoFile, Family
from proxy.demo.pictures import sample
from proxy.demo.pim import DemoPim
from tests.site import Site, path_of
from tests.web.command import fetch, serving, until_told

COFFEE = path_of(sample("coffee"), "w-80")
FOR_EVER = "3600"
FILM = DemoFile.named(Family.ASSET, "film.mp4", "video/mp4", b"\x00\x00\x00\x18ftypisom" + bytes(30_000_000))


async def test_who_is_being_served_gets_the_picture_and_newcomers_are_refused(pim: DemoPim, tmp_path: Path) -> None:
    go_on = asyncio.Event()
    pim.faults.add(Hold(go_on))
    directory = tmp_path / "cache"

    async with serving(pim, directory, DRAIN_SECONDS=FOR_EVER) as tree, aiohttp.ClientSession() as session:
        answer = asyncio.ensure_future(fetch(session, tree.base + COFFEE))
        await pim.until(lambda: pim.in_flight == 1)
        tree.process.terminate()
        await until_refused(int(tree.base.rpartition(":")[2]))
        go_on.set()
        body, status = await answer, await tree.process.wait()

    assert body
    assert status == 0
    assert len([*(directory / "renditions").rglob("*/*")]) == 1  # what was drawn behind the viewer's back has landed
    assert [*directory.glob("locks/*"), *directory.glob("tmp/*")] == []


async def until_refused(port: int) -> None:
    while True:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except (ConnectionRefusedError, ConnectionResetError):  # reset: closed in the very moment
            return
        writer.close()
        await writer.wait_closed()


async def test_nobody_holds_up_the_end(pim: DemoPim, tmp_path: Path) -> None:
    """An Akeneo that never answers, and a viewer who takes nothing."""
    pim.add(FILM)
    patient = {"REQUEST_TIMEOUT_SECONDS": FOR_EVER, "SEND_TIMEOUT_SECONDS": FOR_EVER, "DRAIN_SECONDS": "0.3"}
    async with serving(pim, tmp_path / "cache", **patient) as tree, aiohttp.ClientSession() as session:
        assert await fetch(session, tree.base + path_of(FILM)) == FILM.content
        with pim.misbehaving(Hold(asyncio.Event())):
            hanging = asyncio.ensure_future(fetch(session, tree.base + COFFEE))
            await pim.until(lambda: pim.in_flight == 1)
            _, slow = await asyncio.open_connection("127.0.0.1", int(tree.base.rpartition(":")[2]))
            slow.write(f"GET {path_of(FILM)} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
            await slow.drain()
            tree.process.terminate()
            status = await tree.process.wait()
        slow.transport.abort()

    assert await hanging is None
    assert status == 0
    assert b"cutting off" in tree.log.read_bytes()
    assert tree.faults() == []


async def test_a_second_signal_ends_at_once(pim: DemoPim, tmp_path: Path) -> None:
    pim.faults.add(Hold(asyncio.Event()))
    patient = {"REQUEST_TIMEOUT_SECONDS": FOR_EVER, "DRAIN_SECONDS": FOR_EVER}
    async with serving(pim, tmp_path / "cache", **patient) as tree, aiohttp.ClientSession() as session:
        hanging = asyncio.ensure_future(fetch(session, tree.base + COFFEE))
        await pim.until(lambda: pim.in_flight == 1)
        tree.process.terminate()
        await until_told(tree, b"stopping")
        tree.process.send_signal(signal.SIGTERM)
        status = await tree.process.wait()

    assert await hanging is None
    assert status == 0
    await until_gone(tree.process.pid)


async def until_gone(group: int) -> None:
    """Its nursery and workers, too."""
    while True:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return
        await asyncio.sleep(0.01)


async def test_a_draining_server_is_not_ready(site: Site) -> None:
    go_on = asyncio.Event()
    site.pim.faults.add(Hold(go_on))
    under_way = asyncio.ensure_future(site.get(COFFEE))
    await site.pim.until(lambda: site.pim.in_flight == 1)
    closing = asyncio.ensure_future(site.server.close())
    await asyncio.sleep(0)

    draining = site.server.health.ready_response()
    go_on.set()
    await closing

    assert (draining.status, json.loads(draining.text or "")["status"]) == (503, "draining")
    assert (await under_way).status_code == 200
