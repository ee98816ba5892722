"""What was recalled is asked for again before it is served; and what is kept has a weight."""

from proxy.cache.fresh import Fresh
from proxy.deadline import Deadline
from proxy.metrics import Metrics
from tests.cache.test_fresh import DOWN, WINDOWS, Site


async def test_what_was_recalled_is_asked_for_before_it_is_served() -> None:
    site = Site()
    await site.get()
    site.origin.says = "two"

    site.fresh.recall("a")
    answer = await site.get()

    assert (answer.value, answer.stale, site.origin.asked) == ("two", False, 2)


async def test_while_the_origin_is_in_trouble_what_was_recalled_counts_on() -> None:
    site = Site()
    await site.get()
    site.origin.says = DOWN

    site.fresh.recall("a")
    answers = [await site.get() for _ in range(3)]
    stale = site.fresh.is_stale("a")
    site.origin.says = "two"
    site.clock.now += WINDOWS.pause
    await site.get()
    await site.settle()
    after = await site.get()

    assert [(it.value, it.stale) for it in answers] == [("one", True)] * 3
    assert (stale, after.value, after.stale) == (True, "two", False)
    assert site.origin.asked == 3


async def test_what_was_asked_before_a_recall_is_not_kept() -> None:
    site = Site()
    site.origin.quick.clear()
    asking = site.fresh.flights.start("a", site.fresh.work("a", site.origin), Deadline.after(30))

    site.fresh.recall("a")
    site.origin.quick.set()
    await asking.task

    assert site.fresh.peek("a") is None


async def test_to_recall_twice_or_what_is_not_there_is_nothing() -> None:
    site = Site()
    await site.get()

    site.fresh.recall("a")
    site.fresh.recall("a")
    site.fresh.recall("b")

    assert (await site.get()).value == "one"
    assert site.origin.asked == 2


async def test_the_oldest_make_room_by_their_weight() -> None:
    fresh: Fresh[str] = Fresh("values", WINDOWS, Metrics(), limit=10, weigh=len)

    for key, value in (("a", "xxxx"), ("b", "xxxx"), ("c", "xxx"), ("c", "xxxxx"), ("d", "x" * 50)):
        fresh.keep(key, value)

    assert list(fresh.entries) == ["d"]
    fresh.drop("d")
    fresh.drop("d")
    assert fresh.weight == 0
