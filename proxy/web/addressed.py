"""Answers to addresses that stand for whichever file an entry has at present: served, or the way to that file."""

from dataclasses import replace

from aiohttp import web

from proxy.addresses.addresses import Found
from proxy.delivery.delivered import CacheStatus, Delivered, Lifetime
from proxy.imagekit.redirects import redirected
from proxy.media import FAMILIES
from proxy.web.endpoints import Gate
from proxy.web.headers import PUBLIC, canonical_link
from proxy.web.responses import CHANGING

FOUND = 302


def at_address(found: Found | None, delivered: Delivered) -> Delivered:
    """What the same file under its own name would get, for no longer than an address may be remembered."""
    if found is None:
        return delivered
    lifetime = Lifetime.CHANGING if delivered.lifetime is Lifetime.LASTING else delivered.lifetime
    return replace(delivered, lifetime=lifetime, cache=CacheStatus.STALE if found.stale else delivered.cache)


def is_redirected(gate: Gate, found: Found) -> bool:
    """Only to what has a path of its own here."""
    return gate.endpoint.addresses.mode == "redirect" and found.path.family in FAMILIES.values()


def redirect(gate: Gate, remainder: str, found: Found) -> web.Response:
    headers = {
        **PUBLIC,
        "Cache-Control": CHANGING,
        "Location": redirected(remainder, found.path, gate.endpoint.signing.keys),
        "X-Cache": str(CacheStatus.STALE if found.stale else CacheStatus.HIT),
    }
    base = gate.endpoint.canonical_base_url
    return web.Response(status=FOUND, headers=headers | ({"Link": canonical_link(base, found.path)} if base else {}))
