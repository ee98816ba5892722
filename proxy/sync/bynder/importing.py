"""`import-assets`: changed assets of Bynder become files in the image attributes of products and models."""

from argparse import Namespace
from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from dataclasses import replace
from functools import partial

from proxy.sync.bynder.archiving import Archive
from proxy.sync.bynder.dealing import each, guarded
from proxy.sync.bynder.documents import Medium
from proxy.sync.bynder.emptying import Emptying
from proxy.sync.bynder.files import ORIGINAL, Downloads
from proxy.sync.bynder.filling import Filling
from proxy.sync.bynder.notes import Notes
from proxy.sync.bynder.proposals import approved
from proxy.sync.bynder.rivals import Rivals
from proxy.sync.bynder.run import SYSTEM, Run, begin
from proxy.sync.bynder.slots import Claims
from proxy.sync.bynder.vacating import forget, waiting_for
from proxy.sync.outcomes import ConfigurationError, Outcome, Reason, Result, Tally
from proxy.sync.service import Service
from proxy.sync.state.rows import Subject

COMMAND = "bynder import-assets"
WELL = {Outcome.LINKED, Outcome.UPDATED, Outcome.UNCHANGED, Outcome.ADOPTED}


async def import_assets(service: Service, options: Namespace, tally: Tally) -> None:
    run = await begin(service, options, tally, COMMAND)
    await check_derivative(run)
    changed = {medium.id: medium async for medium in run.bynder.changed(run.since_text)}
    archived = {medium.id: medium async for medium in run.bynder.changed(run.since_text, archived=True)}
    others = {medium.id: medium for medium in await approved(run, changed.keys() | archived.keys())}
    media = sorted((changed | archived | others).values(), key=lambda medium: (medium.created, medium.id))
    state = service.settings.state
    folder = state.with_name(f"{state.name}.downloads") / run.credential
    fetching = Downloads(run.bynder, run.settings.derivative_to_use, folder)
    async with nullcontext(fetching) if run.dry_run else fetching as downloads:  # the folder is a real run's
        importing = Import(run, downloads, [medium for medium in media if not medium.archived])
        for work, archive in ((Archive(run).asset, True), (importing.asset, False)):  # what is archived makes room
            await each([medium for medium in media if medium.archived is archive], partial(dealt, run, work))
        waiting = await waiting_for(run, run.left)
        await each(waiting, partial(dealt, run, Import(run, downloads, waiting).asset))
    await forget(run, run.left)


async def check_derivative(run: Run) -> None:
    name = run.settings.derivative_to_use
    if name != ORIGINAL and name not in await run.bynder.derivatives():
        raise ConfigurationError("bynder.derivative_to_use", f"original or a derivative of the portal, not {name!r}")


async def dealt(run: Run, work: Callable[[Medium], Awaitable[list[Result]]], medium: Medium) -> None:
    names = ", ".join(name for _, name in run.targets.owners_of(medium))
    await run.dealing.deal(Subject(SYSTEM, medium.id, medium.name, product=names), lambda: work(medium))


class Import:
    """`media` are all that this run deals with: they may want the same slot."""

    def __init__(self, run: Run, downloads: Downloads, media: list[Medium]) -> None:
        self.run = run
        self.rivals = Rivals(run, media)
        self.filling = Filling(run, downloads)
        self.emptying = Emptying(run)
        self.notes = Notes(run)

    async def asset(self, medium: Medium) -> list[Result]:
        if self.run.targets.claims_of(medium).are_none:
            return [not_mapped(medium)]
        async with self.run.asset(medium.id):
            medium = await self.notes.current(medium)
            claims = self.run.targets.claims_of(medium)
            return [not_mapped(medium)] if claims.are_none else await self.settled(medium, claims)

    async def settled(self, medium: Medium, claims: Claims) -> list[Result]:
        """In each slot that it claims, and then in no other."""
        medium = await self.with_version(medium)
        results = list(claims.problems)
        unsettled = set(self.run.targets.owners_of(medium) if claims.problems else ())
        for slot in claims.slots:
            async with self.run.product(slot):
                found = await guarded(partial(self.filling.slot, medium, slot, self.rivals))
            if not all(result.outcome in WELL for result in found):
                unsettled.add((slot.kind, slot.product))
            results += found
        return results + await guarded(partial(self.emptying.all_but, medium, claims.slots, unsettled))

    async def with_version(self, medium: Medium) -> Medium:
        if medium.version:
            return medium
        detailed = await self.run.bynder.medium(medium.id, items=True)
        if detailed is None:
            return replace(medium, version="0")  # it is gone, and its file will say so
        return replace(medium, version=detailed.version or "1", items=detailed.items or ())


def not_mapped(medium: Medium) -> Result:
    return Result(Outcome.SKIPPED, Reason.NOT_MAPPED, medium.name, "an identifier and an asset type")
