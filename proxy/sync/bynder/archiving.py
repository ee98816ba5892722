"""An asset that is archived in Bynder is taken out of the PIM, and its identifiers are taken from it."""

from proxy.sync.bynder.documents import Medium
from proxy.sync.bynder.emptying import Emptying, slot_of
from proxy.sync.bynder.fingerprint import Fingerprint, plain
from proxy.sync.bynder.notes import Notes
from proxy.sync.bynder.run import SYSTEM, Run
from proxy.sync.bynder.wishes import Wish
from proxy.sync.bynder.writing import Writing
from proxy.sync.outcomes import Outcome, Reason, Result
from proxy.sync.state.rows import Link


class Archive:
    def __init__(self, run: Run) -> None:
        self.run = run
        self.state = run.service.state
        self.emptying = Emptying(run)
        self.notes = Notes(run)
        self.writing = Writing(run)

    async def asset(self, medium: Medium) -> list[Result]:
        """(a) The PIM's slots, (b) Bynder's identifiers, (c) our records: whoever is cut begins again at (a)."""
        if not self.run.settings.asset_unlink_after_archiving:
            return [Result(Outcome.SKIPPED)]
        async with self.run.asset(medium.id):
            recorded = await self.state.links_of_asset(SYSTEM, medium.id)
            links = recorded + await self.forgotten(await self.notes.current(medium), recorded)
            if not links:
                return [Result(Outcome.SKIPPED, Reason.NO_LINK_KNOWN, medium.name, "a link, to undo it")]
            return await self.undone(medium.id, links)

    async def undone(self, asset: str, links: list[Link]) -> list[Result]:
        """If it is archived still: the list is as old as its run, and somebody may have restored it since."""
        medium = await self.run.bynder.medium(asset)
        if medium is None:
            return [Result(Outcome.SKIPPED, Reason.SOURCE_GONE, asset, "a medium that Bynder knows")]
        if not medium.archived:
            return [Result(Outcome.STALE)]
        medium = await self.notes.current(medium)
        results = [await self.emptying.empty(link) for link in links]
        if all(result.outcome is Outcome.UNLINKED for result in results):
            await self.clear(medium)
            self.run.left += links if not self.run.dry_run else []
        return results

    async def forgotten(self, medium: Medium, recorded: list[Link]) -> list[Link]:
        """Files that bear the asset's name, in the other slots that it asks for: recorded again, should we be cut."""
        links, known = [], {slot_of(link) for link in recorded}
        for slot in self.run.targets.claims_of(medium).slots:
            if slot in known:
                continue
            entry = await self.run.service.reads.entry(slot.kind, slot.product)
            held = entry.data(slot.attribute) if entry is not None else None
            if not isinstance(held, str):
                continue
            mark = Fingerprint.named(held)
            if mark is not None and mark.media == plain(medium.id):
                key = (SYSTEM, medium.id, slot.product, slot.attribute, slot.kind)
                fields, credential = self.run.targets.fields_of(medium), self.run.credential
                links.append(Link(*key, held, fingerprint=str(mark), fields=fields, credential=credential))
        for link in links if not self.run.dry_run else ():
            await self.state.save_link(link)
        return links

    async def clear(self, medium: Medium) -> None:
        link = self.run.settings.metaproperty_mappings
        names = [name for name in (link.sku, link.product_model_code) if name is not None]
        await self.writing.write(medium, [Wish(self.run.schema[name], ()) for name in names])
