"""An event loop whose time runs faster than ours, so that a pace of ten calls a second need not be waited for."""

import asyncio
import selectors


class Hurried(selectors.DefaultSelector):  # type: ignore[misc, valid-type]
    def __init__(self, speed: float) -> None:
        super().__init__()
        self.speed = speed

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        found: list[tuple[selectors.SelectorKey, int]] = super().select(timeout and timeout / self.speed)
        return found


class FastLoop(asyncio.SelectorEventLoop):
    def __init__(self, speed: float) -> None:
        super().__init__(Hurried(speed))
        self.speed = speed

    def time(self) -> float:
        return super().time() * self.speed
