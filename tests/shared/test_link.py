"""Whenever a question to Redis is given up, nothing of it goes on, and no connection stays open."""

import asyncio
import gc
import warnings
from collections.abc import Iterator
from typing import Any

import pytest

from proxy.cache.shared.link import Link, RedisDown, end, within
from proxy.cache.shared.news import News
from proxy.cache.tiers import Tiers
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
