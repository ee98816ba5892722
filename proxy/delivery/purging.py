"""Purges: known files at once, whatever a wildcard names in the background. Every tier, and all that is under way."""

import asyncio
import logging
import secrets
from collections import Counter, OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from proxy.cache.originals.originals import Originals
from proxy.cache.purges.clearing import Clearing
from proxy.cache.purges.journal import Journal
from proxy.cache.purges.ledger import Ledger, Purge
from proxy.cache.purges.scope import Below, Files, Scope
from proxy.cache.purges.scope_text import scope_of
from proxy.cache.refusals import Refusals
from proxy.cache.renditions.renditions import Renditions
from proxy.cache.tiers import TierAway, Tiers
from proxy.delivery.delivery import Delivery
from proxy.errors import Overloaded
from proxy.metrics import Metrics

log = logging.getLogger("proxy.delivery")

MOST_WALKS = 64  # that wait for each other; beyond them a purge is refused
MOST_REPORTS = 10_000  # of purges that have ended
AGAIN_SECONDS = 60.0  # after a disk has failed


@dataclass(frozen=True, slots=True)
class Wanted:
    """A purge that is asked for. `kind`, `what` and `who` are for the log and the metrics."""

    scope: Scope
    kind: str
    what: str
    who: str


@dataclass(slots=True)
class Report:
    """How far a purge is, and how many entries it has deleted by tier."""

    about: str
    done: bool = False
    purged: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        counts = ", ".join(f"{tier} {count}" for tier, count in self.purged.items() if count)
        return f"{self.about}: {counts or 'nothing was there'}"


async def nobody(_: Scope) -> None:
    """There are no other replicas."""


class Purger:
    def __init__(
        self,
        *,
        deliveries: Sequence[Delivery],
        originals: Sequence[Originals],
        renditions: Renditions,
        refusals: Refusals,
        clearing: Clearing,
        ledger: Ledger,
        tiers: Tiers,
        journal: Journal | None,
        metrics: Metrics,
        tell: Callable[[Scope], Awaitable[None]] = nobody,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self.deliveries = deliveries
        self.originals = originals
        self.renditions = renditions
        self.refusals = refusals
        self.clearing = clearing
        self.ledger = ledger
        self.tiers = tiers
        self.journal = journal
        self.metrics = metrics
        self.tell = tell
        self.sleep = sleep
        self.reports: OrderedDict[str, Report] = OrderedDict()
        self.walks: set[asyncio.Task[None]] = set()
        self.walking = asyncio.Lock()

    async def purge(self, wanted: Wanted) -> str:
        """The id of its report. Raises OSError if a disk does not delete or note it, Overloaded."""
        self.metrics.purge_asked(wanted.kind)
        purge_id = secrets.token_hex(16)
        report = Report(f"purge {purge_id} ({wanted.kind} {wanted.what}) by {wanted.who}")
        if isinstance(wanted.scope, Files):
            await self.purge_now(purge_id, wanted.scope, report)
        else:
            await self.purge_later(purge_id, wanted.scope, report)
        self.remember(purge_id, report)
        return purge_id

    async def purge_now(self, purge_id: str, scope: Files, report: Report) -> None:
        purge = self.ledger.begin(scope)
        try:
            await self.forget(scope, report)
            await self.tell(scope)  # first: what others write from now on is not of before
            await self.clear_or_owe(purge_id, purge, report)
        except BaseException:
            self.ledger.end(purge)
            raise

    async def clear_or_owe(self, purge_id: str, purge: Purge, report: Report) -> None:
        """What a tier has that is away stays hidden until it is back and has been purged, beyond a restart too."""
        try:
            await self.clearing.clear(purge, report.purged)
        except TierAway:
            self.check_walks()
            if self.journal is not None:
                await asyncio.to_thread(self.journal.write, purge_id, purge.scope)
            self.start(purge_id, purge, report)
        else:
            self.ledger.end(purge)
            self.finish(report)

    async def purge_later(self, purge_id: str, scope: Below, report: Report) -> None:
        self.check_walks()
        if self.journal is not None:
            await asyncio.to_thread(self.journal.write, purge_id, scope)
        purge = self.ledger.begin(scope)
        await self.forget(scope, report)
        await self.tell(scope)
        self.start(purge_id, purge, report)

    def check_walks(self) -> None:
        if len(self.walks) >= MOST_WALKS:
            raise Overloaded("too many purges wait for each other", retry_after_seconds=10)

    async def hear(self, facts: Mapping[str, Any]) -> None:
        """Of a purge at another replica: nothing is told any more when this returns, and nothing is lost if this
        server is killed then. Raises ValueError, KeyError, TypeError if these are not the facts of a purge.
        """
        scope = scope_of(facts)
        purge_id = secrets.token_hex(16)
        report = Report(f"purge {purge_id}, asked for at another replica")
        purge = self.ledger.begin(scope)
        try:
            if self.journal is not None:
                await asyncio.to_thread(self.journal.write, purge_id, scope)
        except OSError as error:
            self.tiers.failed("disk", "note a purge", error)
        await self.forget(scope, report)
        self.start(purge_id, purge, report)

    async def resume(self) -> None:
        """Go on with what a server before this one did not finish."""
        try:
            notes = [] if self.journal is None else await asyncio.to_thread(self.journal.read)
        except OSError as error:
            self.tiers.failed("disk", "read the notes of purges", error)
            return
        for purge_id, scope in notes:
            report = Report(f"purge {purge_id}, resumed")
            self.remember(purge_id, report)
            self.start(purge_id, self.ledger.begin(scope), report)

    def start(self, purge_id: str, purge: Purge, report: Report) -> None:
        walk = asyncio.create_task(self.walk(purge_id, purge, report))
        self.walks.add(walk)
        walk.add_done_callback(self.walks.discard)

    async def walk(self, purge_id: str, purge: Purge, report: Report) -> None:
        """One at a time; again and again while a disk fails, since what it still has is hidden meanwhile."""
        async with self.walking:
            while not await self.has_cleared(purge_id, purge, report):
                await self.sleep(AGAIN_SECONDS)
        self.ledger.end(purge)
        self.finish(report)

    async def has_cleared(self, purge_id: str, purge: Purge, report: Report) -> bool:
        try:
            await self.clearing.clear(purge, report.purged)
            if self.journal is not None:
                await asyncio.to_thread(self.journal.remove, purge_id)
        except OSError as error:
            log.error("%s: trying again in %d seconds: %s", report.about, AGAIN_SECONDS, error)
            return False
        return True

    async def forget(self, scope: Scope, report: Report) -> None:
        """What is under way, what was refused, and what memory has."""
        for delivery in self.deliveries:
            delivery.purge(scope)
        for originals in self.originals:
            originals.purge(scope)
        self.refusals.pardon(scope.pardons)
        memory = self.renditions.memory
        report.purged[memory.NAME] += await memory.purge(lambda key, it: scope.takes_rendition(key, it.source))

    def remember(self, purge_id: str, report: Report) -> None:
        self.reports[purge_id] = report
        if len(self.reports) > MOST_REPORTS:
            del self.reports[next(old for old, it in self.reports.items() if it.done)]

    def finish(self, report: Report) -> None:
        report.done = True
        for tier, count in report.purged.items():
            self.metrics.purged(tier, count)
        log.info("%s", report)

    async def close(self) -> None:
        """What is not finished is resumed at the next start."""
        for walk in self.walks:
            walk.cancel()
        await asyncio.gather(*self.walks, return_exceptions=True)
