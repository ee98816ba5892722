"""A slot that an asset asks for: left alone, adopted, or filled."""

from dataclasses import dataclass, replace
from pathlib import Path

from proxy.sync.akeneo.entries import PimEntry
from proxy.sync.bynder.documents import Medium
from proxy.sync.bynder.files import Downloads
from proxy.sync.bynder.fingerprint import Fingerprint
from proxy.sync.bynder.judging import Verdict, judge
from proxy.sync.bynder.rivals import Rivals, holders
from proxy.sync.bynder.run import SYSTEM, Run
from proxy.sync.bynder.slots import Slot
from proxy.sync.outcomes import DataError, Outcome, Reason, Result
from proxy.sync.state.rows import Link, LinkState

FILE_TYPES = ("pim_catalog_image", "pim_catalog_file")


@dataclass(frozen=True, slots=True)
class Order:
    """A slot to be filled, which holds `held`. `link` is to be recorded, `before` what was; `foreign` is a file that
    gives way, `loser` the link of an asset that has left the slot.
    """

    entry: PimEntry
    medium: Medium
    held: str | None
    before: Link | None
    link: Link
    foreign: str | None
    loser: Link | None

    @property
    def outcome(self) -> Outcome:
        return Outcome.LINKED if self.before is None or not self.before.code else Outcome.UPDATED


class Filling:
    def __init__(self, run: Run, downloads: Downloads) -> None:
        self.run = run
        self.state = run.service.state
        self.reads = run.service.reads
        self.writes = run.service.writes
        self.downloads = downloads

    async def slot(self, medium: Medium, slot: Slot, rivals: Rivals) -> list[Result]:
        entry = await self.owner(slot)
        await self.check_attribute(slot.attribute)
        order = await self.judged(medium, slot, entry, rivals)
        if isinstance(order, Result):
            return [order]
        if self.run.dealing.would(f"upload {medium.id} ({medium.name}) into {slot.attribute} of {slot.product}"):
            return [Result(order.outcome)]
        file, name = await self.downloads.fetch(medium)
        try:
            now = await self.owner(slot)
            if held_in(now, slot.attribute) != order.held:  # a person was there while the file came
                order = await self.judged(medium, slot, now, rivals)
            return [order if isinstance(order, Result) else await self.fill(order, file, name)]
        finally:
            await self.downloads.drop(file)

    async def judged(self, medium: Medium, slot: Slot, entry: PimEntry, rivals: Rivals) -> Order | Result:
        """An order, or what becomes of a slot that is not to be filled. Raises DataError(SLOT_CONFLICT)."""
        held = held_in(entry, slot.attribute)
        links = await self.state.links_of_slot(SYSTEM, slot.product, slot.attribute, slot.kind)
        loser = await rivals.check(medium, slot, held, links)
        link = next((one for one in links if one.asset == medium.id), None)
        mine = Fingerprint.of(medium, self.downloads.derivative)
        fields = self.run.targets.fields_of(medium)
        verdict = judge(link, held, mine, fields, recorded=bool(holders(links, held)))
        known = link or Link(SYSTEM, medium.id, slot.product, slot.attribute, slot.kind)
        known = replace(known, credential=self.run.credential)
        now = replace(known, code=held or known.code, fingerprint=str(mine), fields=fields)
        match verdict:
            case Verdict.FOREIGN if not self.run.settings.overwrite_foreign:
                part = f"{slot.product} {slot.attribute}"
                return Result(Outcome.SKIPPED, Reason.FOREIGN_FILE, part, "overwrite_foreign")
            case Verdict.FILL | Verdict.FOREIGN:
                foreign = held if verdict is Verdict.FOREIGN else None
                return Order(entry, medium, held, link, now, foreign, loser)
            case Verdict.REMOVED:
                await self.remember(link, replace(known, state=LinkState.REMOVED_IN_PIM))
                return removed(slot)
            case Verdict.WAITING:
                return waiting(slot)
            case _:
                await self.remember(link, replace(now, state=LinkState.LINKED))
                return Result(Outcome.UNCHANGED if verdict is Verdict.UNCHANGED else Outcome.ADOPTED)

    async def owner(self, slot: Slot) -> PimEntry:
        """It must exist: a write would create it."""
        entry = await self.reads.entry(slot.kind, slot.product)
        if entry is None:
            raise DataError(Reason.UNKNOWN_PRODUCT, slot.product, "a product or a model of the PIM")
        return entry

    async def check_attribute(self, code: str) -> None:
        attribute = await self.reads.attribute(code)
        if attribute.type not in FILE_TYPES:
            raise DataError(Reason.UNKNOWN_ATTRIBUTE, code, f"an image attribute, it is a {attribute.type}")
        if attribute.localizable:
            raise DataError(Reason.NEEDS_LOCALE, code, "an image attribute that is the same in every locale")
        if attribute.scopable:
            raise DataError(Reason.NEEDS_SCOPE, code, "an image attribute that is the same in every channel")

    async def fill(self, order: Order, file: Path, name: str) -> Result:
        """One upload, which links as well; recorded once the PIM has shown it."""
        link = order.link
        if order.foreign is not None:
            await self.note_foreign(order, order.foreign)
        code = await self.writes.upload(order.entry, link.slot, file, name)
        after = await self.reads.entry(link.kind, link.product)
        is_draft = after is not None and held_in(after, link.slot) != code
        state = LinkState.DRAFT if is_draft else LinkState.LINKED
        link = replace(link, code=code, replaced_code=order.foreign or link.replaced_code, state=state)
        await self.state.save_link(link, instead_of=None if is_draft else order.loser)
        return waiting(Slot(link.kind, link.product, link.slot)) if is_draft else Result(order.outcome)

    async def note_foreign(self, order: Order, foreign: str) -> None:
        """Before the upload: no trace of it would be left if we were cut after that. The note claims no file of ours,
        so that the slot is judged again should the upload fail.
        """
        known = order.before or replace(order.link, state=LinkState.DRAFT)
        await self.remember(order.before, replace(known, code="", fingerprint="", replaced_code=foreign))

    async def remember(self, before: Link | None, after: Link) -> None:
        if before != after and not self.run.dry_run:
            await self.state.save_link(after)


def held_in(entry: PimEntry, attribute: str) -> str | None:
    data = entry.data(attribute)
    return data if isinstance(data, str) else None


def removed(slot: Slot) -> Result:
    part = f"{slot.product} {slot.attribute}"
    return Result(Outcome.SKIPPED, Reason.REMOVED_IN_PIM, part, "the asset's link fields or version to change")


def waiting(slot: Slot) -> Result:
    return Result(Outcome.DRAFT, Reason.DRAFT, f"{slot.product} {slot.attribute}", "somebody to approve the proposal")
