"""The structure of a catalogue: families, attributes, channels, asset families."""

from dataclasses import dataclass

from proxy.catalogue.shapes import entry, flag, optional, text, texts
from proxy.catalogue.values import ASSET_COLLECTIONS, MEDIA_LINK, MEDIA_TYPES, Value


@dataclass(frozen=True, slots=True)
class Attribute:
    """Of products, of an asset family or of a reference entity. `asset_family` is that of a collection; `prefix`,
    `suffix` and `media_type` (as `image`) are those of a `media_link`.
    """

    code: str
    type: str
    localizable: bool = False
    scopable: bool = False
    asset_family: str = ""
    prefix: str = ""
    suffix: str = ""
    media_type: str = ""

    @property
    def is_media_file(self) -> bool:
        return self.type in MEDIA_TYPES

    @property
    def is_asset_collection(self) -> bool:
        return self.type in ASSET_COLLECTIONS

    @property
    def is_media_link(self) -> bool:
        return self.type == MEDIA_LINK

    def link(self, value: Value) -> str | None:
        """Where a `media_link` points to: outside of the PIM, never to be sent its token, maybe without a scheme."""
        if not self.is_media_link or not isinstance(value.data, str):
            return None
        return self.prefix + value.data + self.suffix


@dataclass(frozen=True, slots=True)
class Family:
    """Of products; `image` is the attribute that shows them."""

    code: str
    image: str | None
    attributes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AssetFamily:
    """`main_media` is the attribute that shows its assets, a `media_file` or a `media_link`."""

    code: str
    main_media: str | None


@dataclass(frozen=True, slots=True)
class Channel:
    code: str
    locales: tuple[str, ...]


def read_attribute(found: object) -> Attribute:
    """This and the others raise OriginBroken."""
    document = entry(found)
    localizable = "localizable" if "localizable" in document else "value_per_locale"
    scopable = "scopable" if "scopable" in document else "value_per_channel"
    return Attribute(
        text(document, "code"),
        text(document, "type"),
        flag(document, localizable),
        flag(document, scopable),
        optional(document, "reference_data_name") or "",
        optional(document, "prefix") or "",
        optional(document, "suffix") or "",
        optional(document, "media_type") or "",
    )


def read_family(found: object) -> Family:
    document = entry(found)
    return Family(
        text(document, "code"),
        optional(document, "attribute_as_image"),
        texts(document.get("attributes"), "attributes"),
    )


def read_asset_family(found: object) -> AssetFamily:
    document = entry(found)
    return AssetFamily(text(document, "code"), optional(document, "attribute_as_main_media"))


def read_channel(found: object) -> Channel:
    document = entry(found)
    return Channel(text(document, "code"), texts(document.get("locales"), "locales"))
