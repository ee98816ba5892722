"""How long work may still wait for something; whoever joins the work may move its end back."""

import time
from collections.abc import Callable
from typing import Self


class Deadline:
    """A point on a monotonic clock. Shared with a flight, so ask `remaining` afresh before every wait."""

    __slots__ = ("clock", "ends_at")

    def __init__(self, ends_at: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.ends_at = ends_at
        self.clock = clock

    @classmethod
    def after(cls, seconds: float, clock: Callable[[], float] = time.monotonic) -> Self:
        return cls(clock() + seconds, clock)

    def remaining(self) -> float:
        """Seconds, never less than none."""
        return max(0.0, self.ends_at - self.clock())

    def at_most(self, seconds: float) -> "Deadline":
        """An earlier end, for a try that must leave time for another."""
        return Deadline.after(min(self.remaining() / 2, seconds), self.clock)

    def within(self, seconds: float) -> "Deadline":
        """This end, or an earlier one."""
        return Deadline.after(min(self.remaining(), seconds), self.clock)

    def extend(self, to: "Deadline") -> None:
        """Never forward: who came first keeps what was promised."""
        self.ends_at = max(self.ends_at, to.ends_at)


class SharedDeadline(Deadline):
    """The latest of those who wait for one piece of work; it moves when a newcomer has more time.

    Work may wait for other work that is shared as well: such a deadline is followed, since it may still move.
    """

    __slots__ = ("followed",)

    def __init__(self, first: Deadline) -> None:
        super().__init__(first.ends_at, first.clock)
        self.followed: list[SharedDeadline] = []
        self.extend(first)

    def remaining(self) -> float:
        return max(super().remaining(), *(other.remaining() for other in self.followed), 0.0)

    def extend(self, to: Deadline) -> None:
        if isinstance(to, SharedDeadline):
            self.followed.append(to)
        super().extend(to)
