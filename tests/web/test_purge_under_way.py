"""Purges while other work goes on: viewers, renderings, further purges, restarts, a disk that fails for a while."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from proxy.cache.purges.journal import Journal
from proxy.cache.purges.scope import Below
from proxy.cache.purges.scope_text import facts_of
from proxy.delivery import purging
from proxy.demo.faults import Hold
from proxy.demo.pictures import sample
from proxy.media import MediaPath
from proxy.pixels.job import ENGINE
from tests.cache.bench import files_below
from tests.shared.redis_server import until
from tests.site import Site, client_of, path_of
from tests.web.conftest import Start

COFFEE, ROCKET, BADGE = sample("coffee"), sample("rocket"), sample("logo")
SMALL, LARGE = path_of(COFFEE, "w-60"), path_of(COFFEE, "w-90")
WILDCARD = {"url": f"https://img.example.com{path_of(COFFEE)}*"}
MARKED = path_of(COFFEE, f"w-60,l-image,i-{path_of(BADGE)[1:].replace('/', '@@')},w-20,l-end")


@pytest.fixture
async def operator(site: Site) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(site.admin_url) as operator:
        yield operator


async def ask(operator: httpx.AsyncClient, body: dict[str, str] = WILDCARD) -> str:
    created = await operator.post("/v1/files/purge", json=body)
    assert created.status_code == 201, created.text
    purge_id: str = created.json()["requestId"]
    return purge_id


async def status(operator: httpx.AsyncClient, purge_id: str) -> str:
    answer: str = (await operator.get(f"/v1/files/purge/{purge_id}")).json()["status"]
    return answer


async def seen(site: Site, path: str) -> str:
    answer = await site.get(path)
    assert answer.status_code == 200
    await asyncio.gather(*site.delivery.renditions.writes)
    return answer.headers["X-Cache"]


async def ended(site: Site) -> None:
    await site.server.house.purger.walks.ended()


async def test_a_wildcard_is_pending_until_its_walk_has_ended(site: Site, operator: httpx.AsyncClient) -> None:
    await seen(site, SMALL)

    async with site.server.house.purger.walks.walking:
        purge_id = await ask(operator)
        pending = await status(operator, purge_id)
        meanwhile = [await seen(site, path) for path in (SMALL, SMALL, LARGE)]
    await ended(site)

    assert (pending, await status(operator, purge_id)) == ("Pending", "Completed")
    assert meanwhile == ["MISS", "HIT", "MISS"]  # drawn from one fresh original
    assert site.pim.downloads() == 2


async def test_what_was_made_meanwhile_stays(start: Start) -> None:
    site = await start(cache={"memory_bytes": 0})  # so that it comes from the disk
    await seen(site, SMALL)

    async with client_of(site.admin_url) as operator:
        async with site.server.house.purger.walks.walking:
            await ask(operator)
            await seen(site, SMALL)
        await ended(site)

    assert [await seen(site, SMALL), await seen(site, LARGE)] == ["HIT", "MISS"]
    assert site.pim.downloads() == 2


@pytest.mark.parametrize("body", [{"path": path_of(COFFEE)}, WILDCARD], ids=["path", "wildcard"])
async def test_a_rendering_of_before_is_delivered_and_not_kept(
    site: Site, operator: httpx.AsyncClient, body: dict[str, str]
) -> None:
    """It has its original and waits for the picture on it."""
    await seen(site, SMALL)
    go_on = asyncio.Event()
    site.pim.faults.add(Hold(go_on, code=BADGE.code, times=1))
    early = asyncio.ensure_future(site.get(MARKED))
    await site.pim.until(lambda: site.pim.in_flight == 1)

    await ask(operator, body)
    await ended(site)
    go_on.set()

    assert (await early).status_code == 200
    assert [await seen(site, MARKED), await seen(site, MARKED)] == ["MISS", "HIT"]
    assert site.pim.downloads(COFFEE.code) == 2


async def test_a_redrawing_of_before_is_not_kept(start: Start, site: Site) -> None:
    await seen(site, MARKED)
    original = await site.originals.find(MediaPath.parse(path_of(BADGE)[1:]))
    assert original is not None
    await site.originals.forget(original)
    newer = await start(engine=ENGINE + 1)
    go_on = asyncio.Event()
    site.pim.faults.add(Hold(go_on, code=BADGE.code, times=1))
    assert await seen(newer, MARKED) == "STALE"
    await site.pim.until(lambda: site.pim.in_flight == 1)

    async with client_of(newer.admin_url) as operator:
        await ask(operator, {"path": path_of(COFFEE)})
    go_on.set()
    await newer.delivery.redraws.settle()

    assert await seen(newer, MARKED) == "MISS"


async def test_what_a_server_did_not_finish_the_next_one_does(start: Start, site: Site, tmp_path: Path) -> None:
    """The note that a killed server leaves."""
    await seen(site, SMALL)
    name = site.delivery.originals.name
    scope = Below(path_of(COFFEE)[1:10], frozenset({name}), frozenset({name}))
    Journal(tmp_path / "purges").write("0123", scope)

    second = await start()

    async with client_of(second.admin_url) as operator:
        assert await status(operator, "0123") in {"Pending", "Completed"}
        assert await seen(second, SMALL) == "MISS"
        await ended(second)
        assert await status(operator, "0123") == "Completed"
    assert Journal(tmp_path / "purges").read() == []


async def test_a_disk_that_fails_is_tried_again(site: Site, operator: httpx.AsyncClient, tmp_path: Path) -> None:
    await seen(site, SMALL)
    room, aside = tmp_path / "renditions", tmp_path / "aside"
    room.rename(aside)
    room.write_bytes(b"")  # no directory

    async def repaired(_: float) -> None:
        assert await status(operator, purge_id) == "Pending"
        room.unlink()
        aside.rename(room)

    purger = site.server.house.purger
    purger.walks.sleep = repaired
    async with purger.walks.walking:
        purge_id = await ask(operator)
    await ended(site)

    assert await status(operator, purge_id) == "Completed"
    assert await seen(site, SMALL) == "MISS"


async def test_walks_wait_for_each_other_and_are_bounded(
    site: Site, operator: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(purging, "MOST_WALKS", 2)

    async with site.server.house.purger.walks.walking:
        first, second = await ask(operator), await ask(operator)
        third = await operator.post("/v1/files/purge", json=WILDCARD)
        at_once = await ask(operator, {"path": path_of(COFFEE)})
    await ended(site)

    assert third.status_code == 503
    assert first != second
    assert {await status(operator, purge_id) for purge_id in (first, second, at_once)} == {"Completed"}


async def test_only_the_last_reports_are_remembered(
    site: Site, operator: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(purging, "MOST_REPORTS", 2)

    async with site.server.house.purger.walks.walking:
        pending = await ask(operator)
        old, new = [await ask(operator, {"path": path_of(file)}) for file in (COFFEE, ROCKET)]
    await ended(site)

    assert site.server.house.purger.reports.keys() == {pending, new}
    assert (await operator.get(f"/v1/files/purge/{old}")).status_code == 404


async def test_a_server_closes_in_the_middle_of_a_walk(site: Site, operator: httpx.AsyncClient, tmp_path: Path) -> None:
    async with site.server.house.purger.walks.walking:
        purge_id = await ask(operator)
        await site.server.close()

    assert [name for name, _ in Journal(tmp_path / "purges").read()] == [purge_id]


async def test_each_purge_has_its_line(
    site: Site, operator: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "proxy.delivery")
    await seen(site, SMALL)

    purge_id = await ask(operator, {"path": path_of(COFFEE)})

    [line] = [record.getMessage() for record in caplog.records if record.name == "proxy.delivery"]
    what = f"path {path_of(COFFEE)[1:]}"
    assert line == f"purge {purge_id} ({what}) by 127.0.0.1: memory 1, disk 1, disk originals 1"


async def test_a_purge_is_done_to_its_end_though_who_asked_hangs_up(site: Site, tmp_path: Path) -> None:
    await seen(site, SMALL)
    house = site.server.house
    [key] = site.delivery.renditions.memory.entries
    with house.ledger.operation(key):
        async with client_of(site.admin_url) as operator:
            asked = asyncio.create_task(operator.post("/v1/files/purge", json={"path": path_of(COFFEE)}))
            await until(lambda: not site.delivery.renditions.memory.entries)
            asked.cancel()
            await asyncio.wait([asked])
        await until(lambda: not site.server.runners[1].door.open)  # type: ignore[union-attr]
        assert house.ledger.purges
    await house.purger.errands.close()

    assert not house.ledger.purges
    assert not [*files_below(tmp_path / "renditions"), *files_below(tmp_path / "originals")]


async def test_what_a_disk_that_failed_still_has_is_hidden_until_it_was_purged(site: Site, tmp_path: Path) -> None:
    await seen(site, SMALL)
    house, woken = site.server.house, asyncio.Event()

    async def sleep(_: float) -> None:
        await woken.wait()

    house.purger.walks.sleep = sleep
    whole, aside = tmp_path / "renditions", tmp_path / "aside"
    whole.rename(aside)
    whole.write_bytes(b"")
    async with client_of(site.admin_url) as operator:
        for _ in range(3):
            assert (await operator.post("/v1/files/purge", json={"path": path_of(COFFEE)})).status_code == 500
    assert len(house.ledger.purges) == 1
    whole.unlink()
    aside.rename(whole)

    assert await seen(site, SMALL) == "MISS"
    woken.set()
    await ended(site)
    assert not house.ledger.purges
    assert not Journal(tmp_path / "purges").read()


async def test_news_of_a_purge_that_are_cut_off_hide_nothing_for_ever(site: Site) -> None:
    name = site.delivery.originals.name
    facts = facts_of(Below("", frozenset({name}), frozenset({name})))
    heard = asyncio.create_task(site.server.house.purger.hear(facts))
    await asyncio.sleep(0)  # it writes its note
    heard.cancel()
    await asyncio.wait([heard])

    assert not site.server.house.ledger.purges


async def test_of_many_wildcards_that_are_heard_few_wait(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(purging, "MOST_WALKS", 3)
    purger, name = site.server.house.purger, site.delivery.originals.name
    await seen(site, SMALL)

    async with purger.walks.walking:
        for number in range(20):
            await purger.hear(facts_of(Below(f"media-files/{number}", frozenset({name}), frozenset({name}))))
        assert len(site.server.house.ledger.wide) <= 3
        assert await seen(site, SMALL) == "MISS"
    await ended(site)

    assert not site.server.house.ledger.purges
