"""Answers that wait: held by an event, late, or dripping."""

import asyncio

from proxy.demo.faults import Delay, Drip, Hold
from proxy.demo.files import DemoFile
from proxy.demo.pim import DemoPim
from proxy.demo.routes import download_path
from tests.demo.caller import APP_TOKEN, Caller, Download


async def test_a_call_is_held_before_its_headers(pim: DemoPim, download: Download, shoe: DemoFile) -> None:
    release = asyncio.Event()
    pim.faults.add(Hold(release))

    held = asyncio.ensure_future(download(shoe))
    await pim.until(lambda: pim.in_flight == 1)
    assert pim.calls[0].status is None
    release.set()

    assert (await held).content == shoe.content


async def test_a_call_is_held_in_the_middle_of_its_body(pim: DemoPim, caller: Caller, shoe: DemoFile) -> None:
    release = asyncio.Event()
    pim.faults.add(Hold(release, after=3000))
    path = download_path(shoe.family, shoe.code)

    async with caller.http.stream("GET", path, headers={"Authorization": f"Bearer {APP_TOKEN}"}) as answer:
        chunks = answer.aiter_raw()
        body = await anext(chunks)
        while len(body) < 3000:
            body += await anext(chunks)
        assert (len(body), pim.in_flight) == (3000, 1)
        release.set()
        async for chunk in chunks:
            body += chunk

    assert body == shoe.content


async def test_a_client_that_leaves_ends_a_held_call(pim: DemoPim, download: Download, shoe: DemoFile) -> None:
    pim.faults.add(Hold(asyncio.Event()))

    held = asyncio.ensure_future(download(shoe))
    await pim.until(lambda: pim.in_flight == 1)
    held.cancel()

    await pim.until(lambda: pim.in_flight == 0)
    assert not pim.calls[0].whole


async def test_late_and_dripping_answers_are_whole_in_the_end(pim: DemoPim, download: Download, shoe: DemoFile) -> None:
    pim.faults.add(Delay(0.001), Drip(1000, pause_seconds=0))

    assert (await download(shoe)).content == shoe.content
