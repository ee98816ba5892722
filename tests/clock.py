"""The one mock that tests may use: a clock that goes on when it is told to."""


class Clock:
    """To be given wherever a `clock` is wanted."""

    def __init__(self, now: float = 1000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now
