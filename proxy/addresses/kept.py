"""What is kept of a catalogue's entry: where its files are, and no more of it."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from proxy.catalogue.entries import Asset, Product, ProductModel, Record
from proxy.catalogue.values import MEDIA_LINK, Value, Values
from proxy.media import MediaPath

LONGEST_TEXT = 2048  # of a link
MOST_ASSETS = 1000  # of a collection
ENTRY_BYTES, VALUE_BYTES = 600, 500  # about what Python takes for them


@dataclass(frozen=True, slots=True)
class Kept:
    """`name` is the entry's, as text; `others` are attributes with values that name no file. The `image` is that of a
    reference entity, `legacy` the present code of a file whose address outlives it.
    """

    name: str
    values: Values = field(default_factory=Values, repr=False)
    others: frozenset[str] = frozenset()
    family: str | None = None
    parent: str | None = None
    uuid: str | None = None
    image: MediaPath | None = None
    legacy: tuple[str, str] | None = None

    @property
    def weight(self) -> int:
        """Bytes, roughly."""
        held = sum(VALUE_BYTES + size_of(value.data) for value in self.values)
        return ENTRY_BYTES + held + sum(60 + len(name) for name in self.others)


def kept(name: str, entry: Product | ProductModel | Asset | Record) -> Kept:
    links = isinstance(entry, Asset)
    of = {code: tuple(useful(several, links)) for code, several in entry.values.of.items()}
    values = Values({code: several for code, several in of.items() if several})
    others = frozenset(entry.values.of.keys() - values.of.keys())
    if isinstance(entry, Product | ProductModel):
        uuid = entry.uuid if isinstance(entry, Product) else None
        return Kept(name, values, others, entry.family, entry.parent, uuid)
    return Kept(name, values, others)


def useful(values: tuple[Value, ...], links: bool) -> Iterator[Value]:
    """Files, collections, and what may be a link."""
    for value in values:
        if isinstance(value.data, list):
            if all(isinstance(code, str) for code in value.data[:MOST_ASSETS]):
                yield with_data(value, value.data[:MOST_ASSETS])
        elif value.media() is not None or may_be_media(value, links):
            yield value


def may_be_media(value: Value, links: bool) -> bool:
    """By its data alone, where the document tells no type."""
    if not isinstance(value.data, str) or len(value.data) > LONGEST_TEXT:
        return False
    return (links and value.type in ("", MEDIA_LINK)) or (not value.type and value.data.count("/") > 3)


def with_data(value: Value, data: list[str]) -> Value:
    return Value(value.attribute, value.locale, value.scope, data, value.type, value.asset_family)


def size_of(data: object) -> int:
    if isinstance(data, list):
        return sum(60 + len(code) for code in data)
    return len(data) if isinstance(data, str) else 0
