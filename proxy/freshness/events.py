"""The bodies of events -> what has changed. Pure; whatever is not understood is told apart, never an error of ours."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from proxy.catalogue.entries import codes_in, read_product, read_product_model
from proxy.catalogue.shapes import Document
from proxy.catalogue.values import MEDIA_TYPES, media_path
from proxy.errors import OriginBroken
from proxy.freshness.things import Change, Kind, Thing
from proxy.json_text import parsed
from proxy.media import Family

PREFIX = "com.akeneo.pim.v1."
MOST_EVENTS = 100  # in one request; Akeneo sends ten
LONGEST_NAME = 255
IGNORED, UNREADABLE = "other", "unreadable"  # instead of a type
KINDS = {
    "product": Kind.PRODUCT,
    "product-model": Kind.MODEL,
    "product_model": Kind.MODEL,
    "asset": Kind.ASSET,
    "reference-entity-record": Kind.RECORD,
}
MEDIA = {
    Kind.PRODUCT: Family.PRODUCT,
    Kind.MODEL: Family.PRODUCT,
    Kind.ASSET: Family.ASSET,
    Kind.RECORD: Family.REFERENCE_ENTITY,
}
GONE = {"deleted", "removed"}
DONE = {"created", "updated", *GONE}


@dataclass(frozen=True, slots=True)
class Event:
    """`type` as `asset.updated`, IGNORED or UNREADABLE. `at` is in seconds since 1970, None where it is not told."""

    id: str
    type: str
    at: float | None = None
    change: Change | None = None


def read_platform(body: bytes) -> list[Event]:
    """Of the Event Platform: one CloudEvent. Raises ValueError if it is no JSON."""
    return [guarded(platform_event, parsed(body))]


def read_events_api(body: bytes) -> list[Event]:
    """Of the Events API: several. Raises ValueError if these are none."""
    document = parsed(body)
    found = document.get("events") if isinstance(document, dict) else None
    if not isinstance(found, list) or len(found) > MOST_EVENTS:
        raise ValueError("expected a list of events")
    return [guarded(api_event, one) for one in found]


def guarded(read: Callable[[Document], Event], found: object) -> Event:
    if not isinstance(found, dict):
        return Event("", UNREADABLE)
    try:
        return read(found)
    except (ValueError, OriginBroken):
        return Event("", UNREADABLE)


def platform_event(document: Document) -> Event:
    """Raises ValueError, as all below."""
    event_id, at = name_in(document, "id"), moment(document.get("time"))
    type_ = name_in(document, "type").removeprefix(PREFIX)
    kind, action = kind_of(type_.removesuffix(".delta"))
    if kind is None:
        return Event(event_id, IGNORED, at)
    data = inner(document, "data")
    codes = frozenset[str]() if action in GONE else None
    left = frozenset(left_in(kind, data))
    return Event(event_id, type_, at, Change(platform_thing(kind, data), at, codes, left, frozenset({event_id})))


def platform_thing(kind: Kind, data: Document) -> Thing:
    match kind:
        case Kind.PRODUCT:
            product = inner(data, "product")
            return product_of(product)
        case Kind.MODEL:
            return Thing(kind, name_in(inner(data, "product_model" if "product_model" in data else "product"), "code"))
        case Kind.ASSET:
            asset = inner(data, "asset")
            return Thing(kind, name_in(asset, "code"), name_in(inner(asset, "asset_family"), "code"))
        case _:
            record = inner(data, "reference_entity_record")
            return Thing(kind, name_in(record, "code"), name_in(inner(record, "reference_entity"), "code"))


def product_of(product: Document) -> Thing:
    uuid, identifier = (optional(product, name) for name in ("uuid", "identifier"))
    if not uuid and not identifier:
        raise ValueError("expected a uuid or an identifier")
    return Thing(Kind.PRODUCT, identifier, uuid=uuid)


def left_in(kind: Kind, data: Document) -> Iterator[str]:
    """The codes that a delta calls the previous ones."""
    for entry in data.values():
        changes = entry.get("changes") if isinstance(entry, dict) else None
        values = changes.get("values") if isinstance(changes, dict) else None
        for several in values.values() if isinstance(values, dict) else ():
            for value in several if isinstance(several, list) else ():
                yield from previous_of(kind, value)


def previous_of(kind: Kind, value: Any) -> Iterator[str]:
    if not isinstance(value, dict) or not isinstance(value.get("previous"), str):
        return
    type_ = value.get("type")
    family = MEDIA_TYPES.get(type_) if isinstance(type_, str) else MEDIA[kind]
    path = family and media_path(family, value["previous"])
    if path and value["previous"] != value.get("new"):
        yield str(path)


def api_event(document: Document) -> Event:
    event_id, at = name_in(document, "event_id"), moment(document.get("event_datetime"))
    type_ = name_in(document, "action")
    kind, action = kind_of(type_)
    if kind not in {Kind.PRODUCT, Kind.MODEL}:
        return Event(event_id, IGNORED, at)
    resource = inner(inner(document, "data"), "resource")
    thing = product_of(resource) if kind is Kind.PRODUCT else Thing(kind, name_in(resource, "code"))
    codes = frozenset() if action in GONE else codes_of(kind, resource)
    return Event(event_id, type_, at, Change(thing, at, codes, ids=frozenset({event_id})))


def codes_of(kind: Kind, resource: Document) -> frozenset[str]:
    """These events hold the whole product. Raises OriginBroken."""
    read = read_product if kind is Kind.PRODUCT else read_product_model
    return frozenset(str(code.path) for code in codes_in(read(resource)))


def kind_of(type_: str) -> tuple[Kind | None, str]:
    word, _, action = type_.partition(".")
    return (KINDS.get(word), action) if action in DONE else (None, action)


def inner(document: Mapping[str, Any], key: str) -> Document:
    found = document.get(key)
    if isinstance(found, dict):
        return found
    raise ValueError(f"expected an object {key}")


def name_in(document: Document, key: str) -> str:
    return optional(document, key) or missing(key)


def missing(key: str) -> str:
    raise ValueError(f"expected {key}")


def optional(document: Document, key: str) -> str:
    found = document.get(key) or ""
    if not isinstance(found, str) or len(found) > LONGEST_NAME:
        raise ValueError(f"expected {key} as a short text")
    return found


def moment(text: object) -> float:
    """Seconds since 1970."""
    if not isinstance(text, str):
        raise ValueError("expected a time")
    found = datetime.fromisoformat(text)
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
