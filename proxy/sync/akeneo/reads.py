"""What a sync reads of the PIM; definitions are kept for an hour."""

import time
from collections.abc import Awaitable, Callable
from typing import Any

from proxy.akeneo.client import AkeneoClient
from proxy.catalogue.catalogue import Catalogue
from proxy.catalogue.entries import read_product, read_product_model
from proxy.catalogue.structure import AssetFamily, Attribute, read_asset_family, read_attribute
from proxy.catalogue.values import Values
from proxy.deadline import Deadline
from proxy.errors import MediaForbidden, NotFound
from proxy.sync.akeneo.entries import PimEntry
from proxy.sync.akeneo.faults import translated
from proxy.sync.akeneo.paths import path_below, path_of_entry
from proxy.sync.outcomes import DataError, Reason
from proxy.sync.state.rows import Kind

KEEP_SECONDS = 3600.0
CALL_SECONDS = 120.0  # with its tries


class PimReads:
    """`catalogue` has the lists (wrap them in `faults.translated`). All raise the errors of `proxy.sync.outcomes`."""

    def __init__(
        self, client: AkeneoClient, *, keep_seconds: float = KEEP_SECONDS, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.client = client
        self.catalogue = Catalogue(client)
        self.keep_seconds = keep_seconds
        self.clock = clock
        self.kept: dict[tuple[str, ...], tuple[float, Attribute]] = {}

    async def entry(self, kind: Kind, code: str) -> PimEntry | None:
        """A product by its identifier, or a model by its code; None if there is none."""
        raw = await self.document(path_of_entry(kind, code), code)
        if raw is None:
            return None
        with translated(code):
            return PimEntry(kind, code, values_of(kind, raw), raw)

    async def product(self, identifier: str) -> PimEntry | None:
        return await self.entry(Kind.PRODUCT, identifier)

    async def product_model(self, code: str) -> PimEntry | None:
        return await self.entry(Kind.PRODUCT_MODEL, code)

    async def asset_family(self, code: str) -> AssetFamily | None:
        """Never from memory: it tells a family that is gone from an asset that is."""
        raw = await self.document(path_below("asset-families", code), code)
        with translated(code):
            return None if raw is None else read_asset_family(raw)

    async def asset_attribute(self, family: str, code: str) -> Attribute:
        """From memory for an hour. Raises DataError UNKNOWN_FAMILY or UNKNOWN_ATTRIBUTE, which are not remembered."""

        async def read() -> Attribute:
            raw = await self.document(path_below("asset-families", family, "attributes", code), code)
            if raw is not None:
                return read_attribute(raw)
            if await self.asset_family(family) is None:
                raise DataError(Reason.UNKNOWN_FAMILY, family, "the code of an asset family")
            raise DataError(Reason.UNKNOWN_ATTRIBUTE, code, f"an attribute of the asset family {family}")

        return await self.remembered((family, code), read)

    async def attribute(self, code: str) -> Attribute:
        """Of products and models, the same. Raises DataError(UNKNOWN_ATTRIBUTE)."""

        async def read() -> Attribute:
            raw = await self.document(path_below("attributes", code), code)
            if raw is None:
                raise DataError(Reason.UNKNOWN_ATTRIBUTE, code, "an attribute of products")
            return read_attribute(raw)

        return await self.remembered((code,), read)

    async def remembered(self, key: tuple[str, ...], read: Callable[[], Awaitable[Attribute]]) -> Attribute:
        kept = self.kept.get(key)
        if kept is not None and self.clock() < kept[0]:
            return kept[1]
        with translated(key[-1]):
            found = await read()
        self.kept[key] = self.clock() + self.keep_seconds, found
        return found

    async def document(self, path: str, part: str) -> Any:
        """None for a 404."""
        with translated(part):
            try:
                return await self.catalogue.get(path, Deadline.after(CALL_SECONDS, self.client.clock))
            except MediaForbidden:
                raise
            except NotFound:
                return None


def values_of(kind: Kind, raw: Any) -> Values:
    return (read_product(raw) if kind is Kind.PRODUCT else read_product_model(raw)).values
