"""Background calls stand behind those that viewers wait for, and leave one place free."""

import asyncio

import pytest

from proxy.akeneo.governor import Governor
from proxy.deadline import Deadline, SharedDeadline
from proxy.errors import Overloaded
from proxy.metrics import Metrics
from tests.akeneo.bench import Clock


class Hall:
    """A governor whose places are given back one by one."""

    def __init__(self, places: int, queue: int = 10) -> None:
        self.clock = Clock()
        self.governor = Governor(places, queue, Metrics().of_connection("akeneo"), self.clock, self.clock.sleep)
        self.inside: list[str] = []
        self.doors: dict[str, asyncio.Event] = {}
        self.tasks: list[asyncio.Task[None]] = []

    async def visit(self, name: str, deadline: Deadline) -> None:
        async with self.governor.place(deadline):
            self.inside.append(name)
            await self.doors[name].wait()

    async def send(self, name: str, deadline: Deadline | None = None) -> None:
        """Who is in capitals is a viewer's."""
        self.doors[name] = asyncio.Event()
        deadline = deadline or Deadline.after(30, self.clock, background=name.islower())
        self.tasks.append(asyncio.create_task(self.visit(name, deadline)))
        await settle()

    async def leave(self, name: str) -> None:
        self.doors[name].set()
        await settle()

    async def close(self) -> None:
        for door in self.doors.values():
            door.set()
        await asyncio.gather(*self.tasks)
        assert (self.governor.running, self.governor.waiting) == (0, 0)


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_a_viewers_call_goes_before_background_calls_that_came_first() -> None:
    hall = Hall(2)
    for name in ("A", "B", "c", "d", "E"):
        await hall.send(name)

    await hall.leave("A")
    assert hall.inside == ["A", "B", "E"]
    await hall.leave("B")
    assert hall.inside == ["A", "B", "E"]  # one place stays free for viewers
    await hall.leave("E")

    assert hall.inside == ["A", "B", "E", "c"]
    await hall.close()
    assert hall.inside == ["A", "B", "E", "c", "d"]


async def test_a_viewer_finds_a_place_while_the_background_waits_for_one() -> None:
    hall = Hall(3)
    for name in ("a", "b", "c"):
        await hall.send(name)
    assert hall.inside == ["a", "b"]

    await hall.send("D")

    assert hall.inside == ["a", "b", "D"]
    await hall.close()


async def test_a_full_queue_turns_the_background_away_before_a_viewer() -> None:
    hall = Hall(1, queue=2)
    for name in ("A", "B", "c", "D"):
        await hall.send(name)

    with pytest.raises(Overloaded):
        await hall.tasks.pop(2)
    await hall.send("E")
    with pytest.raises(Overloaded):
        await hall.tasks.pop()

    await hall.close()
    assert hall.inside == ["A", "B", "D"]


async def test_the_only_place_is_the_backgrounds_too() -> None:
    hall = Hall(1)
    await hall.send("a")

    assert hall.inside == ["a"]
    await hall.close()


@pytest.mark.parametrize("nested", [False, True])
async def test_background_work_that_a_viewer_joins_is_the_viewers(nested: bool) -> None:
    hall = Hall(2)
    work = SharedDeadline(Deadline.after(30, hall.clock, background=True))
    for name in ("A", "B", "c"):
        await hall.send(name)
    await hall.send("joined", SharedDeadline(work) if nested else work)

    work.extend(Deadline.after(5, hall.clock))
    await hall.leave("A")

    assert hall.inside == ["A", "B", "joined"]
    await hall.close()


async def test_what_a_viewer_joins_takes_the_place_that_is_left_to_viewers(monkeypatch: pytest.MonkeyPatch) -> None:
    """While nobody else comes or goes."""
    monkeypatch.setattr("proxy.akeneo.governor.PROMOTION_SECONDS", 0.001)
    hall = Hall(2)
    shared = SharedDeadline(Deadline.after(30, hall.clock, background=True))
    await hall.send("A")
    await hall.send("b", shared)
    assert hall.inside == ["A"]

    shared.extend(Deadline.after(30, hall.clock))
    async with asyncio.timeout(10):
        while "b" not in hall.inside:  # noqa: ASYNC110 (a condition of the governor's own clockwork)
            await asyncio.sleep(0)

    await hall.close()
