"""What is true for a while: fresh, then stale while one asks anew, or while the origin is in trouble."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from proxy.cache.fresh import Answer, Fresh, Windows
from proxy.deadline import Deadline
from proxy.errors import MediaNotFound, OriginUnreachable, ProxyError
from proxy.metrics import Metrics
from tests.clock import Clock

MINUTE, DAY = 60.0, 86400.0
WINDOWS = Windows(lifetime=5 * MINUTE, while_revalidate=DAY, if_error=7 * DAY, pause=10)
DOWN = OriginUnreachable("down", retry_after_seconds=5)


class Origin:
    """Says what it is told to say, and counts how often it was asked; `slow` until it is set."""

    def __init__(self) -> None:
        self.says: str | ProxyError = "one"
        self.asked = 0
        self.quick = asyncio.Event()
        self.quick.set()

    async def __call__(self, _: Deadline) -> str:
        self.asked += 1
        await self.quick.wait()
        if isinstance(self.says, ProxyError):
            raise self.says.again()
        return self.says


class Site:
    def __init__(self, windows: Windows = WINDOWS, limit: int = 100) -> None:
        self.clock = Clock()
        self.origin = Origin()
        self.fresh: Fresh[str] = Fresh("values", windows, Metrics(), limit=limit, clock=self.clock)

    async def get(self, key: str = "a") -> Answer[str]:
        return await self.fresh.get(key, self.origin, Deadline.after(30))

    async def settle(self) -> None:
        await self.fresh.flights.settle()


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    site = Site()
    yield site
    await site.fresh.close()


async def test_what_is_fresh_is_not_asked_for_again(site: Site) -> None:
    await site.get()
    site.clock.now += 4 * MINUTE

    assert await site.get() == Answer("one", stale=False, age=4 * MINUTE)
    assert site.origin.asked == 1


async def test_what_is_past_its_lifetime_is_served_at_once_while_one_asks_anew(site: Site) -> None:
    await site.get()
    site.clock.now += 6 * MINUTE
    site.origin.says = "two"
    site.origin.quick.clear()

    answers = [await site.get() for _ in range(50)]
    site.origin.quick.set()
    await site.settle()

    assert answers == [Answer("one", stale=True, age=6 * MINUTE)] * 50
    assert site.origin.asked == 2
    assert await site.get() == Answer("two")


async def test_what_is_too_old_is_waited_for(site: Site) -> None:
    await site.get()
    site.clock.now += 2 * DAY
    site.origin.says = "two"

    assert await site.get() == Answer("two")


async def test_an_outage_of_days_is_survived_and_probed_by_one_now_and_then(site: Site) -> None:
    await site.get()
    site.origin.says = DOWN
    served = []

    for _ in range(6 * 24):
        site.clock.now += 60 * MINUTE
        served += [await site.get() for _ in range(10)]
        await site.settle()

    assert {(answer.value, answer.stale) for answer in served} == {("one", True)}
    assert site.origin.asked == 1 + 6 * 24
    assert site.fresh.is_stale("a")


async def test_it_is_over_after_the_time_for_errors(site: Site) -> None:
    await site.get()
    site.origin.says = DOWN
    site.clock.now += 8 * DAY

    with pytest.raises(OriginUnreachable):
        await site.get()
    assert not site.fresh.entries


async def test_one_probe_notices_that_the_origin_is_back(site: Site) -> None:
    await site.get()
    site.origin.says = DOWN
    site.clock.now += 6 * MINUTE
    await site.get()
    await site.settle()
    site.origin.says = "two"
    asked = site.origin.asked

    before = [await site.get() for _ in range(100)]
    site.clock.now += WINDOWS.pause
    during = [await site.get() for _ in range(100)]
    await site.settle()

    assert {answer.value for answer in (*before, *during)} == {"one"}
    assert site.origin.asked == asked + 1
    assert await site.get() == Answer("two")
    assert not site.fresh.is_stale("a")


async def test_that_it_is_gone_counts_at_once(site: Site) -> None:
    await site.get()
    site.clock.now += 6 * MINUTE
    site.origin.says = MediaNotFound("gone")
    await site.get()
    await site.settle()

    with pytest.raises(MediaNotFound):
        await site.get()


async def test_without_a_lifetime_the_origin_is_asked_each_time() -> None:
    site = Site(Windows(lifetime=0, while_revalidate=0, if_error=7 * DAY, pause=0))
    said = [await site.get(), await site.get()]
    site.origin.says = DOWN
    site.clock.now += 3 * DAY
    away = await site.get()
    site.origin.says = "two"

    assert said == [Answer("one")] * 2
    assert away == Answer("one", stale=True, age=3 * DAY)
    assert await site.get() == Answer("two")
    assert site.origin.asked == 4


async def test_equal_questions_are_asked_once(site: Site) -> None:
    answers = await asyncio.gather(*(site.get() for _ in range(20)))

    assert answers == [Answer("one")] * 20
    assert site.origin.asked == 1


async def test_an_origin_that_says_nothing_is_in_trouble() -> None:
    site = Site(Windows(lifetime=1, while_revalidate=0, if_error=DAY, patience=0.01))
    await site.get()
    site.clock.now += 2
    site.origin.quick.clear()

    assert (await site.get()).stale


async def test_no_more_is_kept_than_there_is_room_for() -> None:
    site = Site(limit=3)
    for key in "abcd":
        await site.get(key)
    await site.get("b")
    await site.get("e")

    assert list(site.fresh.entries) == ["d", "b", "e"]


async def test_what_is_forgotten_while_it_is_asked_for_is_not_kept(site: Site) -> None:
    site.origin.quick.clear()
    waiting = asyncio.ensure_future(site.get())
    await asyncio.sleep(0)

    site.fresh.forget(lambda key: key == "a")
    site.origin.quick.set()

    assert (await waiting).value == "one"
    assert not site.fresh.entries
