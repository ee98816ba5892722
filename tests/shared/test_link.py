"""Whenever a question to Redis is given up, nothing of it goes on, and no connection stays open."""

import asyncio
import gc
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from proxy.cache.sealed import LENGTH, pack
from proxy.cache.shared.exchange import open_parcel
from proxy.cache.shared.link import TRANSFERS, Link, RedisDown, end, within
from proxy.cache.shared.news import News
from proxy.cache.shared.owed import Debt, Owed
from proxy.cache.shared.store import RENDITIONS
from proxy.cache.shared.turns import Lease, RedisTurns
from proxy.cache.tiers import Tiers
from proxy.deadline import Deadline
from proxy.metrics import Metrics
from tests.shared.redis_server import RedisServer

STEPS = 6  # of the event loop; a command is on its way after fewer


def others() -> set[asyncio.Task[Any]]:
    return asyncio.all_tasks() - {asyncio.current_task()}


async def turns_of_the_loop(number: int) -> None:
    for _ in range(number):
        await asyncio.sleep(0)


@pytest.fixture
def unclosed() -> Iterator[list[warnings.WarningMessage]]:
    """What Python tells of things that nobody has closed."""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        yield told


async def test_a_question_given_up_to_a_redis_that_hangs_ends_and_leaves_nothing(
    redis: RedisServer, metrics: Metrics, unclosed: list[warnings.WarningMessage]
) -> None:
    for steps in range(STEPS):
        link = Link(redis.url, Tiers(metrics), seconds=30)
        await link.ask("PING")
        redis.hang()
        try:
            question = asyncio.create_task(link.ask("PING"))
            await turns_of_the_loop(steps)
            question.cancel()
            await asyncio.wait([question])
            await link.close()
            going_on = others()
        finally:
            redis.go_on()

        await asyncio.gather(*going_on, return_exceptions=True)
        del link
        gc.collect()
        assert not going_on, steps
        assert not unclosed, steps


async def test_who_listens_to_news_can_be_closed_at_any_moment(link: Link, redis: RedisServer) -> None:
    async def nothing(*_: Any) -> None: ...

    for steps in range(4 * STEPS):
        news = News(link, redis.url, None)
        await news.open(nothing, nothing)
        await turns_of_the_loop(steps)
        await news.close()

        assert not others(), steps


async def test_who_asks_while_the_link_is_closed_is_told_that_redis_is_down(redis: RedisServer, link: Link) -> None:
    redis.hang()
    try:
        under_way = asyncio.create_task(link.ask("PING"))
        await asyncio.sleep(0)
        await link.close()
        with pytest.raises(RedisDown):
            await link.ask("PING")
        assert not link.questions
    finally:
        redis.go_on()
        under_way.cancel()
        await asyncio.wait([under_way])


async def test_a_task_that_takes_a_cancellation_for_its_own_ends_all_the_same() -> None:
    swallowed = 0

    async def stubborn() -> None:
        nonlocal swallowed
        while swallowed < 2:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                swallowed += 1

    task = asyncio.create_task(stubborn())
    await asyncio.sleep(0)
    await end(task)

    assert swallowed == 2


async def test_what_comes_of_a_question_that_was_given_up_is_no_fault_in_the_log() -> None:
    """A client may turn its being cancelled into an error of its own."""
    told: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context))

    async def ask() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            raise ConnectionError("Connection refused") from None

    with pytest.raises(TimeoutError):
        await within(0.01, ask())

    gc.collect()
    assert told == []


async def test_what_is_large_holds_up_no_question_and_waiting_is_no_fault_of_redis(link: Link) -> None:
    for _ in range(TRANSFERS):
        await link.transfer_places.acquire()

    link.seconds = 0.01
    with pytest.raises(RedisDown, match="wait for each other"):
        await link.ask("PING", seconds=0.01)

    assert not link.away
    link.seconds = 20
    assert await link.ask("PING")


async def test_who_gets_a_turn_at_once_need_not_look_again(link: Link) -> None:
    async def written(_: str) -> None: ...

    turns = RedisTurns(link, written, lambda _: None)
    async with turns.turn("a", Deadline.after(30)) as others:
        assert others is False
    await turns.close()
    await link.ask("DEL", Lease("a", "", RENDITIONS).name)
    await link.ask("SET", RENDITIONS + "a", "made by another in this very moment")
    async with turns.turn("a", Deadline.after(30)) as others:
        assert others is True
    await turns.close()


async def test_two_processes_on_one_directory_keep_what_each_owes(tmp_path: Path) -> None:
    one, other, next_one = [Owed(tmp_path / "owed") for _ in range(3)]
    first, second, third = [Debt("purge", "{}") for _ in range(3)]
    await one.add(first)
    await other.add(second)
    await one.add(third)

    await other.settle(second.name)
    await next_one.load()

    assert next_one.debts == {debt.name: debt for debt in (first, third)}


async def test_a_damaged_debt_is_told_and_costs_no_other(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    await Owed(tmp_path).add(Debt("purge", "{}", "good"))
    for name, damage in (("deep", "[" * 30_000), ("empty", ""), ("number", "5")):
        (tmp_path / f"{name}.json").write_text(damage)
    again = Owed(tmp_path)

    await again.load()

    assert again.debts.keys() == {"good"}
    assert caplog.text.count("purge again") == 3


def test_a_parcel_nested_too_deep_is_damaged() -> None:
    facts = b"[" * 30_000
    with pytest.raises(ValueError, match="nested"):
        open_parcel("key", pack(LENGTH.pack(len(facts)) + facts + b"content"))
