"""`update-mapped-properties`: chosen values of products and models fill metaproperties of their assets."""

from argparse import Namespace
from collections import defaultdict
from functools import partial

from proxy.sync.bynder.changes import Changed, changed_entries
from proxy.sync.bynder.dealing import each
from proxy.sync.bynder.documents import Medium
from proxy.sync.bynder.enrichment import Enrichment, Owner
from proxy.sync.bynder.fingerprint import plain
from proxy.sync.bynder.run import SYSTEM, Run, begin
from proxy.sync.bynder.writing import Writing
from proxy.sync.outcomes import Outcome, Reason, Result, Tally
from proxy.sync.service import Service
from proxy.sync.state.rows import Kind, LinkState, Subject

COMMAND = "bynder update-mapped-properties"


async def update_mapped_properties(service: Service, options: Namespace, tally: Tally) -> None:
    run = await begin(service, options, tally, COMMAND)
    if not run.settings.enrichment_metaproperty_mappings:
        return
    work = Enriching(run)
    async for entry in changed_entries(run):
        await work.gather(entry)
    await each(work.owners.items(), work.dealt)


class Enriching:
    """`owners` are the changed products and models of each asset; an asset of several is written once, for them all."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.state = run.service.state
        self.enrichment = Enrichment(run)
        self.writing = Writing(run)
        self.owners: dict[str, list[Owner]] = defaultdict(list)
        self.spelled: dict[str, str] = {}

    async def gather(self, entry: Changed) -> None:
        """Our records, and links that were made by hand in Bynder."""
        owner = Owner(entry.kind, entry.code)
        self.enrichment.remember(owner, entry.values)
        links = await self.state.links_of_product(SYSTEM, entry.code, entry.kind)
        ours = [link for link in links if self.run.may_own(link)]
        assets = [link.asset for link in ours if link.state is not LinkState.REMOVED_IN_PIM]
        mapping = self.run.settings.metaproperty_mappings
        name = mapping.sku if entry.kind is Kind.PRODUCT else mapping.product_model_code
        if name is not None:
            assets += [medium.id for medium in await self.run.bynder.named(name, entry.code)]
        for asset in assets:
            spelled = self.spelled.setdefault(plain(asset), asset)
            if owner not in self.owners[spelled]:
                self.owners[spelled].append(owner)

    async def dealt(self, item: tuple[str, list[Owner]]) -> None:
        asset, owners = item
        products = ", ".join(owner.code for owner in owners)
        await self.run.dealing.deal(Subject(SYSTEM, asset, product=products), partial(self.asset, asset, owners))

    async def asset(self, asset: str, changed: list[Owner]) -> list[Result]:
        async with self.run.asset(asset):
            medium = await self.run.bynder.medium(asset)
            if medium is None:
                return [Result(Outcome.SKIPPED, Reason.SOURCE_GONE, asset, "a medium that Bynder knows")]
            if medium.archived:
                return [Result(Outcome.SKIPPED)]
            medium = await self.writing.notes.current(medium)
            owners = await self.owners_of(medium)
            if not set(owners) & set(changed):  # the list is an index, and may be late
                return [Result(Outcome.STALE)]
            wishes, problems = await self.enrichment.wishes(medium, owners)
            written = await self.writing.write(medium, wishes)
        return [Result(Outcome.UPDATED if written else Outcome.UNCHANGED), *problems]

    async def owners_of(self, medium: Medium) -> list[Owner]:
        """The oldest link first; what nobody but Bynder knows comes last, in its order there."""
        links = await self.state.links_of_asset(SYSTEM, medium.id)
        recorded = [Owner(link.kind, link.product) for link in links if link.state is not LinkState.REMOVED_IN_PIM]
        named = [Owner(kind, code) for kind, code in self.run.targets.owners_of(medium)]
        return list(dict.fromkeys(recorded + named))
