"""What lies on a picture may be missing, forbidden, cut or broken: layers, fonts, and who is asked for them."""

import asyncio
import gc
import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from proxy.deadline import Deadline
from proxy.demo.faults import CutBody, EmptyBody, Hold, Status
from proxy.demo.files import DemoFile, Family
from proxy.demo.pictures import sample
from proxy.demo.pim import DemoPim
from proxy.slices import OutputSettings
from tests.imagekit.urls import read_url
from tests.site import Site, path_of
from tests.web.conftest import Start, small_picture
from tests.web.test_endpoints import connection_to

COFFEE = sample("coffee")
FONT = DemoFile.named(Family.ASSET, "brand.ttf", "font/ttf", b"no font")
BADGE = small_picture(9)


def in_values(file: DemoFile) -> str:
    return path_of(file)[1:].replace("/", "@@")


def written_in(file: DemoFile) -> str:
    return path_of(COFFEE, f"w-200,l-text,i-Hello,ff-{in_values(file)},l-end,f-png")


def with_layer(file: DemoFile, width: int = 200) -> str:
    return path_of(COFFEE, f"w-{width},l-image,i-{in_values(file)},l-end,f-png")


async def test_a_font_that_akeneo_forbids_is_replaced(site: Site) -> None:
    site.pim.add(FONT)
    site.pim.faults.add(Status(403, code=FONT.code))

    response = await site.get(written_in(FONT))

    assert (response.status_code, response.headers["Cache-Control"]) == (200, "public, max-age=60")


async def test_a_file_that_is_no_font_is_replaced(site: Site) -> None:
    site.pim.add(FONT)

    assert (await site.get(written_in(FONT))).status_code == 200


async def test_a_layer_that_was_cut_is_fetched_once_more(site: Site) -> None:
    whole = DemoFile.named(Family.ASSET, "badge.png", "image/png", BADGE.content)
    site.pim.add(whole)
    site.pim.faults.add(CutBody(len(whole.content) - 20, clean=True, times=1, code=whole.code))

    response = await site.get(with_layer(whole))

    assert response.status_code == 200
    assert site.pim.downloads(whole.code) == 2


async def test_a_broken_layer_is_no_fault_of_the_picture_below(site: Site) -> None:
    broken = DemoFile.named(
        Family.ASSET, "broken.jpg", "image/jpeg", b"\xff\xd8\xff\xe0" + b"rubbish" * 99 + b"\xff\xd9"
    )
    site.pim.add(broken)

    layered = [await site.get(with_layer(broken, width)) for width in (200, 201, 202)]
    bare = await site.get(path_of(COFFEE, "w-200"))

    assert [response.status_code for response in layered] == [422] * 3
    assert "broken.jpg: " in layered[0].headers["ik-error"]
    assert bare.status_code == 200
    assert (site.pim.downloads(broken.code), site.pim.downloads(COFFEE.code)) == (2, 1)


@pytest.mark.parametrize("source", ["media-files/0/0/0/0/none.jpg", "logo.png", "media-files/.."])
async def test_a_missing_layer_is_told_from_a_missing_picture(site: Site, source: str) -> None:
    response = await site.get(path_of(COFFEE, f"w-200,l-image,i-{source.replace('/', '@@')},l-end"))

    assert response.status_code == 404
    assert response.headers["ik-error"].startswith(f"ENOENT - {source}: ")


async def test_a_layer_that_is_too_large_is_told_from_the_picture_below(start: Start) -> None:
    site = await start(render={"max_source_bytes": "20kB"})
    large = DemoFile.named(Family.ASSET, "large.png", "image/png", b"\x89PNG\r\n\x1a\n" + bytes(30_000))
    site.pim.add(large)

    site.pim.add(BADGE)
    response = await site.get(path_of(BADGE, f"l-image,i-{in_values(large)},l-end"))

    assert response.status_code == 413
    assert "large.png: " in response.headers["ik-error"]


async def test_a_viewer_who_leaves_at_once_leaves_nothing_begun(site: Site) -> None:
    """A coroutine that nobody awaits is told on standard error, and fails a test."""
    larder, request = site.delivery.larder, read_url(with_layer(BADGE), "", OutputSettings()).request
    for work in (larder.pinned, larder.gather):
        asked = asyncio.ensure_future(work(request, Deadline.after(9)))
        await asyncio.sleep(0)
        asked.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asked

    gc.collect()
    assert site.pim.downloads(BADGE.code) == 0


async def test_one_missing_layer_leaves_nobody_waiting_for_the_others(site: Site) -> None:
    site.pim.add(BADGE)
    site.pim.faults.add(Hold(asyncio.Event(), code=BADGE.code))
    missing = "l-image,i-media-files@@0@@0@@0@@0@@none.jpg,l-end"

    response = await site.get(path_of(COFFEE, f"w-200,l-image,i-{in_values(BADGE)},l-end,{missing}"))

    assert response.status_code == 404
    assert [flight.waiters for flight in site.originals.flights.under_way.values()] in ([], [0])


async def test_a_layer_that_cannot_be_named_leaves_no_work_behind(start: Start, tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    site = await start(folder={"directory": tmp_path / "files"})
    told: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context))

    answer = await site.get(path_of(COFFEE, "w-200,l-image,i-none.png,l-end,l-image,i-..@@x.png,l-end"))
    await site.delivery.originals.revisions.flights.settle()
    for _ in range(5):  # steps of what would go on by itself
        await asyncio.sleep(0)
    gc.collect()

    assert answer.status_code == 404
    assert told == []


async def test_a_silent_connection_leaves_time_for_the_next(start: Start, pim: DemoPim) -> None:
    async with DemoPim([]) as silent:
        silent.faults.add(Hold(asyncio.Event()))
        site = await start(
            connections={"silent": connection_to(silent)},
            endpoints=[{"connections": ["silent", "akeneo"]}],
            request_timeout_seconds=2,
        )

        response = await site.get(path_of(COFFEE, "w-40"))

    assert response.status_code == 200


async def test_empty_files_open_no_circuit(site: Site) -> None:
    files = [small_picture(number) for number in range(4)]
    site.pim.add(*files)
    for file in files:
        site.pim.faults.add(EmptyBody(code=file.code))

    empty = [await site.get(path_of(file, "w-10")) for file in files]
    good = await site.get(path_of(COFFEE, "w-40"))

    assert [response.status_code for response in empty] == [502] * 4
    assert good.status_code == 200
    assert site.counted("origin_circuit_open", connection="akeneo") == 0


@pytest.mark.parametrize(
    ("name", "plain"), [('new "big" >.png', "new _big_ >.png"), ("größe.png", "gr__e.png"), ("a b.png", "a b.png")]
)
async def test_odd_names_of_files_break_no_header(start: Start, tmp_path: Path, name: str, plain: str) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (8, 8)).save(picture, "PNG")
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / name).write_bytes(picture.getvalue())
    site = await start(folder={"directory": folder}, canonical_base_url="https://www.example.com")

    response = await site.get(f"/{name}?ik-attachment=true")

    assert response.status_code == 200
    assert response.headers["Content-Disposition"].startswith(f'attachment; filename="{plain}"')
    assert response.headers["Link"].count(">") == 1
    assert response.headers["Link"].isascii()
