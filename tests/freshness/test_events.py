"""Bodies of events -> what has changed: each kind, and whatever is none."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.demo.webhooks import api_event, platform_event
from proxy.freshness.events import IGNORED, UNREADABLE, Event, read_events_api, read_platform
from proxy.freshness.things import Change, Kind, Thing

UUID = "25566245-55c3-42ce-86d9-8610ac459fa8"
HEX = "9d38fe8c97e16f6b48bbf8f6cf8a9564401cc9a0"
OLD, NEW = f"9/d/3/8/{HEX}_old.jpg", f"9/d/3/8/{HEX}_new.jpg"
PRODUCT = {"product": {"uuid": UUID}}
MODEL = {"product_model": {"code": "cup"}}
ASSET = {"asset": {"code": "hubble", "asset_family": {"code": "packshots"}}}
RECORD = {"reference_entity_record": {"code": "acme", "reference_entity": {"code": "brands"}}}


def one_of(type: str, data: dict[str, Any]) -> Event:
    (event,) = read_platform(json.dumps(platform_event(type, data)).encode())
    return event


def change_of(type: str, data: dict[str, Any]) -> Change:
    change = one_of(type, data).change
    assert change is not None
    return change


KINDS = [
    ("product", PRODUCT, Thing(Kind.PRODUCT, "", uuid=UUID)),
    ("product", {"product": {"uuid": UUID, "identifier": "mug"}}, Thing(Kind.PRODUCT, "mug", uuid=UUID)),
    ("product-model", MODEL, Thing(Kind.MODEL, "cup")),
    ("product-model", {"product": {"code": "cup"}}, Thing(Kind.MODEL, "cup")),
    ("asset", ASSET, Thing(Kind.ASSET, "hubble", "packshots")),
    ("reference-entity-record", RECORD, Thing(Kind.RECORD, "acme", "brands")),
]


@pytest.mark.parametrize(("word", "data", "thing"), KINDS)
def test_each_kind_of_thing(word: str, data: dict[str, Any], thing: Thing) -> None:
    for action in ("created", "updated", "updated.delta"):
        change = change_of(f"{word}.{action}", data)
        assert (change.thing, change.codes) == (thing, None)
    assert change_of(f"{word}.deleted", data).codes == frozenset()


def test_a_delta_tells_which_files_were_left() -> None:
    values = [
        {"previous": OLD, "new": NEW, "type": "media_file", "locale": None, "channel": None},
        {"previous": NEW, "new": NEW, "type": "media_file"},
        {"previous": "a word", "new": "another", "type": "text"},
        {"previous": None, "new": NEW, "type": "media_file"},
    ]
    data = {"asset": ASSET["asset"] | {"changes": {"values": {"media": values}}}}

    assert change_of("asset.updated.delta", data).left == frozenset({f"asset-media-files/{OLD}"})


def test_whole_products_tell_their_files() -> None:
    href = f"https://pim.example.com/api/rest/v1/media-files/{NEW}/download"
    value = {"locale": None, "scope": None, "data": NEW, "_links": {"download": {"href": href}}}
    product = {"identifier": "mug", "uuid": UUID, "values": {"picture": [value]}}
    events = [api_event("product.updated", product), api_event("product_model.removed", {"code": "cup"})]

    updated, removed = read_events_api(json.dumps({"events": events}).encode())

    assert updated.change is not None
    assert updated.change.codes == frozenset({f"media-files/{NEW}"})
    assert removed.change is not None
    assert (removed.change.thing, removed.change.codes) == (Thing(Kind.MODEL, "cup"), frozenset())


def test_what_is_not_about_media_is_ignored() -> None:
    for type_ in ("category.updated", "app.deleted", "product.moved", "asset", "", "."):
        event = one_of(type_ or "x", {})
        assert (event.type, event.change) == (IGNORED, None)


BROKEN: list[dict[str, Any]] = [
    {},
    {"asset": None},
    {"asset": {"code": "hubble"}},
    {"asset": {"code": 7, "asset_family": {"code": "packshots"}}},
    {"asset": {"code": "x" * 1000, "asset_family": {"code": "packshots"}}},
]


@pytest.mark.parametrize("data", BROKEN)
def test_what_lacks_its_names_is_unreadable(data: dict[str, Any]) -> None:
    assert one_of("asset.updated", data).type == UNREADABLE


def test_one_broken_event_does_not_spoil_the_others() -> None:
    good = api_event("product_model.updated", {"code": "cup", "values": []})

    types = [event.type for event in read_events_api(json.dumps({"events": [{}, good, None]}).encode())]

    assert types == [UNREADABLE, "product_model.updated", UNREADABLE]


@pytest.mark.parametrize(("first", "second"), [(1, 2), (2, 1)])
def test_of_two_changes_the_later_one_holds(first: float, second: float) -> None:
    thing = Thing(Kind.MODEL, "cup")
    gone = Change(thing, first, frozenset(), frozenset({"a"}), frozenset({"1"}))
    there = Change(thing, second, frozenset({"b"}), frozenset({"c"}), frozenset({"2"}))

    both = gone.joined(there)

    assert both.codes == (there if second > first else gone).codes
    assert both.left == frozenset({"a", "c"})
    assert both.ids == frozenset({"1", "2"})


def test_what_was_told_of_the_same_moment_twice_has_to_be_asked() -> None:
    thing = Thing(Kind.MODEL, "cup")

    assert Change(thing, 1, frozenset()).joined(Change(thing, 1, frozenset({"b"}))).codes is None


SCALARS: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, 7, -1.5, "", "x", "\ud800", "x" * 300, UUID, "2026-02-22", [], {}, 10**400]
)
JSON = SCALARS | st.lists(SCALARS, max_size=2) | st.dictionaries(st.sampled_from(["code", "values", "data"]), SCALARS)
WORDS = st.sampled_from(["created", "updated", "deleted", "removed", "updated.delta", "x"])
NAMES = st.sampled_from(["product", "product_model", "product-model", "asset", "reference-entity-record", "category"])
PARTS = st.sampled_from(["product", "product_model", "asset", "reference_entity_record", "resource"])
FIELDS = st.sampled_from(["code", "uuid", "identifier", "asset_family", "reference_entity", "changes", "values"])
DATA = JSON | st.dictionaries(PARTS, JSON | st.dictionaries(FIELDS, JSON, max_size=4), max_size=3)


@given(NAMES, WORDS, DATA, st.just("2026-02-22T17:31:00Z") | JSON, st.just("1") | JSON)
def test_nothing_that_looks_like_an_event_is_a_fault(name: str, word: str, data: Any, time: Any, id: Any) -> None:
    type_ = f"{name}.{word}"
    cloud = {"id": id, "type": f"com.akeneo.pim.v1.{type_}", "time": time, "data": data}
    api = {"event_id": id, "action": type_, "event_datetime": time, "data": data}

    (event,) = read_platform(json.dumps(cloud).encode())
    (other,) = read_events_api(json.dumps({"events": [api]}).encode())

    for one in (event, other):
        assert one.type in {type_, IGNORED, UNREADABLE}
        assert one.change is None or one.change.thing.names


@given(st.binary() | DATA.map(lambda found: json.dumps(found).encode()))
def test_bytes_are_events_or_a_value_error(body: bytes) -> None:
    for read in (read_platform, read_events_api):
        try:
            events = read(body)
        except ValueError:
            continue
        assert all(event.change is None for event in events)
