"""Changes that wait to be worked on: of one thing no more than one, the oldest first."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

from proxy.freshness.things import Change

MOST_WAITING = 10_000
GATHER_SECONDS = 1.0  # several events of the same thing come within a moment
Key = tuple[str, str, str]


@dataclass(slots=True)
class Waiting:
    change: Change
    since: float  # by the clock of the process


class Inbox:
    def __init__(
        self,
        most: int = MOST_WAITING,
        gather_seconds: float = GATHER_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.most = most
        self.gather_seconds = gather_seconds
        self.clock = clock
        self.waiting: dict[Key, Waiting] = {}
        self.came = asyncio.Event()

    def __len__(self) -> int:
        return len(self.waiting)

    def put(self, change: Change) -> bool:
        """False if it is full. What joins a change of the same thing always finds a place."""
        known = self.waiting.get(change.thing.key)
        if known is not None:
            known.change = known.change.joined(change)
            return True
        if len(self.waiting) >= self.most:
            return False
        self.waiting[change.thing.key] = Waiting(change, self.clock())
        self.came.set()
        return True

    async def take(self) -> Change:
        """The oldest, when it has waited for others to join it."""
        while True:
            while not self.waiting:
                self.came.clear()
                await self.came.wait()
            key, oldest = next(iter(self.waiting.items()))
            left = oldest.since + self.gather_seconds - self.clock()
            if left <= 0:
                del self.waiting[key]
                return oldest.change
            await asyncio.sleep(left)

    def changes(self) -> list[Change]:
        return [waiting.change for waiting in self.waiting.values()]
