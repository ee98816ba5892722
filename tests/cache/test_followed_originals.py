"""What Akeneo answers, and who follows a file while it comes."""

import asyncio

import pytest

from proxy.demo.faults import CutBody, EmptyBody, Hold, Status, not_on_filesystem
from proxy.demo.files import DemoFile
from proxy.demo.files import Family as DemoFamily
from proxy.demo.pictures import sample
from proxy.errors import MediaMissing, MediaNotFound, OriginBroken, SourceTooLarge
from proxy.media import Original
from tests.cache.bench import FILM, LIMITS, Cellar, bytes_below
from tests.cache.downloads import COFFEE, ROCKET, UNKNOWN, body_of, turns


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
