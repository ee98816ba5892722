"""How much of a picture is left in another one: SSIM, the structural similarity of Wang et al., with Pillow alone."""

from collections.abc import Callable
from typing import Any

from PIL import Image, ImageMath

BLOCK, STRIDE = 8, 4  # windows of 8 x 8 pixels that overlap by half
C1, C2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
WEIGHTS = (0.8, 0.1, 0.1)  # brightness counts most, but colour counts
GROUND = (128, 128, 128)  # lies under whatever can be seen through


def ssim(one: Image.Image, other: Image.Image) -> float:
    """Of two pictures of one size, at least 12 pixels a side: 1 if they are equal; brightness and colour, weighed."""
    assert one.size == other.size
    pairs = zip(planes(one), planes(other), WEIGHTS, strict=True)
    return sum(weight * plane_ssim(a, b) for a, b, weight in pairs)


def planes(image: Image.Image) -> tuple[Image.Image, ...]:
    """Y, Cb and Cr as floats."""
    image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    if image.mode == "RGBA":
        image = Image.alpha_composite(Image.new("RGBA", image.size, (*GROUND, 255)), image).convert("RGB")
    return tuple(band.convert("F") for band in image.convert("YCbCr").split())


def plane_ssim(one: Image.Image, other: Image.Image) -> float:
    starts = [(left, top) for left in (0, STRIDE) for top in (0, STRIDE)]
    return sum(windows_ssim(one, other, start) for start in starts) / len(starts)


def windows_ssim(one: Image.Image, other: Image.Image, start: tuple[int, int]) -> float:
    """The mean over the windows that begin there; half windows at the far edges are left out."""
    width, height = ((side - first) // BLOCK * BLOCK for side, first in zip(one.size, start, strict=True))
    box = (*start, start[0] + width, start[1] + height)

    def mean(a: Image.Image, b: Image.Image | None = None) -> Image.Image:
        return (a if b is None else calculated(lambda at: at["a"] * at["b"], a=a, b=b)).reduce(BLOCK, box)

    similar = calculated(
        formula, x=mean(one), y=mean(other), xx=mean(one, one), yy=mean(other, other), xy=mean(one, other)
    )
    found = similar.resize((1, 1), Image.Resampling.BOX).getpixel((0, 0))
    assert isinstance(found, float)
    return found


def formula(at: dict[str, Any]) -> Any:
    """Of means, by their letters."""
    x, y = at["x"], at["y"]
    spread = at["xx"] - x * x + at["yy"] - y * y
    return (2 * x * y + C1) * (2 * (at["xy"] - x * y) + C2) / ((x * x + y * y + C1) * (spread + C2))


def calculated(formula: Callable[[dict[str, Any]], Any], **images: Image.Image) -> Image.Image:
    found = ImageMath.lambda_eval(formula, **images)
    assert isinstance(found, Image.Image)
    return found
