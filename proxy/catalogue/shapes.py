"""Documents from elsewhere, taken apart by what they have to be; whatever is otherwise is OriginBroken."""

from collections.abc import Mapping
from typing import Any

from proxy.errors import OriginBroken, OriginTooLong

Document = Mapping[str, Any]


def broken(what: str) -> OriginBroken:
    error = OriginBroken("Akeneo sent a document that is none")
    error.add_note(f"expected {what}")
    return error


def too_long(most: int) -> OriginTooLong:
    error = OriginTooLong("Akeneo sent a document that is too long")
    error.add_note(f"expected at most {most} bytes")
    return error


def mapping(found: object, what: str) -> Document:
    """PHP writes an empty map as `[]` at times (akeneo-api, 4.1)."""
    if isinstance(found, dict):
        return found
    if found is None or found == []:
        return {}
    raise broken(f"{what} as an object")


def entry(found: object) -> Document:
    """A document of its own, which is never empty."""
    if isinstance(found, dict):
        return found
    raise broken("an object")


def items(found: object, what: str) -> list[Any]:
    if isinstance(found, list):
        return found
    raise broken(f"{what} as a list")


def texts(found: object, what: str) -> tuple[str, ...]:
    """A list of texts; absent is empty."""
    if found is None:
        return ()
    listed = items(found, what)
    if all(isinstance(one, str) for one in listed):
        return tuple(listed)
    raise broken(f"{what} as texts")


def text(document: Document, key: str) -> str:
    found = document.get(key)
    if isinstance(found, str) and found:
        return found
    raise broken(f"{key} as a text")


def optional(document: Document, key: str) -> str | None:
    """None if it is absent, null or empty."""
    found = document.get(key)
    if found is None or isinstance(found, str):
        return found or None
    raise broken(f"{key} as a text or null")


def flag(document: Document, key: str) -> bool:
    found = document.get(key, False)
    if isinstance(found, bool):
        return found
    raise broken(f"{key} as true or false")
