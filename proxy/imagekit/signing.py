"""A whole URL and the settings' key -> the signed URL."""

import re
from collections.abc import Sequence

from proxy.errors import BadRequest, ProxyError
from proxy.imagekit.endpoints import dialect_of, find, read
from proxy.imagekit.placeholders import asks_for_many, read_many
from proxy.imagekit.reading import NO_HINTS
from proxy.imagekit.signature import IMAGEKIT, Scheme, claim_of, signed
from proxy.setting_types import plain
from proxy.settings import Endpoint

ORIGIN = re.compile(r"https?://[^/?#]+/", re.IGNORECASE)


def sign_address(
    endpoints: Sequence[Endpoint], address: str, expires_at: int | None = None, scheme: Scheme = IMAGEKIT
) -> str:
    """With the key of the endpoint that the address leads to. `endpoints` are in order; raises BadRequest."""
    try:
        endpoint, remainder = find(endpoints, address)
        check(endpoint, remainder)
    except ProxyError as error:
        raise BadRequest(f"expected a URL that one of the endpoints answers: {error.message}") from None
    if claim_of(remainder):
        raise BadRequest("expected a URL without a signature")
    key = plain(endpoint.signing.private_key)
    if not key or not ORIGIN.match(address):
        missing = "a whole URL, https://host/..." if key else "MEDIA_PROXY_SIGNING__PRIVATE_KEY"
        raise BadRequest(f"expected {missing}")
    before = address.partition("#")[0].removesuffix(remainder)
    return before + signed(remainder, key, expires_at, scheme)


def check(endpoint: Endpoint, remainder: str) -> None:
    """Raises a ProxyError for what would not be answered."""
    if asks_for_many(remainder):
        read_many(endpoint, remainder, NO_HINTS, dialect_of(endpoint).meaning, trusted=True)
    else:
        read(endpoint, remainder, "", trusted=True)
