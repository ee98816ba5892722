"""Which assets the slots of a product or model hold, as far as the PIM and our memory tell."""

from collections.abc import Iterator
from dataclasses import dataclass

from proxy.catalogue.values import Values
from proxy.sync.bynder.changes import Changed
from proxy.sync.bynder.fingerprint import id_of, plain
from proxy.sync.bynder.run import SYSTEM, Run
from proxy.sync.bynder.slots import Place
from proxy.sync.state.rows import Kind, Link, LinkState


@dataclass(frozen=True, slots=True)
class Choice:
    """One slot. `code` is what it holds (empty: a user has emptied it); `asset` is Bynder's id, empty if none is known;
    `link` is the record of exactly this file, or of the one that is gone.
    """

    asset: str
    kind: Kind
    product: str
    attribute: str
    place: Place
    code: str
    link: Link | None = None

    @property
    def is_emptied(self) -> bool:
        return not self.code


class Choices:
    def __init__(self, run: Run) -> None:
        self.run = run
        self.types = run.schema[run.settings.metaproperty_mappings.asset_type]
        self.models: dict[str, Values] = {}

    async def of(self, entry: Changed) -> list[Choice]:
        known = await self.run.service.state.links_of_product(SYSTEM, entry.code, entry.kind)
        links = [link for link in known if self.run.may_own(link)]
        others = {(link.slot, link.code) for link in known if not self.run.may_own(link)}
        inherited = await self.inherited(entry)
        found = list(self.emptied(entry, links))
        for attribute in entry.values.of:
            place, code = self.place_of(attribute), code_in(entry.values, attribute)
            if place is None or code is None or code == code_in(inherited, attribute):
                continue
            if (attribute, code) not in others:
                found.append(self.choice(entry, attribute, place, code, links))
        return found

    def choice(self, entry: Changed, attribute: str, place: Place, code: str, links: list[Link]) -> Choice:
        """Our record, else the name of the file, else a text attribute beside it."""
        link = next((link for link in links if (link.slot, link.code) == (attribute, code)), None)
        asset = link.asset if link is not None else self.known(id_of(code), links) or self.told(entry, attribute)
        return Choice(asset or "", entry.kind, entry.code, attribute, place, code, link)

    def emptied(self, entry: Changed, links: list[Link]) -> Iterator[Choice]:
        for link in links:
            if link.state is LinkState.LINKED and code_in(entry.values, link.slot) is None:
                yield Choice(link.asset, entry.kind, entry.code, link.slot, Place(""), "", link)

    def place_of(self, attribute: str) -> Place | None:
        """Mapped by the settings, or an attribute whose code is an option of the asset type."""
        place = self.run.targets.place_of(attribute)
        if place is None and (attribute in self.types.options or attribute in self.run.settings.bynder_id_attributes):
            return Place(attribute)
        return place

    def told(self, entry: Changed, attribute: str) -> str | None:
        beside = self.run.settings.bynder_id_attributes.get(attribute)
        value = entry.values.find(beside) if beside is not None else None
        return value.data.strip() if value is not None and isinstance(value.data, str) else None

    def known(self, asset: str | None, links: list[Link]) -> str | None:
        """As it is spelled in our records, where there is one."""
        if asset is None:
            return None
        return next((link.asset for link in links if plain(link.asset) == plain(asset)), asset)

    async def inherited(self, entry: Changed) -> Values:
        """What is the model's is no choice of the variant's: only there it can be changed."""
        if entry.parent is None:
            return Values()
        if entry.parent not in self.models:
            model = await self.run.service.reads.product_model(entry.parent)
            values = model.values if model is not None else Values()
            self.models[entry.parent] = values.only([code for code in values.of if self.place_of(code)])
        return self.models[entry.parent]


def code_in(values: Values, attribute: str) -> str | None:
    value = next((one for one in values.of.get(attribute, ()) if one.locale is None and one.scope is None), None)
    return value.data if value is not None and isinstance(value.data, str) else None
