"""What an answer of a DAM means (each status as one of our three errors)."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from proxy.akeneo.reply import timestamp
from proxy.json_text import parsed
from proxy.sync.outcomes import ConfigurationError, DataError, Reason, SyncError, one_line
from proxy.sync.wire import Passing

WORDS_LENGTH = 300
LIMITED = {420, 429}
REDIRECT_STATUSES = {301, 302, 303, 307, 308}
Said = Callable[[Any], str]


@dataclass(frozen=True, slots=True)
class Answer:
    """`document` is the JSON of the body, None of an empty one, and of a refusal in other words than JSON."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    document: Any = None


class Limited(Passing):
    """Over a limit of requests."""


def document_of(headers: Mapping[str, str], body: bytes, label: str) -> Any:
    """Of a success. Raises ConfigurationError for a page, Passing for half a document."""
    if not body.strip():
        return None
    try:
        return parsed(body)
    except ValueError:
        if is_page(headers, body):
            raise ConfigurationError(label, "JSON, found a page: check the address") from None
        raise Passing(label, "JSON", unsent=False) from None


def document_or_none(body: bytes) -> Any:
    """Of a refusal that is wanted, whose status says it all: errors come as text as well, or as a page."""
    try:
        return parsed(body)
    except ValueError:
        return None


def refusal(status: int, headers: Mapping[str, str], body: bytes, label: str, said: Said) -> SyncError:
    words = words_of(headers, body, said)
    told = f"{status} {words}".strip()
    if status in LIMITED:
        seconds = pause_of(headers, limited=True)
        return Limited(label, f"a place within the limit of requests: {told}", unsent=True, seconds=seconds)
    if status == 408 or status >= 500:
        return Passing(label, f"an answer: {told}", unsent=False, seconds=pause_of(headers))
    if status in (401, 403):
        return ConfigurationError(label, f"the right to do so: {told}")
    if status < 400 or is_page(headers, body):
        return ConfigurationError(label, f"JSON of the API, check its address: {told}")
    return DataError(Reason.REFUSED, label, f"a request that is taken: {told}")


def words_of(headers: Mapping[str, str], body: bytes, said: Said) -> str:
    if is_page(headers, body):
        return ""
    try:
        words = said(parsed(body))
    except ValueError:
        words = body.decode(errors="replace")
    return one_line(words)[:WORDS_LENGTH]


def is_page(headers: Mapping[str, str], body: bytes) -> bool:
    return "html" in headers.get("content-type", "").lower() or body.lstrip()[:1] == b"<"


def pause_of(headers: Mapping[str, str], *, limited: bool = False) -> float | None:
    """Seconds that the server asks for, by `Retry-After`; over a limit by Cloudinary's own header, too, which every
    answer has.
    """
    text = headers.get("retry-after", "").strip()
    if text.isdecimal():
        return min(float(text), 86400.0)
    date = timestamp(text) or (timestamp(headers.get("x-featureratelimit-reset", "")) if limited else None)
    now = timestamp(headers.get("date", "")) or time.time()
    return None if date is None else min(max(0.0, date - now), 86400.0)
