"""The cache directory fails in every way there is: pictures are served, it is told once, and it heals."""

import asyncio
import resource
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import aiohttp
import pytest

from proxy.demo.pictures import sample
from proxy.demo.pim import DemoPim
from tests.site import Site, path_of
from tests.web.command import fetch, serving
from tests.web.conftest import Start

COFFEE = path_of(sample("coffee"), "w-80")
SHEET = path_of(sample("data sheet"))
Break = Callable[[Path], None]


def a_file(directory: Path) -> None:
    directory.write_bytes(b"no directory")


def a_dangling_link(directory: Path) -> None:
    directory.symlink_to(directory.with_name("nowhere") / "at all")


def a_place_that_takes_nothing(directory: Path) -> None:
    """A file system that refuses every new file, root's too."""
    directory.symlink_to("/proc/self")


def a_link_in_a_circle(directory: Path) -> None:
    directory.symlink_to(directory)


BREAKS = [a_file, a_dangling_link, a_place_that_takes_nothing, a_link_in_a_circle]


@pytest.fixture(params=BREAKS, ids=lambda breaks: breaks.__name__)
def break_it(request: pytest.FixtureRequest) -> Break:
    breaks: Break = request.param
    return breaks


async def picture(site: Site, width: int) -> int:
    """Its status, when all that was drawn has been written or has failed to be."""
    response = await site.get(path_of(sample("coffee"), f"w-{width}"))
    await asyncio.gather(*site.delivery.renditions.writes)
    return response.status_code


def failing(site: Site) -> dict[str, str]:
    return site.server.house.tiers.failing


async def test_it_fails_under_us_and_heals(
    start: Start, tmp_path: Path, break_it: Break, caplog: pytest.LogCaptureFixture
) -> None:
    directory = tmp_path / "cache"
    site = await start(directory, cache={"memory_bytes": 0})
    assert await picture(site, 50) == 200

    directory.rename(tmp_path / "taken away")
    break_it(directory)
    broken = [await picture(site, width) for width in (50, 60, 70)]
    sheet = await site.get(SHEET)
    ready = (await site.get("/-/health/ready")).json()
    errors = site.counted("cache_errors_total", tier="disk", operation="write")
    directory.unlink()
    healed = await picture(site, 80)

    assert (broken, sheet.content, healed) == ([200] * 3, sample("data sheet").content, 200)
    assert "disk" in ready["cache"]["failing"]
    assert errors >= 3
    assert failing(site) == {}
    assert len([*(directory / "renditions").rglob("*/*")]) == 1
    told = [record.getMessage() for record in caplog.records if "cache tier disk" in record.getMessage()]
    assert [line.startswith("cache tier disk: cannot") for line in told] == [True]


async def test_it_is_broken_at_the_start_and_heals(start: Start, tmp_path: Path, break_it: Break) -> None:
    directory = tmp_path / "cache"
    break_it(directory)
    site = await start(directory)

    assert await picture(site, 50) == 200
    assert "disk" in failing(site)
    directory.unlink()
    assert await picture(site, 60) == 200
    assert failing(site) == {}


async def test_it_is_removed_under_us(start: Start, tmp_path: Path) -> None:
    directory = tmp_path / "cache"
    site = await start(directory, cache={"memory_bytes": 0})
    before = await site.get(COFFEE)
    await picture(site, 50)

    shutil.rmtree(directory)
    after = await site.get(COFFEE)
    sheet = await site.get(SHEET)
    await asyncio.gather(*site.delivery.renditions.writes)
    again = await site.get(COFFEE)

    assert (after.content, again.content, sheet.content) == (before.content,) * 2 + (sample("data sheet").content,)
    assert (after.headers["X-Cache"], again.headers["X-Cache"]) == ("MISS", "HIT")
    assert failing(site) == {}


async def test_it_is_replaced_by_another_cache(start: Start, tmp_path: Path) -> None:
    """As when a volume is mounted over it; what lies there is used."""
    other, directory = tmp_path / "other", tmp_path / "cache"
    filled = await start(other)
    drawn = await filled.get(COFFEE)
    await filled.server.close()
    site = await start(directory)
    await picture(site, 50)

    shutil.rmtree(directory)
    other.rename(directory)
    found = await site.get(COFFEE)

    assert (found.content, found.headers["X-Cache"]) == (drawn.content, "HIT")


async def test_two_servers_on_one_directory(start: Start, pim: DemoPim, tmp_path: Path) -> None:
    directory = tmp_path / "cache"
    sites = [await start(directory, cache={"memory_bytes": 0}) for _ in range(2)]
    paths = [path_of(sample(name), f"w-{width}") for name in ("coffee", "rocket") for width in (40, 50, 60)]

    together = [await asyncio.gather(*(site.get(path) for site in sites)) for path in paths]
    for site in sites:
        await asyncio.gather(*site.delivery.renditions.writes)
    again = [[await site.get(path) for site in sites] for path in paths]

    for answers in map(lambda one, other: [*one, *other], together, again):
        assert {answer.status_code for answer in answers} == {200}
        assert len({answer.content for answer in answers}) == 1
    assert {answer.headers["X-Cache"] for answers in again for answer in answers} == {"HIT"}
    assert pim.downloads() <= 4


async def test_what_is_not_ours_in_the_directory_is_left_alone(start: Start, tmp_path: Path) -> None:
    directory = tmp_path / "cache"
    strangers = [directory / name for name in ("index.html", "originals/readme", "tmp/part", "3f/old-layout.bin")]
    for stranger in strangers:
        stranger.parent.mkdir(parents=True, exist_ok=True)
        stranger.write_bytes(b"important")
    names = ("coffee", "chelsea", "rocket", "astronaut")
    largest = max(len(sample(name).content) for name in names)
    site = await start(directory, cache={"disk_bytes": str(largest * 3 // 2)})

    answers = [await site.get(path_of(sample(name), "orig-true")) for name in names]
    await asyncio.gather(*site.originals.chores)

    assert [answer.content for answer in answers] == [sample(name).content for name in names]
    assert site.counted("cache_evictions_total", tier="disk") > 0
    assert [stranger.read_bytes() for stranger in strangers] == [b"important"] * 4


async def test_a_newer_engine_has_drawn_what_is_there(start: Start, tmp_path: Path) -> None:
    """After an upgrade that was taken back, or in the midst of one: replicas must not draw against each other."""
    newer = await start(tmp_path / "cache", engine=99)
    drawn = await newer.get(COFFEE)
    await newer.server.close()

    site = await start(tmp_path / "cache")
    found = await site.get(COFFEE)

    assert (found.content, found.headers["X-Cache"]) == (drawn.content, "HIT")
    assert site.counted("redraws_total") == 0


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """For what is started inside: a write beyond it fails as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, ignored)


async def test_a_full_disk_costs_the_tier_and_no_picture(pim: DemoPim, tmp_path: Path) -> None:
    """The real command, whose files may not grow beyond what small pictures need; so too its scratch."""
    small, large = path_of(sample("badge")), path_of(sample("coffee"), "orig-true")
    with files_of_at_most(20_000):
        context = serving(pim, tmp_path / "cache", LOG__ACCESS="off")
        tree = await context.__aenter__()
    try:
        async with aiohttp.ClientSession() as session:
            assert await fetch(session, tree.base + small) == sample("badge").content
            async with session.get(tree.base + large) as refused:
                assert (refused.status, refused.headers["Cache-Control"]) == (502, "no-store")
            assert await fetch(session, tree.base + small) == sample("badge").content
            async with session.get(f"{tree.base}/-/health/ready") as ready:
                assert "disk" in (await ready.json())["cache"]["failing"]
    finally:
        await context.__aexit__(None, None, None)

    assert tree.log.read_bytes().count(b"cache tier disk: cannot") == 1
    assert [*(tmp_path / "cache" / "tmp").iterdir()] == []


async def test_a_link_to_another_place_is_a_cache_directory_too(
    pim: DemoPim, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The workers, who may read in few places, find what they draw there."""
    (tmp_path / "temporary").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))  # which is read anyhow
    directory = tmp_path / "here" / "cache"
    (tmp_path / "there" / "cache").mkdir(parents=True)
    directory.parent.mkdir()
    directory.symlink_to(tmp_path / "there" / "cache")

    async with serving(pim, directory) as tree, aiohttp.ClientSession() as session:
        assert await fetch(session, tree.base + COFFEE)
