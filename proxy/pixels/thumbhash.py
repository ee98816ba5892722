"""ThumbHash: a picture as some twenty bytes, with its shape and transparency (evanw.github.io/thumbhash)."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image

from proxy.pixels.cosines import Channel, terms, waves

MOST_TERMS, MOST_TERMS_CLEAR = 7, 5  # of brightness along the longer side; fewer where transparency is told as well
COLOUR_TERMS, ALPHA_TERMS = 3, 5
Pixel = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Told:
    """Of one channel: its mean, its strongest term, and all terms as shares of that, 0 to 1."""

    mean: float
    scale: float
    shares: Sequence[float]


def thumbhash(image: Image.Image) -> bytes:
    """Of a small RGBA picture in sRGB, of at most 100 x 100 pixels."""
    width, height = image.size
    packed = image.tobytes()
    pixels = list(zip(*([value / 255 for value in packed[band::4]] for band in range(4)), strict=True))
    alpha = [pixel[3] for pixel in pixels]
    clear = min(alpha) < 1
    most, longest = (MOST_TERMS_CLEAR if clear else MOST_TERMS), max(width, height)
    across, down = (max(1, rounded(most * side / longest)) for side in (width, height))
    light, yellow, red = channels(on_mean(pixels) if clear else pixels)
    told = [
        channel(light, image.size, max(3, across), max(3, down)),
        channel(yellow, image.size, COLOUR_TERMS, COLOUR_TERMS),
        channel(red, image.size, COLOUR_TERMS, COLOUR_TERMS),
        *([channel(alpha, image.size, ALPHA_TERMS, ALPHA_TERMS)] if clear else []),
    ]
    shorter = down if width > height else across
    return header(told, shorter, width > height) + halves([share for one in told for share in one.shares])


def channels(pixels: Sequence[Pixel]) -> tuple[Channel, Channel, Channel]:
    """Brightness, yellow against blue, red against green."""
    return (
        [(red + green + blue) / 3 for red, green, blue, _ in pixels],
        [(red + green) / 2 - blue for red, green, blue, _ in pixels],
        [red - green for red, green, _, _ in pixels],
    )


def on_mean(pixels: Sequence[Pixel]) -> list[Pixel]:
    """The same with their mean colour behind what one can see through."""
    opacity = sum(pixel[3] for pixel in pixels)
    mean = [sum(pixel[band] * pixel[3] for pixel in pixels) / opacity if opacity else 0.0 for band in range(3)]
    return [
        (
            mean[0] * (1 - alpha) + red * alpha,
            mean[1] * (1 - alpha) + green * alpha,
            mean[2] * (1 - alpha) + blue * alpha,
            alpha,
        )
        for red, green, blue, alpha in pixels
    ]


def channel(values: Channel, size: tuple[int, int], across: int, down: int) -> Told:
    """Of the terms, those in the triangle of the lowest."""
    width, height = size
    found = terms(values, width, waves(width, across, True), waves(height, down, True))
    low = [found[y][x] for y in range(down) for x in range(across) if x * down < across * (down - y)]
    mean, *others = low
    scale = max(map(abs, others))
    return Told(mean, scale, [0.5 + value / scale / 2 if scale else value for value in others])


def header(told: Sequence[Told], shorter: int, landscape: bool) -> bytes:
    light, yellow, red, *alpha = told
    first = rounded(63 * light.mean) | rounded(31.5 + 31.5 * yellow.mean) << 6 | rounded(31.5 + 31.5 * red.mean) << 12
    first |= rounded(31 * light.scale) << 18 | bool(alpha) << 23
    second = shorter | rounded(63 * yellow.scale) << 3 | rounded(63 * red.scale) << 9 | landscape << 15
    third = bytes(rounded(15 * one.mean) | rounded(15 * one.scale) << 4 for one in alpha)
    return first.to_bytes(3, "little") + second.to_bytes(2, "little") + third


def halves(shares: Sequence[float]) -> bytes:
    """Four bits each, the lower ones first."""
    nibbles = [rounded(15 * share) for share in shares]
    nibbles += [0] * (len(nibbles) % 2)
    return bytes(low | high << 4 for low, high in zip(nibbles[::2], nibbles[1::2], strict=True))


def rounded(value: float) -> int:
    """Halves go up, as in the languages of the other implementations."""
    return math.floor(value + 0.5)
