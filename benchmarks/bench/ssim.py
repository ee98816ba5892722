"""Structural similarity (SSIM), and the reference that pictures are held to: decoded whole, scaled in linear light."""

from typing import Any

from PIL import Image, ImageMath, ImageOps

WINDOW, STRIDE = 8, 4  # pixels
LUMINANCE, CONTRAST = (0.01 * 255) ** 2, (0.03 * 255) ** 2  # the constants of Wang et al., 2004
TOE, SLOPE = 0.0031308, 12.92  # below so much light, sRGB is a straight line


def ssim(one: Image.Image, other: Image.Image) -> float:
    """The mean over the three channels, so that blurred colour counts; 1.0 for the same picture.

    Means are taken over 8x8 windows, four pixels apart. Raises ValueError if the sizes differ.
    """
    if one.size != other.size:
        raise ValueError(f"{one.size} is compared with {other.size}")
    pairs = zip(one.convert("RGB").split(), other.convert("RGB").split(), strict=True)
    return sum(channel_ssim(a.convert("F"), b.convert("F")) for a, b in pairs) / 3


def channel_ssim(a: Image.Image, b: Image.Image) -> float:
    products = [multiplied(a, a), multiplied(b, b), multiplied(a, b)]
    total, count = 0.0, 0
    for left in (0, STRIDE):
        for top in (0, STRIDE):
            means = [windows(plane, left, top) for plane in (a, b, *products)]
            values = [list(plane.get_flattened_data()) for plane in means]
            for a_mean, b_mean, a_square, b_square, product in zip(*values, strict=True):
                variances = a_square - a_mean**2, b_square - b_mean**2
                total += similarity(a_mean, b_mean, *variances, product - a_mean * b_mean)
                count += 1
    return total / count


def similarity(mean_a: float, mean_b: float, variance_a: float, variance_b: float, covariance: float) -> float:
    likeness = (2 * mean_a * mean_b + LUMINANCE) * (2 * covariance + CONTRAST)
    return likeness / ((mean_a**2 + mean_b**2 + LUMINANCE) * (variance_a + variance_b + CONTRAST))


def windows(plane: Image.Image, left: int, top: int) -> Image.Image:
    """The means of whole windows from that corner on."""
    across, down = (plane.width - left) // WINDOW, (plane.height - top) // WINDOW
    return plane.crop((left, top, left + across * WINDOW, top + down * WINDOW)).reduce(WINDOW)


def multiplied(a: Image.Image, b: Image.Image) -> Image.Image:
    product = ImageMath.lambda_eval(lambda planes: planes["a"] * planes["b"], a=a, b=b)
    assert isinstance(product, Image.Image)
    return product


def reference(source: Image.Image, size: tuple[int, int], fit: bool = False) -> Image.Image:
    """Cropped from the centre to the size, or fitted inside it; no shrinking by the decoder, scaled in linear light."""
    planes = [channel.point(LIGHT, "F") for channel in source.convert("RGB").split()]
    scaled = [fitted(plane, size) if fit else ImageOps.fit(plane, size, Image.Resampling.LANCZOS) for plane in planes]
    return Image.merge("RGB", [displayed(plane) for plane in scaled])


def fitted(plane: Image.Image, frame: tuple[int, int]) -> Image.Image:
    return plane.resize(fitted_size(plane.size, frame), Image.Resampling.LANCZOS)


def fitted_size(source: tuple[int, int], frame: tuple[int, int]) -> tuple[int, int]:
    share = min(frame[0] / source[0], frame[1] / source[1])
    return round(source[0] * share), round(source[1] * share)


def light(value: float) -> float:
    """What a value of sRGB shines, both 0 to 1."""
    return value / SLOPE if value <= SLOPE * TOE else float(((value + 0.055) / 1.055) ** 2.4)


def value(light: float) -> float:
    """The reverse."""
    light = min(1.0, max(0.0, light))
    return SLOPE * light if light <= TOE else float(1.055 * light ** (1 / 2.4) - 0.055)


def displayed(plane: Image.Image) -> Image.Image:
    """Light as an 8-bit channel in sRGB."""
    data: Any = plane.get_flattened_data()  # of one channel, so plain numbers
    return Image.frombytes("L", plane.size, bytes(round(255 * value(each)) for each in data))


LIGHT = [light(number / 255) for number in range(256)]
