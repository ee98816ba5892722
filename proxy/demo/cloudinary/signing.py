"""Signatures: of the forms that come in, of the notifications that go out."""

import hmac
from collections.abc import Iterable
from hashlib import new

from proxy.demo.cloudinary.metadata import Refused
from proxy.demo.forms import Part

UNSIGNED = {"file", "cloud_name", "resource_type", "api_key", "signature"}
FORM_SECONDS = 3600


def digest(text: bytes, algorithm: str) -> str:
    return new(algorithm, text, usedforsecurity=False).hexdigest()


def form_signature(fields: dict[str, list[str]], secret: str, algorithm: str) -> str:
    """Of all that is not empty, sorted; an ampersand in a value cannot pass for the next field."""
    joined = {name: ",".join(values) for name, values in fields.items() if name not in UNSIGNED}
    pairs = sorted(f"{name}={value}".replace("&", "%26") for name, value in joined.items() if value)
    return digest(("&".join(pairs) + secret).encode(), algorithm)


def notification_signature(body: bytes, timestamp: int, secret: str, algorithm: str) -> str:
    return digest(body + str(timestamp).encode() + secret.encode(), algorithm)


def fields_of(form: Iterable[Part]) -> dict[str, list[str]]:
    """`public_ids[]` and `public_ids[0]` are elements of `public_ids`."""
    fields: dict[str, list[str]] = {}
    for part in form:
        fields.setdefault(part.name.partition("[")[0], []).append(part.text)
    return fields


def check_form(fields: dict[str, list[str]], key: str, secret: str, algorithm: str, now: float) -> None:
    """Raises Refused for whoever does not know the secret, or signed too long ago."""
    said = {name: ",".join(values) for name, values in fields.items()}
    if said.get("api_key") != key:
        raise Refused(401, f"Unknown API key {said.get('api_key', '')}")
    if not hmac.compare_digest(said.get("signature", "").encode(), form_signature(fields, secret, algorithm).encode()):
        raise Refused(401, f"Invalid Signature {said.get('signature', '')}")
    timestamp = said.get("timestamp", "")
    if not timestamp.isdecimal() or abs(now - int(timestamp)) > FORM_SECONDS:
        raise Refused(400, f"Stale request - reported time is {timestamp}, which is more than 1 hour ago")
