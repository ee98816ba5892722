"""Whether the PIM took a value, or only a proposal of it."""

from typing import Any

from proxy.sync.akeneo.entries import PimEntry


def is_draft(after: PimEntry, attribute: str, wanted: Any, locale: str | None = None, scope: str | None = None) -> bool:
    """With limited rights a write is answered with success, and yet the value is as before (Enterprise editions)."""
    return bool(after.data(attribute, locale, scope) != wanted)
