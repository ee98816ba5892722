"""A catalogue as the pretend Akeneo holds it; whatever is in it may be changed while the PIM runs."""

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from proxy.demo.files import DemoFile

FIRST_DAY = datetime(2026, 1, 1, 8, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Value:
    """A file's `data` is its code, a collection's a list of asset codes."""

    data: object
    locale: str | None = None
    scope: str | None = None


@dataclass
class Attribute:
    """Of products, an asset family or a reference entity; `asset_family` is that of an asset collection; `extensions`
    are the allowed ones (none: all) and `max_bytes` the allowed size of its files.
    """

    code: str
    type: str
    localizable: bool = False
    scopable: bool = False
    asset_family: str | None = None
    prefix: str | None = None
    suffix: str | None = None
    media_type: str | None = None
    extensions: frozenset[str] = frozenset()
    max_bytes: int | None = None


@dataclass(kw_only=True)
class Entry:
    """What has values: `entry.set("picture", file)`, and None takes one away."""

    values: dict[str, list[Value]] = field(default_factory=dict)
    updated: datetime = FIRST_DAY

    def set(
        self,
        attribute: str,
        data: DemoFile | object,
        locale: str | None = None,
        scope: str | None = None,
        at: datetime | None = None,
    ) -> None:
        """`at` is when it happens, by default now."""
        others = [one for one in self.values.get(attribute, []) if (one.locale, one.scope) != (locale, scope)]
        if data is not None:
            others.append(Value(data.code if isinstance(data, DemoFile) else data, locale, scope))
        self.values[attribute] = others
        self.touch(at)

    def touch(self, at: datetime | None = None) -> None:
        self.updated = at or datetime.now(UTC)


@dataclass
class Product(Entry):
    identifier: str
    family: str | None = None
    parent: str | None = None

    @property
    def uuid(self) -> str:
        return str(uuid.uuid5(uuid.NAMESPACE_OID, self.identifier))


@dataclass
class Model(Entry):
    code: str
    family: str
    parent: str | None = None


@dataclass
class Asset(Entry):
    code: str


@dataclass
class Record(Entry):
    code: str


@dataclass
class ProductFamily:
    code: str
    attributes: list[str] = field(default_factory=list)
    image: str | None = None


@dataclass
class Channel:
    code: str
    locales: list[str]


@dataclass(frozen=True)
class LinkRule:
    """Puts a new asset into the collection `attribute` of the products whose `field` equals `value`, where
    `{{name}}` stands for a value of the asset, and `{{code}}` for its code.
    """

    value: str
    attribute: str
    field: str = "sku"
    replaces: bool = False


@dataclass
class AssetFamily:
    """`naming` takes texts from the code of a new asset into the attributes that its groups name."""

    code: str
    attributes: list[Attribute]
    main_media: str
    assets: dict[str, Asset] = field(default_factory=dict)
    naming: str | None = None
    link_rules: list[LinkRule] = field(default_factory=list)

    def add(self, *assets: Asset) -> None:
        self.assets.update({asset.code: asset for asset in assets})


@dataclass
class ReferenceEntity:
    code: str
    attributes: list[Attribute]
    image: str | None = None
    records: dict[str, Record] = field(default_factory=dict)

    def add(self, *records: Record) -> None:
        self.records.update({record.code: record for record in records})


@dataclass
class LegacyAsset:
    """Of the asset manager of before 4.0: references by locale, variations by channel and locale. Putting another file
    in a place keeps the place's address.
    """

    code: str
    localizable: bool = False
    references: dict[str | None, DemoFile] = field(default_factory=dict)
    variations: dict[tuple[str, str | None], DemoFile] = field(default_factory=dict)


@dataclass
class DemoCatalogue:
    """All by code (products by identifier). `page_size` is that of the lists whose size a client cannot choose.

    Writes to the products and models named in `drafts` ("*" is all) become drafts, which nobody sees. `now` is
    when a client writes.
    """

    attributes: dict[str, Attribute] = field(default_factory=dict)
    families: dict[str, ProductFamily] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    models: dict[str, Model] = field(default_factory=dict)
    products: dict[str, Product] = field(default_factory=dict)
    asset_families: dict[str, AssetFamily] = field(default_factory=dict)
    reference_entities: dict[str, ReferenceEntity] = field(default_factory=dict)
    legacy_assets: dict[str, LegacyAsset] = field(default_factory=dict)
    page_size: int = 100
    drafts: set[str] = field(default_factory=set)
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    def add_attributes(self, *attributes: Attribute) -> None:
        self.attributes.update({one.code: one for one in attributes})

    def add_families(self, *families: ProductFamily) -> None:
        self.families.update({one.code: one for one in families})

    def add_channels(self, *channels: Channel) -> None:
        self.channels.update({one.code: one for one in channels})

    def add_models(self, *models: Model) -> None:
        self.models.update({one.code: one for one in models})

    def add_products(self, *products: Product) -> None:
        self.products.update({one.identifier: one for one in products})

    def add_asset_families(self, *families: AssetFamily) -> None:
        self.asset_families.update({one.code: one for one in families})

    def add_reference_entities(self, *entities: ReferenceEntity) -> None:
        self.reference_entities.update({one.code: one for one in entities})

    def add_legacy_assets(self, *assets: LegacyAsset) -> None:
        self.legacy_assets.update({one.code: one for one in assets})

    def makes_draft(self, name: str) -> bool:
        return not self.drafts.isdisjoint({"*", name})

    @property
    def locales(self) -> set[str]:
        return {locale for channel in self.channels.values() for locale in channel.locales}

    def values_of(self, entry: Product | Model) -> dict[str, list[Value]]:
        """Its own and its parents', as the REST API shows a variant."""
        values: dict[str, list[Value]] = {}
        for one in reversed(list(self.line_of(entry))):
            values.update({code: several for code, several in one.values.items() if several})
        return values

    def line_of(self, entry: Product | Model) -> Iterable[Product | Model]:
        one: Product | Model | None = entry
        while one is not None:
            yield one
            one = self.models.get(one.parent) if one.parent else None
