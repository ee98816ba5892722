"""Whether two files are the same picture to the eye: one may have been drawn from a larger decode than the other."""

from io import BytesIO

from PIL import Image, ImageChops, ImageStat

MOST_MEAN = 6.0  # of 255, over all pixels: those of 16 pixels' width lie 3 apart
MOST_LOCAL = 24  # of 255, in any block of 8 x 8: a part of another picture has more


def is_same_picture(one: bytes, other: bytes) -> bool:
    """Of one format, size and mode, both whole, and alike everywhere; other files have to have the same bytes."""
    if one == other:
        return True
    try:
        first, second = opened(one), opened(other)
    except (OSError, ValueError, SyntaxError):  # no picture, or half of one
        return False
    if (first.format, first.size, first.mode) != (second.format, second.size, second.mode):
        return False
    apart = ImageChops.difference(first.convert("RGBA"), second.convert("RGBA"))
    local = max(highest for _, highest in ImageStat.Stat(apart.convert("RGB").reduce(8)).extrema)
    return max(ImageStat.Stat(apart).mean) <= MOST_MEAN and local <= MOST_LOCAL


def opened(body: bytes) -> Image.Image:
    image = Image.open(BytesIO(body))
    image.load()
    return image
