"""How fast an account of a DAM is called, and the silence that it asks for."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from aiolimiter import AsyncLimiter

from proxy.sync.outcomes import TransientError

FIRST_PAUSE_SECONDS = 1.0


class Pace:
    """`silence_seconds` is the pause after a 429 that names none; whoever would have to wait for longer than
    `longest_wait_seconds` is told at once instead. A pause is one for all callers.
    """

    def __init__(
        self,
        per_second: float | None = None,
        *,
        silence_seconds: float = FIRST_PAUSE_SECONDS,
        longest_wait_seconds: float = 60.0,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.per_second = per_second
        self.silence_seconds = silence_seconds
        self.longest_wait_seconds = longest_wait_seconds
        self.sleep = sleep
        self.clock = clock
        self.until = float("-inf")
        self.limiter: AsyncLimiter | None = None  # made in the loop that it is used in

    async def turn(self) -> None:
        """Raises TransientError if the pause is too long to be waited for."""
        await self.silence()
        while self.per_second is not None:
            self.limiter = self.limiter or AsyncLimiter(1, 1 / self.per_second)  # one after the other, never a burst
            await self.limiter.acquire()
            if self.until <= self.clock():
                return
            await self.silence()  # it has begun while we waited for our turn

    async def silence(self) -> None:
        while (seconds := self.until - self.clock()) > 0:
            if seconds > self.longest_wait_seconds:
                raise TransientError("the limit of requests", f"to be called again in {seconds:.0f} s")
            await self.sleep(seconds)

    def pause(self, seconds: float | None) -> None:
        self.until = max(self.until, self.clock() + (seconds or self.silence_seconds))
