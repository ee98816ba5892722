"""Equal work is done once: whoever asks for what is already under way waits for the same flight."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from proxy.deadline import Deadline
from proxy.errors import DeadlineExceeded
from proxy.metrics import Metrics

log = logging.getLogger("proxy.cache")
T = TypeVar("T")


class Flight(Generic[T]):
    """One piece of work and those who wait for it. `deadline` is the latest of theirs."""

    def __init__(self, deadline: Deadline) -> None:
        self.deadline = deadline
        self.waiters = 0
        self.begun = False
        self.task: asyncio.Future[T]

    def begin(self) -> None:
        """From here on the work goes on to its end, even if everybody leaves: the next one will want it."""
        self.begun = True


class Flights(Generic[T]):
    """Work by key. Each waiter has its own deadline; work that nobody waits for is dropped if it has not begun."""

    def __init__(self, name: str, metrics: Metrics) -> None:
        self.name = name
        self.metrics = metrics
        self.under_way: dict[str, Flight[T]] = {}

    async def join(self, key: str, work: Callable[[Flight[T]], Awaitable[T]], deadline: Deadline) -> T:
        """What `work` gives, started by the first who asks; raises what it raises, or DeadlineExceeded."""
        flight = self.board(key, work, deadline)
        flight.waiters += 1
        try:
            return await self.wait(flight, deadline)
        finally:
            self.leave(flight)

    async def wait(self, flight: Flight[T], deadline: Deadline) -> T:
        """The deadline may move while we wait: it may itself be that of a flight which others join."""
        while deadline.remaining() > 0 or flight.task.done():
            done, _ = await asyncio.wait({flight.task}, timeout=deadline.remaining())
            if done:
                return flight.task.result()
        raise DeadlineExceeded("not ready in time; the work goes on", retry_after_seconds=2)

    def board(self, key: str, work: Callable[[Flight[T]], Awaitable[T]], deadline: Deadline) -> Flight[T]:
        flight = self.under_way.get(key)
        if flight is None:
            return self.start(key, work, deadline)
        self.metrics.flight_joined(self.name)
        flight.deadline.extend(deadline)
        return flight

    def start(self, key: str, work: Callable[[Flight[T]], Awaitable[T]], deadline: Deadline) -> Flight[T]:
        """Work that this object owns: joined by equals, ended by `close`."""
        flight: Flight[T] = Flight(Deadline(deadline.ends_at, deadline.clock))
        flight.task = asyncio.ensure_future(work(flight))
        self.under_way[key] = flight
        flight.task.add_done_callback(lambda task: self.land(key, task))
        return flight

    def leave(self, flight: Flight[T]) -> None:
        flight.waiters -= 1
        if flight.waiters == 0 and not flight.begun:
            flight.task.cancel()

    def land(self, key: str, task: asyncio.Future[T]) -> None:
        flight = self.under_way.get(key)
        if flight is not None and flight.task is task:
            del self.under_way[key]
        if not task.cancelled() and task.exception() is not None:
            log.debug("%s %s: %r", self.name, key, task.exception())

    async def settle(self) -> None:
        """Wait until all that is under way has ended, whatever the end."""
        while self.under_way:
            await asyncio.gather(*(flight.task for flight in self.under_way.values()), return_exceptions=True)

    async def close(self) -> None:
        for flight in self.under_way.values():
            flight.task.cancel()
        await self.settle()
