"""A deadline that several share."""

from proxy.deadline import Deadline


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
