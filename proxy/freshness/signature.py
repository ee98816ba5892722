"""Signatures of Akeneo's two kinds of webhooks, over the raw body (akeneo-api, section 6)."""

import hmac
from collections.abc import Mapping
from enum import StrEnum

PRIMARY, SECONDARY = "X-AKENEO-SIGNATURE-PRIMARY", "X-AKENEO-SIGNATURE-SECONDARY"
ALGORITHM = "X-AKENEO-SIGNATURE-ALGORITHM"
SIGNATURE, TIMESTAMP = "X-Akeneo-Request-Signature", "X-Akeneo-Request-Timestamp"
OLDEST_SECONDS = 300.0  # of a timestamp, in either direction: clocks differ
LONGEST_TIMESTAMP = 15


class Way(StrEnum):
    """How an event came; the value is a label of the metrics."""

    PLATFORM = "platform"
    EVENTS_API = "events_api"


def way_of(headers: Mapping[str, str]) -> Way | None:
    """What the request says that it is; None if it is not signed at all."""
    if PRIMARY in headers or SECONDARY in headers:
        return Way.PLATFORM
    return Way.EVENTS_API if SIGNATURE in headers else None


def is_signed(way: Way, secret: str, headers: Mapping[str, str], body: bytes, now: float) -> bool:
    """By this secret. `now` is in seconds since 1970; a signature of the Event Platform has no time."""
    if way is Way.PLATFORM:
        algorithm = headers.get(ALGORITHM, "HmacSHA256")
        mine = signature(secret, body)
        equal = [is_equal(mine, headers.get(name, "")) for name in (PRIMARY, SECONDARY)]
        return any(equal) and algorithm.lower() == "hmacsha256"
    timestamp = headers.get(TIMESTAMP, "")
    mine = signature(secret, timestamp.encode(errors="replace") + b"." + body)
    return is_equal(mine, headers.get(SIGNATURE, "")) and is_recent(timestamp, now)


def signature(secret: str, signed: bytes) -> str:
    return hmac.digest(secret.encode(), signed, "sha256").hex()


def is_equal(mine: str, theirs: str) -> bool:
    return hmac.compare_digest(mine.encode(), theirs.lower().encode(errors="replace"))


def is_recent(timestamp: str, now: float) -> bool:
    plain = timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= LONGEST_TIMESTAMP
    return plain and abs(now - int(timestamp)) <= OLDEST_SECONDS
