"""The main line under bad luck: what is cached outlives what is known of its original."""

import asyncio
from typing import Any

import pytest

from proxy.cache.refusals import STRIKES
from proxy.demo.faults import Hold, not_on_filesystem
from proxy.demo.files import DemoFile, Family
from proxy.demo.pictures import sample
from proxy.media import MediaPath
from proxy.pixels.job import ENGINE
from tests.site import Site, path_of
from tests.web.conftest import Start

COFFEE = sample("coffee")
RUBBISH = b"\xff\xd8\xff\xe0" + b"rubbish" * 99 + b"\xff\xd9"


async def evict_original(site: Site) -> None:
    originals = site.originals
    original = await originals.find(MediaPath.parse(path_of(COFFEE)[1:]))
    assert original is not None
    await originals.forget(original)


async def test_a_cached_size_is_served_though_another_was_refused(start: Start) -> None:
    site = await start(cache={"memory_bytes": 0})  # so that it comes from the disk
    cached = await site.get(path_of(COFFEE, "w-80"))
    await site.delivery.renditions.close()
    await evict_original(site)
    site.pim.faults.add(not_on_filesystem(COFFEE.code))

    other, again = await site.get(path_of(COFFEE, "w-81")), await site.get(path_of(COFFEE, "w-80"))

    assert (other.status_code, again.status_code) == (404, 200)
    assert again.content == cached.content


async def test_a_stale_picture_whose_original_is_gone_does_not_hammer_akeneo(start: Start, site: Site) -> None:
    await site.get(path_of(COFFEE, "w-80"))
    await site.delivery.renditions.close()
    await evict_original(site)
    site.pim.remove(COFFEE)
    newer = await start(engine=ENGINE + 1)
    before = site.pim.downloads()

    for _ in range(5):
        answer = await newer.get(path_of(COFFEE, "w-80"))
        await newer.delivery.redraws.settle()

    assert (answer.status_code, answer.headers["X-Cache"]) == (200, "STALE")
    assert site.pim.downloads() - before == 1


@pytest.mark.parametrize("refused", [{"max_source_pixels": 1000}, {"timeout_seconds": 0.002}], ids=["413", "504"])
async def test_what_an_older_engine_drew_is_served_though_it_cannot_be_drawn_anew(
    start: Start, site: Site, refused: dict[str, Any]
) -> None:
    await site.get(path_of(COFFEE, "w-80"))
    await site.delivery.renditions.close()
    newer = await start(engine=ENGINE + 1, cache={"memory_bytes": 0}, render=refused)

    answers = []
    for _ in range(STRIKES + 2):
        answers.append(await newer.get(path_of(COFFEE, "w-80")))
        await newer.delivery.redraws.settle()

    assert [(answer.status_code, answer.headers["X-Cache"]) for answer in answers] == [(200, "STALE")] * len(answers)
    assert newer.delivery.refusals.entries
    assert newer.counted("redraws_total") <= STRIKES


async def test_garbage_in_many_widths_at_once_is_fetched_twice(site: Site) -> None:
    garbage = DemoFile.named(Family.ASSET, "broken.jpg", "image/jpeg", RUBBISH)
    site.pim.add(garbage)

    replies = await site.get_all((path_of(garbage, f"w-{width}"), "*/*") for width in range(80, 100))

    assert {reply.status for reply in replies} == {422}
    assert site.pim.downloads(garbage.code) == 2


async def test_a_viewer_who_leaves_while_all_places_are_taken_spoils_nothing_for_the_next(start: Start) -> None:
    site = await start(akeneo={"max_concurrency": 1})
    go_on = asyncio.Event()
    from_akeneo = asyncio.ensure_future(hold(site, go_on))
    await site.pim.until(lambda: site.pim.in_flight == 1)

    for _ in range(10):
        first = asyncio.ensure_future(site.get(path_of(COFFEE, "w-80")))
        await asyncio.sleep(0)
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
    last = asyncio.ensure_future(site.get(path_of(COFFEE, "w-80")))
    go_on.set()

    assert (await last).status_code == 200
    assert await from_akeneo == 200


async def hold(site: Site, go_on: asyncio.Event) -> int:
    site.pim.faults.add(Hold(go_on, times=1))
    return (await site.get(path_of(sample("chelsea"), "w-50"))).status_code
