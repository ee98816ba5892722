"""One page of a list of Akeneo's catalogue, with the files that its entries name."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from proxy.catalogue.catalogue import Catalogue
from proxy.catalogue.entries import Asset, Entry, Product, ProductModel, Record, codes_in
from proxy.catalogue.pages import Page
from proxy.catalogue.paths import EntryFilter, ProductFilter
from proxy.catalogue.structure import AssetFamily, Attribute, Family
from proxy.deadline import Deadline
from proxy.origins.akeneo import AkeneoOrigin
from proxy.web.background_asked import Asked, wrong
from proxy.web.house import House

# The event loop that parses a page answers viewers, too: fewer products than Akeneo would give.
PRODUCTS = 20
PAGE_BYTES = 16 * 2**20
LISTS = (
    "products", "product-models", "assets", "records", "families", "attributes", "asset-families", "reference-entities",
)  # fmt: skip


class CataloguePages:
    def __init__(self, house: House) -> None:
        self.catalogues = {
            name: Catalogue(originals.origin.client, page_bytes=PAGE_BYTES)
            for name, originals in house.connections.items()
            if isinstance(originals.origin, AkeneoOrigin)
        }

        self.zones = {name: akeneo.zone for name, akeneo in house.settings.all_connections.items()}

    async def page(self, asked: Asked, _: Deadline) -> dict[str, Any]:
        """`list` names it, `of` the family or entity it belongs to, `at` is the `next` of the page before.

        Raises what reading it raises, BadRequest. A page has a deadline of its own.
        """
        async with aclosing(self.pages(asked)) as pages:
            async for page in pages:
                return {"entries": [told(entry) for entry in page.items], "next": page.next}
        return {"entries": [], "next": None}

    def pages(self, asked: Asked) -> AsyncGenerator[Page[Any], None]:
        catalogue, start, of = self.catalogue_of(asked), asked.text("at"), asked.text("of") or ""
        since, locales, channel = asked.moment("since"), asked.texts("locales"), asked.text("channel")
        zone = self.zones[self.name_of(asked)]
        products = ProductFilter(since, asked.texts("families"), (), locales, channel, PRODUCTS, zone)
        entries = EntryFilter(since, locales, channel, zone)
        match asked.text("list"):
            case "products":
                return catalogue.products(products, start, by_uuid=asked.body.get("uuids") is True)
            case "product-models":
                return catalogue.product_models(products, start)
            case "assets":
                return catalogue.assets(of, entries, start)
            case "records":
                return catalogue.records(of, entries, start)
            case "families":
                return catalogue.families(start)
            case "attributes":
                return catalogue.attributes(start)
            case "asset-families":
                return catalogue.asset_families(start)
            case "reference-entities":
                return catalogue.reference_entities(start)
        raise wrong("list", f"one of {', '.join(LISTS)}")

    def catalogue_of(self, asked: Asked) -> Catalogue:
        return self.catalogues[self.name_of(asked)]

    def name_of(self, asked: Asked) -> str:
        """Of the endpoint's connections alone."""
        names = asked.gate.endpoint.connections
        name = asked.text("connection") or next(iter(names), "")
        if name not in names:
            raise wrong("connection", f"one of {', '.join(names)}")
        return name


def told(entry: Entry | Family | Attribute | AssetFamily) -> dict[str, Any]:
    """Plain values for JSON. `attributes`: those that have a value, files or not."""
    if isinstance(entry, Attribute):
        return {"code": entry.code, "collection": entry.is_asset_collection}
    if isinstance(entry, Family):
        return {"code": entry.code, "image": entry.image}
    if isinstance(entry, AssetFamily):
        return {"code": entry.code, "image": entry.main_media}
    files = [[str(it.path), it.attribute, it.locale, it.scope] for it in codes_in(entry)]
    facts: dict[str, Any] = {"code": name_of(entry), "files": files}
    if isinstance(entry, Product | ProductModel):
        facts |= {"family": entry.family, "attributes": list(entry.values.of)}
    elif isinstance(entry, Asset | Record):
        facts |= {"attributes": list(entry.values.of)}
    return facts


def name_of(entry: Entry) -> str:
    if isinstance(entry, Product):
        return entry.identifier or entry.uuid or ""
    return entry.code
