"""Purges over loopback: what a viewer gets afterwards, who may ask for one, and which addresses are ours."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import httpx
import imagekitio
import pytest

from proxy.demo.faults import Hold
from proxy.demo.files import DemoFile, Family
from proxy.demo.pictures import sample
from tests.site import CHROME, Site, client_of, path_of
from tests.web.conftest import Start

COFFEE, ROCKET, SHEET = sample("coffee"), sample("rocket"), sample("data sheet")
SMALL, LARGE = path_of(COFFEE, "w-60"), path_of(COFFEE, "w-90")
HOST = "https://img.example.com"
KEY, BRAND_KEY = "private_root", "private_brand"
FULL = ["memory", "disk", "disk originals"]


@pytest.fixture
async def operator(site: Site) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(site.admin_url) as operator:
        yield operator


async def purged(site: Site, body: dict[str, Any], **options: Any) -> dict[str, Any]:
    """Asks for a purge, waits for its end, and gives the last state."""
    async with client_of(site.admin_url, **options) as operator:
        created = await operator.post("/v1/files/purge", json=body)
        assert created.status_code == 201, created.text
        await site.server.house.purger.walks.ended()
        state = await operator.get(f"/v1/files/purge/{created.json()['requestId']}")
    assert state.json()["status"] == "Completed"
    facts: dict[str, Any] = state.json()
    return facts


async def seen(site: Site, paths: Sequence[str], accept: str = "*/*") -> list[str]:
    """`X-Cache` of each; what was to be written has been."""
    answers = [await site.get(path, accept) for path in paths]
    await asyncio.gather(*site.delivery.renditions.writes)
    assert {answer.status_code for answer in answers} == {200}
    return [answer.headers["X-Cache"] for answer in answers]


# -- what is gone, and what stays --


async def test_a_purged_url_is_drawn_anew_from_a_fresh_original(site: Site) -> None:
    assert await seen(site, [SMALL, SMALL, LARGE]) == ["MISS", "HIT", "MISS"]

    state = await purged(site, {"url": HOST + SMALL})

    assert [state["purged"][tier] for tier in FULL] == [1, 1, 1]
    assert await seen(site, [SMALL, LARGE]) == ["MISS", "HIT"]
    assert site.pim.downloads() == 2


async def test_it_is_gone_for_every_viewer_in_both_forms_of_its_url(site: Site) -> None:
    for accept in ("*/*", "image/webp", CHROME):
        await seen(site, [SMALL], accept)

    await purged(site, {"url": f"{HOST}{path_of(COFFEE)}?v=7&tr=w-60&ik-s=0000&ik-t=1"})

    assert [await seen(site, [SMALL], accept) for accept in ("*/*", "image/webp")] == [["MISS"], ["MISS"]]


async def test_where_a_hint_counts_all_of_the_file_is_gone(site: Site) -> None:
    hinted = path_of(COFFEE, "w-auto")
    await site.get(hinted, sec_ch_width="300")
    await seen(site, [LARGE])

    await purged(site, {"url": HOST + hinted})

    assert (await site.get(hinted, sec_ch_width="300")).headers["X-Cache"] == "MISS"
    assert await seen(site, [LARGE]) == ["MISS"]


async def test_it_is_gone_for_viewers_who_save_data_too(start: Start) -> None:
    site = await start(output={"save_data_quality": 30})
    for saving in ("on", "off"):
        await site.get(SMALL, Save_Data=saving)

    await purged(site, {"url": HOST + SMALL})

    assert [(await site.get(SMALL, Save_Data=it)).headers["X-Cache"] for it in ("on", "off")] == ["MISS", "MISS"]


@pytest.mark.parametrize("body", [{"url": f"{HOST}/tr:w-60/a/new%20cup.png"}, {"path": "a/new cup.png"}])
async def test_a_file_of_the_folder_is_purged(start: Start, tmp_path: Path, body: dict[str, str]) -> None:
    (tmp_path / "files" / "a").mkdir(parents=True)
    (tmp_path / "files" / "a" / "new cup.png").write_bytes(COFFEE.content)
    site = await start(folder={"directory": tmp_path / "files"})
    await seen(site, ["/tr:w-60/a/new%20cup.png"])

    state = await purged(site, body)

    assert [state["purged"][tier] for tier in FULL] == [1, 1, 1]
    assert await seen(site, ["/tr:w-60/a/new%20cup.png"]) == ["MISS"]


async def test_a_wildcard_reaches_the_folder_too(start: Start, tmp_path: Path) -> None:
    (tmp_path / "files" / "a").mkdir(parents=True)
    (tmp_path / "files" / "a" / "cup.png").write_bytes(COFFEE.content)
    site = await start(folder={"directory": tmp_path / "files"})
    await seen(site, ["/tr:w-60/a/cup.png", SMALL])

    await purged(site, {"url": f"{HOST}/a/cup*"})

    assert await seen(site, ["/tr:w-60/a/cup.png", SMALL]) == ["MISS", "HIT"]


async def test_a_plain_url_is_itself_alone(site: Site) -> None:
    await seen(site, [path_of(COFFEE), SMALL])

    await purged(site, {"url": HOST + path_of(COFFEE)})

    assert await seen(site, [path_of(COFFEE), SMALL]) == ["MISS", "HIT"]


async def test_a_file_that_is_no_picture_is_fetched_again(site: Site) -> None:
    first = await site.get(path_of(SHEET))
    await site.originals.flights.settle()
    assert (await site.get(path_of(SHEET))).headers["X-Cache"] == "HIT"

    await purged(site, {"url": HOST + path_of(SHEET)})

    again = await site.get(path_of(SHEET))
    assert (again.headers["X-Cache"], again.content) == ("MISS", first.content)


@pytest.mark.parametrize("body", [{"path": path_of(COFFEE)}, {"path": path_of(COFFEE)[1:]}, {"code": COFFEE.code}])
async def test_a_path_or_a_code_is_everything_made_from_the_file(site: Site, body: dict[str, str]) -> None:
    await seen(site, [SMALL, LARGE, path_of(ROCKET, "w-60")])

    await purged(site, body)

    assert await seen(site, [SMALL, LARGE, path_of(ROCKET, "w-60")]) == ["MISS", "MISS", "HIT"]
    assert site.pim.downloads(COFFEE.code) == 2


@pytest.mark.parametrize("transformation", ["", "tr:w-60/"])
async def test_a_wildcard_is_every_transformation_of_what_begins_so(site: Site, transformation: str) -> None:
    await seen(site, [SMALL, LARGE, path_of(ROCKET, "w-60")])

    await purged(site, {"url": f"{HOST}/{transformation}media-files/{COFFEE.code[:9]}*"})

    assert await seen(site, [SMALL, LARGE, path_of(ROCKET, "w-60")]) == ["MISS", "MISS", "HIT"]


async def test_a_wildcard_finds_what_an_earlier_server_left(start: Start, site: Site) -> None:
    await seen(site, [SMALL, LARGE])
    second = await start()

    state = await purged(second, {"url": f"{HOST}/media-files/{COFFEE.code}*"})

    assert [state["purged"][tier] for tier in FULL] == [0, 2, 1]
    assert await seen(second, [SMALL]) == ["MISS"]


async def test_what_was_refused_is_asked_for_again(site: Site) -> None:
    late = DemoFile.named(Family.PRODUCT, "late.png", "image/png", COFFEE.content)
    assert (await site.get(path_of(late))).status_code == 404
    site.pim.add(late)
    assert (await site.get(path_of(late))).status_code == 404  # remembered

    await purged(site, {"url": HOST + path_of(late)})

    assert (await site.get(path_of(late))).status_code == 200


async def test_purges_are_counted(site: Site) -> None:
    await seen(site, [SMALL])

    await purged(site, {"path": path_of(COFFEE)})
    await purged(site, {"url": f"{HOST}{path_of(COFFEE)}*"})

    assert site.counted("purges_total", kind="path") == site.counted("purges_total", kind="wildcard") == 1
    assert [site.counted("purged_entries_total", tier=tier) for tier in FULL] == [1, 1, 1]


# -- work under way --


@pytest.mark.parametrize("kind", ["url", "path", "wildcard"])
async def test_a_download_that_began_before_is_found_by_nobody_who_comes_after(site: Site, kind: str) -> None:
    go_on = asyncio.Event()
    site.pim.faults.add(Hold(go_on, after=5000, times=1))
    early = asyncio.ensure_future(site.get(SMALL))
    await site.pim.until(lambda: site.pim.in_flight == 1)
    bodies = {
        "url": {"url": HOST + SMALL},
        "path": {"path": path_of(COFFEE)},
        "wildcard": {"url": f"{HOST}{path_of(COFFEE)}*"},
    }

    await purged(site, bodies[kind])
    late = await site.get(SMALL)
    go_on.set()
    await early
    await site.delivery.flights.settle()

    assert (late.status_code, late.headers["X-Cache"]) == (200, "MISS")
    assert (await early).content == late.content
    assert site.pim.downloads() == 2  # whoever waited for the first one got the second
    assert await seen(site, [SMALL]) == ["HIT"]


# -- endpoints --


ENDPOINTS = (
    {"signing": {"private_key": KEY}, "connections": ("akeneo",)},
    {"prefix": "brand", "signing": {"private_key": BRAND_KEY}, "connections": ("akeneo", "twin")},
)


@pytest.fixture
async def shops(start: Start, site: Site) -> Site:
    """Two endpoints with keys of their own, the second with a further connection."""
    credentials = site.pim.credentials
    twin = {
        "url": site.pim.url.replace("127.0.0.1", "localhost"),
        "client_id": credentials.client_id,
        "secret": credentials.secret,
        "username": credentials.username,
        "password": credentials.password,
    }
    return await start(endpoints=ENDPOINTS, connections={"twin": twin}, admin_token="t0ken")


OPERATOR = {"headers": {"Authorization": "Bearer t0ken"}}


@pytest.mark.parametrize("name", ["brand", "/brand/"])
async def test_an_endpoint_is_purged_as_a_whole(shops: Site, name: str) -> None:
    paths = [SMALL, f"/brand{SMALL}", f"/brand{path_of(ROCKET, 'w-60')}"]
    await seen(shops, paths)

    await purged(shops, {"endpoint": name}, **OPERATOR)

    assert await seen(shops, paths) == ["HIT", "MISS", "MISS"]


@pytest.mark.parametrize("name", ["", "/"])
async def test_the_root_is_an_endpoint(shops: Site, name: str) -> None:
    paths = [SMALL, f"/brand{SMALL}"]
    await seen(shops, paths)

    await purged(shops, {"endpoint": name}, **OPERATOR)

    assert await seen(shops, paths) == ["MISS", "HIT"]


async def test_a_path_is_purged_at_all_endpoints_and_a_url_at_its_own(shops: Site) -> None:
    paths = [SMALL, f"/brand{SMALL}"]
    await seen(shops, paths)

    await purged(shops, {"url": f"{HOST}/brand{SMALL}"}, **OPERATOR)
    assert await seen(shops, paths) == ["HIT", "MISS"]

    await purged(shops, {"path": path_of(COFFEE)}, **OPERATOR)
    assert await seen(shops, paths) == ["MISS", "MISS"]


async def test_a_key_acts_on_its_own_endpoint(shops: Site) -> None:
    paths = [SMALL, f"/brand{SMALL}"]
    await seen(shops, paths)

    await purged(shops, {"path": path_of(COFFEE)}, auth=(BRAND_KEY, ""))

    assert await seen(shops, paths) == ["HIT", "MISS"]


@pytest.mark.parametrize("body", [{"url": HOST + SMALL}, {"url": f"{HOST}{path_of(COFFEE)}*"}, {"endpoint": "/"}])
async def test_the_key_of_another_endpoint_is_refused(shops: Site, body: dict[str, str]) -> None:
    async with client_of(shops.admin_url, auth=(BRAND_KEY, "")) as operator:
        refused = await operator.post("/v1/files/purge", json=body)

    assert refused.status_code == 403
    assert refused.json().keys() == {"message", "help"}


# -- who may --


@pytest.mark.parametrize(
    ("auth", "header", "status"),
    [
        (None, None, 401),
        ((KEY, ""), None, 404),
        ((KEY, "do_not_set"), None, 404),
        ((BRAND_KEY, ""), None, 404),
        (("wrong", ""), None, 401),
        (("", ""), None, 401),
        (None, "Bearer t0ken", 404),
        (None, "Bearer wrong", 401),
        (None, f"Bearer {KEY}", 401),
        (None, "Basic !", 401),
    ],
)
async def test_a_key_or_the_token_opens_the_api(
    shops: Site, auth: tuple[str, str] | None, header: str | None, status: int
) -> None:
    headers = {"Authorization": header} if header else {}
    async with client_of(shops.admin_url, auth=auth, headers=headers) as operator:
        api, metrics = await operator.get("/v1/files/purge/unknown"), await operator.get("/-/metrics")

    assert api.status_code == status
    assert api.json().keys() == {"message", "help"}
    assert metrics.status_code == (200 if header == "Bearer t0ken" else 401)


async def test_on_loopback_nothing_is_needed_but_what_is_shown_has_to_be_right(start: Start) -> None:
    site = await start(signing={"private_key": KEY, "previous_keys": ["earlier"]})

    async with client_of(site.admin_url) as operator:
        answers = [
            await operator.get("/v1/files/purge/unknown"),
            await operator.get("/v1/files/purge/unknown", auth=(KEY, "")),
            await operator.get("/v1/files/purge/unknown", auth=("wrong", "")),
            await operator.get("/v1/files/purge/unknown", auth=("earlier", "")),
            await operator.get("/v1/files/purge/unknown", headers={"Host": "img.example.com"}),
            await operator.get("/v1/files/purge/unknown", headers={"Origin": "https://evil.example.com"}),
        ]

    assert [answer.status_code for answer in answers] == [404, 404, 401, 401, 403, 403]


# -- what is refused --


CODE = COFFEE.code
REFUSED = {
    "no JSON": "{",
    "no object": "[]",
    "nothing": "{}",
    "two": '{"path": "a", "code": "b"}',
    "another": '{"file": "a"}',
    "a number": '{"url": 5}',
    "nested deeply": "[" * 30_000,
    "no whole URL": f'{{"url": "/media-files/{CODE}"}}',
    "no host": f'{{"url": "https:///media-files/{CODE}"}}',
    "no media path": '{"url": "https://img.example.com/robots.txt"}',
    "a wrong value": f'{{"url": "https://img.example.com/tr:w-abc/media-files/{CODE}"}}',
    "a star within": f'{{"url": "https://img.example.com/media-files/*/{CODE}"}}',
    "two stars": '{"url": "https://img.example.com/media-files/1/2/*/*"}',
    "too wide": '{"url": "https://img.example.com/media-files/*"}',
    "everything": '{"url": "https://img.example.com/*"}',
    "no family": '{"url": "https://img.example.com/pictures/1/2/*"}',
    "a disguise": '{"url": "https://img.example.com/ik-seo/media-files/1/2/a/mug.jpg*"}',
    "a path that climbs": '{"path": "media-files/../../etc/passwd"}',
    "no path": '{"path": "mug.jpg"}',
    "no code": '{"code": "a b"}',
    "no endpoint": '{"endpoint": "elsewhere"}',
}


@pytest.mark.parametrize("name", REFUSED)
async def test_what_is_no_purge_is_told_what_was_expected(operator: httpx.AsyncClient, name: str) -> None:
    refused = await operator.post("/v1/files/purge", content=REFUSED[name])

    assert refused.status_code == 400
    assert "expected" in refused.json()["help"] or "our own" in refused.json()["help"]
    assert refused.json()["message"]


async def test_a_body_that_is_too_large_is_refused(operator: httpx.AsyncClient) -> None:
    refused = await operator.post("/v1/files/purge", json={"url": HOST + "/" + "a" * 100_000})

    assert refused.status_code == 413


async def test_only_our_own_hosts_are_ours(start: Start) -> None:
    site = await start(endpoints=({"host": "img.example.com"},))

    async with client_of(site.admin_url) as operator:
        ours = await operator.post("/v1/files/purge", json={"url": HOST + SMALL})
        theirs = await operator.post("/v1/files/purge", json={"url": "https://img.example.org" + SMALL})

    assert (ours.status_code, theirs.status_code) == (201, 400)
    assert "our own addresses" in theirs.json()["help"]


async def test_a_disk_that_does_not_delete_is_told(start: Start, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    site = await start(tmp_path / "file")

    async with client_of(site.admin_url) as operator:
        one = await operator.post("/v1/files/purge", json={"url": HOST + SMALL})
        many = await operator.post("/v1/files/purge", json={"url": f"{HOST}{path_of(COFFEE)}*"})

    assert (one.status_code, many.status_code) == (500, 500)


# -- ImageKit's SDK --


async def test_imagekits_sdk_purges(start: Start) -> None:
    site = await start(signing={"private_key": KEY})
    await seen(site, [SMALL])

    async with imagekitio.AsyncImageKit(private_key=KEY, base_url=site.admin_url) as imagekit:
        created = await imagekit.cache.invalidation.create(url=HOST + SMALL)
        assert created.request_id is not None
        state = await imagekit.cache.invalidation.get(created.request_id)
        with pytest.raises(imagekitio.NotFoundError):
            await imagekit.cache.invalidation.get("unknown")

    assert state.status == "Completed"
    assert await seen(site, [SMALL]) == ["MISS"]


@pytest.mark.parametrize("default", ["di-..@@x.png", "di-logos@@nobody.png"])
async def test_a_default_image_that_nobody_has_does_not_hinder_a_purge(start: Start, default: str) -> None:
    site = await start()
    page = path_of(COFFEE, f"w-40,{default}")
    await site.get(page)

    await purged(site, {"url": f"{HOST}{page}"})

    assert (await site.get(page)).headers["X-Cache"] == "MISS"
