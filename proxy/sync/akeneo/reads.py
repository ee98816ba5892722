"""What a sync reads of the PIM; definitions are kept for an hour."""

import time
from collections.abc import Callable

from proxy.akeneo.client import AkeneoClient
from proxy.catalogue.catalogue import Catalogue
from proxy.catalogue.structure import AssetFamily, Attribute
from proxy.sync.akeneo.entries import PimEntry
from proxy.sync.state.rows import Kind

KEEP_SECONDS = 3600.0


class PimReads:
    """`catalogue` has the lists (wrap them in `faults.translated`). All raise the errors of `proxy.sync.outcomes`."""

    def __init__(
        self, client: AkeneoClient, *, keep_seconds: float = KEEP_SECONDS, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.client = client
        self.catalogue = Catalogue(client)

    async def entry(self, kind: Kind, code: str) -> PimEntry | None:
        """A product by its identifier, or a model by its code; None if there is none."""
        ...

    async def product(self, identifier: str) -> PimEntry | None: ...

    async def product_model(self, code: str) -> PimEntry | None: ...

    async def asset_family(self, code: str) -> AssetFamily | None:
        """Never from memory: it tells a family that is gone from an asset that is."""
        ...

    async def asset_attribute(self, family: str, code: str) -> Attribute:
        """From memory for an hour. Raises DataError UNKNOWN_FAMILY or UNKNOWN_ATTRIBUTE, which are not remembered."""
        ...

    async def attribute(self, code: str) -> Attribute:
        """Of products and models, the same. Raises DataError(UNKNOWN_ATTRIBUTE)."""
        ...
