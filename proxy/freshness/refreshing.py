"""What follows from a change: addresses are forgotten, files that are gone are purged, new ones are warmed."""

import logging
from collections.abc import Awaitable, Callable, Iterable

from proxy.catalogue.catalogue import Catalogue
from proxy.errors import MediaForbidden
from proxy.freshness.addresses import Addresses, forget
from proxy.freshness.holdings import Holdings
from proxy.freshness.looking import look
from proxy.freshness.things import Change, Thing

log = logging.getLogger("proxy.freshness")
Purge = Callable[[frozenset[str]], Awaitable[None]]


async def no_purge(_: frozenset[str]) -> None:
    """What is gone stays cached."""


def no_warming(_: Iterable[str]) -> None:
    """New files wait for their first viewer."""


class Refresher:
    """Of one connection. `tell` is for the other replicas; None is all of it. `looks`: what things name is of use to
    somebody, so that it is asked for.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        addresses: Addresses,
        tell: Callable[[Thing | None], None],
        purge: Purge = no_purge,
        warm: Callable[[Iterable[str]], None] = no_warming,
    ) -> None:
        self.catalogue = catalogue
        self.addresses = addresses
        self.tell = tell
        self.purge = purge
        self.warm = warm
        self.holdings = Holdings()
        self.owed: set[str] = set()  # to the purger, which may have failed

    @property
    def looks(self) -> bool:
        return self.purge is not no_purge or self.warm is not no_warming

    def forget(self, thing: Thing) -> None:
        """At once, here; the others hear of it."""
        forget(self.addresses, thing)
        self.tell(thing)

    def forget_all(self) -> None:
        self.addresses.forget_all()
        self.tell(None)

    async def refresh(self, change: Change) -> str:
        """What came of it, for the metrics. Raises OriginError, Overloaded, DeadlineExceeded, OSError: then it is to be
        done again.
        """
        if self.holdings.is_older(change.thing, change.at):
            await self.clear(change.left)
            return "older"
        thing, codes = change.thing, change.codes
        if codes is None:
            if not self.looks:
                return "forgotten"
            try:
                thing, codes = await look(self.catalogue, thing)
            except MediaForbidden:  # a right was taken away, which says nothing about the files
                await self.clear(change.left)
                return "forbidden"
            if thing != change.thing:  # now all its names are known
                self.forget(thing)
        gone, new = self.holdings.remember(change.thing, change.at, codes)
        self.warm(sorted(new))
        await self.clear(gone | change.left)
        return "refreshed" if codes else "empty"

    async def clear(self, codes: frozenset[str]) -> None:
        """Those that nothing names any more, as far as is known here."""
        if self.purge is no_purge:
            return
        self.owed |= codes
        owed = frozenset(self.owed)
        gone = frozenset(code for code in owed if not self.holdings.is_used(code))
        if gone:
            await self.purge(gone)
        self.owed -= owed
