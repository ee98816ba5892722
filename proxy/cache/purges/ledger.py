"""Purges that have begun and not ended: what they hide, and the work that they have to wait for.

Nothing old may survive a purge, though work goes on meanwhile. From its beginning on

- a flight that began before is `purged`: nobody joins it, and what it gives is not kept;
- what a disk still has of it is hidden, unless it was written by work that began after the purge;
- nothing is deleted before reads and writes of before have ended, and it ends only when those of meanwhile have.
"""

import asyncio
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import Any

from proxy.cache.purges.scope import Scope

MOST_FRESH = 100_000  # entries written during one purge; further ones are deleted with the old


class Purge:
    """One that goes on. `fresh` holds the entries, by tier and key, that were written since it began."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.fresh: set[tuple[str, str]] = set()

    def spares(self, tier: str) -> Callable[[str], bool]:
        return lambda key: (tier, key) in self.fresh


class Ledger:
    def __init__(self) -> None:
        self.purges: tuple[Purge, ...] = ()
        self.operations: set[asyncio.Future[Any]] = set()

    def begin(self, scope: Scope) -> Purge:
        purge = Purge(scope)
        self.purges = (*self.purges, purge)
        return purge

    def end(self, purge: Purge) -> None:
        self.purges = tuple(other for other in self.purges if other is not purge)

    def hides_rendition(self, tier: str, key: str, source: str) -> bool:
        return any((tier, key) not in it.fresh and it.scope.takes_rendition(key, source) for it in self.purges)

    def hides_original(self, tier: str, key: str, origin: str, source: str) -> bool:
        return any((tier, key) not in it.fresh and it.scope.takes_original(key, origin, source) for it in self.purges)

    def wrote(self, since: Collection[Purge], tier: str, key: str) -> None:
        """`since`: the `purges` of when the write began."""
        for purge in since:
            if len(purge.fresh) < MOST_FRESH:
                purge.fresh.add((tier, key))

    def watch(self, operation: asyncio.Future[Any]) -> None:
        """A read or write that purges wait for."""
        self.operations.add(operation)
        operation.add_done_callback(self.operations.discard)

    @contextmanager
    def operation(self) -> Iterator[None]:
        """The same for what the block does. What was read has to be held to `hides` before the block ends."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.watch(done)
        try:
            yield
        finally:
            done.set_result(None)

    async def quiet(self) -> None:
        """Until everything that is being read or written now has been."""
        if self.operations:
            await asyncio.wait(list(self.operations))
