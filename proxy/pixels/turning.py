"""Turned and mirrored pictures."""

import math
from dataclasses import replace

from PIL import Image

from proxy.pixels.colour import uses_alpha, without_opaque_alpha
from proxy.pixels.decode import TURNS
from proxy.pixels.geometry import Size
from proxy.pixels.ground import TRANSPARENT, under
from proxy.pixels.picture import Picture
from proxy.pixels.resample import well_inside
from proxy.plan.effects import Flip
from proxy.plan.values import Color

QUARTERS = {90.0: TURNS[6], 180.0: TURNS[3], 270.0: TURNS[8]}
OPAQUE = 100  # percent
MIRRORS = {Flip.HORIZONTAL: TURNS[2], Flip.VERTICAL: TURNS[4], Flip.BOTH: TURNS[3]}


def flipped(picture: Picture, flip: Flip) -> Picture:
    return replace(picture, image=picture.image.transpose(MIRRORS[flip]))


def rotated(picture: Picture, degrees: float, size: Size, background: Color | None) -> Picture:
    """Clockwise. Any angle but a quarter grows the canvas: corners are `bg`, or else transparent.

    An opaque `bg` fills what else is clear as well, such as rounded corners, or they would stand out between the two.
    """
    if degrees in QUARTERS:
        return replace(picture, image=picture.image.transpose(QUARTERS[degrees]))
    if background is not None and background.opacity == OPAQUE:
        picture = under(picture, background)
    image = picture.in_srgb().image.convert("RGBA")
    leaning = without_rim(wider(wider(image)), degrees, size)
    covered = turned_by(Image.new("L", image.size, 255), degrees, size, Image.Resampling.BILINEAR)
    corners = Image.new("RGBA", size.pair, (background or TRANSPARENT).rgba)
    whole = Image.composite(leaning.convert("RGBa"), corners.convert("RGBa"), covered).convert("RGBA")
    return Picture(without_opaque_alpha(whole))


def without_rim(image: Image.Image, degrees: float, size: Size) -> Image.Image:
    """A sharp filter rings where opaque pixels meet clear ones: there, colours come from one that does not, so that no
    bright rim is drawn.
    """
    sharp = turned_by(image, degrees, size, Image.Resampling.BICUBIC)
    if not uses_alpha(image):
        return sharp
    calm = turned_by(image, degrees, size, Image.Resampling.BILINEAR)
    inside = well_inside(calm.getchannel("A"))
    calm.putalpha(sharp.getchannel("A"))
    return Image.composite(sharp, calm, inside)


def turned_by(image: Image.Image, degrees: float, size: Size, resampling: Image.Resampling) -> Image.Image:
    """On a canvas of that size, both centred; nothing where the picture does not reach."""
    sine, cosine = math.sin(math.radians(degrees)), math.cos(math.radians(degrees))
    across, down = size.width / 2, size.height / 2
    matrix = (
        *(cosine, sine, image.width / 2 - across * cosine - down * sine),
        *(-sine, cosine, image.height / 2 + across * sine - down * cosine),
    )
    rim = (-1, -1, image.width + 1, image.height + 1)  # so that the edges come out smooth
    a, b, c, d, e, f = matrix
    return image.crop(rim).transform(size.pair, Image.Transform.AFFINE, (a, b, c + 1, d, e, f + 1), resampling)


def wider(image: Image.Image) -> Image.Image:
    """One pixel more on every side, like its neighbour: a filter that looks beyond an edge finds no dark there."""
    wide = Image.new(image.mode, (image.width + 2, image.height + 2))
    corners, edges = [(0, 0), (0, 2), (2, 0), (2, 2)], [(0, 1), (2, 1), (1, 0), (1, 2)]
    for at in [*corners, *edges, (1, 1)]:
        wide.paste(image, at)
    return wide
