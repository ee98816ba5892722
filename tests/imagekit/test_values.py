"""Every kind of value: what it takes and what it refuses."""

from fractions import Fraction

import pytest

from proxy.imagekit.values import (
    IGNORED,
    Unwelcome,
    boolean,
    coordinate,
    degrees,
    density,
    first_of,
    one_of,
    ratio,
    side,
    whole,
)
from proxy.plan.values import Length

SIDES = {
    "1": Length(1),
    "300": Length(300),
    "0300": Length(300),
    "300.0": Length(300),
    "2.4": Length(2),
    "2.5": Length(3),
    "65535": Length(65535),
    "65535.4": Length(65535),
    "65535.5": IGNORED,
    "65536": IGNORED,
    "9" * 5000: IGNORED,
    "1.0": Length(1),
    "0.4": Length(0.4, relative=True),
    ".4": Length(0.4, relative=True),
    "0.40": Length(0.4, relative=True),
    "0.12345678": Length(0.123457, relative=True),
    "0.00000001": Length(0.000001, relative=True),
    "0.99999999": Length(0.999999, relative=True),
}
NO_SIDES = ["", "0", "0.0", "-5", "N5", "abc", "1e3", "+5", " 5", "5px", "5.", "١٢", "auto", "iw", "inf", "nan", "0x10"]


@pytest.mark.parametrize("text", SIDES)
def test_a_side_is_pixels_or_a_share(text: str) -> None:
    assert side(text) == SIDES[text]


@pytest.mark.parametrize("text", NO_SIDES)
def test_anything_else_is_no_side(text: str) -> None:
    with pytest.raises(Unwelcome):
        side(text)


RATIOS = {
    "4-3": Fraction(4, 3),
    "16_9": Fraction(16, 9),
    "8-6": Fraction(4, 3),
    "1.91-1": Fraction(191, 100),
    "1.5": Fraction(3, 2),
    "1": Fraction(1),
    "65535-1": Fraction(65535),
}


@pytest.mark.parametrize("text", RATIOS)
def test_a_ratio_is_width_to_height(text: str) -> None:
    assert ratio(text) == RATIOS[text]


@pytest.mark.parametrize(
    "text", ["", "4-0", "0-3", "0", "4-", "-3", "4:3", "4-3-2", "65536-1", "1-65536", "a-b", "1" * 9000]
)
def test_anything_else_is_no_ratio(text: str) -> None:
    with pytest.raises(Unwelcome):
        ratio(text)


COORDINATES = {"0": 0, "10": 10, "N5": -5, "N0": 0, "65535": 65535, "N65535": -65535}


@pytest.mark.parametrize("text", COORDINATES)
def test_a_coordinate_is_a_signed_whole_number(text: str) -> None:
    assert coordinate(text) == COORDINATES[text]


@pytest.mark.parametrize("text", ["", "N", "NN5", "-5", "1.5", "65536", "9" * 5000, "five", "²"])
def test_anything_else_is_no_coordinate(text: str) -> None:
    with pytest.raises(Unwelcome):
        coordinate(text)


DENSITIES = {
    "1": 1.0,
    "0.1": 0.1,
    "5": 5.0,
    "1.5": 1.5,
    "0.09": IGNORED,
    "5.1": IGNORED,
    "0": IGNORED,
    "9" * 400: IGNORED,
}


@pytest.mark.parametrize("text", DENSITIES)
def test_a_density_beyond_its_range_is_ignored(text: str) -> None:
    assert density(text) == DENSITIES[text]


@pytest.mark.parametrize("text", ["", "two", "N2", "-1"])
def test_a_density_that_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(Unwelcome):
        density(text)


ANGLES = {"0": 0, "90": 90, "N90": 270, "360": 0, "N360": 0, "450": 90, "22.5": 22.5, "N0.0000001": 0, "719.3": 359.3}


@pytest.mark.parametrize("text", ANGLES)
def test_an_angle_comes_round_to_less_than_a_turn(text: str) -> None:
    assert degrees(text) == ANGLES[text]


@pytest.mark.parametrize("text", ["", "N", "-90", "ninety", "9" * 400, "N360001"])
def test_anything_else_is_no_angle(text: str) -> None:
    with pytest.raises(Unwelcome):
        degrees(text)


@pytest.mark.parametrize("text", ["1", "55", "100", "007"])
def test_a_whole_number_stands_within_its_range(text: str) -> None:
    assert whole(1, 100)(text) == int(text)


@pytest.mark.parametrize("text", ["", "0", "101", "50.5", "N5", "-5", "9" * 5000, "²", "٣"])
def test_other_numbers_are_refused(text: str) -> None:
    with pytest.raises(Unwelcome):
        whole(1, 100)(text)


def test_booleans_are_two_words() -> None:
    assert (boolean("true"), boolean("false")) == (True, False)
    for text in ("", "True", "1", "yes", "-"):
        with pytest.raises(Unwelcome):
            boolean(text)


def test_the_first_reader_that_takes_a_text_reads_it() -> None:
    read = first_of(one_of({"auto": None}), whole(1, 9))

    assert (read("auto"), read("5")) == (None, 5)
    with pytest.raises(Unwelcome):
        read("ten")
