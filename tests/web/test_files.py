"""Files that are no pictures: delivered as they are, streamed while they are stored, in ranges afterwards."""

import asyncio
from pathlib import Path

import httpx
import pytest

from proxy.demo.faults import CutBody, Hold
from proxy.demo.files import DemoFile, Family
from proxy.demo.pictures import sample
from proxy.web.files import open_stored
from tests.site import Site, path_of

VIDEO = DemoFile.named(
    Family.ASSET,
    "turn around.mp4",
    "video/mp4",
    b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2" + bytes(range(256)) * 2000,
)
ACTIVE = [
    ("page.html", b"<!DOCTYPE html><script>alert(1)</script>", "text/html; charset=utf-8"),
    ("data.xml", b"<?xml version='1.0'?><a/>", "application/xml"),
    ("code.js", b"alert(document.domain)\n", "text/javascript; charset=utf-8"),
    ("claims to be a picture.png", b"<html><body onload=alert(1)>", "text/html; charset=utf-8"),
]


@pytest.mark.parametrize("name", ["data sheet", "care", "chime"])
async def test_a_file_is_delivered_as_it_is(site: Site, name: str) -> None:
    file = sample(name)

    first, second = await site.get(path_of(file, "w-300")), await site.get(path_of(file))

    assert first.content == second.content == file.content
    assert (first.headers["X-Cache"], second.headers["X-Cache"]) == ("MISS", "HIT")
    assert second.headers["Content-Type"] == (file.mime_type or "").replace("x-wav", "wav")
    assert "Vary" not in second.headers
    assert site.pim.downloads() == 1


async def test_a_file_reaches_the_viewer_while_it_is_being_stored(site: Site) -> None:
    site.pim.add(VIDEO)
    rest = asyncio.Event()
    site.pim.faults.add(Hold(rest, after=100_000))

    async with site.viewer.stream("GET", path_of(VIDEO)) as response:
        chunks = response.aiter_raw()
        beginning = await anext(chunks)
        rest.set()
        body = beginning + b"".join([chunk async for chunk in chunks])

    assert VIDEO.content.startswith(beginning)
    assert body == VIDEO.content
    assert "ETag" not in response.headers


async def test_a_cut_origin_aborts_the_viewers_connection_and_nothing_is_kept(site: Site) -> None:
    site.pim.add(VIDEO)
    site.pim.faults.add(CutBody(after=100_000, times=4))

    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        await site.get(path_of(VIDEO))
    await site.originals.flights.settle()
    again = await site.get(path_of(VIDEO))

    assert again.content == VIDEO.content


async def test_a_stored_file_is_sent_in_ranges(site: Site) -> None:
    site.pim.add(VIDEO)
    whole = await site.get(path_of(VIDEO))
    stored = await site.get(path_of(VIDEO))
    etag = stored.headers["ETag"]

    part = await site.get(path_of(VIDEO), Range="bytes=1000-1999")
    tail = await site.get(path_of(VIDEO), Range="bytes=-5", If_Range=etag)
    changed = await site.get(path_of(VIDEO), Range="bytes=0-9", If_Range='"another"')
    beyond = await site.get(path_of(VIDEO), Range=f"bytes={len(VIDEO.content)}-")

    assert whole.content == stored.content == VIDEO.content
    assert stored.headers["Accept-Ranges"] == "bytes"
    assert (part.status_code, part.content) == (206, VIDEO.content[1000:2000])
    assert part.headers["Content-Range"] == f"bytes 1000-1999/{len(VIDEO.content)}"
    assert (tail.status_code, tail.content) == (206, VIDEO.content[-5:])
    assert (changed.status_code, changed.content) == (200, VIDEO.content)
    assert (beyond.status_code, beyond.headers["Content-Range"]) == (416, f"bytes */{len(VIDEO.content)}")


async def test_a_stored_file_is_validated(site: Site) -> None:
    await site.get(path_of(sample("data sheet")))
    stored = await site.get(path_of(sample("data sheet")))

    answer = await site.get(path_of(sample("data sheet")), If_None_Match=stored.headers["ETag"])

    assert (answer.status_code, answer.content) == (304, b"")


@pytest.mark.parametrize(("name", "content", "mime"), ACTIVE)
async def test_what_a_browser_would_run_goes_out_as_an_attachment(
    site: Site, name: str, content: bytes, mime: str
) -> None:
    file = DemoFile.named(Family.ASSET, name, "application/octet-stream", content)
    site.pim.add(file)

    response = await site.get(path_of(file))

    assert response.content == content
    assert response.headers["Content-Type"] == mime
    assert response.headers["Content-Disposition"].startswith("attachment; filename=")
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"


async def test_an_svg_is_shown_but_locked_down(site: Site) -> None:
    badge = sample("badge")

    response = await site.get(path_of(badge, "w-300"))

    assert response.content == badge.content
    assert response.headers["Content-Type"] == "image/svg+xml"
    assert response.headers["Content-Security-Policy"].endswith("sandbox")
    assert "Content-Disposition" not in response.headers
    assert "Vary" not in response.headers


async def test_an_attachment_is_named_after_the_code(site: Site) -> None:
    response = await site.get(f"{path_of(sample('coffee'), 'w-50')}?ik-attachment=true")

    assert response.headers["Content-Disposition"] == 'attachment; filename="coffee.png"'


@pytest.mark.parametrize("name", ["none", "file/none"])
def test_a_stored_file_whose_directory_was_replaced_is_lost_like_any_other(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_bytes(b"in the place of a directory")

    with pytest.raises(FileNotFoundError):
        open_stored(tmp_path / name)
