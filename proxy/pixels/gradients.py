"""Colours that become other colours over a picture."""

import math

from PIL import Image

from proxy.errors import InvalidTransformation
from proxy.pixels.geometry import Size
from proxy.pixels.measures import nearest
from proxy.plan.effects import Gradient
from proxy.plan.expressions import Expression, Scope
from proxy.plan.values import Color

STRIP = 4096  # steps of a gradient: more than any screen has pixels along one


def gradient(image: Image.Image, wish: Gradient, scope: Scope) -> Image.Image:
    """Laid over an RGB or RGBA picture; an opaque one stays opaque."""
    size = Size(*image.size)
    laid = linear(size, wish.degrees, wish.start, wish.end, reached(wish, size, scope))
    return Image.alpha_composite(image.convert("RGBA"), laid).convert(image.mode)


def reached(wish: Gradient, size: Size, scope: Scope) -> float:
    """The share of the way at which the end colour is reached."""
    if wish.stop is None:
        return 1.0
    if isinstance(wish.stop, Expression):
        share = nearest(wish.stop.value(scope)) / way(size, wish.degrees)
    else:
        share = wish.stop.amount / (1 if wish.stop.relative else way(size, wish.degrees))
    if share <= 0:
        raise InvalidTransformation(f"sp-{wish.stop}", "a place behind the start")
    return min(1.0, share)


def way(size: Size, degrees: float) -> float:
    """How long a gradient is, in pixels: as in CSS, so that it begins and ends in corners."""
    angle = math.radians(degrees)
    return abs(size.width * math.sin(angle)) + abs(size.height * math.cos(angle))


def linear(size: Size, degrees: float, start: Color, end: Color, share: float = 1.0) -> Image.Image:
    """RGBA. A strip of colours, stretched and turned over the whole size; `degrees` as in CSS."""
    ramp = Image.linear_gradient("L").resize((1, max(1, round(STRIP * share))), Image.Resampling.BILINEAR)
    mask = Image.new("L", (1, STRIP), 255)
    mask.paste(ramp)
    ends, begins = (Image.new("RGBA", (1, STRIP), color.rgba).convert("RGBa") for color in (end, start))
    strip = Image.composite(ends, begins, mask).resize((3, STRIP))
    across, down = math.sin(math.radians(degrees)), -math.cos(math.radians(degrees))
    by = (STRIP - 2) / way(size, degrees)
    middle = STRIP / 2 - by * (across * size.width + down * size.height) / 2
    matrix = (0.0, 0.0, 1.5, by * across, by * down, middle)
    return strip.transform(size.pair, Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR).convert("RGBA")


def between_corners(size: Size, colors: tuple[Color, Color, Color, Color]) -> Image.Image:
    """RGB; top left, top right, bottom left, bottom right, and everything between them."""
    small = Image.new("RGB", (2, 2))
    small.putdata([color.rgb for color in colors])
    return (
        small.resize(size.pair, Image.Resampling.BICUBIC, (0.5, 0.5, 1.5, 1.5))
        if size.longest > 1
        else small.crop((0, 0, 1, 1))
    )
