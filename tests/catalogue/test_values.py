"""Values: which one is meant for a locale and a channel, and what it is."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from proxy.catalogue.entries import (
    Entry,
    codes_in,
    read_asset,
    read_legacy_file,
    read_product,
    read_product_model,
    read_record,
    read_reference_entity,
)
from proxy.catalogue.structure import read_asset_family, read_attribute, read_channel, read_family
from proxy.catalogue.values import Values, family_of, read_values
from proxy.errors import OriginBroken
from proxy.media import Family, MediaPath

CODE = "0/1/2/3/0123_shoe.jpg"
HREF = "http://inner.example:8080/pim/api/rest/v1"
CONTEXTS = some.sampled_from([None, "a", "b", "c"])
KEYS = some.sampled_from(
    ["code", "identifier", "uuid", "values", "data", "locale", "scope", "channel", "_links", "download", "href", "type"]
)
JSON = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(max_size=5),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


def value(data: object, locale: str | None = None, scope: str | None = None, **other: object) -> dict[str, Any]:
    return {"locale": locale, "scope": scope, "data": data, **other}


def linked(href: str) -> dict[str, Any]:
    return {"_links": {"download": {"href": href}}}


@pytest.mark.parametrize(
    ("other", "family"),
    [
        (linked(f"{HREF}/media-files/{CODE}/download"), Family.PRODUCT),
        (linked(f"{HREF}/asset-media-files/{CODE}"), Family.ASSET),
        (linked(f"{HREF}/reference-entities-media-files/{CODE}"), Family.REFERENCE_ENTITY),
        ({"attribute_type": "pim_catalog_image"}, Family.PRODUCT),
        ({"attribute_type": "pim_catalog_file"}, Family.PRODUCT),
        ({"attribute_type": "media_file"}, Family.ASSET),
        ({"attribute_type": "image"}, Family.REFERENCE_ENTITY),
        ({"_links": []}, None),
        ({"attribute_type": "pim_catalog_text"}, None),
        (linked("https://elsewhere.example/files/x"), None),
        (linked("http://[broken"), None),
    ],
)
def test_a_file_is_known_by_its_link_or_its_type(other: dict[str, Any], family: Family | None) -> None:
    values = read_values({"picture": [value(CODE, **other)]})

    assert values.media("picture") == (family and MediaPath(family, CODE))


def test_a_known_attribute_makes_up_for_an_answer_that_does_not_tell() -> None:
    values = read_values({"picture": [value(CODE)], "packshots": [value(["one", "two"])]})
    collection = values.find("packshots")

    assert values.media("picture", attribute_type="pim_catalog_image") == MediaPath(Family.PRODUCT, CODE)
    assert collection is not None
    assert collection.asset_codes() == ()  # it could be a choice of options
    assert collection.asset_codes("pim_assets_collection") == ("one", "two")


def test_a_collection_tells_its_assets_and_their_family() -> None:
    facts = {"attribute_type": "pim_catalog_asset_collection", "reference_data_name": "packshots"}

    found = read_values({"pictures": [value(["b", "a"], **facts)]}).find("pictures")

    assert found is not None
    assert (found.asset_codes(), found.asset_family, found.media()) == (("b", "a"), "packshots", None)


@pytest.mark.parametrize("data", [None, "", []])
def test_a_value_without_data_is_none(data: object) -> None:
    assert read_values({"picture": [value(data)]}) == Values({})


@pytest.mark.parametrize("empty", [[], {}, None])
def test_no_values_may_be_written_as_an_empty_list(empty: object) -> None:
    product = read_product({"identifier": "x", "values": empty})

    assert list(product.values) == []
    assert list(codes_in(product)) == []


@pytest.mark.parametrize("code", ["../../etc/passwd", "a b", "", 7, ["x"], {"a": 1}, "a//b"])
def test_what_is_no_code_is_no_file(code: object) -> None:
    product = read_product({"identifier": "x", "values": {"a": [value(code, attribute_type="pim_catalog_image")]}})

    assert list(codes_in(product)) == []


def test_a_channel_is_a_scope() -> None:
    asset = read_asset("f", {"code": "a", "values": {"m": [{"locale": None, "channel": "print", "data": "x"}]}})

    assert [found.scope for found in asset.values] == ["print"]


def test_a_link_needs_no_prefix_and_no_suffix() -> None:
    found = read_values({"link": [value("//host/x", attribute_type="media_link")]}).find("link")
    bare = read_attribute({"code": "link", "type": "media_link", "prefix": None, "suffix": ""})
    other = read_attribute({"code": "link", "type": "text"})

    assert found is not None
    assert (bare.link(found), other.link(found)) == ("//host/x", None)


@given(some.lists(some.tuples(CONTEXTS, CONTEXTS), unique=True), CONTEXTS, CONTEXTS, some.randoms())
def test_the_value_is_one_that_fits_and_the_same_in_any_order(
    contexts: list[tuple[str | None, str | None]], locale: str | None, scope: str | None, chance: Any
) -> None:
    written = [value(f"{at}", *at) for at in contexts]
    found = read_values({"a": written}).find("a", locale, scope)

    fitting = [
        f"{at}" for at in contexts if (not locale or at[0] in (None, locale)) and (not scope or at[1] in (None, scope))
    ]
    assert found.data in fitting if found else not fitting
    chance.shuffle(written)
    assert read_values({"a": written}).find("a", locale, scope) == found


@given(some.lists(some.tuples(CONTEXTS, CONTEXTS), unique=True))
def test_each_value_is_found_by_its_own_locale_and_scope(contexts: list[tuple[str | None, str | None]]) -> None:
    localizable = [at for at in contexts if all(at)]
    values = read_values({"a": [value(f"{at}", *at) for at in localizable]})

    for locale, scope in localizable:
        found = values.find("a", locale, scope)
        assert found is not None
        assert (found.locale, found.scope) == (locale, scope)


ENTRIES: list[Callable[[object], Entry]] = [
    read_product,
    read_product_model,
    read_reference_entity,
    partial(read_asset, "f"),
    partial(read_record, "e"),
]
OTHERS: list[Callable[[object], object]] = [
    read_attribute,
    read_asset_family,
    read_family,
    read_channel,
    partial(read_legacy_file, "/"),
]


@given(JSON)
def test_any_json_is_an_entry_or_broken(found: object) -> None:
    for read in ENTRIES:
        with suppress(OriginBroken):
            list(codes_in(read(found)))


@given(JSON)
def test_any_json_is_a_piece_of_structure_or_broken(found: object) -> None:
    for read in OTHERS:
        with suppress(OriginBroken):
            read(found)


@given(some.text())
def test_any_link_is_of_a_family_or_of_none(href: str) -> None:
    assert family_of(href) in (None, *Family)
