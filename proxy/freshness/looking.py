"""What a thing names at present, asked of Akeneo behind all viewers."""

from dataclasses import replace
from uuid import UUID

from proxy.catalogue.catalogue import Catalogue
from proxy.catalogue.entries import Entry, Product, codes_in
from proxy.deadline import Deadline
from proxy.errors import MediaForbidden, NotFound
from proxy.freshness.things import Kind, Thing

LOOK_SECONDS = 60.0


async def look(catalogue: Catalogue, thing: Thing) -> tuple[Thing, frozenset[str]]:
    """The thing with all its names, and its files; none if there is no such thing any more. Raises MediaForbidden where
    that is not to be known, OriginError, Overloaded, DeadlineExceeded.
    """
    deadline = Deadline.after(LOOK_SECONDS, catalogue.client.clock, background=True)
    try:
        found = await document(catalogue, thing, deadline)
    except MediaForbidden:
        raise
    except NotFound:
        return thing, frozenset()
    if isinstance(found, Product):
        thing = replace(thing, code=found.identifier or thing.code, uuid=found.uuid or thing.uuid)
    return thing, codes(found)


async def document(catalogue: Catalogue, thing: Thing, deadline: Deadline) -> Entry:
    match thing.kind:
        case Kind.PRODUCT:
            if is_uuid(thing.uuid):
                return await catalogue.product_by_uuid(thing.uuid, deadline)
            return await catalogue.product(thing.code or thing.uuid, deadline)
        case Kind.MODEL:
            return await catalogue.product_model(thing.code, deadline)
        case Kind.ASSET:
            return await catalogue.asset(thing.of, thing.code, deadline)
        case Kind.RECORD:
            return await catalogue.record(thing.of, thing.code, deadline)
        case Kind.ENTITY:
            return await catalogue.reference_entity(thing.code, deadline)


def codes(found: Entry) -> frozenset[str]:
    return frozenset(str(code.path) for code in codes_in(found))


def is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
