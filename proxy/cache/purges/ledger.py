"""Purges that have begun and not ended: what they hide, and the work that they have to wait for.

Nothing old may survive a purge, though work goes on meanwhile. From its beginning on

- a flight that began before is `purged`: nobody joins it, and what it gives is not kept;
- what a disk still has of it is hidden, unless it was written by work that began after the purge;
- nothing is deleted before reads and writes of before have ended, and it ends only when those of meanwhile have.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import chain
from typing import Any

from proxy.cache.purges.scope import PLACE_LENGTH, Below, Files, Scope

MOST_FRESH = 100_000  # entries written during one purge; further ones are deleted with the old
Concerns = Callable[[Scope], bool]


class Purge:
    """One that goes on. `fresh` holds the entries, by tier and key, that were written since it began,
    and `cleared` the places that need not be looked through once more.
    """

    def __init__(self, scope: Scope, number: int) -> None:
        self.scope = scope
        self.number = number  # of those that have begun
        self.fresh: set[tuple[str, str]] = set()
        self.cleared: set[str] = set()

    def spares(self, tier: str) -> Callable[[str], bool]:
        return lambda key: (tier, key) in self.fresh


class Ledger:
    """Those of files lie where their keys begin: thousands of them may wait for a tier that is away, and a look-up
    sees the few that concern it.
    """

    def __init__(self) -> None:
        self.begun = 0
        self.wide: tuple[Purge, ...] = ()
        self.at: dict[str, tuple[Purge, ...]] = {}
        self.operations: dict[asyncio.Future[Any], Concerns] = {}

    @property
    def purges(self) -> set[Purge]:
        return {*self.wide, *chain.from_iterable(self.at.values())}

    def begin(self, scope: Scope) -> Purge:
        self.begun += 1
        purge = Purge(scope, self.begun)
        if isinstance(scope, Below):
            self.wide = (*self.wide, purge)
        else:
            for place in scope.places:
                self.at[place] = (*self.at.get(place, ()), purge)
        return purge

    def end(self, purge: Purge) -> None:
        """Once or more often."""
        self.wide = without(purge, self.wide)
        for place in purge.scope.places if isinstance(purge.scope, Files) else ():
            left = without(purge, self.at.pop(place, ()))
            if left:
                self.at[place] = left

    def concerning(self, key: str) -> tuple[Purge, ...]:
        """Those that may take what has this key."""
        here = self.at.get(key[:PLACE_LENGTH]) if self.at else None
        return (*here, *self.wide) if here else self.wide

    def hides_rendition(self, tier: str, key: str, source: str) -> bool:
        near = self.concerning(key)
        return bool(near) and any((tier, key) not in it.fresh and it.scope.takes_rendition(key, source) for it in near)

    def hides_original(self, tier: str, key: str, origin: str, source: str) -> bool:
        return any(
            (tier, key) not in it.fresh and it.scope.takes_original(key, origin, source) for it in self.concerning(key)
        )

    def wrote(self, since: int, tier: str, key: str) -> None:
        """`since`: how many had `begun` when the write began."""
        for purge in self.concerning(key):
            if purge.number <= since and len(purge.fresh) < MOST_FRESH:
                purge.fresh.add((tier, key))

    def spoils_rendition(self, since: int, key: str, source: str) -> bool:
        """Whether a purge that has begun after that takes it."""
        return any(it.number > since and it.scope.takes_rendition(key, source) for it in self.concerning(key))

    def watch(self, operation: asyncio.Future[Any], concerns: Concerns) -> None:
        """A read or write that purges wait for: those with a scope that `concerns` it."""
        self.operations[operation] = concerns
        operation.add_done_callback(lambda it: self.operations.pop(it, None))

    @contextmanager
    def operation(self, key: str, concerns: Concerns | None = None) -> Iterator[None]:
        """The same for what the block does with the entry of a key. What was read has to be held to `hides` before
        the block ends.
        """
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.watch(done, concerns or (lambda scope: scope.may_take(key)))
        try:
            yield
        finally:
            done.set_result(None)

    async def quiet(self, scope: Scope) -> None:
        """Until everything of it that is being read or written now has been."""
        concerned = [operation for operation, concerns in self.operations.items() if concerns(scope)]
        if concerned:
            await asyncio.wait(concerned)


def without(purge: Purge, purges: tuple[Purge, ...]) -> tuple[Purge, ...]:
    return tuple(other for other in purges if other is not purge)
