"""Originals: fetched once, ever, and found again."""

import asyncio

from proxy.demo.files import DemoFile
from proxy.demo.files import Family as DemoFamily
from proxy.demo.pictures import sample
from proxy.formats import Format
from tests.cache.bench import FILM, Cellar, bytes_below, path_of
from tests.cache.downloads import COFFEE, ROCKET


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
