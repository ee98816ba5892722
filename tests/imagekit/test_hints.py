"""Client hints."""

import pytest

from proxy.imagekit.hints import Hints, UsedHints, read_hints
from proxy.imagekit.reading import read_plan

WIDTH, DPR = "Sec-CH-Width", "Sec-CH-DPR"

SIZES = {
    ("w-auto", 212, None): "w-300",
    ("w-auto", 150, None): "w-200",
    ("w-auto", 600, 2.0): "w-600",
    ("w-auto,dpr-auto", 600, 2.0): "w-600",
    ("dpr-auto,w-auto", 600, 2.0): "w-600",
    ("w-auto,dpr-2", 150, None): "w-400",
    ("w-100,dpr-auto", 600, 2.0): "w-200",
    ("w-auto,h-50,dpr-auto", None, 2.0): "h-100",
    ("w-auto,dpr-auto", None, None): "",
    ("w-5,w-auto", None, 2.0): "w-5",
    ("dpr-auto", None, 2.0): "",
    ("l-image,i-a,w-auto,l-end", 600, 2.0): "l-image,ie-YQ,t-10,l-end",
}


@pytest.mark.parametrize(("text", "width", "dpr"), SIZES)
def test_a_hint_gives_the_size(text: str, width: int | None, dpr: float | None) -> None:
    assert str(read_plan(text, hints=Hints(width, dpr)).plan) == SIZES[text, width, dpr]


ASKED = {"w-100": (), "w-auto": (WIDTH, DPR), "w-100,dpr-auto": (DPR,), "dpr-auto,w-auto": (DPR, WIDTH)}


@pytest.mark.parametrize("text", ASKED)
@pytest.mark.parametrize("hints", [Hints(), Hints(600, 2.0)])
def test_headers_that_are_asked_for_are_told_whether_or_not_they_are_there(text: str, hints: Hints) -> None:
    assert read_plan(text, hints=hints).hints.headers == ASKED[text]


def test_the_older_names_of_headers_count_too() -> None:
    assert UsedHints((WIDTH,)).vary == ("Sec-CH-Width", "Width")


DENSITIES = {
    ("w-auto", 212, 2.0): "2.83",
    ("w-auto", 212, None): None,
    ("w-auto", None, 2.0): None,
    ("w-100,dpr-auto", 600, 2.0): "2.00",
    ("w-100,dpr-auto", 600, 1.0): "1.00",
    ("w-3000,dpr-auto", 600, 2.0): None,
    ("w-0.5,dpr-auto", 600, 2.0): "2.00",
    ("w-100", 600, 2.0): None,
    ("dpr-auto", 600, 2.0): None,
}


@pytest.mark.parametrize(("text", "width", "dpr"), DENSITIES)
def test_the_density_of_the_answer_follows_from_its_width(text: str, width: int | None, dpr: float | None) -> None:
    assert read_plan(text, hints=Hints(width, dpr)).hints.content_dpr(300) == DENSITIES[text, width, dpr]


HEADERS: list[tuple[dict[str, str], Hints]] = [
    ({}, Hints()),
    ({WIDTH: "212", DPR: "2"}, Hints(212, 2.0)),
    ({"Width": "212", "DPR": "1.5"}, Hints(212, 1.5)),
    ({WIDTH: "100", "Width": "999"}, Hints(100)),
    ({WIDTH: "0", DPR: "0"}, Hints()),
    ({WIDTH: "99999", DPR: "9"}, Hints()),
    ({WIDTH: "-5", DPR: "two"}, Hints()),
    ({WIDTH: "1e3", DPR: "nan"}, Hints()),
]


@pytest.mark.parametrize(("headers", "hints"), HEADERS)
def test_a_header_that_is_no_sensible_number_is_as_good_as_absent(headers: dict[str, str], hints: Hints) -> None:
    assert read_hints(headers) == hints
