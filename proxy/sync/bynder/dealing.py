"""One asset after the other: each outcome counted and recorded, and no failure reaches beyond its asset."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from typing import TypeVar

from proxy.sync.outcomes import ConfigurationError, Result, SyncError, Tally
from proxy.sync.state.rows import Subject
from proxy.sync.state.state import State
from proxy.sync_metrics import SyncMetrics

T = TypeVar("T")
PARALLEL = 4  # Akeneo's limit


class Dealing:
    """`flow` is what attempts and metrics call it. In a dry run nothing is recorded, and `told` is printed."""

    def __init__(
        self, flow: str, state: State, metrics: SyncMetrics, tally: Tally, *, credential: str, dry_run: bool
    ) -> None:
        self.flow = flow
        self.credential = credential
        self.state = state
        self.metrics = metrics
        self.tally = tally
        self.dry_run = dry_run

    async def deal(self, subject: Subject, work: Callable[[], Awaitable[list[Result]]]) -> None:
        """Raises ConfigurationError alone: it is of all assets."""
        self.tally.seen += 1
        results = await guarded(work)
        for result in results:
            self.tally.count(result)
            if not self.dry_run:
                self.metrics.dealt_with(self.flow, result.outcome, result.reason or "")
        if results and not self.dry_run:
            await self.state.add_attempts(self.flow, replace(subject, credential=self.credential), results)

    def would(self, words: str) -> bool:
        """True in a dry run, which says so."""
        if self.dry_run:
            print(f"would {words}", flush=True)  # noqa: T201
        return self.dry_run


async def guarded(work: Callable[[], Awaitable[list[Result]]]) -> list[Result]:
    try:
        return await work()
    except ConfigurationError:
        raise
    except SyncError as error:
        return [Result.of(error)]


async def each(items: Iterable[T], work: Callable[[T], Awaitable[None]], parallel: int = PARALLEL) -> None:
    """Some at a time, begun in their order; the first that raises ends the others."""
    left = iter(items)

    async def one_after_the_other() -> None:
        for item in left:
            await work(item)

    workers = [asyncio.create_task(one_after_the_other()) for _ in range(parallel)]
    try:
        await asyncio.gather(*workers)
    finally:
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
