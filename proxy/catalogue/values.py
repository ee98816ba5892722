"""Values of products, models, assets and records: one attribute, locale and channel at a time."""

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

from proxy.catalogue.shapes import Document, items, mapping, optional
from proxy.errors import NoSuchPath
from proxy.media import Family, MediaPath

API_ROOT = "/api/rest/v1/"
MEDIA_TYPES = {
    "pim_catalog_image": Family.PRODUCT,
    "pim_catalog_file": Family.PRODUCT,
    "media_file": Family.ASSET,
    "image": Family.REFERENCE_ENTITY,
}
ASSET_COLLECTIONS = ("pim_catalog_asset_collection", "pim_assets_collection")  # the second before 4.0
MEDIA_LINK = "media_link"
MEDIA_FAMILIES = frozenset(MEDIA_TYPES.values())


@dataclass(frozen=True, slots=True)
class Value:
    """`locale` and `scope` are None where the attribute is not localizable, not scopable; a record's or an asset's
    `channel` is its `scope`. `type` and `asset_family` are empty but for a SaaS; `href` is the file's, if it is one.
    """

    attribute: str
    locale: str | None
    scope: str | None
    data: Any
    type: str = ""
    asset_family: str = ""
    href: str = field(default="", repr=False)

    def is_for(self, locale: str | None, scope: str | None) -> bool:
        """None asks for any."""
        return (locale is None or self.locale in (None, locale)) and (scope is None or self.scope in (None, scope))

    def media(self, attribute_type: str = "") -> MediaPath | None:
        """The file, recognised by its link, else by the value's type or the one that the attribute is known to have."""
        if not isinstance(self.data, str):
            return None
        family = family_of(self.href) or MEDIA_TYPES.get(self.type or attribute_type)
        return media_path(family, self.data) if family else None

    def asset_codes(self, attribute_type: str = "") -> tuple[str, ...]:
        """Of an asset collection, in its order; a list of anything else has none."""
        if (self.type or attribute_type) not in ASSET_COLLECTIONS or not isinstance(self.data, list):
            return ()
        return tuple(code for code in self.data if isinstance(code, str) and code)


@dataclass(frozen=True, slots=True)
class Values:
    """All values of one document, in its order; those without data are left out."""

    of: Mapping[str, tuple[Value, ...]] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Value]:
        return (value for several in self.of.values() for value in several)

    def find(self, attribute: str, locale: str | None = None, scope: str | None = None) -> Value | None:
        """The value for that locale and that scope; what is not localizable, not scopable is for all of them.

        Where none is asked for, the one for all comes first, then they go by their names: always the same.
        """
        fitting = [value for value in self.of.get(attribute, ()) if value.is_for(locale, scope)]
        return min(fitting, key=lambda value: (value.locale or "", value.scope or ""), default=None)

    def only(self, attributes: Container[str]) -> "Values":
        """Without those of other attributes."""
        return Values({code: several for code, several in self.of.items() if code in attributes})

    def media(
        self, attribute: str, locale: str | None = None, scope: str | None = None, attribute_type: str = ""
    ) -> MediaPath | None:
        """The file of an attribute; None if there is no value, or it is no file."""
        value = self.find(attribute, locale, scope)
        return value.media(attribute_type) if value else None


def read_values(found: object) -> Values:
    """Of `values` in a document; raises OriginBroken."""
    read = {code: tuple(values_of(code, several)) for code, several in mapping(found, "values").items()}
    return Values({code: values for code, values in read.items() if values})


def values_of(attribute: str, several: object) -> Iterator[Value]:
    for found in items(several, f"the values of {attribute!r}"):
        value = mapping(found, f"a value of {attribute!r}")
        if value.get("data") not in (None, "", []):
            yield value_of(attribute, value)


def value_of(attribute: str, value: Document) -> Value:
    links = mapping(value.get("_links"), "_links")
    return Value(
        attribute,
        optional(value, "locale"),
        optional(value, "scope") or optional(value, "channel"),
        value["data"],
        optional(value, "attribute_type") or "",
        optional(value, "reference_data_name") or "",
        optional(mapping(links.get("download"), "download"), "href") or "",
    )


def family_of(href: str) -> Family | None:
    """Which of the three families a link to a file is of; its host and its scheme mean nothing (akeneo-api, 4.1)."""
    try:
        path = unquote(urlsplit(href).path)
    except ValueError:
        return None
    segment = path.partition(API_ROOT)[2].partition("/")[0]
    return next((family for family in MEDIA_FAMILIES if segment == str(family)), None)


def media_path(family: Family, code: str) -> MediaPath | None:
    """None for a code that Akeneo's routes would not take."""
    try:
        return MediaPath.parse(f"{family}/{code}")
    except NoSuchPath:
        return None
