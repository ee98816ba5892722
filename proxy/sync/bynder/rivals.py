"""Two assets that want one slot: who holds it keeps it, else the older one gets it. Only this portal's assets can be
asked whether they still want it: what another portal has put there stays.
"""

from collections import defaultdict

from proxy.sync.bynder.documents import Medium
from proxy.sync.bynder.fingerprint import id_of, plain
from proxy.sync.bynder.notes import Notes
from proxy.sync.bynder.run import Run
from proxy.sync.bynder.slots import Slot
from proxy.sync.outcomes import DataError, Reason
from proxy.sync.state.rows import Link, LinkState


class Rivals:
    """What each asset of this run wants is known beforehand; of those that are to lose a slot, and of others, Bynder is
    asked, once each.
    """

    def __init__(self, run: Run, media: list[Medium]) -> None:
        self.run = run
        self.notes = Notes(run)
        self.media = {plain(medium.id): medium for medium in media}
        self.wanting: dict[Slot, list[Medium]] = defaultdict(list)
        self.asked: dict[str, Medium | None] = {}
        for medium in media:
            for slot in run.targets.claims_of(medium).slots:
                self.wanting[slot].append(medium)

    async def check(self, medium: Medium, slot: Slot, held: str | None, links: list[Link]) -> Link | None:
        """The link of an asset that has lost the slot to this one, or None; `links` are all of the slot. Raises
        DataError(SLOT_CONFLICT).
        """
        holding = holders(links, held)
        holder = next((link.asset for link in holding), None) or (id_of(held) if held is not None else None)
        if holder is not None and plain(holder) != plain(medium.id):
            if await self.keeps(holder, next(iter(holding), None), slot):
                raise conflict(slot, holder)
        elif holder is not None:
            return None
        others = [one for one in self.wanting[slot] if plain(one.id) not in (plain(medium.id), plain(holder or ""))]
        rivals = [medium, *[one for one in others if self.asks_for(slot, await self.notes.current(one))]]
        first = min(rivals, key=lambda one: (one.created, one.id))
        if first.id != medium.id:
            raise conflict(slot, first.id)
        return next((link for link in links if link.asset == holder), None)

    async def keeps(self, asset: str, link: Link | None, slot: Slot) -> bool:
        """Whether it still asks for the slot. One that is gone from Bynder does not, if it was in this portal."""
        credential = link.credential if link is not None else ""
        if credential not in ("", self.run.credential):
            return True
        listed = self.media.get(plain(asset))
        if listed is not None and self.asks_for(slot, await self.notes.current(listed)):
            return True
        medium = await self.ask(asset)
        if medium is None:
            return not credential and len(self.run.settings.credentials) > 1
        return self.asks_for(slot, medium)

    def asks_for(self, slot: Slot, medium: Medium) -> bool:
        if medium.archived and self.run.settings.asset_unlink_after_archiving:
            return False
        return slot in self.run.targets.claims_of(medium).slots

    async def ask(self, asset: str) -> Medium | None:
        """Nothing is taken from an asset on the word of a list, which is as old as its run."""
        if asset not in self.asked:
            found = await self.run.bynder.medium(asset)
            self.asked[asset] = await self.notes.current(found) if found is not None else None
        return self.asked[asset]


def holders(links: list[Link], held: str | None) -> list[Link]:
    """Those of a slot that say what it holds."""
    return [link for link in links if link.state is not LinkState.REMOVED_IN_PIM and link.code == held]


def conflict(slot: Slot, holder: str) -> DataError:
    return DataError(Reason.SLOT_CONFLICT, f"{slot.product} {slot.attribute}", f"one asset, {holder} has it")
