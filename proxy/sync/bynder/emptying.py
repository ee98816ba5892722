"""Slots that an asset has left: emptied where they still hold our file, and forgotten at the end of the run."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import partial

from proxy.sync.akeneo.drafts import is_draft
from proxy.sync.bynder.dealing import guarded
from proxy.sync.bynder.documents import Medium
from proxy.sync.bynder.filling import waiting
from proxy.sync.bynder.notes import Notes
from proxy.sync.bynder.run import SYSTEM, Run
from proxy.sync.bynder.slots import Slot
from proxy.sync.outcomes import Outcome, Result
from proxy.sync.state.rows import Kind, Link, LinkState


class Emptying:
    def __init__(self, run: Run) -> None:
        self.run = run
        self.state = run.service.state
        self.reads = run.service.reads
        self.writes = run.service.writes
        self.notes = Notes(run)

    async def all_but(
        self, medium: Medium, slots: Sequence[Slot], unsettled: Collection[tuple[Kind, str]]
    ) -> list[Result]:
        """`unsettled` are products and models where the asset is not in all of its slots: there it is rather in two
        places than in none.
        """
        fields = self.run.targets.fields_of(medium)
        left = [
            link
            for link in await self.state.links_of_asset(SYSTEM, medium.id)
            if slot_of(link) not in slots and (link.kind, link.product) not in unsettled
        ]
        if left and not await self.stands(medium.id, fields):
            return [Result(Outcome.STALE)]
        results: list[Result] = []
        for link in left:
            results += await guarded(partial(self.leave, link))
        return results

    async def stands(self, asset: str, fields: str) -> bool:
        """Whether Bynder still says so: a list is as old as its run. An asset that is gone says nothing."""
        found = await self.run.bynder.medium(asset)
        return found is not None and self.run.targets.fields_of(await self.notes.current(found)) == fields

    async def leave(self, link: Link) -> list[Result]:
        result = await self.empty(link)
        if result.outcome is Outcome.UNLINKED and not self.run.dry_run:
            self.run.left.append(link)
        return [result]

    async def empty(self, link: Link) -> Result:
        """A file that somebody else has put there since stays, and so does whatever is not ours to see."""
        async with self.run.product(slot_of(link)):
            entry = await self.reads.entry(link.kind, link.product)
            if entry is None or entry.data(link.slot) != link.code:
                return Result(Outcome.UNLINKED)
            if link.state is LinkState.LEAVING:
                return waiting(slot_of(link))
            if self.run.dealing.would(f"empty {link.slot} of {link.product}"):
                return Result(Outcome.UNLINKED)
            await self.writes.patch_value(entry, link.slot, None)
            after = await self.reads.entry(link.kind, link.product)
        if after is not None and is_draft(after, link.slot, None):
            await self.state.save_link(replace(link, state=LinkState.LEAVING))
            return waiting(slot_of(link))
        return Result(Outcome.UNLINKED)


def slot_of(link: Link) -> Slot:
    return Slot(link.kind, link.product, link.slot)
