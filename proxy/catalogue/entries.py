"""Products, models, assets and records as far as media need them, and the files that they name."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from proxy.catalogue.shapes import entry, mapping, optional, text
from proxy.catalogue.values import Values, media_path, read_values
from proxy.media import Family, MediaPath


@dataclass(frozen=True, slots=True)
class Product:
    """One of `identifier` and `uuid` is there. A variant's `values` are its parents' as well."""

    identifier: str | None
    uuid: str | None
    family: str | None
    parent: str | None
    values: Values = field(repr=False)
    updated: str | None = None


@dataclass(frozen=True, slots=True)
class ProductModel:
    code: str
    family: str | None
    parent: str | None
    values: Values = field(repr=False)
    updated: str | None = None


@dataclass(frozen=True, slots=True)
class Asset:
    family: str
    code: str
    values: Values = field(repr=False)
    updated: str | None = None


@dataclass(frozen=True, slots=True)
class Record:
    entity: str
    code: str
    values: Values = field(repr=False)
    updated: str | None = None


@dataclass(frozen=True, slots=True)
class ReferenceEntity:
    code: str
    image: MediaPath | None


@dataclass(frozen=True, slots=True)
class LegacyFile:
    """A file of the asset manager of before 4.0: its address stays when its `code` changes, and `download_path`
    (below the base URL) is the only way to its bytes.
    """

    code: str
    locale: str | None
    scope: str | None
    download_path: str


@dataclass(frozen=True, slots=True)
class MediaCode:
    """One place of a document where a file is named; the image of a reference entity has no attribute."""

    path: MediaPath
    attribute: str
    locale: str | None = None
    scope: str | None = None

    @property
    def family(self) -> Family:
        return self.path.family

    @property
    def code(self) -> str:
        return self.path.code


Entry = Product | ProductModel | Asset | Record | ReferenceEntity


def codes_in(document: Entry) -> Iterator[MediaCode]:
    """All files that a document names by their codes. Assets of a collection and `media_link`s are not among them."""
    if isinstance(document, ReferenceEntity):
        if document.image is not None:
            yield MediaCode(document.image, "")
        return
    for value in document.values:
        path = value.media()
        if path is not None:
            yield MediaCode(path, value.attribute, value.locale, value.scope)


def read_product(found: object) -> Product:
    """Of a product's JSON, as the REST API and events have it; this and the others raise OriginBroken."""
    document = entry(found)
    uuid = optional(document, "uuid")
    identifier = optional(document, "identifier") if uuid else text(document, "identifier")
    family, parent = optional(document, "family"), optional(document, "parent")
    return Product(identifier, uuid, family, parent, read_values(document.get("values")), optional(document, "updated"))


def read_product_model(found: object) -> ProductModel:
    document = entry(found)
    return ProductModel(
        text(document, "code"),
        optional(document, "family"),
        optional(document, "parent"),
        read_values(document.get("values")),
        optional(document, "updated"),
    )


def read_asset(family: str, found: object) -> Asset:
    document = entry(found)
    return Asset(family, text(document, "code"), read_values(document.get("values")), optional(document, "updated"))


def read_record(entity: str, found: object) -> Record:
    document = entry(found)
    return Record(entity, text(document, "code"), read_values(document.get("values")), optional(document, "updated"))


def read_reference_entity(found: object) -> ReferenceEntity:
    document = entry(found)
    image = optional(document, "image")
    return ReferenceEntity(text(document, "code"), media_path(Family.REFERENCE_ENTITY, image) if image else None)


def read_legacy_file(download_path: str, found: object) -> LegacyFile:
    """The link of the document is `_link` there, and samples of it are wrong: it is not looked at."""
    document = mapping(found, "a file")
    scope = optional(document, "scope") or optional(document, "channel")
    return LegacyFile(text(document, "code"), optional(document, "locale"), scope, download_path)
