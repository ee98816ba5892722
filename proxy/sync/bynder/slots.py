"""Which slots an asset asks for, and the other way round: what an asset in a slot has to say of itself. Pure."""

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from proxy.sync.bynder.documents import Medium, whole
from proxy.sync.outcomes import Outcome, Reason, Result
from proxy.sync.settings.bynder import BynderSettings
from proxy.sync.state.rows import Kind

NUMBERED = re.compile(r"(?P<stem>.+)_(?P<number>\d+)")


@dataclass(frozen=True, slots=True)
class Slot:
    kind: Kind
    product: str
    attribute: str


@dataclass(frozen=True, slots=True)
class Claims:
    """`problems` are of asset types that lead to no slot."""

    slots: tuple[Slot, ...] = ()
    problems: tuple[Result, ...] = ()

    @property
    def are_none(self) -> bool:
        """The asset is not mapped."""
        return not self.slots and not self.problems


@dataclass(frozen=True, slots=True)
class Place:
    """What the asset in an image attribute says: its type, and its order where the attribute is sortable."""

    option: str
    order_in: str = ""
    order: str = ""


class Targets:
    """`types` are the names of all options of the asset type."""

    def __init__(self, settings: BynderSettings, types: Collection[str] = ()) -> None:
        self.types = types
        self.link = settings.metaproperty_mappings
        self.options: Mapping[str, str] = settings.asset_type_metaproperty_options_mappings
        self.sortable: Mapping[str, str] = settings.sortable_asset_type_metaproperty_mappings

    # -- from Bynder to the PIM --

    def owners_of(self, medium: Medium) -> list[tuple[Kind, str]]:
        """Products, then models, in the order in which the asset names them."""
        owners = [(Kind.PRODUCT, name) for name in medium.texts(self.link.sku)]
        if self.link.product_model_code is not None:
            owners += [(Kind.PRODUCT_MODEL, name) for name in medium.texts(self.link.product_model_code)]
        return owners

    def claims_of(self, medium: Medium) -> Claims:
        owners, types = self.owners_of(medium), medium.texts(self.link.asset_type, self.types)
        attributes: dict[str, None] = {}
        problems = []
        for option in types if owners else ():
            for attribute in self.attributes_of(option):
                target = self.target(attribute, medium)
                if target is None:
                    expected = f"a whole number from 1 on in {self.sortable[attribute]}"
                    problems.append(Result(Outcome.FAILED, Reason.MISSING_SORT_ORDER, attribute, expected))
                else:
                    attributes[target] = None
        slots = tuple(Slot(kind, product, attribute) for kind, product in owners for attribute in attributes)
        return Claims(slots, tuple(problems))

    def attributes_of(self, option: str) -> list[str]:
        """Without an entry the option's name is the attribute's code."""
        return [attribute for attribute, name in self.options.items() if name == option] or [option]

    def target(self, attribute: str, medium: Medium) -> str | None:
        """With the asset's order as its number, where it is sortable; None if the asset has none."""
        if attribute not in self.sortable:
            return attribute
        order = order_of(medium.text(self.sortable[attribute]))
        return None if order is None else f"{attribute.rpartition('_')[0]}_{order}"

    def fields_of(self, medium: Medium) -> str:
        """What decides where the asset goes, as a text to be compared: in whatever order Bynder shows the values."""
        names = [self.link.sku, self.link.product_model_code, self.link.asset_type, *sorted(self.sortable.values())]
        known = {self.link.asset_type: self.types}
        values = [medium.texts(name, known.get(name, ())) if name else () for name in names]
        return json.dumps([sorted(several) for several in values], ensure_ascii=False)

    # -- from the PIM to Bynder --

    def place_of(self, attribute: str) -> Place | None:
        """None for what is no mapped image attribute by the settings alone."""
        numbered = NUMBERED.fullmatch(attribute)
        for sorted_by, order_in in self.sortable.items():
            if numbered and numbered["stem"] == sorted_by.rpartition("_")[0] and int(numbered["number"]):
                return Place(self.options.get(sorted_by, sorted_by), order_in, str(int(numbered["number"])))
        return Place(self.options[attribute]) if attribute in self.options else None


def order_of(text: str) -> int | None:
    number = whole(text)
    return number if number is not None and number >= 1 else None
