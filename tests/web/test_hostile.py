"""Files that were made to do harm, asked for as a viewer does: the right answer in time, and nobody else notices."""

import asyncio
import io
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress

import httpx
import pytest
from PIL import Image

from benchmarks.mutated_files import Mutant, mutant
from proxy.demo.files import DemoFile, Family
from proxy.demo.pictures import sample
from tests.hostile_documents import SCRIPT, all_documents, calling, two_things_at_once
from tests.hostile_files import PICTURES, Hostile, saved
from tests.site import Site, path_of
from tests.web.conftest import Start
from tests.web.test_failures import raw

RENDER = {"workers": 1, "timeout_seconds": 20}
MUTANTS = 300
FORMATS = {"jpg": "JPEG", "png": "PNG", "webp": "WEBP", "gif": "GIF", "avif": "AVIF", "tiff": "TIFF", "bmp": "BMP"}


def put(site: Site, name: str, content: bytes) -> DemoFile:
    file = DemoFile.named(Family.ASSET, name, None, content)
    site.pim.add(file)
    return file


async def asked(site: Site, hostile: Hostile) -> httpx.Response:
    return await site.get(path_of(put(site, hostile.name, hostile.content), hostile.tr) + hostile.behind)


def lost_workers(site: Site) -> float:
    return sum(site.counted("worker_restarts_total", reason=reason) for reason in ("crash", "timeout", "fault"))


async def check_that_others_go_on(site: Site) -> None:
    good = await site.get(path_of(sample("coffee"), "w-60,f-png"))

    assert Image.open(io.BytesIO(good.content)).size == (60, 40)
    assert lost_workers(site) == 0


@pytest.mark.parametrize("hostile", [*PICTURES, *all_documents()], ids=lambda it: it.name.replace(" ", "-"))
async def test_a_hostile_file_costs_its_own_answer_only(start: Start, hostile: Hostile) -> None:
    site = await start(render=RENDER)

    answer = await asked(site, hostile)

    assert answer.status_code in hostile.answers, answer.headers.get("ik-error")
    await check_that_others_go_on(site)


@pytest.mark.parametrize("share", [0.02, 0.2, 0.5, 0.8, 0.99])
async def test_a_file_that_ends_too_soon_is_refused(start: Start, share: float) -> None:
    site = await start(render=RENDER)
    wholes = {suffix: saved(name, Image.effect_noise((90, 60), 90)) for suffix, name in FORMATS.items()}
    cut = [put(site, f"cut.{suffix}", whole[: 1 + int(len(whole) * share)]) for suffix, whole in wholes.items()]

    answers = [await site.get(path_of(file, "w-30,f-png")) for file in cut]

    assert {answer.status_code for answer in answers} == {422}
    await check_that_others_go_on(site)


async def test_spoiled_files_are_drawn_or_refused_and_no_worker_is_lost(start: Start) -> None:
    """`python -m benchmarks.mutations` does the same ten thousand times."""
    site = await start(render={"workers": 2})
    spoiled = [mutant(7, number) for number in range(MUTANTS)]
    site.pim.add(*(one.file for one in spoiled))

    answers = [reply for some in by(8, spoiled) for reply in await site.get_all([(one.path, "*/*") for one in some])]

    assert {answer.status for answer in answers} <= {200, 400, 413, 422}
    assert lost_workers(site) == 0


def by(count: int, them: list[Mutant]) -> Iterable[list[Mutant]]:
    return (them[start : start + count] for start in range(0, len(them), count))


@asynccontextmanager
async def listener() -> AsyncIterator[tuple[str, list[str]]]:
    """The address of somebody who notes whoever calls him."""
    callers: list[str] = []

    async def note(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        callers.append(str(writer.get_extra_info("peername")))
        writer.close()

    async with await asyncio.start_server(note, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", callers


async def test_no_file_makes_us_call_anybody(start: Start) -> None:
    site = await start(render=RENDER)
    async with listener() as (address, callers):
        answers = {hostile.name: await asked(site, hostile) for hostile in calling(address)}

    assert callers == []
    assert {answer.status_code for answer in answers.values()} <= {200, 413, 422}
    assert [answers[name].status_code for name in ("image calls.svg", "opening calls.pdf", "stream calls.pdf")] == [
        200
    ] * 3
    await check_that_others_go_on(site)


@pytest.mark.parametrize("hostile", two_things_at_once(), ids=lambda it: it.name.replace(" ", "-"))
async def test_of_two_things_at_once_the_picture_alone_comes_through(site: Site, hostile: Hostile) -> None:
    drawn = await asked(site, hostile)
    stored = await site.get(path_of(put(site, hostile.name, hostile.content), "orig-true"))

    assert b"script" not in drawn.content
    assert b"PK\x03\x04" not in drawn.content
    assert drawn.headers["Content-Type"].startswith("image/")
    assert stored.headers["X-Content-Type-Options"] == "nosniff"
    assert "html" not in stored.headers["Content-Type"]


async def test_a_page_among_the_files_is_never_opened_in_the_shop(site: Site) -> None:
    for name in ("page.html", "page.jpg", "page.txt"):
        stored = await site.get(path_of(put(site, name, SCRIPT), "orig-true"))
        if stored.status_code == 200:
            assert stored.headers["Content-Disposition"].startswith("attachment")
            assert "sandbox" in stored.headers["Content-Security-Policy"]


async def test_a_text_of_a_million_letters_ends_at_the_door(site: Site) -> None:
    """The URL is bounded; what fits into it is drawn or refused."""
    target = path_of(sample("coffee"), f"w-60:l-text,i-{'a' * 1_000_000},l-end")
    with suppress(ConnectionError):  # hung up on, in the middle of his word
        await raw(site, f"GET {target} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
    vast = await site.get(path_of(sample("coffee"), f"w-60:l-text,i-{'a' * 30_000},l-end"))
    long = await site.get(path_of(sample("coffee"), f"w-60:l-text,i-{'a%20' * 1500},fs-200,w-50,l-end"))

    assert vast.status_code == 414
    assert long.status_code in {200, 400}
    await check_that_others_go_on(site)
