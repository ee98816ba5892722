"""Signatures of both directions: our forms, and the notifications that come in. Plain digests, no HMACs."""

import hashlib
import hmac
from collections.abc import Mapping, Sequence

UNSIGNED = {"file", "cloud_name", "resource_type", "api_key", "signature"}
ALGORITHMS = {40: "sha1", 64: "sha256"}  # by the digits of the digest
AHEAD_SECONDS = 300.0  # of a sender's clock


def digest(data: bytes, algorithm: str) -> str:
    return hashlib.new(algorithm, data, usedforsecurity=False).hexdigest()


def form_signature(fields: Mapping[str, str | Sequence[str]], secret: str, algorithm: str) -> str:
    """`fields` without brackets in their names; what is empty is not signed."""
    joined = {
        name: value if isinstance(value, str) else ",".join(value)
        for name, value in fields.items()
        if name not in UNSIGNED
    }
    pairs = sorted(f"{name}={value}".replace("&", "%26") for name, value in joined.items() if value)
    return digest(("&".join(pairs) + secret).encode(), algorithm)


def is_signed(
    body: bytes, timestamp: str, signature: str, secret: str, *, now: float, max_age_seconds: float = 7200.0
) -> bool:
    """Of a notification as it came, before anything of it is parsed. `now` in Unix seconds."""
    algorithm = ALGORITHMS.get(len(signature))
    if algorithm is None or not (timestamp.isascii() and timestamp.isdecimal() and len(timestamp) < 16):
        return False
    if not now - max_age_seconds <= int(timestamp) <= now + AHEAD_SECONDS:
        return False
    wanted = digest(body + timestamp.encode() + secret.encode(), algorithm)
    return hmac.compare_digest(wanted.encode(), signature.lower().encode(errors="replace"))
