"""Scaling, in one pass from a window of the source."""

from PIL import Image, ImageFilter

from proxy.pixels.filtering import filtered, reduced
from proxy.pixels.geometry import Size, Window
from proxy.pixels.planes import Planes

RINGING = ImageFilter.BoxBlur(2)  # how far from an edge the sharp filter still rings, in pixels of the result
Resampling = Image.Resampling


def resized(image: Image.Image | Planes, window: Window, size: Size) -> Image.Image:
    """The window of an 8-bit picture, scaled; pixels that keep their size are copied. Planes become RGB."""
    left, top, right, bottom = window
    right, bottom = min(right, float(image.width)), min(bottom, float(image.height))
    if isinstance(image, Planes):
        return image.scaled((left, top, right, bottom), size)
    scaled = right - left != size.width or bottom - top != size.height
    if scaled or not (left.is_integer() and top.is_integer()):
        return scale(image, (left, top, right, bottom), size)
    return image if size.pair == image.size else image.crop((int(left), int(top), int(right), int(bottom)))


def scale(image: Image.Image, window: Window, size: Size) -> Image.Image:
    if image.mode in {"LA", "RGBA"}:
        return scale_with_alpha(image, window, size)
    return filtered(image, Resampling.LANCZOS, window, size)


def scale_with_alpha(image: Image.Image, window: Window, size: Size) -> Image.Image:
    """Colours count by their alpha, or the unseen colour of clear pixels would show as a fringe.

    A sharp filter rings at the edge of what is opaque. Alpha ends at 255 but the colour does not, which draws a bright
    rim; so there, and wherever one can see through, a filter without ringing is used.
    """
    shrinks = window[2] - window[0] >= size.width and window[3] - window[1] >= size.height
    weighed, window = reduced(image.convert(image.mode[:-1] + "a"), window, size)
    calm = filtered(weighed, Resampling.HAMMING if shrinks else Resampling.BILINEAR, window, size)
    sharp = filtered(weighed, Resampling.LANCZOS, window, size)
    return Image.composite(sharp, calm, well_inside(calm.getchannel("a"))).convert(image.mode)


def well_inside(mask: Image.Image) -> Image.Image:
    """255 so far from what is less than opaque that a sharp filter does not ring there, else 0."""
    # The mean of some pixels is 255 where all of them are: a tenth of the time of a filter that looks for the least.
    return fully(fully(mask).filter(RINGING))


def fully(mask: Image.Image) -> Image.Image:
    """255 where the mask has 255, else 0."""
    return mask.point(lambda value: 255 if value == 255 else 0)
