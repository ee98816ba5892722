"""What is kept of a catalogue's entry: where its files are, and no more of it."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from proxy.address import LONGEST, Entry, Kind
from proxy.catalogue.entries import Asset, Product, ProductModel, Record
from proxy.catalogue.values import MEDIA_LINK, Value, Values
from proxy.media import MediaPath

IDENTIFIER = "pim_catalog_identifier"
LONGEST_TEXT = 2048  # of a link
MOST_ASSETS = 1000  # of a collection
ENTRY_BYTES, VALUE_BYTES = 600, 500  # about what Python takes for them


@dataclass(frozen=True, slots=True)
class Kept:
    """`name` is the entry's, as text, and `names` all that Akeneo calls it, folded; `above` is that of its model.
    `others` are attributes with values that name no file. The `image` is that of a reference entity, `legacy` the
    present code of a file whose address outlives it.
    """

    name: str
    values: Values = field(default_factory=Values, repr=False)
    others: frozenset[str] = frozenset()
    family: str | None = None
    parent: str | None = None
    names: tuple[str, ...] = ()
    image: MediaPath | None = None
    legacy: tuple[str, str] | None = None

    @property
    def above(self) -> str | None:
        return None if self.parent is None else folded(Entry(Kind.MODEL, self.parent))

    @property
    def is_model(self) -> bool:
        return self.name.startswith(f"{Kind.MODEL}/")

    @property
    def weight(self) -> int:
        """Bytes, roughly."""
        held = sum(VALUE_BYTES + size_of(value.data) for value in self.values)
        return ENTRY_BYTES + held + sum(60 + len(name) for name in (*self.others, *self.names, *self.names))


def kept(name: str, entry: Product | ProductModel | Asset | Record) -> Kept:
    links = isinstance(entry, Asset)
    of = {code: tuple(useful(several, links)) for code, several in entry.values.of.items()}
    values = Values({code: several for code, several in of.items() if several})
    others = frozenset(entry.values.of.keys() - values.of.keys())
    names = names_of(entry)
    if isinstance(entry, Product | ProductModel):
        return Kept(name, values, others, entry.family, entry.parent, names)
    return Kept(name, values, others, names=names)


def names_of(entry: Product | ProductModel | Asset | Record) -> tuple[str, ...]:
    match entry:
        case Product():
            codes = (entry.identifier, entry.uuid, *identifiers_in(entry.values))
            return tuple(dict.fromkeys(folded(Entry(Kind.PRODUCT, code)) for code in codes if code))
        case ProductModel():
            return (folded(Entry(Kind.MODEL, entry.code)),)
        case Asset():
            return (folded(Entry(Kind.ASSET, entry.code, entry.family)),)
        case Record():
            return (folded(Entry(Kind.RECORD, entry.code, entry.entity)),)


def identifiers_in(values: Values) -> Iterator[str]:
    """A document by UUID tells them as values only."""
    for value in values:
        if value.type == IDENTIFIER and isinstance(value.data, str) and len(value.data) <= LONGEST:
            yield value.data


def folded(entry: Entry) -> str:
    """One name for all spellings that Akeneo takes for the same."""
    return str(entry).casefold()


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
