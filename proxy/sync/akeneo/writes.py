"""What a sync writes into the PIM. Nothing here creates a product or a model."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from proxy.akeneo.client import AkeneoClient
from proxy.sync.akeneo.entries import PimEntry


class PimWrites:
    """All raise TransientError, ConfigurationError and DataError (REFUSED with Akeneo's own words, TOO_LARGE)."""

    def __init__(self, client: AkeneoClient) -> None:
        self.client = client

    async def patch_asset(self, family: str, code: str, values: Mapping[str, list[dict[str, Any]]]) -> bool:
        """True if it was created, False if it was there. Raises DataError(UNKNOWN_FAMILY) for a 404."""
        ...

    async def delete_asset(self, family: str, code: str) -> bool:
        """False for a 404, which may mean the family (`PimReads.asset_family` tells)."""
        ...

    async def patch_value(
        self, entry: PimEntry, attribute: str, data: Any, locale: str | None = None, scope: str | None = None
    ) -> None:
        """One value of a product or model that was read a moment ago; None as `data` empties it. With limited rights it
        becomes a draft: read the entry again and ask `drafts.is_draft`.
        """
        ...

    async def upload(
        self, entry: PimEntry, attribute: str, file: Path, name: str, locale: str | None = None, scope: str | None = None
    ) -> str:
        """The new media code of the file, stored and linked under that name. Never repeated after a cut: then
        TransientError(maybe_applied=True), and whoever comes next looks at the slot first.
        """
        ...
