"""What changes in the catalogue, and what is told of it."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Self


class Kind(StrEnum):
    PRODUCT = "product"
    MODEL = "model"
    ASSET = "asset"
    RECORD = "record"
    ENTITY = "entity"


@dataclass(frozen=True, slots=True)
class Thing:
    """`of` is the asset family of an asset, the reference entity of a record. A product has a `uuid`, an identifier as
    its `code`, or both; which of them is told differs from event to event.
    """

    kind: Kind
    code: str
    of: str = ""
    uuid: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        """The same for the same thing, if the same of its names are told."""
        return self.kind, self.of, self.uuid or self.code

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(name for name in (self.code, self.uuid) if name)

    def __str__(self) -> str:
        return " ".join(repr(part) for part in (self.of, *self.names) if part)


@dataclass(frozen=True, slots=True)
class Change:
    """`at` is in seconds since 1970, by the PIM's clock. `codes` are the media paths, as text, that the thing names
    from then on; None: that has to be asked. `left` are those that it is known to have named before. `ids` are of the
    events that told it. `tries`: how often Akeneo had something wrong to say of it.
    """

    thing: Thing
    at: float
    codes: frozenset[str] | None = None
    left: frozenset[str] = frozenset()
    ids: frozenset[str] = frozenset()
    tries: int = 0

    def joined(self, other: Self) -> Self:
        """One for both: what was later holds; what was told of the same moment twice has to be asked."""
        later = self if self.at > other.at else other
        codes = None if self.at == other.at and self.codes != other.codes else later.codes
        uuid, code = (self.thing.uuid or other.thing.uuid), (self.thing.code or other.thing.code)
        thing = replace(self.thing, uuid=uuid, code=code)
        return replace(later, thing=thing, codes=codes, left=self.left | other.left, ids=self.ids | other.ids)
