"""`GET /v1/metadata` over loopback: what it tells, of which picture, and how it fails."""

import asyncio

import httpx
import imagekitio
import pytest
from imagekitio import AsyncImageKit

from proxy.demo.faults import Fault, Hold, Reset, Status
from proxy.demo.files import DemoFile, Family
from proxy.demo.pictures import sample
from tests.site import Site, path_of
from tests.web.conftest import Start

SHOP = "https://img.shop.example.com"
KEY = "private_example_key"
MUG = sample("tasse à café")
UNKNOWN = "/media-files/0/0/0/0/0000000000000000000000000000000000000000_none.jpg"


async def ask(site: Site, url: str | None, **headers: str) -> httpx.Response:
    parameters = {} if url is None else {"url": url}
    async with httpx.AsyncClient(base_url=site.admin_url, verify=False, timeout=40) as operator:
        return await operator.get("/v1/metadata", params=parameters, headers=headers)


async def test_the_facts_of_an_original(site: Site) -> None:
    answer = await ask(site, SHOP + path_of(MUG))

    told = answer.json()
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert (told["width"], told["height"], told["size"]) == (400, 600, len(MUG.content))
    assert (told["format"], told["quality"], told["density"]) == ("jpg", 90, 72)
    assert (told["hasColorProfile"], told["hasTransparency"]) == (False, False)
    assert told["exif"]["image"].items() >= {"Make": "Demo", "Orientation": 6}.items()
    assert told["exif"]["gps"]["GPSLatitude"] == [51, 28, 40]
    assert len(told["pHash"]) == 16


@pytest.mark.parametrize("name", ["coffee", "steaming cup", "badge", "orbit", "rocket for print"])
async def test_every_kind_of_picture_is_told_of(site: Site, name: str) -> None:
    file = sample(name)

    told = (await ask(site, SHOP + path_of(file))).json()

    assert told["format"] == file.extension
    assert told["size"] == len(file.content)
    assert told["pHash"]


async def test_a_transformation_is_told_of_as_it_is_delivered(site: Site) -> None:
    path = path_of(MUG, "w-120,h-90,f-webp")
    seen = await site.get(path)

    told = (await ask(site, SHOP + path)).json()

    assert (told["width"], told["height"], told["format"]) == (120, 90, "webp")
    assert told["size"] == len(seen.content)
    assert told["exif"] == {}
    assert site.counted("renders_total", outcome="drawn") == 1
    assert site.counted("renders_total", outcome="inspected") == 1


@pytest.mark.parametrize("query", ["?tr=w-50", "?v=3&tr=w-50"])
async def test_a_transformation_may_be_in_the_query(site: Site, query: str) -> None:
    assert (await ask(site, SHOP + path_of(MUG) + query)).json()["width"] == 50


async def test_other_words_of_the_query_ask_for_nothing(site: Site) -> None:
    assert (await ask(site, SHOP + path_of(MUG) + "?v=3&ik-attachment=true")).json()["size"] == len(MUG.content)


async def test_a_still_of_a_document_is_a_picture(site: Site) -> None:
    told = (await ask(site, f"{SHOP}{path_of(sample('data sheet'), 'w-80')}/ik-thumbnail.jpg")).json()

    assert (told["width"], told["format"]) == (80, "jpg")


async def test_the_original_by_name_is_the_original(site: Site) -> None:
    assert (await ask(site, SHOP + path_of(MUG, "orig-true"))).json()["size"] == len(MUG.content)


async def test_formats_are_negotiated_with_who_asks(site: Site) -> None:
    url = SHOP + path_of(MUG, "w-50")

    told = [(await ask(site, url, Accept=accept)).json()["format"] for accept in ("image/webp,*/*", "application/json")]

    assert told == ["webp", "jpg"]


async def test_one_download_serves_viewers_and_operators(site: Site) -> None:
    await ask(site, SHOP + path_of(MUG))
    await site.get(path_of(MUG, "w-50"))
    await ask(site, SHOP + path_of(MUG))

    assert site.pim.downloads() == 1


@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        "nonsense",
        "/media-files/a/b.jpg",
        "ftp://img.shop.example.com/media-files/a/b.jpg",
        "file:///etc/passwd",
        "https://",
        "https://img.shop.example.com/",
        "https://img.shop.example.com/etc/passwd",
        "https://img.shop.example.com/media-files/../secret",
        "https://img.shop.example.com/-/health/live",
        "https://img.shop.example.com/tr:w-abc/media-files/a/b.jpg",
        "https://img.shop.example.com/" + "x" * 7000,
    ],
)
async def test_what_is_no_address_of_ours_is_refused_with_a_sentence(site: Site, url: str | None) -> None:
    answer = await ask(site, url)

    assert answer.status_code == 400
    assert set(answer.json()) == {"message", "help"}
    assert "expected" in answer.json()["message"]
    assert site.pim.calls == []


async def test_a_host_of_nobody_is_refused(start: Start) -> None:
    site = await start(endpoints=[{"host": "img.shop.example.com"}])

    ours, foreign = [
        await ask(site, f"https://{host}{path_of(MUG)}") for host in ("IMG.shop.example.com:8443", "evil.example.com")
    ]

    assert (ours.status_code, foreign.status_code) == (200, 400)
    assert "no endpoint" in foreign.json()["message"]


async def test_a_prefix_leads_to_its_endpoint(start: Start) -> None:
    site = await start(endpoints=[{"prefix": "shop", "named_transformations": {"thumb": "w-30,f-png"}}])

    told = (await ask(site, f"{SHOP}/shop{path_of(MUG, 'n-thumb')}")).json()

    assert (told["width"], told["format"]) == (30, "png")


async def test_no_signature_is_asked_for(start: Start) -> None:
    site = await start(signing={"private_key": KEY, "required": True})

    told = await ask(site, SHOP + path_of(MUG, "w-50") + "?ik-s=0000")

    assert told.status_code == 200
    assert (await site.get(path_of(MUG, "w-50"))).status_code == 401


async def test_a_missing_picture_is_not_found(site: Site) -> None:
    answer = await ask(site, SHOP + UNKNOWN)

    assert answer.status_code == 404
    assert answer.json()["message"]
    assert answer.headers["Cache-Control"] == "no-store"


async def test_the_default_image_of_a_missing_picture_is_told_of(site: Site) -> None:
    stand_in = path_of(MUG).removeprefix("/").replace("/", "@@")

    told = (await ask(site, f"{SHOP}/tr:w-40,di-{stand_in}{UNKNOWN}")).json()

    assert told["width"] == 40


@pytest.mark.parametrize("name", ["data sheet", "care", "chime"])
async def test_a_file_that_is_no_picture_is_refused(site: Site, name: str) -> None:
    answer = await ask(site, SHOP + path_of(sample(name)))

    assert (answer.status_code, answer.json()["message"]) == (422, "the file is no picture")


async def test_a_picture_that_cannot_be_decoded_is_refused(site: Site) -> None:
    rubbish = b"\xff\xd8\xff\xe0" + b"rubbish" * 99 + b"\xff\xd9"
    broken = DemoFile.named(Family.ASSET, "broken.jpg", "image/jpeg", rubbish)
    site.pim.add(broken)

    answers = [await ask(site, SHOP + path_of(broken, transformation)) for transformation in ("", "w-50")]

    assert [answer.status_code for answer in answers] == [422, 422]
    assert all("cannot be decoded" in answer.json()["message"] for answer in answers)


@pytest.mark.parametrize(
    ("fault", "status"),
    [(Status(500, times=4), 502), (Status(429, retry_after=60, times=4), 503), (Reset(times=4), 502)],
    ids=["broken", "busy", "reset"],
)
async def test_an_outage_of_akeneo_is_told_as_such(site: Site, fault: Fault, status: int) -> None:
    site.pim.faults.add(fault)

    answer = await ask(site, SHOP + path_of(MUG))

    assert answer.status_code == status
    assert int(answer.headers["Retry-After"]) >= 1
    assert answer.json()["message"]


async def test_an_operator_waits_no_longer_than_a_viewer(start: Start) -> None:
    site = await start(request_timeout_seconds=0.2)
    go_on = asyncio.Event()
    site.pim.faults.add(Hold(go_on))

    answer = await ask(site, SHOP + path_of(MUG))
    go_on.set()

    assert answer.status_code == 504
    assert answer.headers["Retry-After"]


async def test_the_token_is_asked_for(start: Start) -> None:
    site = await start(admin_token="t0ken")

    nobody = await ask(site, SHOP + path_of(MUG))
    known = await ask(site, SHOP + path_of(MUG), Authorization="Bearer t0ken")

    assert (nobody.status_code, known.status_code) == (401, 200)


async def test_the_public_port_tells_nothing(site: Site) -> None:
    assert (await site.get(f"/v1/metadata?url={SHOP}{path_of(MUG)}")).status_code == 404


async def test_imagekits_own_sdk_reads_the_answer(site: Site) -> None:
    async with AsyncImageKit(private_key=KEY, base_url=site.admin_url) as imagekit:
        told = await imagekit.files.metadata.get_from_url(url=SHOP + path_of(MUG))
        with pytest.raises(imagekitio.NotFoundError, match="no such"):
            await imagekit.files.metadata.get_from_url(url=SHOP + UNKNOWN)

    assert (told.width, told.height, told.format, told.has_transparency) == (400, 600, "jpg", False)
    assert told.exif is not None
    assert told.exif.image is not None
    assert (told.exif.image.make, told.exif.image.orientation) == ("Demo", 6)
    assert told.exif.gps is not None
    assert told.exif.gps.gps_latitude == [51, 28, 40]
