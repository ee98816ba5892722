"""Who waits for a worker, in which order they are let in, and how much memory those inside may hold together."""

import asyncio
import math
from bisect import insort
from typing import Generic, Protocol, TypeVar

FIRST = 0  # the lane of viewers
MOST_OVERTAKEN = 32  # jobs that may pass one that finds no memory; then all wait until there is enough for it
FAIRNESS = 16  # after so many viewers in a row, whoever has waited longest in the lanes behind gets a turn


class Waiting(Protocol):
    """`memory` in bytes; `dropped` when nobody waits for it any more; `overtaken`: by how many."""

    lane: int
    number: int
    memory: int
    overtaken: int

    @property
    def dropped(self) -> bool: ...


W = TypeVar("W", bound=Waiting)


class Line(Generic[W]):
    """By lane, the lowest first, and in each by number. Whoever has been let in has to be seen off by `leave`.

    A job that does not fit into the memory that is left waits, and smaller ones pass it. With nobody inside anyone is
    let in, be it above the budget: its worker has a limit of its own.
    """

    def __init__(self, budget: float = math.inf) -> None:
        self.waiting: list[W] = []
        self.budget = budget
        self.reserved = 0  # bytes, by those inside
        self.inside = 0
        self.in_a_row = 0  # viewers, while others waited
        self.news = asyncio.Event()

    def join(self, ticket: W) -> None:
        insort(self.waiting, ticket, key=lambda it: (it.lane, it.number))
        self.news.set()

    async def enter(self) -> W:
        """The next one that may; waits until there is any."""
        while (ticket := self.next()) is None:
            self.news.clear()
            await self.news.wait()
        return ticket

    def leave(self, ticket: W) -> None:
        self.reserved -= ticket.memory
        self.inside -= 1
        self.news.set()

    def next(self) -> W | None:
        self.waiting = [ticket for ticket in self.waiting if not ticket.dropped]
        if not self.waiting:
            return None
        first = self.first()
        if self.fits(first):
            return self.let_in(first)
        if first.overtaken >= MOST_OVERTAKEN:
            return None
        other = next(filter(self.fits, self.waiting), None)
        if other is None:
            return None
        first.overtaken += 1
        return self.let_in(other)

    def first(self) -> W:
        behind = [ticket for ticket in self.waiting if ticket.lane != FIRST]
        if behind and self.in_a_row >= FAIRNESS:
            return min(behind, key=lambda ticket: ticket.number)
        return self.waiting[0]

    def fits(self, ticket: W) -> bool:
        return not self.inside or self.reserved + ticket.memory <= self.budget

    def let_in(self, ticket: W) -> W:
        self.waiting.remove(ticket)
        is_passing = ticket.lane == FIRST and any(other.lane != FIRST for other in self.waiting[-1:])
        self.in_a_row = self.in_a_row + 1 if is_passing else 0
        self.reserved += ticket.memory
        self.inside += 1
        return ticket
