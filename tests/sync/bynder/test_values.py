"""What values of the PIM become in Bynder."""

from typing import Any

import pytest

from proxy.sync.bynder.values import converted
from proxy.sync.outcomes import DataError

MONEY = [{"amount": "19.90", "currency": "EUR"}, {"amount": None, "currency": "USD"}]


@pytest.mark.parametrize(
    ("type", "data", "expected"),
    [
        ("text", "Red, and blue", ("Red, and blue",)),
        ("textarea", "<p>Red</p>", ("<p>Red</p>",)),
        ("identifier", "RUN-01", ("RUN-01",)),
        ("simpleselect", "ss26", ("Spring_2026",)),
        ("multiselect", ["ss26", "aw26", "ss26"], ("Spring_2026", "aw26")),
        ("boolean", True, ("1",)),
        ("boolean", False, ("0",)),
        ("number", "12.5000", ("12.5",)),
        ("number", 12, ("12",)),
        ("number", "100", ("100",)),
        ("metric", {"amount": "12.5000", "unit": "KILOGRAM"}, ("12.5 KILOGRAM",)),
        ("price_collection", MONEY, ("19.90 EUR",)),
        ("date", "2026-03-02T00:00:00+02:00", ("2026-03-02T00:00:00Z",)),
        ("text", "", ()),
        ("multiselect", [], ()),
        ("date", None, ()),
    ],
)
def test_a_value_has_its_form(type: str, data: Any, expected: tuple[str, ...]) -> None:
    assert converted("x", f"pim_catalog_{type}", data, {"ss26": "Spring_2026"}) == expected


@pytest.mark.parametrize("type", ["akeneo_reference_entity", "akeneo_reference_entity_collection"])
def test_records_are_options(type: str) -> None:
    assert converted("brand", type, "acme", {"acme": "Acme_Inc"}) == ("Acme_Inc",)


def test_yes_and_no_may_have_names() -> None:
    options = {"true": "Yes", "false": "No"}

    assert [converted("x", "pim_catalog_boolean", one, options) for one in (True, False)] == [("Yes",), ("No",)]


def test_a_file_has_no_form() -> None:
    with pytest.raises(DataError):
        converted("image", "pim_catalog_image", "1/2/a.jpg", {})
