"""Purges: known files at once, whatever a wildcard names in the background. Every tier, and all that is under way."""

import asyncio
import secrets
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from proxy.cache.originals.originals import Originals
from proxy.cache.purges.clearing import Clearing
from proxy.cache.purges.emptied import Emptied
from proxy.cache.purges.journal import Journal
from proxy.cache.purges.ledger import Ledger, Purge
from proxy.cache.purges.scope import Below, Files, Scope
from proxy.cache.purges.scope_text import scope_of
from proxy.cache.refusals import Refusals
from proxy.cache.renditions.renditions import Renditions
from proxy.cache.tiers import TierAway, Tiers
from proxy.delivery.delivery import Delivery
from proxy.delivery.errands import Errands
from proxy.delivery.walks import Report, Walk, Walks
from proxy.errors import Overloaded
from proxy.metrics import Metrics

MOST_WALKS = 64  # that wait for each other; beyond them a purge is refused
MOST_FILES = 10_000  # whose purges wait for a tier that is away; the same
MOST_REPORTS = 10_000  # of purges that have ended


@dataclass(frozen=True, slots=True)
class Wanted:
    """A purge that is asked for. `kind`, `what` and `who` are for the log and the metrics."""

    scope: Scope
    kind: str
    what: str
    who: str


def nothing(_: Scope) -> None:
    """There is nothing else to forget."""


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
        emptied: Emptied,
        metrics: Metrics,
        tell: Callable[[Scope], Awaitable[None]] = nobody,
        also: Callable[[Scope], None] = nothing,
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
        self.emptied = emptied
        self.metrics = metrics
        self.tell = tell
        self.also = also
        self.reports: OrderedDict[str, Report] = OrderedDict()
        self.walks = Walks(clearing, ledger, journal, metrics, sleep)
        self.errands = Errands()

    async def purge(self, wanted: Wanted) -> str:
        """The id of its report. It is done to its end though who asks is cancelled. Raises OSError if a disk does not
        delete or note it, which it is told again and again then, and Overloaded.
        """
        return await self.errands.run(self.do(wanted))

    async def do(self, wanted: Wanted) -> str:
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
        if len(self.ledger.at) >= MOST_FILES:
            raise Overloaded("too many purges wait for a tier that is away", retry_after_seconds=60)
        with self.begun(scope) as purge:
            await self.forget(scope, report)
            await self.tell(scope)  # first: what others write from now on is not of before
            try:
                await self.clearing.clear(purge, report.purged)
            except OSError as error:
                await self.owe(purge_id, purge, report)
                if not isinstance(error, TierAway):
                    raise
            else:
                self.ledger.end(purge)
                report.finish(self.metrics)

    async def owe(self, purge_id: str, purge: Purge, report: Report) -> None:
        """What a tier has that fails stays hidden until it is back and has been purged, beyond a restart too."""
        try:
            await self.note(purge_id, purge.scope)
        finally:
            self.walks.owe(Walk(purge, {purge_id: report}))

    async def note(self, purge_id: str, scope: Scope) -> None:
        if self.journal is not None:
            await asyncio.to_thread(self.journal.write, purge_id, scope)

    async def purge_later(self, purge_id: str, scope: Below, report: Report) -> None:
        if len(self.ledger.wide) >= MOST_WALKS:
            raise Overloaded("too many purges wait for each other", retry_after_seconds=10)
        await self.note(purge_id, scope)
        await asyncio.to_thread(self.emptied.note, scope)
        with self.begun(scope) as purge:
            await self.forget(scope, report)
            await self.tell(scope)
            self.walks.start(purge_id, purge, report)

    @contextmanager
    def begun(self, scope: Scope) -> Iterator[Purge]:
        """It is ended by whoever does it, unless nobody comes to that."""
        purge = self.ledger.begin(scope)
        try:
            yield purge
        except BaseException:
            if not self.walks.have(purge):
                self.ledger.end(purge)
            raise

    async def hear(self, facts: Mapping[str, Any]) -> None:
        """Of a purge at another replica: nothing is told any more when this returns, and nothing is lost if this
        server is killed then. Raises ValueError, KeyError, TypeError if these are not the facts of a purge.
        """
        scope = self.bounded(scope_of(facts))
        purge_id = secrets.token_hex(16)
        report = Report(f"purge {purge_id}, asked for at another replica")
        with self.begun(scope) as purge:
            try:
                await self.note(purge_id, scope)
            except OSError as error:
                self.tiers.failed("disk", "note a purge", error)
            await asyncio.to_thread(self.emptied.note, scope)
            await self.forget(scope, report)
            self.walks.take_over(self.walks.start(purge_id, purge, report))

    def bounded(self, scope: Scope) -> Scope:
        """Nothing that is heard can be refused: where too many wait, one that takes all of theirs does for them."""
        if isinstance(scope, Below) and len(self.ledger.wide) >= MOST_WALKS:
            for purge in self.ledger.wide:
                assert isinstance(purge.scope, Below)
                scope = scope.joined(purge.scope)
        return scope

    async def resume(self) -> None:
        """Go on with what a server before this one did not finish, and has noted. Raises OSError."""
        notes = [] if self.journal is None else await asyncio.to_thread(self.journal.read)
        for purge_id, scope in notes:
            if not self.walks.has_note(purge_id):
                await self.take_up(purge_id, scope)

    async def do_again(self, scopes: Iterable[Scope]) -> None:
        """What was purged while a disk was away that is there now. Raises OSError."""
        for scope in scopes:
            purge_id = secrets.token_hex(16)
            await self.note(purge_id, scope)
            await self.take_up(purge_id, scope)

    async def take_up(self, purge_id: str, scope: Scope) -> None:
        report = Report(f"purge {purge_id}, resumed")
        self.remember(purge_id, report)
        with self.begun(scope) as purge:
            await self.forget(scope, report)
            self.walks.start(purge_id, purge, report)

    async def forget(self, scope: Scope, report: Report) -> None:
        """What is under way, what was refused, and what memory has."""
        for delivery in self.deliveries:
            delivery.purge(scope)
        for originals in self.originals:
            originals.purge(scope)
        self.refusals.pardon(scope.pardons)
        self.also(scope)
        memory = self.renditions.memory
        report.purged[memory.NAME] += await memory.purge(lambda key, it: scope.takes_rendition(key, it.source))

    def remember(self, purge_id: str, report: Report) -> None:
        self.reports[purge_id] = report
        if len(self.reports) > MOST_REPORTS:
            oldest = next(iter(self.reports))
            del self.reports[next((old for old, it in self.reports.items() if it.done), oldest)]

    async def close(self) -> None:
        """What was asked for comes to its end; what is not finished then is resumed at the next start."""
        try:
            await self.errands.close()
        finally:
            await self.walks.close()
