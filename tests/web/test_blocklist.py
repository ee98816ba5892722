"""A file that is taken down: 410 at once, in whatever it takes part, and after a restart."""

import asyncio
import base64
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from proxy.cli import main
from proxy.demo.pictures import sample
from tests.site import Site, path_of
from tests.web.conftest import Start

COFFEE, ROCKET = sample("coffee"), sample("rocket")
SMALL = path_of(COFFEE, "w-60")
PATH = path_of(COFFEE)[1:]
LAYERED = path_of(ROCKET, f"w-90,l-image,i-{PATH.replace('/', '@@')},w-20,l-end")
GONE = (410, "EBLOCKED - this file was taken down", "no-store")


@pytest.fixture
async def operator(site: Site) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=site.admin_url, verify=False) as operator:
        yield operator


def facts(answer: httpx.Response) -> tuple[int, str | None, str | None]:
    return answer.status_code, answer.headers.get("ik-error"), answer.headers.get("cache-control")


async def block(site: Site, **body: str) -> httpx.Response:
    async with httpx.AsyncClient(base_url=site.admin_url, verify=False) as operator:
        return await operator.post("/v1/blocklist", json=body)


async def unblock(site: Site, **body: str) -> httpx.Response:
    async with httpx.AsyncClient(base_url=site.admin_url, verify=False) as operator:
        return await operator.request("DELETE", "/v1/blocklist", json=body)


@pytest.mark.parametrize("body", [{"path": PATH}, {"path": f"/{PATH}"}, {"code": COFFEE.code}])
async def test_a_blocked_file_is_gone_in_every_size_and_fetched_by_nobody(site: Site, body: dict[str, str]) -> None:
    await site.get(SMALL)

    answer = await block(site, **body)

    assert answer.status_code == 201
    assert PATH in answer.json()["blocked"]
    for path in (SMALL, path_of(COFFEE), path_of(COFFEE, "w-61"), path_of(COFFEE, "orig-true")):
        assert facts(await site.get(path)) == GONE
    assert (await site.get(path_of(ROCKET, "w-60"))).status_code == 200
    assert site.pim.downloads(COFFEE.code) == 1


async def test_its_bytes_are_purged(site: Site, tmp_path: Path) -> None:
    await site.get(SMALL)
    await asyncio.gather(*site.delivery.renditions.writes)

    await block(site, path=PATH)

    assert not site.delivery.renditions.memory.entries
    assert not [*tmp_path.glob("originals/*/*"), *tmp_path.glob("renditions/*/*")]  # noqa: ASYNC240


async def test_a_picture_that_shows_it_is_gone_as_well(site: Site) -> None:
    assert (await site.get(LAYERED)).status_code == 200

    await block(site, path=PATH)

    assert facts(await site.get(LAYERED)) == GONE
    await unblock(site, path=PATH)
    assert (await site.get(LAYERED)).status_code == 200


async def test_no_default_image_stands_in_for_it_nor_it_for_another(site: Site) -> None:
    missing = "/tr:w-60,di-" + PATH.replace("/", "@@") + "/media-files/no/such.jpg"
    assert (await site.get(missing)).status_code == 200

    await block(site, path=PATH)

    assert facts(await site.get(missing)) == GONE
    stand_in = path_of(COFFEE, "w-60,di-" + path_of(ROCKET)[1:].replace("/", "@@"))
    assert facts(await site.get(stand_in)) == GONE


async def test_what_is_unblocked_is_fetched_anew(site: Site) -> None:
    await site.get(SMALL)
    await block(site, path=PATH)

    assert (await unblock(site, path=PATH)).json() == {"unblocked": [PATH]}

    assert (await site.get(SMALL)).status_code == 200
    assert site.pim.downloads(COFFEE.code) == 2


async def test_it_is_listed_and_survives_a_restart(start: Start, tmp_path: Path) -> None:
    site = await start(tmp_path / "cache")
    await block(site, path=PATH)
    await site.server.close()

    again = await start(tmp_path / "cache")

    assert facts(await again.get(SMALL)) == GONE
    async with httpx.AsyncClient(base_url=again.admin_url, verify=False) as operator:
        [entry] = (await operator.get("/v1/blocklist")).json()["blocked"]
    assert entry["path"] == PATH
    assert entry["since"].endswith("+00:00")


async def test_a_damaged_list_is_told_and_kept_aside(
    start: Start, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "blocklist.json").write_text('{"media-files/a.jpg": "yes"}')

    site = await start()

    assert "cannot be read" in caplog.text
    assert (tmp_path / "blocklist.json.damaged").exists()
    assert (await site.get(SMALL)).status_code == 200


async def test_where_nothing_keeps_it_that_is_said(start: Start, tmp_path: Path) -> None:
    site = await start(tmp_path / "cache")
    (tmp_path / "cache" / "blocklist.json").mkdir(parents=True)

    answer = await block(site, path=PATH)

    assert (answer.status_code, answer.json()["message"]) == (500, "It holds until the next restart only")
    assert facts(await site.get(SMALL)) == GONE


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"path": ""},
        {"path": "../x"},
        {"path": 7},
        {"code": "a b"},
        {"url": "https://x/"},
        [],
        {"path": "media-files/a.jpg", "code": "a.jpg"},
    ],
)
async def test_anything_else_is_refused(operator: httpx.AsyncClient, body: Any) -> None:
    answers = [await operator.request(method, "/v1/blocklist", json=body) for method in ("POST", "DELETE")]

    assert [answer.status_code for answer in answers] == [400, 400]
    assert (await operator.get("/v1/blocklist")).json() == {"blocked": []}


async def test_a_private_key_does_not_open_it(start: Start) -> None:
    site = await start(signing={"private_key": "private_root"}, admin_token="t0ken")
    basic = {"Authorization": "Basic " + base64.b64encode(b"private_root:").decode()}
    async with httpx.AsyncClient(base_url=site.admin_url, verify=False) as client:
        for method in ("GET", "POST", "DELETE"):
            by_key = await client.request(method, "/v1/blocklist", json={"path": PATH}, headers=basic)
            by_nobody = await client.request(method, "/v1/blocklist", json={"path": PATH})
            assert (by_key.status_code, by_nobody.status_code) == (403, 401)
        bearer = {"Authorization": "Bearer t0ken"}
        assert (await client.post("/v1/blocklist", json={"path": PATH}, headers=bearer)).status_code == 201
    assert facts(await site.get(SMALL)) == GONE


async def test_the_commands(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    async def run(*arguments: str) -> int:
        return await asyncio.to_thread(main, [*arguments, "--admin", site.admin_url])

    assert await run("block", PATH) == 0
    assert facts(await site.get(SMALL)) == GONE
    assert await run("unblock", PATH) == 0
    assert (await site.get(SMALL)).status_code == 200
    assert await run("block", "no path/..") == 1

    printed = capsys.readouterr()
    assert printed.out == f"blocked: {PATH}\nunblocked: {PATH}\n"
    assert "Invalid path" in printed.err
