"""BlurHash: a picture as some thirty letters, by its published description (github.com/woltapp/blurhash)."""

import math
from collections.abc import Sequence

from PIL import Image

from proxy.pixels.cosines import terms, waves

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~"
LONG, SHORT = 4, 3  # components along the sides of a picture
STEPS = 9  # that a component may be above or below zero
MOST_STRENGTH = 82
LINEAR = [
    value / 255 / 12.92 if value / 255 <= 0.04045 else ((value / 255 + 0.055) / 1.055) ** 2.4 for value in range(256)
]

Component = tuple[float, float, float]


def blurhash(image: Image.Image) -> str:
    """Of a small RGB picture in sRGB. The longer side has four components, or as many as it has pixels."""
    width, height = image.size
    landscape = width >= height
    return encoded(image, min(LONG if landscape else SHORT, width), min(SHORT if landscape else LONG, height))


def encoded(image: Image.Image, across: int, down: int) -> str:
    """With so many components, 1 to 9 each."""
    (mean, *others) = components(image, across, down)
    size = digits(across - 1 + 9 * (down - 1), 1)
    if not others:
        return size + digits(0, 1) + digits(packed_mean(mean), 4)
    strength = max(abs(value) for component in others for value in component)
    quantised = max(0, min(MOST_STRENGTH, math.floor(strength * 166 - 0.5)))
    most = (quantised + 1) / 166
    rest = "".join(digits(packed(component, most), 2) for component in others)
    return size + digits(quantised, 1) + digits(packed_mean(mean), 4) + rest


def components(image: Image.Image, across: int, down: int) -> list[Component]:
    """Red, green and blue of each, in linear light; the mean first."""
    width, height = image.size
    sides = waves(width, across, False), waves(height, down, False)
    channels = [terms([LINEAR[value] for value in band.tobytes()], width, *sides) for band in image.split()]
    red, green, blue = ([value for row in channel for value in row] for channel in channels)
    first, *others = zip(red, green, blue, strict=True)
    return [first, *((2 * one, 2 * two, 2 * three) for one, two, three in others)]


def packed_mean(mean: Component) -> int:
    red, green, blue = map(to_srgb, mean)
    return red << 16 | green << 8 | blue


def to_srgb(linear: float) -> int:
    value = max(0.0, min(1.0, linear))
    curved = value * 12.92 if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055
    return int(curved * 255 + 0.5)


def packed(component: Sequence[float], most: float) -> int:
    red, green, blue = (step_of(value / most) for value in component)
    return (red * 19 + green) * 19 + blue


def step_of(share: float) -> int:
    """Small ones are told more finely."""
    root = math.copysign(math.sqrt(abs(share)), share)
    return max(0, min(2 * STEPS, math.floor(root * STEPS + STEPS + 0.5)))


def digits(value: int, count: int) -> str:
    return "".join(DIGITS[value // 83**place % 83] for place in reversed(range(count)))
