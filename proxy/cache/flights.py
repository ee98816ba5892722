"""Equal work is done once: whoever asks for what is already under way waits for the same flight."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any, Generic, TypeVar

from proxy.deadline import Deadline, SharedDeadline
from proxy.errors import DeadlineExceeded
from proxy.metrics import Metrics
from proxy.tracing.spans import event

log = logging.getLogger("proxy.cache")
T = TypeVar("T")


class Flight(Generic[T]):
    """One piece of work and those who wait for it. `deadline` is the latest of theirs.

    `purged`: something that it may have begun with was purged since, so that its outcome is not to be kept.
    `recalls` is how many there had been when it began, where that is counted.
    """

    def __init__(self, deadline: Deadline) -> None:
        self.deadline = SharedDeadline(deadline)
        self.waiters = 0
        self.begun = False
        self.purged = False
        self.recalls = 0
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
        self.tasks: set[asyncio.Future[T]] = set()  # with those that were cancelled and are tidying up

    async def join(self, key: str, work: Callable[[Flight[T]], Awaitable[T]], deadline: Deadline) -> T:
        """What `work` gives, started by the first who asks; raises what it raises, or DeadlineExceeded."""
        return await self.ride(key, self.board(key, work, deadline), deadline)

    async def ride(self, key: str, flight: Flight[T], deadline: Deadline) -> T:
        """Wait for a flight to its end."""
        with self.aboard(key, flight):
            while not flight.task.done():
                await self.until(deadline, flight.task)
            return flight.task.result()

    @contextmanager
    def aboard(self, key: str, flight: Flight[T]) -> Iterator[None]:
        """Inside the block somebody waits for the flight."""
        flight.waiters += 1
        try:
            yield
        finally:
            self.leave(key, flight)

    async def until(self, deadline: Deadline, *awaited: asyncio.Future[Any]) -> None:
        """Some time, or until the first is done; raises DeadlineExceeded.

        The deadline may move while we wait: it may itself be that of a flight which others join.
        """
        if deadline.remaining() <= 0:
            raise DeadlineExceeded("not ready in time; the work goes on", retry_after_seconds=2)
        await asyncio.wait(awaited, timeout=deadline.remaining(), return_when=asyncio.FIRST_COMPLETED)

    def board(self, key: str, work: Callable[[Flight[T]], Awaitable[T]], deadline: Deadline) -> Flight[T]:
        flight = self.current(key)
        if flight is None:
            return self.start(key, work, deadline)
        self.metrics.flight_joined(self.name)
        event("joined", {"media_proxy.flight": self.name})
        flight.deadline.extend(deadline)
        return flight

    def current(self, key: str) -> Flight[T] | None:
        """The one that is in the air: a task that is done is put away a turn of the loop later."""
        flight = self.under_way.get(key)
        return None if flight is None or flight.task.done() else flight

    def start(self, key: str, work: Callable[[Flight[T]], Awaitable[T]], deadline: Deadline) -> Flight[T]:
        """Work that this object owns: joined by equals, ended by `close`."""
        flight: Flight[T] = Flight(deadline)
        flight.task = asyncio.ensure_future(work(flight))
        self.under_way[key] = flight
        self.tasks.add(flight.task)
        flight.task.add_done_callback(lambda task: self.land(key, task))
        return flight

    def leave(self, key: str, flight: Flight[T]) -> None:
        flight.waiters -= 1
        if flight.waiters == 0 and not flight.begun:
            self.forget(key, flight.task)  # first of all: who comes while it ends needs a flight of his own
            flight.task.cancel()

    def forget(self, key: str, task: asyncio.Future[T]) -> None:
        flight = self.under_way.get(key)
        if flight is not None and flight.task is task:
            del self.under_way[key]

    def purge(self, chosen: Callable[[str], bool]) -> None:
        """Nobody boards the chosen flights from here on; who is aboard gets what they give."""
        for key in [key for key in self.under_way if chosen(key)]:
            self.under_way.pop(key).purged = True

    def land(self, key: str, task: asyncio.Future[T]) -> None:
        self.tasks.discard(task)
        self.forget(key, task)
        if not task.cancelled() and task.exception() is not None:
            log.debug("%s %s: %r", self.name, key, task.exception())

    async def settle(self) -> None:
        """Wait until all that is under way has ended, whatever the end."""
        while self.tasks:
            await asyncio.gather(*self.tasks, return_exceptions=True)

    async def close(self) -> None:
        for task in self.tasks:
            task.cancel()
        await self.settle()
