"""Readers of what a step does to the look of a picture: text -> value (ImageKit reference, section 2.3)."""

import re
from collections.abc import Iterable

from proxy.imagekit.colors import color
from proxy.imagekit.expressions import expression
from proxy.imagekit.values import Reader, Unwelcome, between, coordinate, first_of, one_of, signed, whole
from proxy.plan.effects import (
    Arc,
    Background,
    BlurredBackground,
    Border,
    Colorize,
    ColorReplace,
    DominantBackground,
    Flip,
    Gradient,
    Perspective,
    Radius,
    Shadow,
    Unsharp,
)
from proxy.plan.expressions import Expression
from proxy.plan.values import MAX_SIDE, Length

DEFAULT_TRIM = 10  # of `t-true` and of image layers; ImageKit does not tell its own
FINEST = 0.000001
CORNERS = {"top": 0, "top_right": 45, "right": 90, "bottom_right": 135}
CORNERS |= {"bottom": 180, "bottom_left": 225, "left": 270, "top_left": 315}
BLURRED = re.compile(r"blurred(?:_(auto|[0-9]+)(?:_(N?[0-9]+))?)?")
BORDER = re.compile(r"(.+)[_-]([^_-]+)")
DOMINANT = {"dominant": 1, "gradient_dominant": 2, "gradient_dominant_2": 2, "gradient_dominant_4": 4}

percent = whole(0, 100)
flag = one_of({"": True})
flip = one_of({"h": Flip.HORIZONTAL, "v": Flip.VERTICAL, "h_v": Flip.BOTH, "v_h": Flip.BOTH})
trim = first_of(one_of({"true": DEFAULT_TRIM, "false": None}), whole(1, 99))
sharpen = first_of(one_of({"": 0.0}), between(FINEST, 10_000))  # alone: ImageKit's own strength


def opacity(text: str) -> int | None:
    wanted = percent(text)
    return wanted if wanted < 100 else None


def named_parts(text: str, keys: Iterable[str]) -> dict[str, str]:
    """`from-red_ld-top_right` by its keys, in any order; a value may hold `_`."""
    if not text:
        return {}
    start, *parts = re.split(rf"(?:^|_)({'|'.join(keys)})-", text)
    if start or not parts:
        raise Unwelcome(text)
    return dict(zip(parts[::2], parts[1::2], strict=True))


def unsharp(text: str) -> Unsharp:
    """Radius, sigma, amount, threshold; alone, those of ImageKit's own example."""
    if not text:
        return Unsharp(2, 2, 0.8, 0.024)
    parts = text.split("-")
    if len(parts) != 4:
        raise Unwelcome(text)
    wide, strong = between(FINEST, 1000), between(0, 1000)
    return Unsharp(wide(parts[0]), wide(parts[1]), strong(parts[2]), strong(parts[3]))


def shadow(text: str) -> Shadow:
    readers = {"bl": whole(0, 15), "st": percent, "x": signed(100), "y": signed(100)}
    fields = {"bl": "blur", "st": "saturation", "x": "x", "y": "y"}
    parts = named_parts(text, readers)
    return Shadow(**{fields[key]: readers[key](value) for key, value in parts.items()})


def gradient(text: str) -> Gradient:
    parts = named_parts(text, ("ld", "from", "to", "sp"))
    plain = Gradient()
    return Gradient(
        direction(parts["ld"]) if "ld" in parts else plain.degrees,
        color(parts["from"]) if "from" in parts else plain.start,
        color(parts["to"]) if "to" in parts else plain.end,
        stop(parts["sp"]) if "sp" in parts else plain.stop,
    )


def direction(text: str) -> float:
    return float(CORNERS[text]) if text in CORNERS else between(0, 359.999999)(text)


def stop(text: str) -> Length | Expression | None:
    """A share, or pixels from 2; 1 is the default, the whole way."""
    try:
        amount = between(0.01, MAX_SIDE)(text)
    except Unwelcome:
        return expression(text)
    if amount <= 0.99:
        return Length(amount, relative=True)
    if amount < 1:
        raise Unwelcome(text)
    pixels = int(amount + 0.5)
    return Length(float(pixels)) if pixels > 1 else None


def color_replace(text: str) -> ColorReplace:
    to, *rest = text.split("_")
    match rest:
        case []:
            return ColorReplace(color(to))
        case [tolerance]:
            return ColorReplace(color(to), percent(tolerance))
        case [tolerance, source]:
            return ColorReplace(color(to), percent(tolerance), color(source))
    raise Unwelcome(text)


def colorize(text: str) -> Colorize:
    parts = named_parts(text, ("co", "in"))
    plain = Colorize()
    return Colorize(
        color(parts["co"]) if "co" in parts else plain.color,
        percent(parts["in"]) if "in" in parts else plain.intensity,
    )


def distort(text: str) -> Perspective | Arc:
    kind, _, value = text.partition("-")
    if kind == "a":
        turn = between(FINEST, 360)(value.removeprefix("N"))
        return Arc(-turn if value.startswith("N") else turn)
    places = value.split("_")
    if kind != "p" or len(places) != 8:
        raise Unwelcome(text)
    a, b, c, d, e, f, g, h = map(coordinate, places)
    return Perspective((a, b, c, d, e, f, g, h))


def radius(text: str) -> Radius | None:
    """One radius, four of them clockwise from the top left, or `max`; none of 0."""
    if text == "max":
        return Radius(None)
    corners = [whole(0, MAX_SIDE)(corner) for corner in text.split("_")]
    if len(corners) not in {1, 4}:
        raise Unwelcome(text)
    a, b, c, d = corners * 4 if len(corners) == 1 else corners
    return Radius((a, b, c, d)) if any(corners) else None


def border(text: str) -> Border | None:
    match = BORDER.fullmatch(text)
    if not match:
        raise Unwelcome(text)
    read: Reader = first_of(whole(0, MAX_SIDE), expression)
    width, line = read(match[1]), color(match[2])
    return Border(width, line) if isinstance(width, Expression) or (isinstance(width, int) and width) else None


def background(text: str) -> Background:
    """A colour, or something painted from the picture itself."""
    if text in DOMINANT:
        return DominantBackground(DOMINANT[text])
    match = BLURRED.fullmatch(text)
    if not match:
        return color(text)
    intensity, brightness = match.groups()
    return BlurredBackground(
        None if intensity in {None, "auto"} else percent(intensity),
        0 if brightness is None else signed(255)(brightness),
    )
