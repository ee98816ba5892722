"""Addresses that do not change: the picture of a catalogue's entry, whichever file that is at present.

  products/{identifier}[/{attribute}]                       a product, by its identifier or its UUID
  product-models/{code}[/{attribute}]
  assets/{family}/{code}[/{attribute}]
  reference-entities/{entity}                               the image of the entity itself
  reference-entities/{entity}/{record}/{attribute}
  assets/{code}/reference-files[/{locale}]                  the asset manager of before 4.0
  assets/{code}/variation-files/{channel}[/{locale}]        or variations, where the locale is there

Only identifiers of products and codes of models may hold slashes, as `/` or as `%2F`. Of several segments the last one
is the attribute; an empty one, behind a slash at the end, leaves it out. `packshots[2]` is the third of a collection.
Each segment is decoded once.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from unicodedata import category
from urllib.parse import quote, unquote, unquote_to_bytes, urlencode

from proxy.errors import InvalidTransformation, NoSuchPath

ATTRIBUTE = re.compile(r"([A-Za-z0-9_]{0,255})(?:\[([0-9]{1,4})\])?")
LOCALE = re.compile(r"[A-Za-z]{2,3}(?:_[A-Za-z0-9]{2,8}){0,3}")
SCOPE = re.compile(r"[A-Za-z0-9_]{1,100}")
UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
BARRIERS = re.compile(r"[/\\]")
NO_LOCALE = "no-locale"
LONGEST = 255  # characters of one name, as Akeneo has it


class Kind(StrEnum):
    """The first segment; but assets of before 4.0 are told from those of today by what follows."""

    PRODUCT = "products"
    MODEL = "product-models"
    ASSET = "assets"
    RECORD = "reference-entities"
    REFERENCE = "reference-files"
    VARIATION = "variation-files"


ROOTS = frozenset(map(str, (Kind.PRODUCT, Kind.MODEL, Kind.ASSET, Kind.RECORD)))
LEGACY = frozenset({Kind.REFERENCE, Kind.VARIATION})
GRAMMAR = {
    Kind.PRODUCT: "products/{identifier}/{attribute}",
    Kind.MODEL: "product-models/{code}/{attribute}",
    Kind.ASSET: "assets/{family}/{code} or assets/{family}/{code}/{attribute}",
    Kind.RECORD: "reference-entities/{entity} or reference-entities/{entity}/{record}/{attribute}",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """What has one document in Akeneo. `owner` is an asset's family, a record's entity; the entity has no `code`."""

    kind: Kind
    code: str
    owner: str = ""

    def __str__(self) -> str:
        """As the path of an address begins, decoded."""
        if self.kind in LEGACY:
            return f"{Kind.ASSET}/{self.code}/{self.kind}"
        return "/".join(filter(None, (self.kind, self.owner, self.code)))


@dataclass(frozen=True, slots=True)
class EntryAddress:
    """`attribute` may be left to the family; `position` is in an asset collection, from 0."""

    entry: Entry
    attribute: str = ""
    position: int = 0
    locale: str | None = None
    scope: str | None = None

    @classmethod
    def parse(cls, segments: Sequence[str], locale: str | None = None, scope: str | None = None) -> "EntryAddress":
        """Of encoded segments, the first of which is one of ROOTS; raises NoSuchPath, InvalidTransformation."""
        first, *names = map(decoded, segments)
        root = Kind(first)
        locale, scope = checked("locale", locale, LOCALE, "en_US"), checked("scope", scope, SCOPE, "ecommerce")
        legacy = legacy_of(names) if root is Kind.ASSET else None
        if legacy is not None:
            return legacy_address(*legacy, locale, scope)
        entry, last = taken_apart(root, names)
        match = ATTRIBUTE.fullmatch(last)
        if match is None:
            raise NoSuchPath(f"expected {GRAMMAR[root]}, an attribute of letters, digits and underscores")
        return cls(entry, match[1], int(match[2] or 0), locale, scope)

    @property
    def asks_for_entity(self) -> bool:
        """For the image of a reference entity, which is in no attribute."""
        return self.entry.kind is Kind.RECORD and not self.entry.code

    def __str__(self) -> str:
        """Canonical, and encoded: what `parse` reads to the same address."""
        entry = self.entry
        names = [entry.owner, entry.code]
        position = f"[{self.position}]" if self.position else ""
        if entry.kind in LEGACY:
            names = [entry.code, entry.kind]
            names += [self.scope or ""] if entry.kind is Kind.VARIATION else []
        elif self.attribute or position:
            names.append(self.attribute + position)
        root = Kind.ASSET if entry.kind in LEGACY else entry.kind
        path = "/".join([root, *(quote(name, safe="[]") for name in names if name)])
        scope = None if entry.kind is Kind.VARIATION else self.scope
        query = urlencode({name: it for name, it in (("locale", self.locale), ("scope", scope)) if it})
        return f"{path}?{query}" if query else path


def taken_apart(root: Kind, names: list[str]) -> tuple[Entry, str]:
    """The entry and the attribute's segment; raises NoSuchPath."""
    match root, names:
        case ((Kind.PRODUCT | Kind.MODEL), [code]):
            return Entry(root, spelled(root, code)), ""
        case ((Kind.PRODUCT | Kind.MODEL), [*several, attribute]):
            return Entry(root, spelled(root, "/".join(several))), attribute
        case Kind.ASSET, [family, code, *rest] if len(rest) < 2:
            return Entry(root, single(code), single(family)), "".join(rest)
        case Kind.RECORD, [entity] | [entity, ""]:
            return Entry(root, "", single(entity)), ""
        case Kind.RECORD, [entity, record, attribute] if attribute:
            return Entry(root, single(record), single(entity)), attribute
    raise NoSuchPath(f"expected {GRAMMAR[root]}")


def spelled(root: Kind, name: str) -> str:
    """A UUID in one way, whichever of its many it came in; raises NoSuchPath."""
    return named(name).lower() if root is Kind.PRODUCT and UUID.fullmatch(name) else named(name)


def legacy_of(names: list[str]) -> tuple[Kind, list[str]] | None:
    """`assets/{code}/variations/{x}` may be an attribute of an asset of today, whose codes have no hyphen."""
    match names:
        case [code, "reference-files", *rest]:
            return Kind.REFERENCE, [code, *filter(None, rest)]
        case [code, "variation-files", *rest]:
            return Kind.VARIATION, [code, *filter(None, rest)]
        case [code, "variations", channel, locale] if locale:
            return Kind.VARIATION, [code, channel, locale]
    return None


def legacy_address(kind: Kind, names: list[str], locale: str | None, scope: str | None) -> EntryAddress:
    code, *rest = names
    channel: str | None = None
    if kind is Kind.VARIATION:
        channel = rest.pop(0) if rest else scope
        if channel is None:
            raise NoSuchPath("expected assets/{code}/variation-files/{channel}")
        checked("channel", channel, SCOPE, "ecommerce")
    if len(rest) > 1:
        raise NoSuchPath("expected assets/{code}/reference-files/{locale} or .../variation-files/{channel}/{locale}")
    if rest and rest[0] != NO_LOCALE:
        locale = checked("locale", rest[0], LOCALE, "en_US")
    return EntryAddress(Entry(kind, single(code)), locale=locale, scope=channel)


def decoded(segment: str) -> str:
    """Once. Raises NoSuchPath."""
    try:
        return unquote_to_bytes(segment).decode() if "%" in segment or not segment.isascii() else segment
    except UnicodeError:
        raise NoSuchPath("expected text in UTF-8") from None


def single(name: str) -> str:
    if "/" in name:
        raise NoSuchPath("expected a code without slashes")
    return named(name)


def named(name: str) -> str:
    """Raises NoSuchPath for what is no name, or would be a way up for anybody who decodes it once too often."""
    if not name or len(name) > LONGEST or any(category(sign) in {"Cc", "Cs"} for sign in name) or climbs(name):
        raise NoSuchPath("no such entry")
    return name


def climbs(name: str) -> bool:
    while True:
        if not {".", ".."}.isdisjoint(BARRIERS.split(name)):
            return True
        further = unquote(name)
        if further == name:
            return False
        name = further


def checked(key: str, value: str | None, pattern: re.Pattern[str], example: str) -> str | None:
    """An empty one is as good as none. Raises InvalidTransformation, which names it."""
    if value and not pattern.fullmatch(value):
        raise InvalidTransformation(key, f"a code such as {example}")
    return value or None
