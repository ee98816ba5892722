"""A pause that grows while pausing does not help: for 429 without `Retry-After`, and for refused credentials."""

from collections.abc import Callable


class Patience:
    """`begin` a pause, see what is `remaining` of it; `reset` once things are well again."""

    def __init__(self, first_seconds: float, longest_seconds: float, clock: Callable[[], float]) -> None:
        self.first_seconds = first_seconds
        self.longest_seconds = longest_seconds
        self.clock = clock
        self.next_seconds = first_seconds
        self.until = float("-inf")

    @property
    def remaining(self) -> float:
        return max(0.0, self.until - self.clock())

    def begin(self, wished_seconds: float | None = None, asked_at: float | None = None) -> None:
        """For what was asked at that time, or now. If that was before the end of the last pause, no lesson of that
        pause could be learnt yet: then it may be prolonged by a wish, but does not grow.
        """
        asked_at = self.clock() if asked_at is None else asked_at
        if wished_seconds is None and asked_at < self.until:
            return
        seconds = self.grow() if wished_seconds is None else min(wished_seconds, self.longest_seconds)
        self.until = max(self.until, self.clock() + seconds)

    def grow(self) -> float:
        seconds = self.next_seconds
        self.next_seconds = min(seconds * 2, self.longest_seconds)
        return seconds

    def reset(self) -> None:
        """A success of a call from before the pause proves nothing, so a running pause runs on."""
        if not self.remaining:
            self.next_seconds = self.first_seconds
