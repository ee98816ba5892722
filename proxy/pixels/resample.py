"""Scaling, in one pass from a window of the source."""

from math import ceil, floor

from PIL import Image, ImageFilter

from proxy.pixels.geometry import Size, Window
from proxy.pixels.planes import Planes

REDUCING_GAP = 3.0  # a big shrink averages whole pixels first; no difference can be seen from 3 on
LANCZOS_PIXELS = 3  # of the result, that count on either side for one of it
RINGING = ImageFilter.BoxBlur(2)  # how far from an edge the sharp filter still rings, in pixels of the result
Resampling = Image.Resampling


def resized(image: Image.Image | Planes, window: Window, size: Size) -> Image.Image:
    """The window of an 8-bit picture, scaled; pixels that keep their size are copied. Planes become RGB."""
    left, top, right, bottom = window
    right, bottom = min(right, float(image.width)), min(bottom, float(image.height))
    if isinstance(image, Planes):
        return image.scaled((left, top, right, bottom), size, REDUCING_GAP)
    scaled = right - left != size.width or bottom - top != size.height
    if scaled or not (left.is_integer() and top.is_integer()):
        return scale(image, (left, top, right, bottom), size)
    return image if size.pair == image.size else image.crop((int(left), int(top), int(right), int(bottom)))


def scale(image: Image.Image, window: Window, size: Size) -> Image.Image:
    if image.mode in {"LA", "RGBA"}:
        return scale_with_alpha(image, window, size)
    return image.resize(size.pair, Resampling.LANCZOS, window, REDUCING_GAP)


def scale_with_alpha(image: Image.Image, window: Window, size: Size) -> Image.Image:
    """Colours count by their alpha, or the unseen colour of clear pixels would show as a fringe.

    A sharp filter rings at the edge of what is opaque. Alpha ends at 255 but the colour does not, which draws a bright
    rim; so there, and wherever one can see through, a filter without ringing is used.
    """
    shrinks = window[2] - window[0] >= size.width and window[3] - window[1] >= size.height
    weighed, window = reduced(image.convert(image.mode[:-1] + "a"), window, size)
    calm = weighed.resize(size.pair, Resampling.HAMMING if shrinks else Resampling.BILINEAR, window)
    sharp = weighed.resize(size.pair, Resampling.LANCZOS, window)
    return Image.composite(sharp, calm, well_inside(calm.getchannel("a"))).convert(image.mode)


def well_inside(mask: Image.Image) -> Image.Image:
    """255 so far from what is less than opaque that a sharp filter does not ring there, else 0."""
    # The mean of some pixels is 255 where all of them are: a tenth of the time of a filter that looks for the least.
    return fully(fully(mask).filter(RINGING))


def reduced(image: Image.Image, window: Window, size: Size) -> tuple[Image.Image, Window]:
    """Averages whole pixels as `resize` does with a gap, for more than one filter; the window moves along."""
    left, top, right, bottom = window
    across, down = (right - left) / size.width, (bottom - top) / size.height
    by = (int(across / REDUCING_GAP) or 1, int(down / REDUCING_GAP) or 1)
    if by == (1, 1):
        return image, window
    box = (
        max(0, floor(left - LANCZOS_PIXELS * across)),
        max(0, floor(top - LANCZOS_PIXELS * down)),
        min(image.width, ceil(right + LANCZOS_PIXELS * across)),
        min(image.height, ceil(bottom + LANCZOS_PIXELS * down)),
    )
    moved = ((left - box[0]) / by[0], (top - box[1]) / by[1], (right - box[0]) / by[0], (bottom - box[1]) / by[1])
    return image.reduce(by, box), moved


def fully(mask: Image.Image) -> Image.Image:
    """255 where the mask has 255, else 0."""
    return mask.point(lambda value: 255 if value == 255 else 0)
