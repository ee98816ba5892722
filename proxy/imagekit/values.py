"""Readers for the kinds of values: text -> value.

A reader raises `Unwelcome` on anything else; the table of parameters turns that into an answer which says what
would have been welcome. Numbers are ASCII digits, without sign or exponent.
"""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction

from proxy.plan.frame import MAX_DENSITY, MIN_DENSITY
from proxy.plan.values import MAX_SIDE, Length

MAX_TURN = 360_000
NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?|\.[0-9]+")
RATIO = re.compile(r"([0-9]{1,10}(?:\.[0-9]{1,10})?)[-_]([0-9]{1,10}(?:\.[0-9]{1,10})?)")
FINEST = 0.000001  # a plan writes six decimals
FINEST_RATIO = 100_000  # largest denominator


class Unwelcome(ValueError):
    """This reader does not take that text."""


class NoEffect(Enum):
    """A welcome value that changes nothing here; the parameter counts as absent."""

    IGNORED = "ignored"
    NOBODY_LOOKS = "nobody looks"


class FromViewer(Enum):
    """`w-auto`, `dpr-auto`: what the viewer's client hints say."""

    AUTO = "auto"
    ABSENT = "absent"


IGNORED = NoEffect.IGNORED
NOBODY_LOOKS = NoEffect.NOBODY_LOOKS  # for faces and objects


@dataclass(frozen=True, slots=True)
class Fallback:
    """A welcome value that is served by a simpler stand-in, and `why`."""

    value: object
    why: str


Reader = Callable[[str], object]


def switched(read: Reader, off: object) -> Reader:
    """A flag or an effect with values: SDKs write a boolean, too, where they were given one."""
    return lambda text: off if text == "false" else read("" if text == "true" else text)


def one_of(words: Mapping[str, object]) -> Reader:
    def read(text: str) -> object:
        if text not in words:
            raise Unwelcome(text)
        return words[text]

    return read


def first_of(*readers: Reader) -> Reader:
    """Whatever the first of the readers makes of a text that takes it."""

    def read(text: str) -> object:
        for reader in readers:
            with suppress(Unwelcome):
                return reader(text)
        raise Unwelcome(text)

    return read


boolean = one_of({"true": True, "false": False})
automatic = one_of({"auto": FromViewer.AUTO})


def number(text: str) -> float:
    if not NUMBER.fullmatch(text):
        raise Unwelcome(text)
    return round(float(text), 6)


def whole(lowest: int, highest: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not text.isascii() or not text.isdigit() or not lowest <= float(text) <= highest:
            raise Unwelcome(text)
        return int(text)

    return read


def between(lowest: float, highest: float) -> Callable[[str], float]:
    def read(text: str) -> float:
        value = number(text)
        if not lowest <= value <= highest:
            raise Unwelcome(text)
        return value

    return read


def side(text: str) -> Length | NoEffect:
    """Pixels, or below 1 a share. Rounded halves go up: `w-2.5` is 3."""
    amount = number(text)
    if float(text) <= 0:
        raise Unwelcome(text)
    if float(text) < 1:
        return Length(min(max(amount, FINEST), 1 - FINEST), relative=True)
    pixels = float(text) + 0.5
    return Length(float(int(pixels))) if pixels < MAX_SIDE + 1 else IGNORED


def signed(farthest: int) -> Callable[[str], int]:
    """A whole number, `N5` for -5."""
    magnitude = whole(0, farthest)

    def read(text: str) -> int:
        number = magnitude(text.removeprefix("N"))
        return -number if text.startswith("N") else number

    return read


coordinate = signed(MAX_SIDE)  # in pixels; negative ones lie outside and fail later, with a better word


def ratio(text: str) -> Fraction:
    """`4-3` or `4_3`, or one number: width to height."""
    match = RATIO.fullmatch(text)
    width, height = match.groups() if match else (text, "1")
    if not match and not (NUMBER.fullmatch(text) and len(text) <= 20):
        raise Unwelcome(text)
    if not Fraction(height):
        raise Unwelcome(text)
    shape = (Fraction(width) / Fraction(height)).limit_denominator(FINEST_RATIO)
    if not Fraction(1, MAX_SIDE) <= shape <= MAX_SIDE:
        raise Unwelcome(text)
    return shape


def density(text: str) -> float | NoEffect:
    value = number(text)
    return value if MIN_DENSITY <= value <= MAX_DENSITY else IGNORED


def degrees(text: str) -> float:
    """Clockwise, 0 <= angle < 360; `N90` turns the other way."""
    turn = number(text.removeprefix("N"))
    if turn > MAX_TURN:
        raise Unwelcome(text)
    return round((-turn if text.startswith("N") else turn) % 360, 6) % 360
