"""Who may call Akeneo, and when: few calls at once, a bounded queue, and pauses that all callers share."""

import asyncio
import math
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Protocol

from proxy.akeneo.patience import Patience
from proxy.deadline import Deadline
from proxy.errors import OriginBusy, Overloaded
from proxy.metrics import ConnectionMetrics
from proxy.tracing.spans import span

FIRST_PAUSE_SECONDS = 1
LONGEST_PAUSE_SECONDS = 60
PROMOTION_SECONDS = 0.25  # until it is noticed that a viewer waits for what was background work


class SharedPlaces(Protocol):
    """The places over all replicas."""

    def place(self, deadline: Deadline) -> AbstractAsyncContextManager[None]:
        """Raises TimeoutError if there is none in time."""


class NoSharedPlaces:
    def place(self, deadline: Deadline) -> AbstractAsyncContextManager[None]:
        return nullcontext()


@dataclass(eq=False, slots=True)
class Waiter:
    deadline: Deadline
    turn: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Governor:
    """Places are given in order of arrival, to viewers' calls before those of the background, which leave one place
    free for viewers (where there are two or more). A token is asked for inside the place of the call that needs it.
    """

    def __init__(
        self,
        places: int,
        queue: int,
        metrics: ConnectionMetrics,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self.places = places
        self.queue_length = queue
        self.metrics = metrics
        self.sleep = sleep
        self.shared: SharedPlaces = NoSharedPlaces()
        self.running = 0
        self.queue: deque[Waiter] = deque()
        self.patience = Patience(FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS, clock)
        metrics.watch_queue(lambda: self.waiting, lambda: self.running)

    @property
    def waiting(self) -> int:
        return len(self.queue)

    @property
    def paused_seconds(self) -> float:
        return self.patience.remaining

    @asynccontextmanager
    async def place(self, deadline: Deadline) -> AsyncIterator[None]:
        """Raises Overloaded if even the queue is full, OriginBusy if waiting would be in vain."""
        self.refuse_in_vain(deadline)
        queue = {"media_proxy.queue": self.metrics.connection}
        with span("queue", queue):
            await self.enter(deadline)
        try:
            async with AsyncExitStack() as stack:
                with span("queue", queue | {"media_proxy.shared": True}):
                    await self.enter_shared(stack, deadline)
                    while self.paused_seconds:
                        self.refuse_in_vain(deadline)
                        await self.sleep(self.paused_seconds)
                deadline.taken_up()
                yield
        finally:
            self.running -= 1
            self.hand_on()

    async def enter_shared(self, stack: AsyncExitStack, deadline: Deadline) -> None:
        """Apart from the block itself, whose own TimeoutErrors mean something else."""
        try:
            await stack.enter_async_context(self.shared.place(deadline))
        except TimeoutError:
            raise self.busy() from None

    def pause(self, seconds: float | None, asked_at: float | None = None) -> None:
        """After a 429 to a call sent at that time. Who could only wait in vain is told at once."""
        self.metrics.paused()
        self.patience.begin(seconds or None, asked_at)  # `Retry-After: 0` would be an invitation to hammer
        for waiter in [one for one in self.queue if self.is_in_vain(one.deadline)]:
            self.queue.remove(waiter)
            waiter.turn.set_exception(self.busy())

    def succeeded(self) -> None:
        self.patience.reset()

    async def enter(self, deadline: Deadline) -> None:
        waiter = Waiter(deadline)
        self.queue.append(waiter)
        self.hand_on()
        if self.waiting > self.queue_length:
            self.turn_one_away()
        try:
            await self.turn_of(waiter)
        except BaseException:
            self.leave(waiter)
            raise

    def turn_one_away(self) -> None:
        """Of the background if there is one, else the newcomer."""
        last = next((waiter for waiter in reversed(self.queue) if waiter.deadline.is_background()), self.queue[-1])
        self.queue.remove(last)
        self.metrics.overloaded()
        seconds = self.retry_after_seconds
        last.turn.set_exception(Overloaded("too many originals are waited for", retry_after_seconds=seconds))

    async def turn_of(self, waiter: Waiter) -> None:
        """A deadline may be moved back while one waits for it."""
        while not waiter.turn.done():
            seconds = waiter.deadline.remaining()
            if not seconds:
                raise self.busy()
            background = waiter.deadline.is_background()
            await asyncio.wait([waiter.turn], timeout=min(seconds, PROMOTION_SECONDS) if background else seconds)
            if background and not waiter.deadline.is_background():
                self.hand_on()  # the place that is left to viewers is free, perhaps
        waiter.turn.result()

    def leave(self, waiter: Waiter) -> None:
        """A place that was handed over a moment before its taker gave up goes on to the next."""
        if waiter in self.queue:
            self.queue.remove(waiter)
        elif waiter.turn.done() and waiter.turn.exception() is None:
            self.running -= 1
            self.hand_on()

    def hand_on(self) -> None:
        while (waiter := self.next_in_turn()) is not None:
            self.queue.remove(waiter)
            self.running += 1
            waiter.turn.set_result(None)

    def next_in_turn(self) -> Waiter | None:
        if not self.queue or self.running >= self.places:
            return None
        viewer = next((waiter for waiter in self.queue if not waiter.deadline.is_background()), None)
        if viewer is not None:
            return viewer
        return self.queue[0] if self.running < max(1, self.places - 1) else None

    def refuse_in_vain(self, deadline: Deadline) -> None:
        if self.is_in_vain(deadline):
            raise self.busy()

    def is_in_vain(self, deadline: Deadline) -> bool:
        return deadline.remaining() <= self.paused_seconds

    def busy(self) -> OriginBusy:
        return OriginBusy("Akeneo is busy", retry_after_seconds=self.retry_after_seconds)

    @property
    def retry_after_seconds(self) -> int:
        return max(1, math.ceil(self.paused_seconds))
