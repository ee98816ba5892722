"""Values of the PIM's product in the metadata of its pictures."""

import json
import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from proxy.sync.akeneo.entries import PimEntry
from proxy.sync.akeneo.reads import PimReads
from proxy.sync.cloudinary.assets import CloudAsset
from proxy.sync.cloudinary.changes import Changes
from proxy.sync.cloudinary.client import CloudinaryClient
from proxy.sync.cloudinary.fields import types_of
from proxy.sync.cloudinary.metadata_text import Value
from proxy.sync.outcomes import DataError, Outcome, Reason, Result, SyncError
from proxy.sync.settings import cloudinary as settings_of
from proxy.sync.state.rows import Subject

log = logging.getLogger("proxy.sync")
FLOW = "cloudinary product-info"


class ProductInformation:
    """`types` are those of the metadata fields, by external id, once they were checked."""

    def __init__(
        self,
        reads: PimReads,
        client: CloudinaryClient,
        settings: settings_of.ProductInformation,
        fields: settings_of.Fields,
    ) -> None:
        self.reads = reads
        self.client = client
        self.settings = settings
        self.fields = fields
        self.types: Mapping[str, str] = {}

    async def check(self) -> None:
        """Once. Raises ConfigurationError."""
        if not self.types:
            self.types = await types_of(self.client, self.settings.fields.values())

    async def after_link(self, asset: CloudAsset, sku: str, changes: Changes) -> None:
        """Whatever goes wrong here is told and does not concern the link."""
        attempt = await changes.begin_attempt(FLOW, self.subject(asset, sku))
        try:
            await self.check()
            result = await self.inform(asset, await self.product(sku), changes)
        except SyncError as error:
            log.warning("%s is linked, its product information is not written: %s", asset.asset_id, error)
            result = Result.of(error)
        await changes.end_attempt(attempt, FLOW, result)

    def subject(self, asset: CloudAsset, sku: str) -> Subject:
        """It is the command that tries it again: the status asks for nothing any more."""
        return replace(asset.subject(self.fields), product=sku, arguments=("--sku", sku))

    async def product(self, sku: str) -> PimEntry:
        """Raises DataError(UNKNOWN_PRODUCT)."""
        entry = await self.reads.product(sku)
        if entry is None:
            raise DataError(Reason.UNKNOWN_PRODUCT, sku, "a product of Akeneo")
        return entry

    async def inform(self, asset: CloudAsset, product: PimEntry, changes: Changes) -> Result:
        """One write of what differs, or none."""
        wanted = self.wanted(product)
        changed = {name: value for name, value in wanted.items() if differs(asset.metadata.get(name), value)}
        if not changed:
            return Result(Outcome.UNCHANGED)
        await changes.write_metadata(asset, changed)
        return Result(Outcome.UPDATED)

    def wanted(self, product: PimEntry) -> dict[str, Value]:
        """What has no value in the PIM is left as it is."""
        found = {name: self.found(product, attribute) for attribute, name in self.settings.fields.items()}
        values = {name: value_for(self.types.get(name, ""), data) for name, data in found.items() if data is not None}
        return {name: value for name, value in values.items() if value}

    def found(self, product: PimEntry, attribute: str) -> Any:
        locale, scope = self.settings.locale, self.settings.scope
        for place in ((locale, scope), (locale, None), (None, scope), (None, None)):
            data = product.data(attribute, *place)
            if data is not None:
                return data
        return None


def value_for(kind: str, data: Any) -> Value:
    """Of a metadata field of this type; options of the PIM are named by their codes."""
    if kind == "set":
        return [text_of(one) for one in data] if isinstance(data, list) else [text_of(data)]
    text = text_of(data)
    return text[:10] if kind == "date" else text


def text_of(data: Any) -> str:
    match data:
        case str():
            return data
        case bool():
            return "true" if data else "false"
        case {"amount": amount, "unit": word} | {"amount": amount, "currency": word}:
            return f"{amount} {word}"
        case list():
            return ", ".join(map(text_of, data))
        case dict():
            return json.dumps(data, ensure_ascii=False)
    return str(data)


def differs(found: Any, wanted: Value) -> bool:
    if isinstance(wanted, list):
        return not isinstance(found, list) or sorted(map(str, found)) != sorted(wanted)
    return found is None or str(found) != wanted
