"""Two assets that want one slot: who holds it keeps it, else the older one gets it. Only this portal's assets can be
asked whether they still want it: what another portal has put there stays.
"""

from collections import defaultdict

from proxy.sync.bynder.documents import Medium
from proxy.sync.bynder.fingerprint import id_of, plain
from proxy.sync.bynder.run import Run
from proxy.sync.bynder.slots import Slot
from proxy.sync.bynder.wishes import Writing
from proxy.sync.outcomes import DataError, Reason
from proxy.sync.state.rows import Link, LinkState


class Rivals:
    """What each asset of this run wants is known beforehand; of the others Bynder is asked, once each."""

    def __init__(self, run: Run, media: list[Medium]) -> None:
        self.run = run
        self.writing = Writing(run)
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
        rivals = [one for one in self.wanting[slot] if holder is None or plain(one.id) != plain(holder)]
        first = min(rivals, key=lambda one: (one.created, one.id), default=medium)
        if first.id != medium.id:
            raise conflict(slot, first.id)
        return next((link for link in links if link.asset == holder), None)

    async def keeps(self, asset: str, link: Link | None, slot: Slot) -> bool:
        """Whether it still asks for the slot. One that is gone from Bynder does not, if it was in this portal."""
        credential = link.credential if link is not None else ""
        if credential not in ("", self.run.credential):
            return True
        medium = await self.ask(asset)
        if medium is None:
            return not credential and len(self.run.settings.credentials) > 1
        if medium.archived and self.run.settings.asset_unlink_after_archiving:
            return False
        return slot in self.run.targets.claims_of(medium).slots

    async def ask(self, asset: str) -> Medium | None:
        """With what we have written lately, which Bynder may show only later."""
        if asset not in self.asked:
            found = self.media.get(plain(asset)) or await self.run.bynder.medium(asset)
            self.asked[asset] = await self.writing.current(found) if found is not None else None
        return self.asked[asset]


def holders(links: list[Link], held: str | None) -> list[Link]:
    """Those of a slot that say what it holds."""
    return [link for link in links if link.state is not LinkState.REMOVED_IN_PIM and link.code == held]


def conflict(slot: Slot, holder: str) -> DataError:
    return DataError(Reason.SLOT_CONFLICT, f"{slot.product} {slot.attribute}", f"one asset, {holder} has it")
