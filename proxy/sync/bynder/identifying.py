"""`update-properties`: assets that were chosen in the PIM learn in Bynder which products they belong to."""

from argparse import Namespace
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from proxy.sync.bynder.changes import changed_entries
from proxy.sync.bynder.choices import Choice, Choices
from proxy.sync.bynder.dealing import each
from proxy.sync.bynder.documents import Medium
from proxy.sync.bynder.fingerprint import Fingerprint
from proxy.sync.bynder.run import SYSTEM, Run, begin
from proxy.sync.bynder.slots import Slot
from proxy.sync.bynder.wishes import Wish, have
from proxy.sync.bynder.writing import Writing
from proxy.sync.outcomes import DataError, Outcome, Reason, Result, Tally
from proxy.sync.service import Service
from proxy.sync.state.rows import Kind, Link, LinkState, Subject

COMMAND = "bynder update-properties"


async def update_properties(service: Service, options: Namespace, tally: Tally) -> None:
    run = await begin(service, options, tally, COMMAND)
    choices = Choices(run)
    chosen: dict[str, list[Choice]] = defaultdict(list)  # an asset of several products is written once, with them all
    async for entry in changed_entries(run):
        for choice in await choices.of(entry):
            chosen[choice.asset].append(choice)
    work = Identifying(run)
    for choice in chosen.pop("", ()):
        await run.dealing.deal(subject("", [choice]), partial(work.without_asset, choice))
    await each(chosen.items(), lambda item: run.dealing.deal(subject(*item), partial(work.asset, *item)))


def subject(asset: str, choices: list[Choice]) -> Subject:
    products = ", ".join(dict.fromkeys(choice.product for choice in choices))
    return Subject(SYSTEM, asset or f"{choices[0].product} {choices[0].attribute}", product=products)


class Identifying:
    def __init__(self, run: Run) -> None:
        self.run = run
        self.state = run.service.state
        self.writing = Writing(run)

    async def without_asset(self, choice: Choice) -> list[Result]:
        part = f"{choice.product} {choice.attribute}"
        return [Result(Outcome.SKIPPED, Reason.NO_BYNDER_ASSET, part, "a file that came from Bynder")]

    async def asset(self, asset: str, choices: list[Choice]) -> list[Result]:
        async with self.run.asset(asset):
            emptied = [choice for choice in choices if choice.is_emptied]
            results = [result for choice in emptied for result in await self.emptied(choice)]
            filled = [choice for choice in choices if not choice.is_emptied]
            return results + (await self.filled(asset, filled) if filled else [])

    async def emptied(self, choice: Choice) -> list[Result]:
        """The list may be older than an upload of ours: the product is read once more."""
        link = choice.link
        assert link is not None
        entry = await self.run.service.reads.entry(choice.kind, choice.product)
        link = await self.state.link_of(SYSTEM, link.asset, link.product, link.slot, link.kind)
        if entry is None or link is None or entry.data(choice.attribute) is not None:
            return [Result(Outcome.STALE)]
        if link.state is LinkState.LINKED and not self.run.dry_run:
            await self.state.save_link(replace(link, state=LinkState.REMOVED_IN_PIM))
        part = f"{choice.product} {choice.attribute}"
        return [Result(Outcome.SKIPPED, Reason.REMOVED_IN_PIM, part, "the asset's link fields or version to change")]

    async def filled(self, asset: str, choices: list[Choice]) -> list[Result]:
        medium = await self.run.bynder.medium(asset)
        if medium is None:
            return [Result(Outcome.SKIPPED, Reason.SOURCE_GONE, asset, "a medium that Bynder knows")]
        if medium.archived:
            return [Result(Outcome.SKIPPED)]
        medium = await self.writing.notes.current(medium)
        fields, claims = self.run.targets.fields_of(medium), self.run.targets.claims_of(medium)
        gone = [choice for choice in choices if moved(choice, fields, claims.slots)]
        stale = [Result(Outcome.STALE)] if gone else []  # changed in Bynder since: first comes import-assets
        left = [choice for choice in choices if choice not in gone]
        return [*stale, await self.told(medium, left, gone)] if left else stale

    async def told(self, medium: Medium, choices: list[Choice], gone: list[Choice]) -> Result:
        """`gone` are other choices of the asset, which somebody has moved in Bynder."""
        await self.check_orders(medium, choices, gone)
        wishes = self.wishes(medium, choices)
        before, after = (self.run.targets.fields_of(one) for one in (medium, with_wishes(medium, wishes)))
        await self.announce(medium.id, before, after)
        written = await self.writing.write(medium, wishes)
        await self.adopt(medium, choices, after)
        return Result(Outcome.UPDATED if written else Outcome.UNCHANGED)

    def wishes(self, medium: Medium, choices: list[Choice]) -> list[Wish]:
        """Identifiers and types are added to those that are there, the order is that of the slot."""
        link, schema = self.run.settings.metaproperty_mappings, self.run.schema
        wanted: dict[str, list[str]] = {}
        for choice in choices:
            name = link.sku if choice.kind is Kind.PRODUCT else link.product_model_code
            if name is None:
                part = "product_model_code"
                raise DataError(Reason.MISSING_ATTRIBUTE, part, "a mapping, since a product model has the asset")
            for metaproperty, value in ((name, choice.product), (link.asset_type, choice.place.option)):
                there = medium.texts(metaproperty, schema[metaproperty].options)
                values = wanted.setdefault(metaproperty, list(there))
                if value not in values:
                    values.append(value)
            if choice.place.order_in:
                wanted[choice.place.order_in] = [choice.place.order]
        return [self.wish(medium, name, values) for name, values in wanted.items() if schema[name]]

    async def check_orders(self, medium: Medium, choices: list[Choice], gone: list[Choice]) -> None:
        """An asset has one order: were it in two places, an import would take its picture out of one of them. Raises
        DataError(WRONG_VALUE).
        """
        found: dict[str, set[str]] = defaultdict(set)
        for choice in choices:
            if choice.place.order_in:
                found[choice.place.order_in].add(choice.place.order)
        places = [self.run.targets.place_of(slot.attribute) for slot in self.owned(medium, gone)]
        for link in await self.elsewhere(medium.id, choices + gone):
            place = self.run.targets.place_of(link.slot)
            if place and place.order not in found.get(place.order_in, {place.order}) and await self.is_there(link):
                places.append(place)
        for place in places:
            if place and place.order_in in found:
                found[place.order_in].add(place.order)
        for order_in, orders in found.items():
            if len(orders) > 1:
                expected = f"one place, not {' and '.join(sorted(orders, key=int))}"
                raise DataError(Reason.WRONG_VALUE, f"{medium.name} {order_in}", expected)

    def owned(self, medium: Medium, choices: list[Choice]) -> list[Slot]:
        """What the asset asks for, by Bynder, in the products and models of the choices."""
        owners = {(choice.kind, choice.product) for choice in choices}
        return [slot for slot in self.run.targets.claims_of(medium).slots if (slot.kind, slot.product) in owners]

    async def elsewhere(self, asset: str, choices: list[Choice]) -> list[Link]:
        """Its links in products and models whose slots are not among the choices."""
        changed = {(choice.kind, choice.product) for choice in choices}
        links = await self.state.links_of_asset(SYSTEM, asset)
        return [link for link in links if (link.kind, link.product) not in changed]

    async def is_there(self, link: Link) -> bool:
        entry = await self.run.service.reads.entry(link.kind, link.product)
        return entry is not None and entry.data(link.slot) == link.code

    def wish(self, medium: Medium, name: str, values: list[str]) -> Wish:
        metaproperty = self.run.schema[name]
        if not metaproperty.is_select:
            same = tuple(values) == medium.texts(name)  # spaces after commas are no difference
            return Wish(metaproperty, have(medium, metaproperty) if same else (",".join(values),))
        if len(values) > 1 and not metaproperty.multi:
            raise DataError(Reason.WRONG_VALUE, f"{medium.name} {name}", f"one option, not {' and '.join(values)}")
        for value in values:
            self.writing.check_option(metaproperty, value)
        return Wish(metaproperty, tuple(values))

    async def adopt(self, medium: Medium, choices: list[Choice], fields: str) -> None:
        """A file that bears the asset's name is a link of ours that we had forgotten. Bynder has been told by now: an
        import would empty a slot that the asset does not ask for.
        """
        for choice in choices:
            mark = Fingerprint.named(choice.code)
            if choice.link is None and mark is not None and not self.run.dry_run:
                link = Link(SYSTEM, medium.id, choice.product, choice.attribute, choice.kind, choice.code)
                known = replace(link, fingerprint=str(mark), fields=fields, credential=self.run.credential)
                await self.state.save_link(known)

    async def announce(self, asset: str, before: str, after: str) -> None:
        """Our own write moves the link fields, and brings no slot back that a user has emptied: both are known."""
        if before == after or self.run.dry_run:
            return
        for link in await self.state.links_of_asset(SYSTEM, asset):
            if before in link.fields.split("\n") and after not in link.fields.split("\n"):
                await self.state.save_link(replace(link, fields=f"{before}\n{after}"))


def moved(choice: Choice, fields: str, claimed: Sequence[Slot]) -> bool:
    """To another slot: an asset that claims none at all has only lost what the PIM is to tell it."""
    if choice.link is None or fields in choice.link.fields.split("\n"):
        return False
    return bool(claimed) and Slot(choice.kind, choice.product, choice.attribute) not in claimed


def with_wishes(medium: Medium, wishes: list[Wish]) -> Medium:
    return replace(medium, properties={**medium.properties, **{w.metaproperty.name: list(w.values) for w in wishes}})
