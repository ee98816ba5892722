"""Headers that several kinds of answers share."""

import re
from urllib.parse import quote

from proxy.delivery.delivered import CacheStatus
from proxy.formats import Content, Format
from proxy.media import MediaPath

# Stored scripts would run in the shop's own domain (design, decision 10).
LOCKED_DOWN = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; sandbox"
NOT_PLAIN = re.compile(r"[^ !#-\[\]-~]")  # of printable ASCII, quotes and backslashes
NO_STORE = "no-store"
PUBLIC = {
    "Server": "media-proxy",
    "Access-Control-Allow-Origin": "*",
    "Timing-Allow-Origin": "*",
    "X-Content-Type-Options": "nosniff",
}


def remembered_for(seconds: int) -> str:
    return f"public, max-age={seconds}" if seconds else NO_STORE


def canonical_link(base_url: str, path: MediaPath) -> str:
    """The address without transformation and query, for search engines."""
    return f'<{base_url}/{quote(str(path))}>; rel="canonical"'


def content_headers(content: Content, filename: str, attachment: bool) -> dict[str, str]:
    """Type, and how a browser may treat it."""
    text = content.mime.startswith("text/")
    headers = {"Content-Type": f"{content.mime}; charset=utf-8" if text else content.mime}
    if content.active or content.picture is Format.SVG:
        headers["Content-Security-Policy"] = LOCKED_DOWN
    if attachment or content.active:
        headers["Content-Disposition"] = disposition(filename)
    return headers


def disposition(filename: str) -> str:
    """With a name that any browser can read, and the true one where that differs (RFC 6266)."""
    plain = NOT_PLAIN.sub("_", filename)
    exact = "" if plain == filename else f"; filename*=UTF-8''{quote(filename, safe='')}"
    return f'attachment; filename="{plain}"{exact}'


def timing(cache: CacheStatus | None, stages: dict[str, float], total_seconds: float) -> str:
    """`Server-Timing`, in milliseconds as its specification has it."""
    entries = [f"{stage};dur={seconds * 1000:.1f}" for stage, seconds in stages.items()]
    outcome = [f'cache;desc="{cache}"'] if cache else []
    return ", ".join([*outcome, *entries, f"total;dur={total_seconds * 1000:.1f}"])
