"""Whoever comes first waits for those that come at the same moment, and for nobody else."""

import asyncio

import pytest

from proxy.pixels.gathering import Gathering

LONG = 3600.0


async def turns() -> None:
    """What was waiting for nothing has gone on then."""
    for _ in range(5):
        await asyncio.sleep(0)


async def drawn(gathering: Gathering, file: str, order: list[str], name: str, here: asyncio.Event) -> None:
    with gathering.coming(file):
        await here.wait()
        with gathering.arrived(file):
            await gathering.complete(file)
            order.append(name)


def ready() -> asyncio.Event:
    event = asyncio.Event()
    event.set()
    return event


async def test_who_is_alone_does_not_wait() -> None:
    gathering, order = Gathering(LONG), list[str]()

    await drawn(gathering, "photo", order, "one", ready())

    assert order == ["one"]


async def test_the_first_waits_until_the_last_is_here() -> None:
    gathering, order, late = Gathering(LONG), list[str](), asyncio.Event()
    arriving = [("late", late), ("first", ready())]
    tasks = [asyncio.create_task(drawn(gathering, "photo", order, name, here)) for name, here in arriving]
    other = asyncio.create_task(drawn(gathering, "another photo", order, "other", ready()))
    await turns()
    before = list(order)

    late.set()
    await asyncio.gather(*tasks, other)

    assert before == ["other"]
    assert sorted(order) == ["first", "late", "other"]


@pytest.mark.parametrize("ended", ["left", "found in a cache"])
async def test_who_does_not_come_is_not_waited_for(ended: str) -> None:
    gathering, order, late = Gathering(LONG), list[str](), asyncio.Event()

    async def never_arrives() -> None:
        with gathering.coming("photo"):
            await late.wait()

    other = asyncio.create_task(never_arrives())
    await turns()
    task = asyncio.create_task(drawn(gathering, "photo", order, "a", ready()))
    await turns()
    before = list(order)
    other.cancel() if ended == "left" else late.set()
    await task

    assert before == []
    assert order == ["a"]


async def test_nobody_waits_for_ever() -> None:
    gathering, order, never = Gathering(0.0), list[str](), asyncio.Event()
    late = asyncio.create_task(drawn(gathering, "photo", order, "late", never))
    await turns()

    await drawn(gathering, "photo", order, "first", ready())

    assert order == ["first"]
    never.set()
    await late
    assert order == ["first", "late"]


async def test_nothing_is_remembered_of_those_that_were_drawn() -> None:
    gathering, order = Gathering(LONG), list[str]()

    await asyncio.gather(*(drawn(gathering, f"photo {number % 3}", order, "it", ready()) for number in range(9)))

    assert len(order) == 9
    assert [*gathering.on_the_way, *gathering.here, *gathering.news] == []
