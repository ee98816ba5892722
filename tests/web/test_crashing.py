"""Files that end workers: the request that met them fails, the others do not, and such a file rests for a while."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from proxy.cache.disk import RECORD
from proxy.demo.files import DemoFile
from proxy.demo.pictures import sample
from proxy.media import MediaPath
from tests.site import Site, path_of
from tests.web.conftest import Start, small_picture

CUP = small_picture(1)


@asynccontextmanager
async def deadly(site: Site, file: DemoFile) -> AsyncIterator[Path]:
    """Inside the block the stored file is one that makes its reader wait, until it is killed."""
    await site.get(path_of(file, "orig-true"))
    original = await site.originals.find(MediaPath.parse(path_of(file)[1:]))
    assert original is not None
    record = original.file.with_name(original.file.name + RECORD)
    original.file.unlink()
    os.mkfifo(original.file)
    record.write_bytes(replace(original, size=0).pack())
    site.originals.checked.stored(original.file)  # or who compares the digest would wait in the reader's place
    yield original.file
    original.file.unlink()
    original.file.write_bytes(file.content)
    record.write_bytes(original.pack())


async def hit_the_reader(site: Site, file: Path, number: signal.Signals) -> None:
    writer = await asyncio.to_thread(os.open, file, os.O_WRONLY)
    [worker] = site.server.renderers.workers
    os.kill(worker.process_id, number)
    os.close(writer)
    while worker in site.server.renderers.workers or not site.server.renderers.workers:  # noqa: ASYNC110
        await asyncio.sleep(0.001)  # for its successor, not for a time


async def crashed(site: Site, file: Path, path: str, number: signal.Signals = signal.SIGSEGV) -> httpx.Response:
    """The answer to a request whose worker ends, as does the one that is to try again."""
    answer = asyncio.ensure_future(site.get(path))
    await hit_the_reader(site, file, number)
    await hit_the_reader(site, file, number)
    return await answer


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGABRT, signal.SIGKILL])
async def test_a_crash_is_tried_once_more_and_costs_one_request(start: Start, number: signal.Signals) -> None:
    site = await start(render={"workers": 1})
    site.pim.add(CUP)

    async with deadly(site, CUP) as file:
        answer = asyncio.ensure_future(crashed(site, file, path_of(CUP, "w-20"), number))
        other = await site.get(path_of(sample("coffee"), "w-20"))
        failed = await answer
    good = await site.get(path_of(CUP, "w-20"))

    assert (failed.status_code, failed.headers["Cache-Control"]) == (500, "no-store")
    assert (other.status_code, good.status_code) == (200, 200)
    assert site.counted("worker_restarts_total", reason="crash") == 2


async def test_a_worker_that_stands_still_costs_one_request(start: Start) -> None:
    site = await start(render={"workers": 1, "timeout_seconds": 1.5})
    site.pim.add(CUP)

    async with deadly(site, CUP) as file:
        answer = asyncio.ensure_future(site.get(path_of(CUP, "w-20")))
        await hit_the_reader(site, file, signal.SIGSTOP)
        late = await answer
    good = await site.get(path_of(CUP, "w-20"))

    assert (late.status_code, late.headers["Cache-Control"]) == (504, "no-store")
    assert good.status_code == 200
    assert site.counted("worker_restarts_total", reason="timeout") == 1


async def quarantined(site: Site) -> None:
    """Three sizes of the cup end their workers."""
    async with deadly(site, CUP) as file:
        answers = [await crashed(site, file, path_of(CUP, f"w-{width}")) for width in (20, 21, 22)]
    assert [answer.status_code for answer in answers] == [500, 500, 500]


async def test_a_file_that_ends_workers_again_and_again_rests(start: Start, caplog: pytest.LogCaptureFixture) -> None:
    site = await start(render={"workers": 1})
    site.pim.add(CUP)
    cached = await site.get(path_of(CUP, "w-30"))
    await quarantined(site)

    again = await site.get(path_of(CUP, "w-30"))
    refused = await site.get(path_of(CUP, "w-31"))
    stored = await site.get(path_of(CUP, "orig-true"))
    other = await site.get(path_of(sample("coffee"), "w-31"))

    assert (again.status_code, again.content) == (200, cached.content)
    assert (refused.status_code, refused.headers["Cache-Control"]) == (503, "no-store")
    assert refused.headers["ik-error"].startswith("EQUARANTINE - ")
    assert 0 < int(refused.headers["Retry-After"]) <= 60
    assert (stored.status_code, other.status_code) == (200, 200)
    assert (site.counted("quarantined_files"), site.counted("quarantines_total")) == (1, 1)
    assert [line for line in caplog.messages if CUP.code in line and "in quarantine for 60 seconds" in line]


async def test_a_purge_ends_a_quarantine(start: Start) -> None:
    site = await start(render={"workers": 1})
    site.pim.add(CUP)
    await quarantined(site)

    body = {"url": f"https://img.example.com{path_of(CUP)}"}
    purged = await site.viewer.post(f"{site.admin_url}/v1/files/purge", json=body)
    answer = await site.get(path_of(CUP, "w-31"))

    assert purged.status_code == 201
    assert answer.status_code == 200
