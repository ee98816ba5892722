"""Entries of the catalogue as the REST API writes them; `saas` adds what only a SaaS tells."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from proxy.demo.catalogue.model import (
    Asset,
    AssetFamily,
    Attribute,
    Channel,
    DemoCatalogue,
    Entry,
    LinkRule,
    Model,
    Product,
    ProductFamily,
    Record,
    ReferenceEntity,
    Value,
)
from proxy.demo.catalogue.routes import ROOT
from proxy.demo.files import DemoFile, Family

Document = dict[str, Any]
IDENTIFIER = "pim_catalog_identifier"
MEDIA = {
    "pim_catalog_image": Family.PRODUCT,
    "pim_catalog_file": Family.PRODUCT,
    "media_file": Family.ASSET,
    "image": Family.REFERENCE_ENTITY,
}


@dataclass(frozen=True)
class Shown:
    """Which values an answer has; nothing chosen is all of them."""

    attributes: frozenset[str] = frozenset()
    locales: frozenset[str] = frozenset()
    scope: str | None = None

    def has(self, attribute: str, value: Value) -> bool:
        return (
            (not self.attributes or attribute in self.attributes)
            and (not self.locales or value.locale is None or value.locale in self.locales)
            and (self.scope is None or value.scope in (None, self.scope))
        )


ALL = Shown()


@dataclass(frozen=True)
class Writer:
    """`link_base` goes into links; `find_file` knows the media files."""

    catalogue: DemoCatalogue
    saas: bool
    link_base: Callable[[], str]
    find_file: Callable[[Family, str], DemoFile | None] = field(repr=False)

    def product(self, product: Product, shown: Shown = ALL, *, by_uuid: bool = False) -> Document:
        path = f"products-uuid/{product.uuid}" if by_uuid else f"products/{product.identifier}"
        names = {"uuid": product.uuid} if by_uuid else {"uuid": product.uuid, "identifier": product.identifier}
        return {
            "_links": self.own_link(path),
            **names,
            "enabled": True,
            "family": product.family,
            "categories": [],
            "groups": [],
            "parent": product.parent,
            "values": self.product_values(self.values_by(product, by_uuid), shown),
            **dated(product),
            "associations": [],
            "quantified_associations": [],
        }

    def model(self, model: Model, shown: Shown = ALL) -> Document:
        return {
            "_links": self.own_link(f"product-models/{model.code}"),
            "code": model.code,
            "family": model.family,
            "family_variant": f"{model.family}_by_colour",
            "parent": model.parent,
            "categories": [],
            "values": self.product_values(self.catalogue.values_of(model), shown),
            **dated(model),
            "associations": [],
            "quantified_associations": [],
        }

    def asset(self, family: AssetFamily, asset: Asset, shown: Shown = ALL) -> Document:
        values = self.values(asset.values, family.attributes, "channel", shown)
        link = self.own_link(f"asset-families/{family.code}/assets/{asset.code}")
        return {"_links": link, "code": asset.code, "asset_family_code": family.code, "values": values, **dated(asset)}

    def record(self, entity: ReferenceEntity, record: Record, shown: Shown = ALL) -> Document:
        values = self.values(record.values, entity.attributes, "channel", shown)
        link = self.own_link(f"reference-entities/{entity.code}/records/{record.code}")
        return {"_links": link, "code": record.code, "values": values, **dated(record)}

    def family(self, family: ProductFamily) -> Document:
        return {
            "_links": self.own_link(f"families/{family.code}"),
            "code": family.code,
            "attributes": family.attributes,
            "attribute_as_label": "name",
            "attribute_as_image": family.image,
            "labels": [],
        }

    def channel(self, channel: Channel) -> Document:
        link = self.own_link(f"channels/{channel.code}")
        return {"_links": link, "code": channel.code, "locales": channel.locales, "currencies": [], "labels": []}

    def attribute(self, attribute: Attribute) -> Document:
        """Of products."""
        return {
            "_links": self.own_link(f"attributes/{attribute.code}"),
            "code": attribute.code,
            "type": attribute.type,
            "localizable": attribute.localizable,
            "scopable": attribute.scopable,
            "reference_data_name": attribute.asset_family,
            "labels": [],
        }

    def asset_family(self, family: AssetFamily) -> Document:
        return {
            "_links": self.own_link(f"asset-families/{family.code}"),
            "code": family.code,
            "labels": [],
            "attribute_as_main_media": family.main_media,
            "naming_convention": naming(family),
            "product_link_rules": [link_rule(rule) for rule in family.link_rules],
            "transformations": [],
        }

    def entity(self, entity: ReferenceEntity) -> Document:
        links = self.own_link(f"reference-entities/{entity.code}")
        if entity.image:
            links["image_download"] = {"href": self.file_url(Family.REFERENCE_ENTITY, entity.image)}
        return {"_links": links, "code": entity.code, "labels": [], "image": entity.image}

    def product_values(self, values: Mapping[str, list[Value]], shown: Shown) -> Document | list[object]:
        return self.values(values, self.catalogue.attributes.values(), "scope", shown)

    def values_by(self, product: Product, by_uuid: bool) -> Mapping[str, list[Value]]:
        """Asked for by uuid, a product has its identifier among the values."""
        values = self.catalogue.values_of(product)
        named = [one.code for one in self.catalogue.attributes.values() if one.type == IDENTIFIER] if by_uuid else []
        return {code: [Value(product.identifier)] for code in named[:1]} | values

    def values(
        self, values: Mapping[str, list[Value]], attributes: Iterable[Attribute], scope: str, shown: Shown
    ) -> Document | list[object]:
        """What has no values is `[]`, as PHP writes an empty map."""
        known = {attribute.code: attribute for attribute in attributes}
        written = {
            code: [self.value(known.get(code), value, scope) for value in several if shown.has(code, value)]
            for code, several in values.items()
        }
        return {code: several for code, several in written.items() if several} or []

    def value(self, attribute: Attribute | None, value: Value, scope: str) -> Document:
        written: Document = {"locale": value.locale, scope: value.scope, "data": value.data}
        if attribute is None:
            return written
        family = MEDIA.get(attribute.type)
        if family is not None:
            written["_links"] = {"download": {"href": self.file_url(family, str(value.data))}}
        if self.saas:
            written["attribute_type"] = attribute.type
            if attribute.asset_family:
                written["reference_data_name"] = attribute.asset_family
            written.update(self.linked_data(attribute, value))
        return written

    def linked_data(self, attribute: Attribute, value: Value) -> Document:
        if attribute.type == "media_link":
            return {"linked_data": {"full_url": f"{attribute.prefix or ''}{value.data}{attribute.suffix or ''}"}}
        file = self.find_file(Family.ASSET, str(value.data)) if attribute.type == "media_file" else None
        if file is None:
            return {}
        facts = {"size": len(file.content), "mime_type": file.mime_type, "extension": file.extension}
        return {"linked_data": {**facts, "original_filename": file.original_filename}}

    def file_url(self, family: Family, code: str) -> str:
        return f"{self.link_base()}{ROOT}/{family}/{code}" + ("/download" if family is Family.PRODUCT else "")

    def own_link(self, path: str) -> Document:
        return {"self": {"href": f"{self.link_base()}{ROOT}/{quote(path)}"}}


def entry_attribute(attribute: Attribute) -> Document:
    """Of an asset family or a reference entity."""
    document: Document = {
        "code": attribute.code,
        "labels": [],
        "type": attribute.type,
        "value_per_locale": attribute.localizable,
        "value_per_channel": attribute.scopable,
    }
    if attribute.type == "media_link":
        link = {"prefix": attribute.prefix, "suffix": attribute.suffix, "media_type": attribute.media_type}
        document.update(link)
    return document


def naming(family: AssetFamily) -> Document | list[object]:
    if family.naming is None:
        return []
    source = {"property": "code", "channel": None, "locale": None}
    return {"source": source, "pattern": f"/{family.naming}/", "abort_asset_creation_on_error": False}


def link_rule(rule: LinkRule) -> Document:
    anywhere = {"locale": None, "channel": None}
    mode = "replace" if rule.replaces else "add"
    return {
        "product_selections": [{"field": rule.field, "operator": "=", "value": rule.value, **anywhere}],
        "assign_assets_to": [{"attribute": rule.attribute, "mode": mode, **anywhere}],
    }


def dated(entry: Entry) -> Document:
    moment = entry.updated.isoformat(timespec="seconds")
    return {"created": moment, "updated": moment}
