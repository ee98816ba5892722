"""Placeholders over loopback: of one picture and of many, as a page asks for them."""

import asyncio
import json
import os
import signal
from collections.abc import Callable
from io import BytesIO
from typing import Any

import httpx
import pytest
from PIL import Image

from proxy.cli import main
from proxy.demo.faults import Status
from proxy.demo.files import DemoFile, Family
from proxy.demo.pictures import sample
from proxy.imagekit.signature import signed
from proxy.pixels.pool import BACKGROUND, VIEWERS
from tests.site import Site, client_of, path_of
from tests.web.conftest import Start, small_picture

NAME = "mp-lqip.json"
COFFEE, MUG, ROCKET, SHEET = sample("coffee"), sample("tasse à café"), sample("rocket"), sample("data sheet")
IMMUTABLE = "public, max-age=31536000, immutable"
NONE = "media-files/0/0/0/0/0000000000000000000000000000000000000000_none.jpg"
KEY = "private_example_key"


def place_of(file: DemoFile, transformation: str = "") -> str:
    return f"{path_of(file, transformation)}/{NAME}"


def list_of(*paths: str, more: str = "") -> str:
    return f"/{NAME}?{'&'.join(f'path={path}' for path in paths)}{more}"


async def until(condition: Callable[[], bool]) -> None:
    for _ in range(6000):
        if condition():
            return
        await asyncio.sleep(0.005)
    raise AssertionError("it never came about")


def told(answer: httpx.Response) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    facts: dict[str, Any] = answer.json()["placeholders"]
    return facts


def bare(file: DemoFile) -> str:
    return path_of(file).removeprefix("/")


# -- one --


async def test_a_placeholder_is_json_for_ever(site: Site) -> None:
    first, second, third = [await site.get(place_of(COFFEE)) for _ in range(3)]

    assert (first.status_code, first.headers["Content-Type"]) == (200, "application/json")
    assert (first.json()["width"], first.json()["height"], first.json()["format"]) == (600, 400, "png")
    assert first.json()["bytes"] == len(COFFEE.content)
    assert first.headers["Cache-Control"] == IMMUTABLE
    assert first.headers["Access-Control-Allow-Origin"] == "*"
    assert "Vary" not in first.headers
    assert [one.headers["X-Cache"] for one in (first, second, third)] == ["MISS", "HIT", "HIT"]
    assert first.content == second.content == third.content
    assert third.headers["Content-Type"] == "application/json"
    assert site.counted("renders_total", outcome="drawn") == 1


async def test_it_has_a_validator_and_a_head(site: Site) -> None:
    first = await site.get(place_of(COFFEE))

    again = await site.get(place_of(COFFEE), If_None_Match=first.headers["ETag"])
    head = await site.viewer.head(place_of(COFFEE))

    assert (again.status_code, again.content) == (304, b"")
    assert (head.status_code, head.headers["Content-Length"]) == (200, str(len(first.content)))


@pytest.mark.parametrize("accept", ["*/*", "image/avif,image/webp", "application/json"])
async def test_every_viewer_gets_the_same(site: Site, accept: str) -> None:
    await site.get(place_of(COFFEE))

    assert (await site.get(place_of(COFFEE), accept)).headers["X-Cache"] == "HIT"


async def test_a_telephones_photo_is_upright(site: Site) -> None:
    facts = (await site.get(place_of(MUG))).json()

    assert (facts["width"], facts["height"]) == (600, 400)


@pytest.mark.parametrize("name", ["rocket for print", "logo", "steaming cup", "orbit", "badge"])
async def test_every_kind_of_picture_has_one(site: Site, name: str) -> None:
    facts = (await site.get(place_of(sample(name)))).json()

    assert facts["format"] == sample(name).extension
    assert facts["hasTransparency"] == (name in {"logo", "orbit", "badge"})


async def test_it_is_of_the_picture_that_the_transformation_gives(site: Site) -> None:
    path, query = place_of(MUG, "w-90,h-120"), f"{place_of(MUG)}?tr=w-90,h-120"

    first, second = await site.get(path), await site.get(query)

    assert (first.json()["width"], first.json()["height"]) == (90, 120)
    assert (second.headers["X-Cache"], second.content) == ("HIT", first.content)


async def test_a_document_has_one_of_its_still(site: Site) -> None:
    facts = (await site.get(f"{path_of(SHEET)}/ik-thumbnail.jpg/{NAME}")).json()

    assert facts["format"] == "pdf"
    assert facts["height"] > facts["width"] > 1


@pytest.mark.parametrize(
    ("path", "status", "error"),
    [
        (place_of(SHEET), 422, "EUNSUPPORTED"),
        (place_of(sample("care")), 422, "EUNSUPPORTED"),
        (f"/{NONE}/{NAME}", 404, "ENOENT"),
        (f"/elsewhere/a.jpg/{NAME}", 404, "ENOENT"),
        (place_of(COFFEE, "w-abc"), 400, "EINVAL"),
    ],
)
async def test_an_error_is_told_as_of_a_picture(site: Site, path: str, status: int, error: str) -> None:
    answer = await site.get(path)

    assert answer.status_code == status
    assert answer.headers["ik-error"].startswith(f"{error} - ")
    assert "max-age" in answer.headers["Cache-Control"]


async def test_a_file_that_is_no_picture_is_still_there(site: Site) -> None:
    await site.get(place_of(SHEET))

    assert (await site.get(path_of(SHEET))).content == SHEET.content


async def test_the_default_image_stands_in(site: Site) -> None:
    answer = await site.get(f"/{NONE}/{NAME}?tr=di-{bare(ROCKET).replace('/', '@@')}")

    assert (answer.status_code, answer.json()["bytes"]) == (200, len(ROCKET.content))
    assert answer.headers["Cache-Control"] == "public, max-age=60"


@pytest.mark.parametrize("what", ["url", "path"])
async def test_a_purge_reaches_it(site: Site, what: str) -> None:
    await site.get(place_of(COFFEE))
    await asyncio.gather(*site.delivery.renditions.writes)
    body = {"url": f"https://img.example.com{place_of(COFFEE)}", "path": bare(COFFEE)}[what]

    async with client_of(site.admin_url) as operator:
        assert (await operator.post("/v1/files/purge", json={what: body})).status_code == 201

    assert (await site.get(place_of(COFFEE))).headers["X-Cache"] == "MISS"
    assert site.pim.downloads() == 2


async def test_it_outlives_a_restart(start: Start) -> None:
    before = await start()
    first = await before.get(place_of(COFFEE))
    await before.server.close()

    again = await (await start()).get(place_of(COFFEE))

    assert (again.headers["X-Cache"], again.content) == ("HIT", first.content)
    assert again.headers["Content-Type"] == "application/json"


async def test_it_is_signed_like_a_picture(start: Start) -> None:
    site = await start(signing={"private_key": KEY, "required": True})

    refused, good = await site.get(place_of(COFFEE)), await site.get("/" + signed(place_of(COFFEE)[1:], KEY))

    assert (refused.status_code, good.status_code) == (401, 200)


async def test_its_metadata_are_none(site: Site) -> None:
    async with client_of(site.admin_url) as operator:
        url = f"https://img.example.com{place_of(COFFEE)}"
        answer = await operator.get("/v1/metadata", params={"url": url})

    assert answer.status_code == 422


# -- many --


async def test_many_come_in_one_answer(site: Site) -> None:
    files = [COFFEE, MUG, ROCKET, sample("logo")]
    alone = {bare(file): (await site.get(place_of(file))).json() for file in files[:2]}

    answer = await site.get(list_of(*map(bare, files)))
    again = await site.get(list_of(*map(bare, files)), If_None_Match=answer.headers["ETag"])

    facts = told(answer)
    assert list(facts) == [bare(file) for file in files]
    assert {path: facts[path] for path in alone} == alone
    assert answer.headers["Cache-Control"] == "public, max-age=86400"
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["X-Cache"] == "MISS"
    assert (again.status_code, again.headers["X-Cache"]) == (304, "HIT")
    assert site.counted("renders_total", outcome="drawn") == len(files)


async def test_paths_may_come_as_a_browser_writes_them(site: Site) -> None:
    answer = await site.viewer.get(f"/{NAME}", params={"path": [bare(COFFEE), path_of(MUG)]})

    assert list(told(answer)) == [bare(COFFEE), bare(MUG)]


async def test_each_has_its_own_error(site: Site) -> None:
    answer = await site.get(list_of(bare(COFFEE), NONE, "elsewhere", bare(SHEET)))

    facts = told(answer)
    assert facts[bare(COFFEE)]["width"] == 600
    assert [facts[path]["error"]["status"] for path in (NONE, "elsewhere", bare(SHEET))] == [404, 404, 422]
    assert facts[NONE]["error"]["code"] == "ENOENT"
    assert answer.headers["Cache-Control"] == "public, max-age=60"


async def test_a_passing_fault_is_remembered_by_nobody(site: Site) -> None:
    await site.get(place_of(MUG))
    site.pim.faults.add(Status(503))

    some, all_of_them = [await site.get(list_of(*map(bare, files))) for files in ([COFFEE, MUG], [COFFEE])]
    site.pim.faults.clear()

    assert told(some)[bare(COFFEE)]["error"]["status"] in {502, 503}
    assert all_of_them.status_code == 503
    assert all_of_them.json()["placeholders"].keys() == {bare(COFFEE)}
    assert {one.headers["Cache-Control"] for one in (some, all_of_them)} == {"no-store"}
    assert site.counted("listed_placeholders_total", outcome="failed") == 2
    assert site.counted("listed_placeholders_total", outcome="hit") == 1
    assert told(await site.get(list_of(bare(COFFEE))))[bare(COFFEE)]["width"] == 600


@pytest.mark.parametrize("form", ["/tr:w-60,h-60", "&tr=w-60,h-60"])
async def test_one_transformation_is_for_all(site: Site, form: str) -> None:
    listed = list_of(bare(COFFEE), bare(MUG))
    answer = await site.get(f"{form}{listed}" if form.startswith("/") else f"{listed}{form}")

    assert [(one["width"], one["height"]) for one in told(answer).values()] == [(60, 60), (60, 60)]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"/{NAME}", 400),
        (f"/{NAME}?tr=w-3", 400),
        (list_of(*(f"media-files/{number}.jpg" for number in range(51))), 400),
        (list_of("media-files/" + "a" * 16_000), 400),
        (list_of(NONE, more="&tr=w-abc"), 400),
    ],
)
async def test_a_list_that_is_none_is_refused_before_akeneo_is_asked(site: Site, path: str, status: int) -> None:
    answer = await site.get(path)

    assert (answer.status_code, answer.headers["Cache-Control"]) == (status, "public, max-age=300")
    assert "ik-error" in answer.headers
    assert site.pim.calls == []


async def test_as_many_as_are_allowed_come(site: Site) -> None:
    files = [small_picture(number) for number in range(50)]
    site.pim.add(*files)

    facts = told(await site.get(list_of(*map(bare, files))))

    assert [one["color"] for one in facts.values()] == [f"#{number:02x}64c8" for number in range(50)]


async def test_a_list_waits_behind_viewers(start: Start) -> None:
    site = await start(render={"workers": 1, "timeout_seconds": 60})
    [worker] = site.server.renderers.workers
    os.kill(worker.process_id, signal.SIGSTOP)
    try:
        listed = asyncio.ensure_future(site.get(list_of(*(bare(file) for file in (COFFEE, MUG, sample("logo"))))))
        await until(lambda: len(site.server.renderers.line.waiting) == 2)  # a third one is with the worker
        alone = asyncio.ensure_future(site.get(place_of(ROCKET)))
        await until(lambda: len(site.server.renderers.line.waiting) == 3)
        waiting = list(site.server.renderers.line.waiting)
    finally:
        os.kill(worker.process_id, signal.SIGCONT)

    assert [ticket.lane for ticket in waiting] == [VIEWERS, BACKGROUND, BACKGROUND]
    assert (await alone).status_code == (await listed).status_code == 200


async def test_every_picture_of_a_list_counts_in_the_budget(start: Start) -> None:
    site = await start(abuse={"new_renditions_per_minute": 2})

    facts = told(await site.get(list_of(*(bare(file) for file in (COFFEE, MUG, ROCKET)))))

    assert sorted(one.get("error", {}).get("status", 200) for one in facts.values()) == [200, 200, 429]


async def test_a_list_is_signed_as_a_whole(start: Start, capsys: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    site = await start(signing={"private_key": KEY, "required": True})
    listed = list_of(bare(COFFEE), bare(MUG))
    monkeypatch.setenv("MEDIA_PROXY_SIGNING__PRIVATE_KEY", KEY)
    assert await asyncio.to_thread(main, ["sign", f"https://img.example.com{listed}", "--json"]) == 0
    good = json.loads(capsys.readouterr().out)["url"].removeprefix("https://img.example.com")

    answers = [await site.get(path) for path in (listed, good, good.replace(bare(MUG), bare(ROCKET)))]

    assert [answer.status_code for answer in answers] == [401, 200, 401]


async def test_an_endpoint_with_a_prefix_has_its_own(start: Start) -> None:
    site = await start(endpoints=[{"prefix": "shop"}])

    one, many, root = [
        await site.get(path) for path in (f"/shop{place_of(COFFEE)}", f"/shop{list_of(bare(COFFEE))}", f"/{NAME}")
    ]

    assert told(many)[bare(COFFEE)] == one.json()
    assert root.status_code == 404


async def test_a_single_pixel_over_the_wire(site: Site) -> None:
    out = BytesIO()
    Image.new("RGB", (1, 1), (16, 32, 48)).save(out, "PNG")
    dot = DemoFile.named(Family.PRODUCT, "dot.png", "image/png", out.getvalue())
    site.pim.add(dot)

    assert (await site.get(place_of(dot))).json()["color"] == "#102030"
