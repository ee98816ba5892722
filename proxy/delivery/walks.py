"""Purges in the background: one after another, and again and again while a tier fails, since what it still has is
hidden meanwhile.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from proxy.cache.purges.clearing import Clearing
from proxy.cache.purges.journal import Journal
from proxy.cache.purges.ledger import Ledger, Purge
from proxy.metrics import Metrics

log = logging.getLogger("proxy.delivery")

AGAIN_SECONDS = 60.0  # after a tier has failed


@dataclass(slots=True)
class Report:
    """How far a purge is, and how many entries it has deleted by tier."""

    about: str
    done: bool = False
    purged: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        counts = ", ".join(f"{tier} {count}" for tier, count in self.purged.items() if count)
        return f"{self.about}: {counts or 'nothing was there'}"

    def finish(self, metrics: Metrics) -> None:
        self.done = True
        for tier, count in self.purged.items():
            metrics.purged(tier, count)
        log.info("%s", self)


@dataclass(slots=True, eq=False)
class Walk:
    """A purge to be done, and whom it is done for, by the ids of their notes. It is `owed` when it has failed."""

    purge: Purge
    reports: dict[str, Report]
    running: bool = False
    owed: bool = False

    @property
    def purged(self) -> Counter[str]:
        return next(iter(self.reports.values())).purged

    def does(self, other: "Walk") -> bool:
        """Whether the other need not be done for itself."""
        older = other.purge.number < self.purge.number
        return older and not other.running and self.purge.scope.covers(other.purge.scope)


class Walks:
    """The `waiting` ones have not been done. The lock is free between two tries of one that fails."""

    def __init__(
        self,
        clearing: Clearing,
        ledger: Ledger,
        journal: Journal | None,
        metrics: Metrics,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self.clearing = clearing
        self.ledger = ledger
        self.journal = journal
        self.metrics = metrics
        self.sleep = sleep
        self.walking = asyncio.Lock()
        self.waiting: dict[Walk, None] = {}
        self.tasks: set[asyncio.Task[None]] = set()
        self.collector: asyncio.Task[None] | None = None

    def start(self, purge_id: str, purge: Purge, report: Report) -> Walk:
        walk = Walk(purge, {purge_id: report})
        self.waiting[walk] = None
        self.add(self.go(walk))
        return walk

    def have(self, purge: Purge) -> bool:
        return any(walk.purge is purge for walk in self.waiting)

    def has_note(self, purge_id: str) -> bool:
        """Whether it is being done already, by itself or together with others."""
        return any(purge_id in walk.reports for walk in self.waiting)

    def add(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        return task

    async def go(self, walk: Walk) -> None:
        if not await self.has_ended(walk):
            self.owe(walk)

    def owe(self, walk: Walk) -> None:
        """To be tried again, until it succeeds."""
        walk.owed = True
        self.waiting[walk] = None
        self.take_over(walk)
        newer = next((it for it in self.waiting if it.does(walk)), None)
        if newer is not None:
            self.take_over(newer)
        if self.collector is None or self.collector.done():
            self.collector = self.add(self.collect())

    def take_over(self, walk: Walk) -> None:
        """Those that this one does, too."""
        for other in [it for it in self.waiting if walk.does(it)]:
            del self.waiting[other]
            walk.reports |= other.reports
            self.ledger.end(other.purge)

    async def collect(self) -> None:
        while owed := [walk for walk in self.waiting if walk.owed]:
            log.error(
                "purges that wait for a tier that fails: %d; trying again in %g seconds", len(owed), AGAIN_SECONDS
            )
            await self.sleep(AGAIN_SECONDS)
            for walk in owed:
                await self.has_ended(walk)

    async def has_ended(self, walk: Walk) -> bool:
        async with self.walking:
            if walk not in self.waiting:  # another does it
                return True
            walk.running = True
            try:
                await self.clearing.clear(walk.purge, walk.purged)
                await self.strike_out(walk)
            except OSError as error:
                log.debug("a purge is not done yet: %s", error)
                return False
            finally:
                walk.running = False
            self.finish(walk)
            return True

    async def strike_out(self, walk: Walk) -> None:
        """Its notes, those of purges that it takes over meanwhile as well. Raises OSError."""
        struck: set[str] = set()
        while self.journal is not None and (left := walk.reports.keys() - struck):
            for purge_id in left:
                await asyncio.to_thread(self.journal.remove, purge_id)
            struck |= left

    def finish(self, walk: Walk) -> None:
        del self.waiting[walk]
        self.ledger.end(walk.purge)
        for report in walk.reports.values():
            report.finish(self.metrics)

    async def ended(self) -> None:
        while self.tasks:
            await asyncio.gather(*self.tasks)

    async def close(self) -> None:
        """What is not finished is resumed at the next start."""
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
