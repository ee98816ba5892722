"""What is true for a while only: served from memory while it is fresh, and beyond that as RFC 5861 has it."""

import asyncio
import math
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from proxy.cache.flights import Flight, Flights
from proxy.deadline import Deadline
from proxy.errors import DeadlineExceeded, OriginError, OriginTimeout, Overloaded
from proxy.metrics import Metrics

T = TypeVar("T")
TROUBLE = (OriginError, Overloaded)  # of the origin, which says nothing about the value


@dataclass(frozen=True, slots=True)
class Windows:
    """Seconds. For `lifetime` a value is fresh; for `while_revalidate` after that it is served stale while one asks
    anew behind it; with the origin in trouble, for `if_error` after its lifetime. Between two tries of an origin in
    trouble there are `pause`. Who could have something stale waits no longer than `grace`.
    """

    lifetime: float
    while_revalidate: float
    if_error: float
    pause: float = 5.0
    patience: float = 30.0  # for one try
    grace: float = math.inf


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """`age` in seconds, since the origin said so."""

    value: T
    stale: bool = False
    age: float = 0.0


@dataclass(slots=True)
class Entry(Generic[T]):
    value: T
    said_at: float
    tried_at: float | None = None  # when the origin was asked anew, and was in trouble
    recalled: bool = False  # it may have changed: not to be served before the origin was asked


class Turn(Deadline):
    """For the try of a flight, in a queue: behind those with viewers if the flight has none; from its turn on, the
    flight goes on to its end whoever leaves.
    """

    __slots__ = ("flight",)

    def __init__(self, flight: Flight[T], seconds: float) -> None:
        super().__init__(time.monotonic() + seconds)
        self.flight = flight

    def is_background(self) -> bool:
        return self.flight.deadline.is_background()

    def taken_up(self) -> None:
        self.flight.begin()


Ask = Callable[[Deadline], Awaitable[T]]


class Fresh(Generic[T]):
    """The most recently used values by key. Whatever error is no `TROUBLE` ends what was known of the key.

    `limit` is on the sum of what the values weigh, each one by itself. `queued`: its questions wait for a turn, with
    the deadline that they are given; until then, one about what is not known is dropped when nobody waits for it.
    """

    def __init__(
        self,
        name: str,
        windows: Windows,
        metrics: Metrics,
        *,
        limit: int = 10_000,
        weigh: Callable[[T], int] = lambda _: 1,
        clock: Callable[[], float] = time.monotonic,
        queued: bool = False,
    ) -> None:
        self.queued = queued
        self.windows = windows
        self.limit = limit
        self.weigh = weigh
        self.weight = 0
        self.clock = clock
        self.entries: OrderedDict[str, Entry[T]] = OrderedDict()
        self.flights: Flights[T] = Flights(name, metrics)

    async def get(self, key: str, ask: Ask[T], deadline: Deadline) -> Answer[T]:
        """Raises what `ask` raises, unless there is something stale to be served; DeadlineExceeded."""
        entry = self.entries.get(key)
        if entry is not None:
            self.entries.move_to_end(key)
            if self.overdue(entry) < 0 and not entry.recalled:
                return Answer(entry.value, age=self.age(entry))
            if self.may_be_served_at_once(entry):
                self.ask_behind(key, entry, ask)
                return self.stale(entry)
        until = deadline if entry is None else deadline.within(self.windows.grace)
        try:
            return Answer(await self.flights.join(key, self.work(key, ask), until))
        except (*TROUBLE, DeadlineExceeded) as error:
            entry = self.entries.get(key)
            if isinstance(error, DeadlineExceeded):
                self.note_trouble(key)
            if entry is None or self.overdue(entry) > self.windows.if_error:
                raise
            return self.stale(entry)

    def may_be_served_at_once(self, entry: Entry[T]) -> bool:
        """Past its lifetime, but before the origin has been asked."""
        if entry.tried_at is None:
            return not entry.recalled and self.overdue(entry) < self.windows.while_revalidate
        return self.overdue(entry) <= self.windows.if_error and (self.rests(entry) or self.windows.while_revalidate > 0)

    def ask_behind(self, key: str, entry: Entry[T], ask: Ask[T]) -> None:
        """One at a time, and an origin in trouble only now and then."""
        if not self.rests(entry) and self.flights.current(key) is None:
            self.flights.start(key, self.work(key, ask), Deadline.after(self.windows.patience))

    def rests(self, entry: Entry[T]) -> bool:
        return entry.tried_at is not None and self.clock() - entry.tried_at < self.windows.pause

    def stale(self, entry: Entry[T]) -> Answer[T]:
        return Answer(entry.value, True, self.age(entry))

    def work(self, key: str, ask: Ask[T]) -> Callable[[Flight[T]], Awaitable[T]]:
        async def work(flight: Flight[T]) -> T:
            if not self.queued or key in self.entries:
                flight.begin()
            try:
                value = await self.asked(ask, Turn(flight, self.windows.patience))
            except TROUBLE:
                self.note_trouble(key)
                raise
            except Exception:
                self.drop(key)
                raise
            if not self.is_outdated(value, flight):
                self.keep(key, value)
            return value

        return work

    def is_outdated(self, value: T, flight: Flight[T]) -> bool:
        """Whether what the flight has brought may be older than a recall."""
        return flight.purged

    async def asked(self, ask: Ask[T], turn: Deadline) -> T:
        try:
            async with asyncio.timeout(self.windows.patience):
                return await ask(turn)
        except TimeoutError:
            raise OriginTimeout("no answer in time", retry_after_seconds=5) from None

    def keep(self, key: str, value: T) -> None:
        self.drop(key)
        self.entries[key] = Entry(value, self.clock())
        self.weight += self.weigh(value)
        while self.weight > self.limit and len(self.entries) > 1:
            self.drop(next(iter(self.entries)))

    def drop(self, key: str) -> None:
        entry = self.entries.pop(key, None)
        if entry is not None:
            self.weight -= self.weigh(entry.value)

    def peek(self, key: str) -> T | None:
        """What is known of it, be it old; nobody is asked."""
        entry = self.entries.get(key)
        return entry.value if entry else None

    def note_trouble(self, key: str) -> None:
        entry = self.entries.get(key)
        if entry is not None:
            entry.tried_at = self.clock()
            if self.overdue(entry) > self.windows.if_error:
                self.drop(key)

    def is_stale(self, key: str) -> bool:
        """Whether what is known of it is past its lifetime, and the origin did not say it anew when asked last."""
        entry = self.entries.get(key)
        return entry is not None and entry.tried_at is not None and (entry.recalled or self.overdue(entry) >= 0)

    def forget(self, chosen: Callable[[str], bool]) -> None:
        """Whatever has such a key; what is being asked goes to those who wait for it, and nowhere else."""
        self.flights.purge(chosen)
        for key in [key for key in self.entries if chosen(key)]:
            self.drop(key)

    def recall(self, key: str) -> None:
        """The origin is asked before this is served again; only while it is in trouble, what is known counts on."""
        flight = self.flights.under_way.pop(key, None)
        if flight is not None:
            flight.purged = True
        entry = self.entries.get(key)
        if entry is not None:
            entry.recalled, entry.tried_at = True, None

    def age(self, entry: Entry[T]) -> float:
        return self.clock() - entry.said_at

    def overdue(self, entry: Entry[T]) -> float:
        """Seconds since its lifetime ended; negative while it is fresh."""
        return self.age(entry) - self.windows.lifetime

    async def close(self) -> None:
        await self.flights.close()
