"""Which failed tries are worth another one, and after what pause."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import TypeVar

from proxy.akeneo.answers import Throttled
from proxy.deadline import Deadline
from proxy.errors import OriginBroken, OriginError, OriginTimeout, OriginUnreachable

T = TypeVar("T")
FURTHER_TRIES = 3
FIRST_PAUSE_SECONDS = 0.5
# A plain OriginBusy is the governor's own word: there is no time left to wait for a place.
WORTH_ANOTHER_TRY = (OriginBroken, OriginTimeout, OriginUnreachable, Throttled)
NOT_CARRIED_OUT = (OriginUnreachable, Throttled)  # for certain


class Retries:
    """A first try and up to three more, within the deadline."""

    def __init__(
        self,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self.sleep = sleep
        self.chance = chance

    async def run(
        self,
        attempt: Callable[[], Awaitable[T]],
        deadline: Deadline,
        on_retry: Callable[[], None],
        worth: tuple[type[OriginError], ...] = WORTH_ANOTHER_TRY,
    ) -> T:
        """Raises the last try's error."""
        failures = 0
        while True:
            try:
                return await attempt()
            except worth as error:
                pause_seconds = self.pause_after(failures, error)
                if failures == FURTHER_TRIES or pause_seconds >= deadline.remaining():
                    raise
            failures += 1
            if pause_seconds:
                await self.sleep(pause_seconds)
            on_retry()

    def pause_after(self, failures: int, error: OriginError) -> float:
        """The pause after a 429 is not ours alone: the governor lets nobody through before its end."""
        if isinstance(error, Throttled):
            return 0.0
        jitter = 0.5 + self.chance() / 2  # many that failed together do not come back together
        return max(FIRST_PAUSE_SECONDS * 2.0**failures * jitter, error.retry_after_seconds or 0)
