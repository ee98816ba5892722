"""What was damaged on the disk, or came cut, is fetched again, and never stored cut."""

import asyncio

import pytest

from proxy.demo.faults import CutBody
from proxy.demo.files import DemoFile
from proxy.demo.files import Family as DemoFamily
from proxy.demo.pictures import sample
from proxy.errors import OriginBroken
from tests.cache.bench import Cellar, bytes_below
from tests.cache.downloads import COFFEE, CUT_CLEANLY, ROCKET

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
