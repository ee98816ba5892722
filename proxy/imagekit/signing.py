"""A whole URL and the settings' key -> the signed URL."""

import re
from collections.abc import Sequence
from urllib.parse import quote

from proxy.errors import BadRequest, ProxyError
from proxy.imagekit.endpoints import find
from proxy.imagekit.placeholders import read_any
from proxy.imagekit.signature import IMAGEKIT, Scheme, claim_of, signed
from proxy.setting_types import plain
from proxy.settings import Endpoint

LONGEST_SECONDS = 100 * 366 * 86400  # that a signature may hold; without an end it does for ever
OF_URLS = "%/:?#[]@!$&'()*+,;="  # beside letters, digits and -._~
ORIGIN = re.compile(r"https?://[^/?#]+/", re.IGNORECASE)


def sign_address(
    endpoints: Sequence[Endpoint], address: str, expires_at: int | None = None, scheme: Scheme = IMAGEKIT
) -> str:
    """With the key of the endpoint that the address leads to, and what no URL holds as it is encoded before.

    `endpoints` are in order; raises BadRequest.
    """
    try:
        endpoint, remainder = find(endpoints, address)
        read_any(endpoint, remainder, "", trusted=True)
    except ProxyError as error:
        raise BadRequest(f"expected a URL that one of the endpoints answers: {error.message}") from None
    if claim_of(remainder):
        raise BadRequest("expected a URL without a signature")
    key = plain(endpoint.signing.private_key)
    if not key or not ORIGIN.match(address):
        missing = "a whole URL, https://host/..." if key else "MEDIA_PROXY_SIGNING__PRIVATE_KEY"
        raise BadRequest(f"expected {missing}")
    before = address.partition("#")[0].removesuffix(remainder)
    return before + signed(quote(remainder, safe=OF_URLS), key, expires_at, scheme)
