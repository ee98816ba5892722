"""The line before the workers: its order, its memory, and nobody waits for ever."""

import asyncio
from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from proxy.pixels.desks import Desk
from proxy.pixels.line import FAIRNESS, MOST_OVERTAKEN, Line

VIEWERS, BEHIND = 0, 1


@dataclass(eq=False)
class Job:
    number: int
    memory: int = 0
    lane: int = VIEWERS
    overtaken: int = 0
    dropped: bool = False
    original: str | None = None
    pixels: float = 0.0
    decoding: float = 0.03
    drawing: float = 0.01


def line_of(*jobs: Job, budget: int = 100) -> Line[Job]:
    line: Line[Job] = Line(budget)
    for job in jobs:
        line.join(job)
    return line


def drain(line: Line[Job]) -> list[int]:
    """Who is let in, when each leaves before the next one comes."""
    numbers = []
    while (job := line.next(Desk())) is not None:
        numbers.append(job.number)
        line.leave(job)
    return numbers


def test_viewers_go_first_and_each_lane_in_its_order() -> None:
    assert drain(line_of(Job(1, lane=BEHIND), Job(2), Job(3, lane=BEHIND + 1), Job(4))) == [2, 4, 1, 3]


def test_whom_nobody_waits_for_is_passed_over_wherever_he_stands() -> None:
    jobs = [Job(number) for number in range(5)]
    line = line_of(*jobs)

    jobs[0].dropped = jobs[2].dropped = True

    assert drain(line) == [1, 3, 4]


def test_those_behind_the_viewers_get_a_turn_now_and_then() -> None:
    line = line_of(Job(0, lane=BEHIND), Job(1, lane=BEHIND + 1), *(Job(number) for number in range(2, 100)))

    order = drain(line)

    assert order.index(0) == FAIRNESS
    assert order.index(1) == 2 * FAIRNESS + 1


def test_small_ones_pass_a_large_one_that_finds_no_memory() -> None:
    line = line_of(Job(1, 60), Job(2, 60), Job(3, 30), Job(4, 30))

    first = line.next(Desk())
    others = [line.next(Desk()), line.next(Desk())]

    assert first is not None
    assert [other.number if other else None for other in others] == [3, None]
    line.leave(first)
    assert (after := line.next(Desk())) is not None
    assert after.number == 2


def test_a_large_one_is_not_passed_for_ever() -> None:
    large = Job(1, 100)
    line = line_of(Job(0, 10), large, *(Job(number, 10) for number in range(2, 200)))
    inside = [line.next(Desk())]

    passed = 0
    while (job := line.next(Desk())) is not large:
        if job is not None:
            passed += 1
            inside.append(job)
        gone = inside.pop(0)
        assert gone is not None
        line.leave(gone)

    assert passed == MOST_OVERTAKEN


def test_one_that_needs_more_than_there_is_is_tried_alone() -> None:
    line = line_of(Job(1, 10), Job(2, 1000))
    small = line.next(Desk())

    assert small is not None
    assert line.next(Desk()) is None
    line.leave(small)
    large = line.next(Desk())
    assert large is not None
    assert large.number == 2
    line.join(Job(3, 1))
    assert line.next(Desk()) is None


async def test_who_waits_is_woken_when_somebody_leaves() -> None:
    line = line_of(Job(1, 100), Job(2, 100))
    first = await line.enter(Desk())
    second = asyncio.ensure_future(line.enter(Desk()))
    await asyncio.sleep(0)
    waits = not second.done()

    line.leave(first)

    assert waits
    assert (await second).number == 2


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 150)), max_size=60), st.integers(1, 4))
def test_memory_is_kept_and_everybody_is_served(jobs: list[tuple[int, int]], workers: int) -> None:
    line = line_of(*(Job(number, memory, lane) for number, (lane, memory) in enumerate(jobs)))
    inside: list[Job] = []
    served = 0

    while line.waiting or inside:
        while len(inside) < workers and (job := line.next(Desk())) is not None:
            inside.append(job)
        assert len(inside) <= 1 or sum(job.memory for job in inside) <= line.budget
        line.leave(inside.pop(0))
        served += 1

    assert served == len(jobs)
    assert line.reserved == 0


def test_who_comes_back_takes_its_memory_again_and_gives_it_back_once() -> None:
    """As a job whose worker could not be replaced at once."""
    job = Job(0, memory=60)
    line = line_of(job)
    desk = Desk()
    assert line.next(desk) is job

    assert line.leave(job) is desk
    assert line.leave(job) is None
    assert (line.reserved, desk.current) == (0, None)

    line.take_in(job, desk)
    assert (line.reserved, desk.current) == (60, job)

    line.leave(job)
    assert line.reserved == 0
