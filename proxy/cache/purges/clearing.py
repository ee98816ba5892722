"""Takes a purge through everything behind memory: the stores of renditions, the originals on disks and in archives."""

from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass

from proxy.cache.disk import Disk
from proxy.cache.purges.ledger import Ledger, Purge
from proxy.cache.purges.scope import Files, Scope
from proxy.cache.renditions.renditions import Renditions
from proxy.cache.renditions.stores import Purgeable
from proxy.cache.sweep import Chosen, origin_and_source, originals_on, source_of_rendition
from proxy.cache.tiers import TierAway, Tiers


@dataclass(frozen=True, slots=True)
class Shelf:
    """One place to clear. `beginnings` of keys say what of it, or, where they are None, `chosen` does."""

    tier: str
    name: str
    room: Purgeable
    beginnings: tuple[str, ...] | None
    chosen: Chosen

    async def clear(self, purge: Purge) -> int:
        spared = purge.spares(self.tier)
        if self.beginnings is None:
            return await self.room.sweep(self.chosen, spared)
        return sum([await self.room.delete_below(beginning, spared) for beginning in self.beginnings])


async def never(error: OSError, scope: Scope) -> bool:
    return False


class Clearing:
    """`forgiven` tiers may be away: whoever has been told of the purge does it again when they are back."""

    def __init__(
        self,
        renditions: Renditions,
        disks: Sequence[Disk],
        tiers: Tiers,
        ledger: Ledger,
        forgiven: Callable[[OSError, Scope], Awaitable[bool]] = never,
        *,
        archives: Sequence[tuple[str, Purgeable]] = (),
    ) -> None:
        self.archives = archives
        self.forgiven = forgiven
        self.renditions = renditions
        self.disks = disks
        self.tiers = tiers
        self.ledger = ledger

    async def clear(self, purge: Purge, deleted: Counter[str]) -> None:
        """All of them, even if one fails; then raises its OSError, TierAway only where nothing else is wrong. Once
        more, it is those that have failed.

        `deleted` counts entries by tier.
        """
        await self.ledger.quiet(purge.scope)
        failure: OSError | None = None
        for shelf in self.shelves(purge.scope):
            if shelf.name in purge.cleared:
                continue
            try:
                deleted[shelf.name] += await shelf.clear(purge)
                purge.cleared.add(shelf.name)
            except OSError as error:
                self.tiers.failed(shelf.tier, "purge", error)
                forgiven = await self.forgiven(error, purge.scope)
                if not forgiven and (failure is None or isinstance(failure, TierAway)):
                    failure = error
        if failure is not None:
            raise failure
        await self.ledger.quiet(purge.scope)

    def shelves(self, scope: Scope) -> Iterator[Shelf]:
        renditions, originals = (scope.renditions, scope.originals) if isinstance(scope, Files) else (None, None)
        for name, store in self.renditions.stores:
            yield Shelf(name, name, store, renditions, renditions_of(scope))
        for disk in self.disks:
            yield Shelf(disk.name, f"{disk.name} originals", originals_on(disk), originals, originals_of(scope))
        for name, room in self.archives:
            yield Shelf(name, f"{name} originals", room, originals, originals_of(scope))


def renditions_of(scope: Scope) -> Chosen:
    def chosen(key: str, head: bytes) -> bool | None:
        source = source_of_rendition(head)
        return None if source is None else scope.takes_rendition(key, source)

    return chosen


def originals_of(scope: Scope) -> Chosen:
    def chosen(key: str, record: bytes) -> bool | None:
        facts = origin_and_source(record)
        return None if facts is None else scope.takes_original(key, *facts)

    return chosen
