"""Who leaves leaves nothing behind; a broken disk costs no picture."""

import asyncio
from pathlib import Path
from shutil import rmtree

import pytest

from proxy.cache.originals.wholeness import looks_whole
from proxy.demo.faults import Hold
from proxy.errors import DeadlineExceeded, OriginBroken
from proxy.formats import Content
from tests.cache.bench import FILM, Cellar, path_of
from tests.cache.downloads import COFFEE, ROCKET, body_of, turns, until


async def test_a_download_that_has_begun_goes_on_without_its_viewer(cellar: Cellar) -> None:
    rest = asyncio.Event()
    cellar.pim.faults.add(Hold(rest, after=9000))
    viewer = asyncio.create_task(cellar.follow(COFFEE))
    await until(lambda: any(flight.begun for flight in cellar.originals.flights.under_way.values()))

    viewer.cancel()
    await asyncio.gather(viewer, return_exceptions=True)
    rest.set()
    await cellar.originals.flights.settle()

    assert await cellar.find(COFFEE) is not None
    assert cellar.pim.downloads() == 1


@pytest.mark.parametrize("count", range(6))
async def test_a_viewer_who_leaves_at_once_leaves_nothing_behind(cellar: Cellar, count: int) -> None:
    viewer = asyncio.create_task(cellar.follow(COFFEE))
    await turns(count)

    viewer.cancel()
    await asyncio.gather(viewer, return_exceptions=True)
    await cellar.originals.flights.settle()

    assert cellar.originals.downloads == {}
    assert cellar.originals.flights.under_way == {}


async def test_a_viewer_whose_time_is_up_already_leaves_nothing_behind(cellar: Cellar) -> None:
    with pytest.raises(DeadlineExceeded):
        await cellar.originals.fetch_or_follow(path_of(COFFEE), cellar.deadline(0))
    await cellar.originals.flights.settle()

    assert cellar.originals.downloads == {}


async def test_closing_breaks_off_what_is_under_way_and_tidies_up(cellar: Cellar) -> None:
    cellar.pim.faults.add(Hold(asyncio.Event(), after=100_000))
    spool = await cellar.follow(FILM)

    await cellar.originals.close()

    with pytest.raises(OriginBroken):
        await body_of(spool)
    assert await cellar.find(FILM) is None
    assert cellar.leftovers == []


def break_disk(cellar: Cellar) -> None:
    """Even root cannot make a directory where a file is."""
    cellar.directories[0].write_bytes(b"")


async def test_a_broken_disk_is_stood_in_for_by_the_scratch(cellar: Cellar, caplog: pytest.LogCaptureFixture) -> None:
    break_disk(cellar)

    originals = [await cellar.get(file) for file in (COFFEE, ROCKET, COFFEE)]

    assert [original.file.read_bytes() for original in originals] == [COFFEE.content, ROCKET.content, COFFEE.content]
    assert cellar.directories[1] in originals[0].file.parents
    assert await cellar.find(COFFEE) == originals[0]
    assert [record.levelname for record in caplog.records if record.name == "proxy.cache"] == ["ERROR"]


async def test_a_broken_disk_costs_no_further_download(cellar: Cellar) -> None:
    break_disk(cellar)

    await cellar.get(COFFEE)

    assert cellar.pim.downloads() == 1


async def test_a_disk_that_works_again_is_used_again(cellar: Cellar) -> None:
    break_disk(cellar)
    await cellar.get(COFFEE)
    cellar.directories[0].unlink()

    original = await cellar.get(ROCKET)

    assert cellar.directories[0] in original.file.parents
    assert cellar.tiers.failing == {}
    assert await cellar.find(COFFEE) is not None


async def test_a_disk_that_is_gone_when_the_file_is_looked_at_costs_no_further_download(
    cellar: Cellar, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at: list[Path] = []

    def look(file: Path, content: Content) -> bool:
        looked_at.append(file)
        if len(looked_at) == 1:
            rmtree(cellar.directories[0])
            break_disk(cellar)
        return looks_whole(file, content)

    monkeypatch.setattr("proxy.cache.originals.originals.looks_whole", look)
    original = await cellar.get(COFFEE)

    assert original.file.read_bytes() == COFFEE.content
    assert [cellar.directories[0] in file.parents for file in looked_at] == [True, False]
    assert cellar.pim.downloads() == 1


async def test_without_any_disk_it_is_a_passing_fault(cellar: Cellar) -> None:
    for directory in cellar.directories:
        directory.write_bytes(b"")

    with pytest.raises(OriginBroken, match="disk"):
        await cellar.get(COFFEE)

    assert set(cellar.tiers.failing) == {"disk", "scratch"}
