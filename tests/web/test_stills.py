"""Stills over the wire (`/ik-thumbnail.jpg`): documents, animations, and what has none."""

import asyncio
import io

import pytest
from PIL import Image

from proxy.demo.faults import CutBody, Hold
from proxy.demo.files import DemoFile, Family
from proxy.demo.pictures import sample
from tests.pixels.papers import BLUE, CORNER, RED, locked, paper, scans
from tests.pixels.pictures import near
from tests.site import CHROME, Site, path_of
from tests.web.conftest import Start

SHEET = sample("data sheet")


def asset(name: str, content: bytes) -> DemoFile:
    return DemoFile.named(Family.ASSET, name, "application/octet-stream", content)


SCANS = asset("scans.pdf", scans(RED, BLUE))
POSTER = asset("poster.ai", paper(CORNER))


def still_of(file: DemoFile, transformation: str = "") -> str:
    return f"{path_of(file, transformation)}/ik-thumbnail.jpg"


def opened(body: bytes) -> Image.Image:
    return Image.open(io.BytesIO(body))


async def test_the_first_page_of_a_document_is_a_picture(site: Site) -> None:
    still = await site.get(still_of(SHEET, "w-210"))
    again = await site.get(still_of(SHEET, "w-210"))

    assert still.status_code == 200
    assert still.headers["Content-Type"] == "image/jpeg"
    assert opened(still.content).size == (210, 298)
    assert (again.headers["X-Cache"], again.content) == ("HIT", still.content)
    assert site.pim.downloads() == 1


async def test_a_still_is_negotiated_like_every_picture(site: Site) -> None:
    types = {"image/webp": "image/webp", CHROME: "image/webp", "*/*": "image/jpeg"}
    for accept, mime in types.items():
        response = await site.get(still_of(SHEET, "w-50"), accept)
        assert (response.headers["Content-Type"], response.headers["Vary"]) == (mime, "Accept")

    named = await site.get(still_of(SHEET, "w-50,f-png"), CHROME)

    assert named.headers["Content-Type"] == "image/png"
    assert "Vary" not in named.headers


async def test_any_page_can_be_asked_for_and_one_too_many_is_named(site: Site) -> None:
    site.pim.add(SCANS)

    second = await site.get(f"{still_of(SCANS)}?tr=pg-2,f-png")
    third = await site.get(f"{still_of(SCANS)}?tr=pg-3")

    assert near(opened(second.content).convert("RGB").getpixel((30, 20)), BLUE, 4)
    assert (third.status_code, third.headers["ik-error"]) == (400, "EINVAL - pg-3: expected a page from 1 to 2")


async def test_the_document_itself_is_still_a_file(site: Site) -> None:
    await site.get(still_of(SHEET, "w-50"))

    for path in (path_of(SHEET, "w-50"), still_of(SHEET, "orig-true"), path_of(SHEET, "pg-1")):
        response = await site.get(path)
        assert response.content == SHEET.content
        assert response.headers["Content-Type"] == "application/pdf"


async def test_a_still_is_saved_as_a_picture(site: Site) -> None:
    still = await site.get(f"{still_of(SHEET, 'w-50')}?ik-attachment=true")
    whole = await site.get(f"{still_of(SHEET, 'orig-true')}?ik-attachment=true")

    assert still.headers["Content-Disposition"] == 'attachment; filename="data_sheet.jpg"'
    assert whole.headers["Content-Disposition"] == 'attachment; filename="data_sheet.pdf"'


@pytest.mark.parametrize("name", ["steaming cup", "orbit"])
async def test_an_animation_shows_one_frame(site: Site, name: str) -> None:
    still = await site.get(still_of(sample(name), "w-60"), CHROME)
    later = await site.get(still_of(sample(name), "w-60,pg-4"), CHROME)

    assert (still.headers["Content-Type"], later.headers["Content-Type"]) == ("image/webp", "image/webp")
    assert getattr(opened(still.content), "n_frames", 1) == getattr(opened(later.content), "n_frames", 1) == 1
    assert still.content != later.content


async def test_a_picture_is_its_own_still(site: Site) -> None:
    still, plain = [await site.get(path) for path in (still_of(sample("coffee")), path_of(sample("coffee")))]

    assert (still.status_code, still.content) == (200, plain.content)


async def test_a_file_for_illustrator_is_a_document(site: Site) -> None:
    site.pim.add(POSTER)

    response = await site.get(still_of(POSTER, "f-png"))

    assert opened(response.content).convert("RGB").getpixel((5, 95)) == RED


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.psd", b"8BPS\x00\x01" + bytes(100)),
        ("a.eps", b"%!PS-Adobe-3.0 EPSF-3.0\n"),
        ("a.txt", b"a few words of text"),
        ("broken.pdf", b"%PDF-1.4\n%%EOF"),
        ("locked.pdf", locked()),
    ],
)
async def test_what_has_no_still_is_told_and_delivered_as_it_is(site: Site, name: str, content: bytes) -> None:
    file = asset(name, content)
    site.pim.add(file)

    still, whole = await site.get(still_of(file)), await site.get(path_of(file))

    assert (still.status_code, still.headers["ik-error"].partition(" - ")[0]) == (422, "EUNSUPPORTED")
    assert still.headers["Cache-Control"] == "public, max-age=300"
    assert (whole.status_code, whole.content) == (200, content)


async def test_a_document_that_is_too_large_is_refused_before_it_has_come(start: Start) -> None:
    site = await start(render={"max_source_bytes": "100KB"})
    large = asset("large.pdf", paper(CORNER) + b"%" * 300_000)
    site.pim.add(large)
    rest = asyncio.Event()
    site.pim.faults.add(Hold(rest, after=200_000))

    still = await site.get(still_of(large))
    rest.set()
    whole = await site.get(path_of(large))
    again = await site.get(still_of(large))

    assert (still.status_code, again.status_code) == (413, 413)
    assert still.headers["ik-error"].startswith("ELIMIT - ")
    assert whole.content == large.content


async def test_a_cut_document_is_fetched_once_more(site: Site) -> None:
    site.pim.add(SCANS)
    site.pim.faults.add(CutBody(after=len(SCANS.content) // 2, times=1))

    response = await site.get(still_of(SCANS, "f-png"))

    assert (response.status_code, opened(response.content).size) == (200, (60, 40))


async def test_a_page_that_is_missing_says_nothing_of_the_others(site: Site) -> None:
    two = paper(CORNER, CORNER).replace(b"/Type /Page /Parent", b"/Type /Nope /Oarent", 1)
    half = asset("half.pdf", two)
    site.pim.add(half)

    first, second = [await site.get(still_of(half, f"pg-{page}")) for page in (1, 2)]

    assert sorted((first.status_code, second.status_code)) == [200, 422]


async def test_a_page_lies_on_a_picture(site: Site) -> None:
    site.pim.add(SCANS)
    source = path_of(SCANS).removeprefix("/").replace("/", "@@")
    layer = f"l-image,i-{source},pg-2,t-false,w-30,lx-0,ly-0,l-end"

    response = await site.get(path_of(sample("coffee"), f"w-200,{layer},f-png"))

    assert near(opened(response.content).convert("RGB").getpixel((10, 10)), BLUE, 4)


async def test_a_large_document_is_no_layer(start: Start) -> None:
    site = await start(render={"max_source_bytes": "1MB"})
    large = asset("large.pdf", paper(CORNER) + b"%" * 2_000_000)
    site.pim.add(large)
    source = path_of(large).removeprefix("/").replace("/", "@@")

    response = await site.get(path_of(sample("logo"), f"w-50,l-image,i-{source},l-end"))

    assert response.status_code == 413
