"""Colours, in all the ways ImageKit writes them."""

import pytest

from proxy.imagekit.colors import NAMED, color
from proxy.imagekit.values import Unwelcome
from proxy.plan.values import Color

COLORS = {
    "FF8000": Color(255, 128, 0),
    "ff8000": Color(255, 128, 0),
    "F3f3F3": Color(243, 243, 243),
    "FF800000": Color(255, 128, 0, 0),
    "FF800050": Color(255, 128, 0, 50),
    "ff800099": Color(255, 128, 0, 99),
    "red": Color(255, 0, 0),
    "rebeccapurple": Color(0x66, 0x33, 0x99),
    "lightgrey": Color(0xD3, 0xD3, 0xD3),
    "transparent": Color(0, 0, 0, 0),
}


@pytest.mark.parametrize("text", COLORS)
def test_a_color_is_hexadecimal_or_named(text: str) -> None:
    assert color(text) == COLORS[text]


@pytest.mark.parametrize(
    "text", ["", "FFF", "FFFF", "FF80005F", "#FF8000", "Red", "reddish", "FF80000", "GG0000", "FF8000500"]
)
def test_anything_else_is_no_color(text: str) -> None:
    with pytest.raises(Unwelcome):
        color(text)


def test_all_names_of_css_are_known() -> None:
    assert len(NAMED) == 148 + len(["transparent"])
    assert all(named.opacity == 100 for name, named in NAMED.items() if name != "transparent")
