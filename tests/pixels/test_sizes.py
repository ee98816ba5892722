"""The sizes of the reference's section 3, formula by formula, for any sides and any picture."""

import math
from collections.abc import Callable
from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from proxy.errors import InvalidTransformation
from proxy.pixels.geometry import Size, place
from proxy.pixels.stages import Sides
from proxy.plan.expressions import Expression
from proxy.plan.frame import Crop, Frame
from proxy.plan.values import Length
from tests.imagekit.strategies import expressions
from tests.imagekit.strategies import frames as any_frames

Formula = Callable[[Fraction, Fraction, int, int], tuple[Fraction, Fraction]]

SOURCES = st.builds(Size, st.integers(1, 3000), st.integers(1, 3000))
PIXELS = st.integers(1, 4000).map(lambda pixels: Length(float(pixels)))
SHARES = st.integers(1, 999).map(lambda part: Length(part / 1000, relative=True))
LENGTHS = PIXELS | SHARES
ONCE = Fraction(1)


def times(by: Fraction, width: int, height: int) -> tuple[Fraction, Fraction]:
    return by * width, by * height


def no_larger(width: Fraction, height: Fraction, w: int, h: int) -> tuple[Fraction, Fraction]:
    scaled = times(min(ONCE, max(width / w, height / h)), w, h)
    return min(width, scaled[0]), min(height, scaled[1])


# W and H as asked for, unrounded, then the sides of what comes in.
BOTH_SIDES: dict[Crop, Formula] = {
    Crop.MAINTAIN_RATIO: lambda width, height, w, h: (width, height),
    Crop.MAINTAIN_RATIO_NO_ENLARGE: no_larger,
    Crop.FORCE: lambda width, height, w, h: (width, height),
    Crop.AT_MAX: lambda width, height, w, h: times(min(ONCE, width / w, height / h), w, h),
    Crop.AT_MAX_ENLARGE: lambda width, height, w, h: times(min(width / w, height / h), w, h),
    Crop.AT_LEAST: lambda width, height, w, h: times(max(width / w, height / h), w, h),
    Crop.EXTRACT: lambda width, height, w, h: (width, height),
    Crop.PAD_RESIZE: lambda width, height, w, h: (width, height),
    Crop.PAD_RESIZE_NO_ENLARGE: lambda width, height, w, h: (width, height),
    Crop.PAD_EXTRACT: lambda width, height, w, h: (width, height),
    Crop.PAD_EXTRACT_NO_SHRINK: lambda width, height, w, h: (max(width, Fraction(w)), max(height, Fraction(h))),
}
ENLARGES = set(Crop) - {Crop.AT_MAX, Crop.MAINTAIN_RATIO_NO_ENLARGE, Crop.PAD_RESIZE_NO_ENLARGE}


def rounded(*sides: Fraction) -> tuple[int, ...]:
    return tuple(max(1, math.floor(side + Fraction(1, 2))) for side in sides)


def asked(length: Length, side: int) -> Fraction:
    return Fraction(str(length.amount)) * (side if length.relative else 1)


@settings(max_examples=40)
@given(LENGTHS, LENGTHS, SOURCES)
@pytest.mark.parametrize("crop", Crop)
def test_both_sides_give_the_size_of_the_formula(crop: Crop, width: Length, height: Length, source: Size) -> None:
    try:
        placement = place(Frame(width, height, crop=crop), source)
    except InvalidTransformation:
        assume(False)
    sides = asked(width, source.width), asked(height, source.height)

    assert placement.canvas.pair == rounded(*BOTH_SIDES[crop](*sides, *source.pair))


@given(LENGTHS, SOURCES, st.sampled_from(Crop))
def test_one_side_keeps_the_ratio(side: Length, source: Size, crop: Crop) -> None:
    for frame, by in (
        (Frame(width=side, crop=crop), asked(side, source.width) / source.width),
        (Frame(height=side, crop=crop), asked(side, source.height) / source.height),
    ):
        scaled = times(by if crop in ENLARGES else min(ONCE, by), *source.pair)

        assert place(frame, source).canvas.pair == rounded(*scaled)


def share(part: float) -> Length:
    return Length(part, relative=True)


def sum_of(variable: str, factor: float) -> Expression:
    return Expression(variable, (("mul", float(factor)),))


SCOPE = {"iw": Fraction(1000), "ih": Fraction(600)}


@pytest.mark.parametrize(
    ("frame", "source", "canvas"),
    [
        (Frame(share(0.5)), (37, 1000), (19, 500)),
        (Frame(height=share(0.25)), (3, 1), (1, 1)),
        (Frame(share(0.3337)), (50, 486), (17, 162)),
        (Frame(share(0.9), share(0.3337), crop=Crop.AT_MAX), (1000, 600), (334, 200)),
        (Frame(share(0.001), crop=Crop.AT_MAX), (600, 1000), (1, 1)),
        (Frame(Length(3.0), density=0.5), (40, 400), (2, 15)),
    ],
)
def test_a_picture_is_scaled_by_what_is_asked_for_before_that_is_rounded(
    frame: Frame, source: tuple[int, int], canvas: tuple[int, int]
) -> None:
    assert place(frame, Size(*source)).canvas.pair == canvas


@pytest.mark.parametrize(
    ("frame", "canvas"),
    [
        (Frame(sum_of("iw", 65.535)), (65535, 39321)),
        (Frame(sum_of("iw", 65.536)), (1000, 600)),
        (Frame(sum_of("iw", 70), Length(300.0)), (500, 300)),
        (Frame(sum_of("iw", 70), Length(300.0), Fraction(1)), (300, 300)),
        (Frame(sum_of("iw", 10**9), crop=Crop.EXTRACT, x=5), (1000, 600)),
        (Frame(Length(100.0), density=sum_of("iw", 0.005)), (500, 300)),
        (Frame(Length(100.0), density=sum_of("iw", 0.0051)), (100, 60)),
        (Frame(Length(100.0), density=sum_of("iw", 0.00009)), (100, 60)),
    ],
)
def test_a_sum_that_is_no_side_or_density_is_passed_over_as_a_number_is(frame: Frame, canvas: tuple[int, int]) -> None:
    assert place(frame, Size(1000, 600), SCOPE).canvas.pair == canvas


@given(any_frames(expressions("iw", "ih", "iar", "cw", "ch", "car")), SOURCES, SOURCES)
def test_whatever_is_asked_for_stays_in_the_picture_and_on_the_canvas(
    frame: Frame, original: Size, current: Size
) -> None:
    try:
        placement = place(frame, current, Sides(original, current).scope)
    except InvalidTransformation:
        assume(False)
    left, top, right, bottom = placement.window

    assert 0 <= left < right <= current.width
    assert 0 <= top < bottom <= current.height
    for start, part, room in zip(
        (*placement.cut, *placement.at),
        placement.part.pair * 2,
        (*placement.scaled.pair, *placement.canvas.pair),
        strict=True,
    ):
        assert 0 <= start <= room - part
