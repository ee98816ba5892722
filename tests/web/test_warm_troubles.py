"""`media-proxy warm` where rights, the disk or the engine change: nothing that is known is lost, and it is told."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from proxy.commands.catalogue.server import Server
from proxy.commands.catalogue.state import State
from proxy.demo.catalogue.samples import sample_catalogue
from proxy.demo.faults import Status
from proxy.demo.pictures import sample_files
from proxy.demo.pim import DemoPim
from proxy.pixels.job import ENGINE
from tests.site import client_of
from tests.web.conftest import Start, small_picture
from tests.web.warming import Warm


@pytest.fixture
async def pim() -> AsyncIterator[DemoPim]:
    async with DemoPim(sample_files(), catalogue=sample_catalogue()) as pim:
        yield pim


async def test_a_full_disk_is_one_line(warm: Warm, monkeypatch: pytest.MonkeyPatch) -> None:
    def settle(*_: object, **__: object) -> None:
        error = sqlite3.OperationalError("database or disk is full")
        error.sqlite_errorcode = sqlite3.SQLITE_FULL
        raise error

    monkeypatch.setattr(State, "settle", settle)

    status, _, err = await warm.run("--kind", "records")

    assert (status, err.strip().count("\n")) == (1, 0)
    assert "database or disk is full" in err


async def test_another_engine_has_all_drawn_anew_and_a_run_tells_what_it_did(
    start: Start, tmp_path: Path, capsys: Any
) -> None:
    words = ("--kind", "records", "--transformation", "w-60", "--accept", "other")
    _, first = await Warm(await start(), tmp_path, capsys)(*words)
    _, again = await Warm(await start(tmp_path / "b"), tmp_path, capsys)(*words)
    _, newer = await Warm(await start(tmp_path / "c", engine=ENGINE + 1), tmp_path, capsys)(*words)

    assert [it["renditions"]["made"] for it in (first, again, newer)] == [2, 0, 2]
    assert [it["files"] for it in (first, again, newer)] == [2, 2, 2]


async def test_a_forbidden_list_is_a_trouble_and_nothing_is_forgotten(warm: Warm) -> None:
    await warm("--kind", "products")
    warm.site.pim.faults.add(Status(403, path="/api/rest/v1/products"))

    status, facts = await warm("--kind", "products")

    assert (status, facts["files"], facts["done"]) == (1, 5, 5)
    assert facts["troubles"] == ["the list of products of akeneo: this entry may not be read"]


async def test_what_is_new_is_found_beside_a_list_that_may_not_be_read(warm: Warm) -> None:
    warm.site.pim.faults.add(Status(403, path="/api/rest/v1/asset-families"))
    words = ("--kind", "products,assets")
    await warm(*words)
    new = small_picture(1)
    warm.site.pim.add(new)
    warm.site.pim.catalogue.products["poster"].set("picture", new)

    status, facts = await warm(*words)

    assert (status, facts["originals"]["fetched"], len(facts["troubles"])) == (1, 1, 1)


async def test_a_list_that_could_not_be_read_is_read_from_the_earlier_time_on(warm: Warm) -> None:
    fault = Status(403, path="/api/rest/v1/asset-families")
    warm.site.pim.faults.add(fault)
    words = ("--kind", "assets", "--since", "1h")
    await warm(*words)
    with closing(sqlite3.connect(warm.state)) as base, base:
        base.execute("UPDATE owed SET since = '2025-01-01T00:00:00+00:00'")
    warm.site.pim.faults.clear()

    status, facts = await warm(*words)
    _, next_night = await warm(*words)

    assert (status, facts["files"], next_night["files"]) == (0, 3, 0)


async def test_a_run_that_goes_on_sees_what_has_changed_since_the_first_began(warm: Warm) -> None:
    words = ("--kind", "products", "--since", "1h")
    await warm(*words)
    with closing(sqlite3.connect(warm.state)) as base, base:
        base.execute("UPDATE jobs SET walked = 0")  # killed before it was told
    new = small_picture(1)
    warm.site.pim.add(new)
    warm.site.pim.catalogue.products["poster"].set("picture", new)

    _, facts = await warm(*words)

    assert facts["originals"]["fetched"] == 1


@pytest.mark.parametrize("kind", ["models", "assets"])
async def test_a_list_that_had_entries_is_not_suddenly_absent(warm: Warm, kind: str) -> None:
    _, before = await warm("--kind", kind)
    gone = {"models": "product-models", "assets": "asset-families"}[kind]
    warm.site.pim.faults.add(Status(404, path=f"/api/rest/v1/{gone}"))

    status, facts = await warm("--kind", kind)

    assert (status, facts["files"], facts["done"]) == (1, before["files"], before["files"])


async def test_a_service_that_is_not_ours_is_one_line(warm: Warm, monkeypatch: pytest.MonkeyPatch) -> None:
    async def ask(*_: object) -> dict[str, object]:
        return {"status": "up"}

    monkeypatch.setattr(Server, "ask", ask)

    status, _, err = await warm.run("--kind", "records")

    assert (status, err.strip().count("\n")) == (1, 0)
    assert "no admin port of a media-proxy answers" in err


async def test_after_a_purge_of_everything_all_is_warmed_again(warm: Warm) -> None:
    words = ("--kind", "products")
    await warm(*words)
    async with client_of(warm.site.admin_url) as admin:
        answer = await admin.post("/v1/files/purge", json={"endpoint": "/"})
    assert answer.status_code == 201, answer.text
    await warm.site.server.house.purger.walks.ended()

    _, again = await warm(*words)
    _, then = await warm(*words)

    assert (again["originals"]["fetched"], sum(then["originals"].values())) == (5, 0)
