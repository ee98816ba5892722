"""From an address to its file, through the documents of one connection."""

from dataclasses import dataclass, field

from proxy.address import LEGACY, Entry, EntryAddress, Kind
from proxy.addresses.kept import Kept
from proxy.addresses.lookups import Lookups, name_of
from proxy.catalogue.structure import Attribute
from proxy.catalogue.values import ASSET_COLLECTIONS, MEDIA_LINK, Value
from proxy.deadline import Deadline
from proxy.errors import InvalidTransformation, MediaForbidden, MediaNotFound, NotFound
from proxy.media import Family, MediaPath

FLOORS = 8  # of models above a product; Akeneo has two
NOUNS = {
    Kind.PRODUCT: "product",
    Kind.MODEL: "product model",
    Kind.ASSET: "asset",
    Kind.RECORD: "record",
    Kind.REFERENCE: "asset or reference file",
    Kind.VARIATION: "asset or variation file",
}


@dataclass(frozen=True, slots=True)
class Link:
    """Where a `media_link` leads: outside of the PIM, as it stands there."""

    url: str


@dataclass(slots=True)
class Walk:
    """One way; `stale` once something on it was said by an Akeneo that is in trouble now, or is asked anew behind it.

    Its methods raise MediaNotFound, which names the part that is missing, and what `Lookups` raises.
    """

    lookups: Lookups
    deadline: Deadline | None
    stale: bool = False
    passed: list[str] = field(default_factory=list)  # keys of documents

    async def document(self, address: EntryAddress, owner: str = "") -> Kept:
        try:
            answer = await self.lookups.document(address, self.deadline)
        except MediaForbidden:
            raise
        except NotFound:
            noun = "reference entity" if address.asks_for_entity else NOUNS[address.entry.kind]
            raise MediaNotFound(f"no such {noun}{owner}") from None
        self.stale = self.stale or answer.stale
        self.passed.append(self.lookups.key(name_of(address)))
        return answer.value

    async def file(self, document: Kept, address: EntryAddress) -> MediaPath | Link:
        """What its attribute holds."""
        if address.entry.kind in LEGACY:
            assert document.legacy is not None
            revision, path = document.legacy
            return MediaPath(Family.LEGACY, f"{self.lookups.name} {path}", revision)
        if address.asks_for_entity:
            if document.image is None:
                raise MediaNotFound("the reference entity has no image")
            return document.image
        attribute = address.attribute or await self.shown(document, address)
        value = await self.value(document, address, attribute)
        if value is None:
            raise await self.absence(document, address, attribute)
        return await self.of_value(value, address, attribute)

    async def value(self, document: Kept, address: EntryAddress, attribute: str) -> Value | None:
        """Of the entry, or of the nearest model above it that has one."""
        for _ in range(FLOORS):
            value = document.values.find(attribute, address.locale, address.scope)
            if value is not None or document.parent is None:
                return value
            document = await self.document(EntryAddress(Entry(Kind.MODEL, document.parent)), " above the product")
        return None

    async def of_value(self, value: Value, address: EntryAddress, attribute: str) -> MediaPath | Link:
        path = value.media()
        if path is None and value.type in ASSET_COLLECTIONS and value.asset_family:
            return await self.of_asset(value.asset_codes(), value.asset_family, address, attribute)
        if path is None and value.type != MEDIA_LINK:
            definition = await self.definition(address, attribute)
            path = value.media(definition.type)
            if path is None and definition.is_asset_collection:
                codes = value.asset_codes(definition.type)
                return await self.of_asset(codes, value.asset_family or definition.asset_family, address, attribute)
        if address.position:
            raise MediaNotFound(f"{attribute} holds one file: there is no [{address.position}]")
        if path is not None:
            return path
        definition = await self.definition(address, attribute)
        link = definition.link(value)
        if link is None:
            raise MediaNotFound(f"{attribute} holds no picture")
        return Link(link)

    async def of_asset(
        self, codes: tuple[str, ...], family: str, address: EntryAddress, attribute: str
    ) -> MediaPath | Link:
        """The main media of one asset of a collection."""
        if address.position >= len(codes):
            raise MediaNotFound(f"{attribute} holds {len(codes)} assets: there is no [{address.position}]")
        entry = Entry(Kind.ASSET, codes[address.position], family)
        asset = EntryAddress(entry, "", 0, address.locale, address.scope)
        return await self.file(await self.document(asset, f" as {attribute} names"), asset)

    async def shown(self, document: Kept, address: EntryAddress) -> str:
        """The attribute that the family shows its entries by."""
        kind, attribute = address.entry.kind, None
        if kind is Kind.ASSET:
            attribute = (await self.lookups.asset_family(address.entry.owner, self.deadline)).main_media
        elif document.family is not None:
            attribute = (await self.lookups.family(document.family, self.deadline)).image
        if attribute is None:
            raise MediaNotFound(f"the family of the {NOUNS[kind]} names no picture: expected an attribute")
        return attribute

    async def definition(self, address: EntryAddress, attribute: str) -> Attribute:
        entry = address.entry
        try:
            if entry.kind in (Kind.PRODUCT, Kind.MODEL):
                return await self.lookups.attribute(attribute, self.deadline)
            return (await self.lookups.attributes_of(entry, self.deadline))[attribute]
        except (MediaNotFound, KeyError):
            raise MediaNotFound(f"no such attribute: {attribute}") from None

    async def absence(self, document: Kept, address: EntryAddress, attribute: str) -> Exception:
        """Why there is no value."""
        if attribute in document.others:
            return MediaNotFound(f"{attribute} holds no picture")
        definition = await self.definition(address, attribute)
        if not (definition.is_media_file or definition.is_asset_collection or definition.is_media_link):
            return MediaNotFound(f"{attribute} holds no picture")
        await self.check_scope(address)
        return MediaNotFound(f"{attribute} is empty{for_whom(address)}")

    async def check_scope(self, address: EntryAddress) -> None:
        """Raises InvalidTransformation for a channel that there is not, or a locale that it has not."""
        if address.scope is None:
            return
        try:
            channel = await self.lookups.channel(address.scope, self.deadline)
        except MediaForbidden:
            return
        except NotFound:
            raise InvalidTransformation("scope", "the code of a channel in Akeneo") from None
        if address.locale is not None and address.locale not in channel.locales:
            raise InvalidTransformation("locale", f"one of {', '.join(channel.locales)}, those of the scope")


def for_whom(address: EntryAddress) -> str:
    said = [f"{name} {it}" for name, it in (("locale", address.locale), ("scope", address.scope)) if it]
    return f" for {' and '.join(said)}" if said else ""
