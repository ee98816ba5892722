"""Who waits for a worker, in which order they are let in, and how much memory those inside may hold together."""

import asyncio
import math
import time
from bisect import insort
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import Generic, Protocol, TypeVar

from proxy.pixels.desks import Desk, Shareable, needs_help

FIRST = 0  # the lane of viewers
MOST_OVERTAKEN = 32  # jobs that may pass one that finds no memory; then all wait until there is enough for it
FAIRNESS = 16  # after so many viewers in a row, whoever has waited longest in the lanes behind gets a turn
MOST_IN_A_ROW = 16  # jobs for one original that may pass those before them


class Waiting(Shareable, Protocol):
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
    let in, be it above the budget: its worker has a limit of its own. Jobs for an original that a worker has decoded
    are left to that worker, and pass others of their lane.
    """

    def __init__(self, budget: float = math.inf, clock: Callable[[], float] = time.monotonic) -> None:
        self.waiting: list[W] = []
        self.budget = budget
        self.clock = clock
        self.desks: set[Desk] = set()
        self.reserved = 0  # bytes, by those inside
        self.inside: dict[int, Desk] = {}  # by the identity of who sits there
        self.in_a_row = 0  # viewers, while others waited
        self.news = asyncio.Event()

    def desk(self) -> Desk:
        desk = Desk()
        self.desks.add(desk)
        return desk

    def join(self, ticket: W) -> None:
        insort(self.waiting, ticket, key=lambda it: (it.lane, it.number))
        self.news.set()

    async def enter(self, desk: Desk) -> W:
        """The next one that may; waits until there is any."""
        desk.idle = True
        while (ticket := self.next(desk)) is None:
            self.news.clear()
            await self.news.wait()
        return ticket

    def leave(self, ticket: W) -> Desk | None:
        """The desk where it sat; None if it has left already, with nothing to give back."""
        desk = self.inside.pop(id(ticket), None)
        if desk is not None:
            self.reserved -= ticket.memory
            desk.end()
            self.news.set()
        return desk

    def take_in(self, ticket: W, desk: Desk, in_order: bool = True) -> None:
        """Whoever comes back after `leave` has had its turn, and does not wait again."""
        self.reserved += ticket.memory
        self.inside[id(ticket)] = desk
        desk.begin(ticket, self.clock(), in_order)

    def draws(self, original: Hashable) -> bool:
        """Whether it is being decoded, or will be for one who waits."""
        drawn = any(desk.current and desk.current.original == original for desk in self.desks)
        return drawn or any(ticket.original == original for ticket in self.waiting)

    def next(self, desk: Desk) -> W | None:
        self.waiting = [ticket for ticket in self.waiting if not ticket.dropped]
        waiting = self.open_to(desk)
        if not waiting:
            return None
        first = self.first(waiting)
        if first.overtaken >= MOST_OVERTAKEN and not self.fits(first):
            return None
        ticket = self.pick(desk, first, waiting)
        if ticket is None:
            return None
        if not self.fits(first):
            first.overtaken += 1
        return self.let_in(ticket, desk, in_order=ticket is first)

    def open_to(self, desk: Desk) -> list[W]:
        """All but those that are left to another, unless there is nothing else to do and that one could do with help.

        Whoever finds no memory is everybody's concern.
        """
        others, now = [other for other in self.desks if other is not desk and other.decoded], self.clock()
        decoded = {original for other in others for original in other.decoded}
        free: list[W] = []
        soon: list[W] = []  # to be served by one that is at work
        for ticket in self.waiting:
            if ticket.original not in decoded or desk.serves(ticket) or not self.fits(ticket):
                free.append(ticket)
            elif not any(other.serves_now(ticket) for other in others):
                (soon if any(other.serves_next(ticket, now) for other in others) else free).append(ticket)
        return free or self.in_need(soon, others, now)

    def in_need(self, soon: list[W], others: Iterable[Desk], now: float) -> list[W]:
        """Those that are better decoded once more than left to whoever will serve them."""
        drawing: defaultdict[Hashable, float] = defaultdict(float)
        for ticket in self.waiting:
            drawing[ticket.original] += ticket.drawing
        busy = {it.current.original: it.busy(now) for it in others if it.current is not None}
        return [it for it in soon if needs_help(it, busy.get(it.original, 0.0), drawing[it.original])]

    def first(self, waiting: list[W]) -> W:
        behind = [ticket for ticket in waiting if ticket.lane != FIRST]
        if behind and self.in_a_row >= FAIRNESS:
            return min(behind, key=lambda ticket: ticket.number)
        return waiting[0]

    def pick(self, desk: Desk, first: W, waiting: list[W]) -> W | None:
        """Who draws from what this worker has decoded last, for a while; else the first one that finds memory."""
        near = desk.last if desk.in_a_row < MOST_IN_A_ROW else None
        ticket = next(self.companions(near, first.lane, waiting), None)
        if ticket is None:
            ticket = next(filter(self.fits, (first, *waiting)), None)
        if ticket is None or ticket.original is None or desk.serves(ticket):
            return ticket
        return self.to_decode(ticket.original, ticket.lane, waiting)

    def to_decode(self, original: Hashable, lane: int, waiting: list[W]) -> W:
        """The one that is decoded at the size that serves all the others; beside a worker that is at the same original,
        all those others that take less decoding than it has done.
        """
        companions = list(self.companions(original, lane, waiting))
        done = max((desk.pixels_at_work(original) for desk in self.desks), default=0.0)
        return max([it for it in companions if it.pixels < done] or companions, key=lambda it: it.pixels)

    def companions(self, original: Hashable | None, lane: int, waiting: list[W]) -> Iterator[W]:
        return (
            ticket
            for ticket in waiting
            if original is not None and ticket.original == original and ticket.lane == lane and self.fits(ticket)
        )

    def fits(self, ticket: W) -> bool:
        return not self.inside or self.reserved + ticket.memory <= self.budget

    def let_in(self, ticket: W, desk: Desk, in_order: bool) -> W:
        self.waiting.remove(ticket)
        is_passing = ticket.lane == FIRST and any(other.lane != FIRST for other in self.waiting[-1:])
        self.in_a_row = self.in_a_row + 1 if is_passing else 0
        self.take_in(ticket, desk, in_order)
        if self.waiting:
            self.news.set()  # what was left to this one may be left to nobody now
        return ticket
