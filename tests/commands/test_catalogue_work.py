"""Files of the state, a few at once, while the walk finds more of them."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from proxy.commands.asking import Refused
from proxy.commands.catalogue.server import Failed
from proxy.commands.catalogue.state import DONE, FAILED, WAITING, Place, State
from proxy.commands.catalogue.work import Work


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    state = State.open(tmp_path / "state.sqlite", "job")
    state.begin(None, restart=False, now="2026-01-31T03:00:00+00:00")
    yield state
    state.close()


def page(number: int) -> list[Place]:
    return [Place(f"media-files/{number}-{file}.jpg", "product", "cup") for file in range(3)]


async def test_what_the_walk_finds_later_is_done_too(state: State) -> None:
    done: list[str] = []
    told: list[int] = []

    async def ask(path: str) -> dict[str, Any]:
        done.append(path)
        return {}

    work = Work(state, ask, lambda: told.append(len(done)))

    async def walk() -> None:
        for number in range(3):
            state.read("products", page(number), f"{number + 1}")
            work.found()
            while len(done) < 3 * (number + 1):  # noqa: ASYNC110 (a turn of the loop each)
                await asyncio.sleep(0)

    await work.go(walk(), at_once=2)

    assert sorted(done) == [place.path for number in range(3) for place in page(number)]
    assert (state.tally[DONE], told[-1]) == (9, 9)


async def test_no_more_than_wanted_are_asked_for_together(state: State) -> None:
    state.read("products", [*page(1), *page(2)], None)
    running: list[int] = []
    now = 0

    async def ask(_: str) -> dict[str, Any]:
        nonlocal now
        now += 1
        running.append(now)
        await asyncio.sleep(0)
        now -= 1
        return {}

    await Work(state, ask, lambda: None).go(asyncio.sleep(0), at_once=2)

    assert max(running) == 2


async def test_a_failure_is_written_down_and_the_others_go_on(state: State) -> None:
    async def ask(path: str) -> dict[str, Any]:
        if "1-1" in path:
            raise Failed(404, "no such file")
        return {"renditions": [{"outcome": "failed", "error": {}}] if "1-2" in path else []}

    state.read("products", page(1), None)

    await Work(state, ask, lambda: None).go(asyncio.sleep(0), at_once=2)

    assert state.tally == {WAITING: 0, DONE: 1, FAILED: 2}


async def test_a_server_that_is_gone_ends_all_of_it_with_one_word(state: State) -> None:
    async def ask(_: str) -> dict[str, Any]:
        raise Refused("gone")

    state.read("products", page(1), None)

    with pytest.raises(Refused, match="gone"):
        await Work(state, ask, lambda: None).go(asyncio.Event().wait(), at_once=2)

    assert state.tally == {WAITING: 3, DONE: 0, FAILED: 0}
