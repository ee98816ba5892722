"""Sizes of one original go to the worker that has decoded it, and nobody waits for that longer than it saves."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.pixels.desks import MOST_REMEMBERED, Desk, late_after, needs_help
from proxy.pixels.line import MOST_IN_A_ROW, Line
from tests.clock import Clock

VIEWERS, BEHIND = 0, 1


@dataclass(eq=False)
class Job:
    number: int
    original: str | None = "photo"
    pixels: float = 1.0
    memory: int = 0
    lane: int = VIEWERS
    decoding: float = 1.0
    drawing: float = 0.1
    overtaken: int = 0
    dropped: bool = False


def line_of(*jobs: Job, budget: int = 100, clock: Clock | None = None) -> Line[Job]:
    line: Line[Job] = Line(budget, clock or Clock(0.0))
    for job in jobs:
        line.join(job)
    return line


def numbers_for(line: Line[Job], desk: Desk) -> list[int]:
    """Whom this worker takes, one after the other."""
    numbers = []
    while (job := line.next(desk)) is not None:
        numbers.append(job.number)
        line.leave(job)
    return numbers


def test_the_size_that_needs_most_pixels_goes_first_and_the_others_follow_before_another_original() -> None:
    line = line_of(Job(0, pixels=1), Job(1, "other"), Job(2, pixels=16), Job(3, pixels=4))

    assert numbers_for(line, line.desk()) == [2, 0, 3, 1]


def test_a_worker_at_work_on_an_original_is_left_its_other_sizes() -> None:
    line = line_of(Job(0), Job(1), Job(2, "other"))
    one, two = line.desk(), line.desk()

    taken = [line.next(one), line.next(two), line.next(two)]

    assert [job.number if job else None for job in taken] == [0, 2, None]
    assert taken[0] is not None
    line.leave(taken[0])
    assert numbers_for(line, one) == [1]


def test_a_free_worker_that_has_decoded_an_original_is_preferred() -> None:
    line = line_of(Job(0))
    one, two = line.desk(), line.desk()
    assert numbers_for(line, one) == [0]
    one.idle = True

    line.join(Job(1))

    assert line.next(two) is None
    assert numbers_for(line, one) == [1]


def test_a_size_that_needs_more_pixels_than_are_decoded_is_nobodys() -> None:
    line = line_of(Job(0, pixels=1))
    one, two = line.desk(), line.desk()
    assert line.next(one) is not None

    line.join(Job(1, pixels=4))

    assert numbers_for(line, two) == [1]


def test_who_has_nothing_to_do_helps_where_drawing_takes_longer_than_decoding_again() -> None:
    jobs = [Job(number, drawing=0.5) for number in range(6)]
    line = line_of(*jobs)
    one, two = line.desk(), line.desk()

    assert line.next(one) is jobs[0]
    helped = numbers_for(line, two)

    assert helped == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("decoding", "busy", "drawing", "helps"),
    [
        (1.0, 0.0, (1.0,), False),  # who has decoded it is as good as free
        (1.0, 0.5, (1.0,), False),  # waiting takes 1.5, helping 2
        (1.0, 1.4, (1.0,), False),  # helping saves less than a fifth
        (1.0, 1.6, (1.0,), True),
        (1.0, 3.0, (0.1,), True),
        (0.1, 0.0, (1.0, 1.0), True),  # each takes one
        (1.0, 0.0, (1.0, 1.0), False),  # who helps is no sooner done than who does both
        (1.0, 0.0, (0.1,) * 15, False),  # all would be done in 1.5, by two in 1.25 at best
        (1.0, 0.0, (0.1,) * 18, True),
    ],
)
def test_who_helps_must_be_sooner_done_than_all_would_be(
    decoding: float, busy: float, drawing: tuple[float, ...], helps: bool
) -> None:
    ticket = Job(0, decoding=decoding, drawing=drawing[0])

    assert needs_help(ticket, busy, sum(drawing)) is helps


def test_who_helps_decodes_less_and_leaves_the_large_ones_to_who_has_decoded_them() -> None:
    jobs = [Job(number, pixels=pixels, drawing=0.5) for number, pixels in enumerate((16, 1, 16, 4, 4))]
    line = line_of(*jobs)
    one, two = line.desk(), line.desk()

    assert line.next(one) is jobs[0]
    helping = line.next(two)

    assert helping is jobs[3]
    assert one.pixels_at_work("photo") == 16
    line.leave(jobs[0])
    assert numbers_for(line, one) == [1, 2, 4]


def test_who_helps_where_all_take_as_much_takes_any() -> None:
    jobs = [Job(number, pixels=16, drawing=1.0) for number in range(3)]
    line = line_of(*jobs)

    assert [line.next(line.desk()), line.next(line.desk())] == jobs[:2]


def test_nobody_is_left_to_a_worker_that_will_take_long() -> None:
    """It has just begun to write an AVIF of the same original."""
    line = line_of(Job(0, drawing=10.0))
    one, two = line.desk(), line.desk()
    assert line.next(one) is not None

    line.join(Job(1, drawing=0.01))

    assert numbers_for(line, two) == [1]


def test_viewers_are_never_left_to_a_worker_that_works_behind_them() -> None:
    line = line_of(Job(0, lane=BEHIND))
    one, two = line.desk(), line.desk()
    assert line.next(one) is not None

    line.join(Job(1))

    assert numbers_for(line, two) == [1]


def test_who_has_other_work_does_not_help() -> None:
    line = line_of(*(Job(number, drawing=0.5) for number in range(6)), Job(6, "other"))
    one, two = line.desk(), line.desk()

    assert line.next(one) is not None
    assert (taken := line.next(two)) is not None

    assert taken.original == "other"


def test_the_sizes_of_an_original_whose_worker_is_late_are_drawn_by_others() -> None:
    clock = Clock(0.0)
    line = line_of(first := Job(0), Job(1), clock=clock)
    one, two = line.desk(), line.desk()
    assert line.next(one) is first
    waits = line.next(two)

    clock.now += late_after(first)

    assert waits is None
    assert numbers_for(line, two) == [1]


def test_the_sizes_of_an_original_whose_worker_was_replaced_are_anybodys() -> None:
    line = line_of(Job(0))
    one, two = line.desk(), line.desk()
    assert numbers_for(line, one) == [0]
    one.idle = True
    line.join(Job(1))

    one.forget()

    assert numbers_for(line, two) == [1]


def test_one_original_does_not_keep_the_others_waiting_for_ever() -> None:
    line = line_of(Job(0), Job(1, "other"), *(Job(number) for number in range(2, 100)))

    order = numbers_for(line, line.desk())

    assert order.index(1) == MOST_IN_A_ROW + 1


def test_other_sizes_pass_nobody_of_a_lane_before_theirs() -> None:
    line = line_of(Job(0), Job(1, lane=BEHIND), Job(2, "other"))

    assert numbers_for(line, line.desk()) == [0, 2, 1]


def test_other_sizes_keep_to_the_memory() -> None:
    line = line_of(Job(0, memory=60), Job(1, "other", memory=30), Job(2, memory=60), Job(3, memory=10))
    one, two = line.desk(), line.desk()

    first = line.next(one)
    taken = [line.next(two), line.next(two)]

    assert first is not None
    assert [job.number if job else None for job in taken] == [1, None]
    line.leave(first)
    assert numbers_for(line, one) == [2, 3]


def test_a_worker_is_believed_to_have_few_originals() -> None:
    line = line_of(*(Job(number, str(number)) for number in range(MOST_REMEMBERED + 3)))
    desk = line.desk()

    numbers_for(line, desk)

    assert len(desk.decoded) == MOST_REMEMBERED


jobs = st.tuples(st.integers(0, 2), st.integers(0, 150), st.sampled_from(["a", "b", "c", None]), st.integers(1, 3))


@given(st.lists(jobs, max_size=60), st.integers(1, 4), st.floats(0, 3))
def test_memory_is_kept_everybody_is_served_and_nobody_waits_for_an_idle_worker(
    facts: list[tuple[int, int, str | None, int]], workers: int, drawing: float
) -> None:
    line = line_of(
        *(
            Job(number, original, pixels, memory, lane, drawing=drawing)
            for number, (lane, memory, original, pixels) in enumerate(facts)
        )
    )
    idle, inside = [line.desk() for _ in range(workers)], list[tuple[Job, Desk]]()
    served = 0

    while line.waiting or inside:
        for desk in list(idle):
            desk.idle = True
            if (job := line.next(desk)) is not None:
                inside.append((job, desk))
                idle.remove(desk)
        assert inside
        assert len(inside) == 1 or sum(job.memory for job, _ in inside) <= line.budget
        job, desk = inside.pop(0)
        line.leave(job)
        idle.append(desk)
        served += 1

    assert served == len(facts)
    assert line.reserved == 0
