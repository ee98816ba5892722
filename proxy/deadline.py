"""How long work may still wait for something; whoever joins the work may move its end back."""

import time
from collections.abc import Callable
from typing import Self


class Deadline:
    """A point on a monotonic clock. Shared with a flight, so ask `remaining` afresh before every wait.

    `background` work has no viewer who waits for it: at Akeneo it stands behind all who have one.
    """

    __slots__ = ("background", "clock", "ends_at")

    def __init__(
        self, ends_at: float, clock: Callable[[], float] = time.monotonic, *, background: bool = False
    ) -> None:
        self.ends_at = ends_at
        self.clock = clock
        self.background = background

    @classmethod
    def after(cls, seconds: float, clock: Callable[[], float] = time.monotonic, *, background: bool = False) -> Self:
        return cls(clock() + seconds, clock, background=background)

    def is_background(self) -> bool:
        """Like `remaining` to be asked afresh: a viewer who joins the work makes it a viewer's."""
        return self.background

    def remaining(self) -> float:
        """Seconds, never less than none."""
        return max(0.0, self.ends_at - self.clock())

    def taken_up(self) -> None:
        """It is our turn at Akeneo: whoever dropped the work from here on would have called in vain."""

    def at_most(self, seconds: float) -> "Deadline":
        """An earlier end, for a try that must leave time for another."""
        return Deadline.after(min(self.remaining() / 2, seconds), self.clock, background=self.is_background())

    def within(self, seconds: float) -> "Deadline":
        """This end, or an earlier one."""
        return Deadline.after(min(self.remaining(), seconds), self.clock, background=self.is_background())

    def extend(self, to: "Deadline") -> None:
        """Never forward: who came first keeps what was promised."""
        self.ends_at = max(self.ends_at, to.ends_at)
        self.background = self.background and to.background


class SharedDeadline(Deadline):
    """The latest of those who wait for one piece of work; it moves when a newcomer has more time.

    Work may wait for other work that is shared as well: such a deadline is followed, since it may still move.
    """

    __slots__ = ("followed",)

    def __init__(self, first: Deadline) -> None:
        super().__init__(first.ends_at, first.clock, background=first.background)
        self.followed: list[SharedDeadline] = []
        self.extend(first)

    def remaining(self) -> float:
        return max(super().remaining(), *(other.remaining() for other in self.followed), 0.0)

    def is_background(self) -> bool:
        return self.background and all(other.is_background() for other in self.followed)

    def extend(self, to: Deadline) -> None:
        if isinstance(to, SharedDeadline):
            self.followed.append(to)
        super().extend(to)
