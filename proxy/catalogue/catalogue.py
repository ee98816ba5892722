"""Akeneo's catalogue as media need it: one document at a time, and the lists of them.

Single documents raise MediaNotFound, MediaForbidden and OriginError; lists the same, at the page that meets it.
"""

from collections.abc import AsyncGenerator, Callable
from functools import partial
from typing import Any

from proxy.akeneo.answers import document_refusal, legacy_refusal
from proxy.akeneo.calls import Call
from proxy.akeneo.client import AkeneoClient
from proxy.akeneo.reply import Reply
from proxy.catalogue import entries, structure
from proxy.catalogue.pages import Page, walk
from proxy.catalogue.paths import LIMIT, EntryFilter, ProductFilter, path_of, query_of
from proxy.catalogue.shapes import items, too_long
from proxy.deadline import Deadline
from proxy.errors import OriginBroken, ProxyError
from proxy.json_text import parsed

LABEL = "catalogue"
DOCUMENT_BYTES = 8 * 1024 * 1024
PAGE_BYTES = 64 * 1024 * 1024
PAGE_SECONDS = 120.0
NO_LOCALE = "no-locale"
ALL_PRODUCTS, ALL_ENTRIES = ProductFilter(), EntryFilter()


class Catalogue:
    """On the client's places, pauses and tokens. `page_seconds` is what one page of a list may take with its tries;
    lists are background work, behind whatever viewers wait for.
    """

    def __init__(
        self,
        client: AkeneoClient,
        *,
        page_seconds: float = PAGE_SECONDS,
        page_bytes: int = PAGE_BYTES,
    ) -> None:
        self.client = client
        self.page_seconds = page_seconds
        self.page_bytes = page_bytes

    # -- one document --

    async def product(self, identifier: str, deadline: Deadline) -> entries.Product:
        return entries.read_product(await self.get(path_of("products", last=identifier), deadline))

    async def product_by_uuid(self, uuid: str, deadline: Deadline) -> entries.Product:
        """From 7.0 on, and on SaaS."""
        return entries.read_product(await self.get(path_of("products-uuid", uuid), deadline))

    async def product_model(self, code: str, deadline: Deadline) -> entries.ProductModel:
        return entries.read_product_model(await self.get(path_of("product-models", last=code), deadline))

    async def asset(self, family: str, code: str, deadline: Deadline) -> entries.Asset:
        path = path_of("asset-families", family, "assets", code)
        return entries.read_asset(family, await self.get(path, deadline))

    async def record(self, entity: str, code: str, deadline: Deadline) -> entries.Record:
        path = path_of("reference-entities", entity, "records", code)
        return entries.read_record(entity, await self.get(path, deadline))

    async def reference_entity(self, code: str, deadline: Deadline) -> entries.ReferenceEntity:
        return entries.read_reference_entity(await self.get(path_of("reference-entities", code), deadline))

    async def family(self, code: str, deadline: Deadline) -> structure.Family:
        return structure.read_family(await self.get(path_of("families", code), deadline))

    async def attribute(self, code: str, deadline: Deadline) -> structure.Attribute:
        """Of products and models."""
        return structure.read_attribute(await self.get(path_of("attributes", code), deadline))

    async def channel(self, code: str, deadline: Deadline) -> structure.Channel:
        return structure.read_channel(await self.get(path_of("channels", code), deadline))

    async def asset_family(self, code: str, deadline: Deadline) -> structure.AssetFamily:
        return structure.read_asset_family(await self.get(path_of("asset-families", code), deadline))

    async def asset_attributes(self, family: str, deadline: Deadline) -> dict[str, structure.Attribute]:
        """All of an asset family, by code."""
        return await self.attributes_at(path_of("asset-families", family, "attributes"), deadline)

    async def record_attributes(self, entity: str, deadline: Deadline) -> dict[str, structure.Attribute]:
        return await self.attributes_at(path_of("reference-entities", entity, "attributes"), deadline)

    # -- the asset manager of before 4.0 --

    async def legacy_reference(self, asset: str, locale: str | None, deadline: Deadline) -> entries.LegacyFile:
        """Of an asset that is not localizable the locale is None; the wrong way round is InvalidTransformation."""
        return await self.legacy_file(path_of("assets", asset, "reference-files", locale or NO_LOCALE), deadline)

    async def legacy_variation(
        self, asset: str, channel: str, locale: str | None, deadline: Deadline
    ) -> entries.LegacyFile:
        path = path_of("assets", asset, "variation-files", channel, locale or NO_LOCALE)
        return await self.legacy_file(path, deadline)

    async def legacy_file(self, path: str, deadline: Deadline) -> entries.LegacyFile:
        found = await self.get(path, deadline, refusal=legacy_refusal)
        return entries.read_legacy_file(f"{path}/download", found)

    # -- lists; `start` is the `next` of a page that was the last one to be done --

    def products(
        self, chosen: ProductFilter = ALL_PRODUCTS, start: str | None = None, *, by_uuid: bool = False
    ) -> AsyncGenerator[Page[entries.Product], None]:
        """`by_uuid` (7.0 and SaaS) has those without an identifier, too."""
        path = path_of("products-uuid" if by_uuid else "products")
        return walk(path, chosen.query(), start, self.page, entries.read_product)

    def product_models(
        self, chosen: ProductFilter = ALL_PRODUCTS, start: str | None = None
    ) -> AsyncGenerator[Page[entries.ProductModel], None]:
        return walk(path_of("product-models"), chosen.query(), start, self.page, entries.read_product_model)

    def assets(
        self, family: str, chosen: EntryFilter = ALL_ENTRIES, start: str | None = None
    ) -> AsyncGenerator[Page[entries.Asset], None]:
        path = path_of("asset-families", family, "assets")
        return walk(path, chosen.query(), start, self.page, partial(entries.read_asset, family))

    def records(
        self, entity: str, chosen: EntryFilter = ALL_ENTRIES, start: str | None = None
    ) -> AsyncGenerator[Page[entries.Record], None]:
        path = path_of("reference-entities", entity, "records")
        return walk(path, chosen.query(), start, self.page, partial(entries.read_record, entity))

    def asset_families(self, start: str | None = None) -> AsyncGenerator[Page[structure.AssetFamily], None]:
        return walk(path_of("asset-families"), "", start, self.page, structure.read_asset_family)

    def reference_entities(self, start: str | None = None) -> AsyncGenerator[Page[entries.ReferenceEntity], None]:
        return walk(path_of("reference-entities"), "", start, self.page, entries.read_reference_entity)

    def families(self, start: str | None = None) -> AsyncGenerator[Page[structure.Family], None]:
        query = query_of(limit=str(LIMIT))
        return walk(path_of("families"), query, start, self.page, structure.read_family)

    def attributes(self, start: str | None = None) -> AsyncGenerator[Page[structure.Attribute], None]:
        query = query_of(limit=str(LIMIT))
        return walk(path_of("attributes"), query, start, self.page, structure.read_attribute)

    def channels(self, start: str | None = None) -> AsyncGenerator[Page[structure.Channel], None]:
        query = query_of(limit=str(LIMIT))
        return walk(path_of("channels"), query, start, self.page, structure.read_channel)

    # -- asking --

    async def attributes_at(self, path: str, deadline: Deadline) -> dict[str, structure.Attribute]:
        read = map(structure.read_attribute, items(await self.get(path, deadline), "attributes"))
        return {attribute.code: attribute for attribute in read}

    async def page(self, at: str) -> Any:
        deadline = Deadline.after(self.page_seconds, self.client.clock, background=True)
        return await self.get(at, deadline, self.page_bytes)

    async def get(
        self,
        path: str,
        deadline: Deadline,
        limit: int = DOCUMENT_BYTES,
        refusal: Callable[[int, str], ProxyError] = document_refusal,
    ) -> Any:
        """JSON of at most `limit` bytes. What is no JSON is tried again, as if it were cut; what is too long is not."""

        async def read(reply: Reply) -> Any:
            body = await self.client.calls.read_document(reply, limit + 1)
            return too_long(limit) if len(body) > limit else read_json(body)

        answer = await self.client.call(Call(LABEL, path, refusal), read, deadline)
        if isinstance(answer, OriginBroken):
            raise answer
        return answer


def read_json(body: bytes) -> Any:
    try:
        return parsed(body)
    except ValueError:
        raise OriginBroken("Akeneo sent a document that is none") from None
