"""The ledger of calls, and the limit of concurrent ones."""

import asyncio

from proxy.demo.faults import Hold
from proxy.demo.files import DemoFile
from proxy.demo.pim import DemoPim
from proxy.demo.routes import Kind, download_path
from tests.demo.caller import APP_TOKEN, Caller, calling


async def test_calls_are_told_in_order(pim: DemoPim, caller: Caller, shoe: DemoFile) -> None:
    await caller.ask_for_token()
    await caller.get(download_path(shoe.family, shoe.code) + "?v=1", **{"X-Viewer": "curious"})
    await caller.get("/api/rest/v1/media-files/unknown")

    token, download, metadata = pim.calls
    assert [(call.method, call.kind, call.status) for call in pim.calls] == [
        ("POST", Kind.TOKEN, 200),
        ("GET", Kind.DOWNLOAD, 200),
        ("GET", Kind.METADATA, 404),
    ]
    assert (download.family, download.code, download.query) == (shoe.family, shoe.code, "v=1")
    assert download.headers["x-viewer"] == "curious"
    assert (download.whole, download.bytes_sent) == (True, len(shoe.content))
    assert [token.number, metadata.number] == [1, 3]


async def test_downloads_are_counted_by_code(pim: DemoPim, caller: Caller, shoe: DemoFile, poster: DemoFile) -> None:
    for file in (shoe, shoe, poster):
        await caller.get(download_path(file.family, file.code))

    assert (pim.downloads(shoe.code), pim.downloads(poster.code), pim.downloads()) == (2, 1, 3)
    pim.reset()
    assert (pim.downloads(), pim.calls, pim.peak_in_flight) == (0, [], 0)


async def test_calls_in_flight_are_counted(pim: DemoPim, caller: Caller, shoe: DemoFile) -> None:
    release = asyncio.Event()
    pim.faults.add(Hold(release, path="/"))

    calls = [asyncio.ensure_future(caller.get(download_path(shoe.family, shoe.code))) for _ in range(3)]
    calls.append(asyncio.ensure_future(caller.ask_for_token()))
    await pim.until(lambda: pim.in_flight == 4)
    release.set()
    await asyncio.gather(*calls)

    assert (pim.in_flight, pim.peak_in_flight) == (0, 4)


async def test_one_call_too_many_is_a_429(shoe: DemoFile) -> None:
    pim, release = DemoPim([shoe], app_token=APP_TOKEN, max_concurrency=2), asyncio.Event()
    async with pim, calling(pim) as caller:
        path = download_path(shoe.family, shoe.code)
        pim.faults.add(Hold(release))
        held = [asyncio.ensure_future(caller.get(path)) for _ in range(2)]
        await pim.until(lambda: pim.in_flight == 2)
        refused = await caller.get(path)
        release.set()
        served = [(await call).status_code for call in held]

    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "1")
    assert served == [200, 200]
    assert pim.peak_in_flight == 3


async def test_a_client_that_calls_again_at_the_last_byte_never_counts_twice(
    pim: DemoPim, caller: Caller, shoe: DemoFile
) -> None:
    for _ in range(20):
        await caller.get(download_path(shoe.family, shoe.code))

    assert pim.peak_in_flight == 1
