"""Answers to addresses that stand for whichever file an entry has at present: served, or the way to that file."""

from dataclasses import replace

from aiohttp import web

from proxy.address import EntryAddress
from proxy.addresses.addresses import Found
from proxy.addresses.lookups import NotKnown
from proxy.deadline import Deadline
from proxy.delivery.admission import FREE, Admission
from proxy.delivery.delivered import CacheStatus, Delivered, Lifetime
from proxy.errors import NotFound, ProxyError
from proxy.imagekit.redirects import redirected
from proxy.media import FAMILIES
from proxy.web.endpoints import Gate
from proxy.web.headers import PUBLIC, canonical_link
from proxy.web.responses import CHANGING

FOUND = 302


async def resolved(gate: Gate, entry: EntryAddress, deadline: Deadline, admission: Admission) -> Found:
    """A call of Akeneo's that finds nothing costs a viewer as much as a new picture. One that finds something costs
    nothing, since the picture will. Raises OverBudget, and what `Gate.resolve` does.
    """
    if admission is FREE or await is_known(gate, entry):
        return await gate.resolve(entry, deadline)
    admission.charge()
    try:
        found = await gate.resolve(entry, deadline)
    except NotFound:
        raise
    except BaseException:
        admission.refund()
        raise
    admission.refund()
    return found


async def is_known(gate: Gate, entry: EntryAddress) -> bool:
    """Whether it, or that there is no such thing, can be told without a call."""
    try:
        await gate.addresses.known(entry, gate.connections)
    except NotKnown:
        return False
    except ProxyError:
        return True
    return True


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
