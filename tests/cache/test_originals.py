"""Originals: fetched once, ever; whole or not at all; and found again whatever happened in between."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from shutil import rmtree

import pytest

from proxy.cache.originals.spool import Spool
from proxy.cache.originals.wholeness import looks_whole
from proxy.demo.faults import CutBody, EmptyBody, Hold, Status, not_on_filesystem
from proxy.demo.files import DemoFile
from proxy.demo.files import Family as DemoFamily
from proxy.demo.pictures import sample
from proxy.errors import DeadlineExceeded, MediaMissing, MediaNotFound, OriginBroken, SourceTooLarge
from proxy.formats import Content, Format
from proxy.media import Family, MediaPath, Original
from tests.cache.bench import FILM, LIMITS, Cellar, bytes_below, path_of

COFFEE = sample("coffee")
ROCKET = sample("rocket")  # of a family without metadata
UNKNOWN = MediaPath(Family.PRODUCT, "0/0/0/0/unknown.jpg")
CUT_CLEANLY = ["coffee", "chelsea", "rocket", "astronaut", "badge", "orbit", "data sheet", "care", "chime"]


async def body_of(spool: Original | Spool) -> bytes:
    assert isinstance(spool, Spool)
    return b"".join([chunk async for chunk in spool.follow()])


async def until(condition: Callable[[], bool]) -> None:
    for _ in range(1_000_000):
        if condition():
            return
        await asyncio.sleep(0)
    raise AssertionError("it never came about")


async def turns(count: int = 20) -> None:
    """Lets everything run that can run."""
    for _ in range(count):
        await asyncio.sleep(0)


# -- once, ever --


async def test_an_original_is_a_file_with_its_facts(cellar: Cellar) -> None:
    original = await cellar.get(COFFEE)

    assert original.file.read_bytes() == COFFEE.content
    assert original.path == path_of(COFFEE)
    assert (original.size, original.content.picture) == (len(COFFEE.content), Format.PNG)
    assert not original.confirmed
    assert cellar.leftovers == []


async def test_many_who_ask_together_cost_one_download(cellar: Cellar) -> None:
    originals = await asyncio.gather(*(cellar.get(COFFEE) for _ in range(50)))

    assert len(set(originals)) == 1
    assert cellar.pim.downloads() == 1


async def test_many_who_ask_in_both_ways_cost_one_download(cellar: Cellar) -> None:
    await asyncio.gather(*(ask(COFFEE) for _ in range(10) for ask in (cellar.get, cellar.follow)))

    assert cellar.pim.downloads() == 1


async def test_who_asks_later_costs_no_download(cellar: Cellar) -> None:
    first = await cellar.get(COFFEE)

    assert await cellar.get(COFFEE) == first == await cellar.find(COFFEE)
    assert cellar.pim.downloads() == 1


async def test_who_looked_a_moment_too_early_costs_no_download_either(cellar: Cellar) -> None:
    assert await cellar.find(COFFEE) is None
    await cellar.get(COFFEE)  # another viewer's download ends between the look and what follows from it

    original = await cellar.follow(COFFEE)

    assert original == await cellar.find(COFFEE)
    assert cellar.pim.downloads() == 1


async def test_a_restart_finds_everything(cellar: Cellar) -> None:
    originals = [await cellar.get(file) for file in (COFFEE, ROCKET, FILM)]

    again = cellar.restarted()

    assert [await again.find(file) for file in (COFFEE, ROCKET, FILM)] == originals
    assert cellar.pim.downloads() == 3


async def test_the_same_code_in_another_family_is_another_file(cellar: Cellar) -> None:
    twin = DemoFile(DemoFamily.ASSET, COFFEE.code, "coffee.png", None, ROCKET.content)
    cellar.pim.add(twin)

    await cellar.get(COFFEE)

    assert (await cellar.get(twin)).file.read_bytes() == ROCKET.content


async def test_what_was_evicted_is_fetched_again(cellar: Cellar) -> None:
    original = await cellar.get(COFFEE)
    cellar.disks[0].remove(original.file)

    assert await cellar.find(COFFEE) is None
    assert (await cellar.get(COFFEE)).file.read_bytes() == COFFEE.content


async def test_what_is_forgotten_is_fetched_again(cellar: Cellar) -> None:
    await cellar.originals.forget(await cellar.get(COFFEE))

    assert await cellar.find(COFFEE) is None
    assert bytes_below(cellar.disks[0].root) == cellar.disks[0].used == 0


async def test_the_disk_is_kept_within_its_budget(cellar: Cellar) -> None:
    disk = cellar.disks[0]
    disk.budget = 1_000_000
    names = ["coffee", "chelsea", "rocket", "astronaut", "hubble_deep_field", "orbit"]

    for name in names:
        await cellar.get(sample(name))
        await asyncio.gather(*cellar.originals.chores)

        assert bytes_below(disk.root) <= disk.budget


# -- damage --


DAMAGE = {
    "nothing": b"",
    "no JSON": b"\x00\x00\x00",
    "no object": b"[]",
    "a number": b"5",
    "no facts": b"{}",
    "a path that is none": b'{"path": "../../etc/passwd", "picture": null, "mime": "", "size": 1}',
    "a number as path": b'{"path": 5, "picture": null, "mime": "", "size": 1, "digest": "", "confirmed": false}',
    "cut": b'{"path": "media-files/a',
}


@pytest.mark.parametrize("damage", DAMAGE)
async def test_a_damaged_record_costs_one_more_download(cellar: Cellar, damage: str) -> None:
    await cellar.get(COFFEE)
    _, record = cellar.stored(COFFEE)
    record.write_bytes(DAMAGE[damage])
    again = cellar.restarted()

    original = await again.get(COFFEE)

    assert original.file.read_bytes() == COFFEE.content
    assert await again.find(COFFEE) == original
    assert cellar.pim.downloads() == 2


async def test_a_record_of_another_file_is_not_believed(cellar: Cellar) -> None:
    await cellar.get(COFFEE)
    await cellar.get(ROCKET)
    for mine, others in zip(cellar.stored(COFFEE), cellar.stored(ROCKET), strict=True):
        mine.write_bytes(others.read_bytes())

    assert (await cellar.get(COFFEE)).file.read_bytes() == COFFEE.content


@pytest.mark.parametrize("damage", ["cut", "grown", "gone"])
async def test_a_file_that_its_record_does_not_fit_is_fetched_again(cellar: Cellar, damage: str) -> None:
    await cellar.get(COFFEE)
    file, _ = cellar.stored(COFFEE)
    match damage:
        case "cut":
            file.write_bytes(COFFEE.content[:-1])
        case "grown":
            file.write_bytes(COFFEE.content + b"x")
        case "gone":
            file.unlink()

    assert await cellar.restarted().find(COFFEE) is None
    assert (await cellar.get(COFFEE)).file.read_bytes() == COFFEE.content
    assert cellar.pim.downloads() == 2


async def test_a_file_without_a_record_counts_as_absent(cellar: Cellar) -> None:
    """A process that is killed between the two leaves this."""
    file, record = cellar.stored(COFFEE)
    cellar.disks[0].write(file, COFFEE.content[:1000])

    assert await cellar.find(COFFEE) is None
    assert (await cellar.get(COFFEE)).file.read_bytes() == COFFEE.content
    assert record.exists()


async def test_a_record_never_stands_beside_bytes_that_it_does_not_describe(cellar: Cellar) -> None:
    """A second copy replaces a first, and it ends between the two: then nothing is found, and no mixture."""
    first = await cellar.get(COFFEE)
    file, record = cellar.stored(COFFEE)
    file.unlink()
    file.mkdir()  # the new file cannot take its place

    second = await cellar.originals.fetch_again(first, cellar.deadline())

    assert not record.exists()
    assert cellar.directories[1] in second.file.parents
    assert second.file.read_bytes() == COFFEE.content


# -- clean cuts --


@pytest.mark.parametrize("name", CUT_CLEANLY)
@pytest.mark.parametrize("share", [0.3, 0.9])
async def test_a_file_that_was_cut_cleanly_is_fetched_again_and_never_stored_cut(
    cellar: Cellar, name: str, share: float
) -> None:
    file = sample(name)
    cellar.pim.faults.add(CutBody(after=int(len(file.content) * share), clean=True, times=1))

    original = await cellar.get(file)

    assert original.file.read_bytes() == file.content
    assert cellar.pim.downloads() == 2
    assert cellar.leftovers == []


async def test_a_cut_animation_is_never_stored_cut(cellar: Cellar) -> None:
    """At this place one of the last bytes is by chance that of the end mark."""
    file = sample("steaming cup")
    after = file.content.index(b"\x3b", len(file.content) // 2) + 30
    cellar.pim.faults.add(CutBody(after=after, clean=True, times=1))

    original = await cellar.get(file)

    assert original.file.read_bytes() == file.content


async def test_two_different_copies_are_both_cut(cellar: Cellar) -> None:
    cellar.pim.faults.add(CutBody(after=9000, clean=True, times=1), CutBody(after=8000, clean=True, times=1))

    with pytest.raises(OriginBroken, match="incomplete"):
        await cellar.get(ROCKET)

    assert await cellar.find(ROCKET) is None
    assert bytes_below(cellar.disks[0].root) == 0


async def test_an_odd_copy_that_comes_twice_is_what_akeneo_has(cellar: Cellar) -> None:
    odd = DemoFile.named(DemoFamily.ASSET, "odd.jpg", "image/jpeg", ROCKET.content[:-2])
    cellar.pim.add(odd)

    original = await cellar.get(odd)

    assert original.confirmed
    assert original.file.read_bytes() == odd.content
    assert await cellar.restarted().find(odd) == original
    assert cellar.pim.downloads() == 2


async def test_a_product_picture_that_is_cut_at_the_same_place_twice_is_known_by_its_size(cellar: Cellar) -> None:
    cellar.pim.faults.add(CutBody(after=9000, clean=True, times=2))

    original = await cellar.get(COFFEE)

    assert original.file.read_bytes() == COFFEE.content
    assert cellar.pim.downloads() == 3


async def test_a_product_picture_that_is_always_cut_is_an_error_and_no_picture(cellar: Cellar) -> None:
    cellar.pim.faults.add(CutBody(after=9000, clean=True))

    with pytest.raises(OriginBroken):
        await cellar.get(COFFEE)

    assert await cellar.find(COFFEE) is None


async def test_a_second_copy_that_is_the_same_is_confirmed(cellar: Cellar) -> None:
    first = await cellar.get(COFFEE)

    second = await cellar.originals.fetch_again(first, cellar.deadline())

    assert second.confirmed
    assert second.digest == first.digest
    assert await cellar.find(COFFEE) == second


async def test_many_doubts_of_one_file_cost_one_second_copy(cellar: Cellar) -> None:
    first = await cellar.get(COFFEE)

    await asyncio.gather(*(cellar.originals.fetch_again(first, cellar.deadline()) for _ in range(20)))

    assert cellar.pim.downloads() == 2


async def test_a_second_copy_that_differs_is_not_confirmed(cellar: Cellar) -> None:
    first = await cellar.get(ROCKET)
    other = DemoFile(ROCKET.family, ROCKET.code, "rocket.jpg", None, ROCKET.content + b"\xff\xd9")
    cellar.pim.add(other)

    second = await cellar.originals.fetch_again(first, cellar.deadline())

    assert not second.confirmed
    assert second.file.read_bytes() == other.content


# -- what Akeneo answers --


async def test_a_connection_that_breaks_is_tried_again(cellar: Cellar) -> None:
    cellar.pim.faults.add(CutBody(after=9000, times=3))

    assert (await cellar.get(COFFEE)).file.read_bytes() == COFFEE.content
    assert cellar.pim.downloads() == 4


@pytest.mark.parametrize(
    "fault", [CutBody(after=9000), EmptyBody(), Status(500)], ids=lambda fault: type(fault).__name__
)
async def test_what_never_comes_whole_is_never_stored(cellar: Cellar, fault: CutBody | EmptyBody | Status) -> None:
    cellar.pim.faults.add(fault)

    with pytest.raises(OriginBroken):
        await cellar.get(COFFEE)

    assert bytes_below(cellar.disks[0].root) == 0


async def test_no_such_file_is_raised(cellar: Cellar) -> None:
    with pytest.raises(MediaNotFound):
        await cellar.originals.get(UNKNOWN, cellar.deadline())
    with pytest.raises(MediaNotFound):
        await cellar.originals.fetch_or_follow(UNKNOWN, cellar.deadline())

    assert cellar.originals.downloads == {}


async def test_a_file_that_akeneo_has_lost_is_raised(cellar: Cellar) -> None:
    cellar.pim.faults.add(not_on_filesystem(COFFEE.code))

    with pytest.raises(MediaMissing):
        await cellar.get(COFFEE)


async def test_a_picture_that_is_too_large_is_refused_with_its_first_bytes(cellar: Cellar) -> None:
    huge = DemoFile.named(DemoFamily.ASSET, "huge.png", None, COFFEE.content[:100] + bytes(LIMITS.picture))
    cellar.pim.add(huge)

    with pytest.raises(SourceTooLarge):
        await cellar.get(huge)

    assert cellar.leftovers == []
    assert cellar.pim.downloads() == 1


async def test_a_film_may_be_larger_than_a_picture_may(cellar: Cellar) -> None:
    film = DemoFile.named(DemoFamily.ASSET, "long.mp4", None, FILM.content[:100] + bytes(LIMITS.picture))
    cellar.pim.add(film)

    assert (await cellar.get(film)).size == len(film.content)


# -- followers --


async def test_a_picture_is_waited_for(cellar: Cellar) -> None:
    assert isinstance(await cellar.follow(COFFEE), Original)


async def test_while_a_second_copy_comes_nobody_fetches_a_third(cellar: Cellar) -> None:
    """In the moment in which it takes the place of the first one there is none in the store."""
    rest = asyncio.Event()
    first = await cellar.get(ROCKET)
    cellar.pim.faults.add(Hold(rest))
    again = asyncio.create_task(cellar.originals.fetch_again(first, cellar.deadline()))
    await cellar.pim.until(lambda: cellar.pim.downloads() == 2)

    await cellar.originals.forget(first)
    viewer = asyncio.create_task(cellar.get(ROCKET))
    await turns()
    rest.set()

    assert await viewer == await again
    assert cellar.pim.downloads() == 2


async def test_a_film_is_followed_while_it_comes(cellar: Cellar) -> None:
    rest = asyncio.Event()
    cellar.pim.faults.add(Hold(rest, after=100_000))

    spool = await cellar.follow(FILM)
    late = await cellar.follow(FILM)
    rest.set()

    assert await body_of(spool) == FILM.content
    assert await body_of(late) == FILM.content
    assert cellar.pim.downloads() == 1


async def test_a_film_is_stored_though_its_only_viewer_has_left(cellar: Cellar) -> None:
    rest = asyncio.Event()
    cellar.pim.faults.add(Hold(rest, after=100_000))

    await cellar.follow(FILM)
    rest.set()
    await cellar.originals.flights.settle()

    found = await cellar.find(FILM)
    assert found is not None
    assert found.file.read_bytes() == FILM.content


async def test_a_follower_of_a_broken_film_gets_an_error_at_its_end(cellar: Cellar) -> None:
    cellar.pim.faults.add(CutBody(after=100_000))

    spool = await cellar.follow(FILM)

    with pytest.raises(OriginBroken):
        await body_of(spool)


async def test_a_follower_of_a_cleanly_cut_file_gets_an_error_at_its_end(cellar: Cellar) -> None:
    sheet = sample("data sheet")
    cellar.pim.faults.add(CutBody(after=len(sheet.content) - 20, clean=True, times=1))

    spool = await cellar.follow(sheet)

    with pytest.raises(OriginBroken):
        await body_of(spool)
    await cellar.originals.flights.settle()
    assert await cellar.find(sheet) is not None


async def test_a_viewer_who_comes_between_two_tries_follows_the_next_one(cellar: Cellar) -> None:
    """The first try is dead; what he would get from it is a connection that breaks off."""
    between, go_on = asyncio.Event(), asyncio.Event()

    async def pause(seconds: float) -> None:
        between.set()
        await go_on.wait()

    cellar.origin.client.retries.sleep = pause
    cellar.pim.faults.add(CutBody(after=100_000, times=1))
    await cellar.follow(FILM)
    await between.wait()

    viewer = asyncio.create_task(cellar.follow(FILM))
    await turns()
    go_on.set()

    assert await body_of(await viewer) == FILM.content


async def test_a_viewer_who_comes_while_a_clean_cut_is_mended_follows_the_second_copy(cellar: Cellar) -> None:
    sheet = sample("data sheet")
    second = asyncio.Event()
    cellar.pim.faults.add(CutBody(after=len(sheet.content) - 20, clean=True, times=1))
    first = asyncio.create_task(body_of(await cellar.follow(sheet)))
    cellar.pim.faults.add(Hold(second))
    await cellar.pim.until(lambda: cellar.pim.downloads() == 2)

    viewer = asyncio.create_task(cellar.follow(sheet))
    await turns()
    second.set()
    seen = await viewer

    assert (seen.file.read_bytes() if isinstance(seen, Original) else await body_of(seen)) == sheet.content
    with pytest.raises(OriginBroken):
        await first


async def test_an_odd_file_reaches_its_first_viewer_whole(cellar: Cellar) -> None:
    """Its end is held back until a second copy has shown that this is what Akeneo has."""
    odd = DemoFile.named(
        DemoFamily.ASSET, "odd.pdf", "application/pdf", b"%PDF-1.7 without an end mark " + bytes(90_000)
    )
    cellar.pim.add(odd)

    spool = await cellar.follow(odd)

    assert await body_of(spool) == odd.content
    assert cellar.pim.downloads() == 2
    assert await cellar.find(odd) is not None


# -- leaving --


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


# -- broken disks --


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
