"""A deadline that several share."""

import pytest

from proxy.deadline import Deadline, SharedDeadline


def test_what_remains_is_never_less_than_nothing() -> None:
    now = [100.0]
    deadline = Deadline.after(5, lambda: now[0])
    assert deadline.remaining() == 5

    now[0] = 200

    assert deadline.remaining() == 0


def test_who_joins_later_moves_the_end_back_and_never_forward() -> None:
    deadline, later, sooner = (Deadline(ends_at, lambda: 100) for ends_at in (105, 130, 101))

    deadline.extend(later)
    deadline.extend(sooner)

    assert deadline.remaining() == 30


@pytest.mark.parametrize("background", [True, False])
def test_what_is_cut_from_a_deadline_is_of_the_same_kind(background: bool) -> None:
    deadline = Deadline(130, lambda: 100, background=background)

    assert deadline.at_most(5).is_background() is background
    assert deadline.within(5).is_background() is background
    assert SharedDeadline(deadline).is_background() is background


def test_background_work_joined_by_the_background_stays_so() -> None:
    shared = SharedDeadline(Deadline(130, background=True))

    shared.extend(Deadline(140, background=True))
    assert shared.is_background()

    shared.extend(Deadline(110))
    assert not shared.is_background()
