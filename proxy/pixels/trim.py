"""`t`: near-uniform edges are cut off."""

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from functools import reduce

from PIL import Image, ImageChops

from proxy.pixels.geometry import Placement, Size
from proxy.pixels.measures import nearest, whole
from proxy.pixels.picture import Picture
from proxy.pixels.stages import Box


def content_of(picture: Picture, threshold: int) -> Box | None:
    """What lies within its edges; None of a picture that is uniform altogether. The top left pixel says what an edge
    looks like.

    `threshold` is the difference that still counts as uniform, in percent of the full range. What is clear is equal
    whatever its unseen colour is.
    """
    image = picture.in_color()
    if image.mode == "RGBA":
        image = image.convert("RGBa")
    pattern = image.getpixel((0, 0))
    assert isinstance(pattern, tuple)
    apart = ImageChops.difference(image, Image.new(image.mode, image.size, pattern))
    furthest = reduce(ImageChops.lighter, apart.split())
    limit = 255 * threshold / 100
    return furthest.point(lambda distance: 255 if distance > limit else 0).getbbox()


def around(boxes: Iterable[Box | None], size: Size) -> Box | None:
    """What is left of frames of that size so that none loses anything; None if nothing is to be cut."""
    found = [box for box in boxes if box is not None]
    if not found:
        return None
    lefts, tops, rights, bottoms = zip(*found, strict=True)
    box = (min(lefts), min(tops), max(rights), max(bottoms))
    return None if box == (0, 0, *size.pair) else box


def untrimmed(placement: Placement, box: Box | None, source: Size) -> Placement:
    """The same part of the picture before its edges were cut off at `box`."""
    if box is None:
        return placement
    across = Fraction(placement.scaled.width, placement.source.width)
    down = Fraction(placement.scaled.height, placement.source.height)
    scaled = Size(whole(source.width * across), whole(source.height * down))
    left = min(nearest(box[0] * across), scaled.width - placement.scaled.width)
    top = min(nearest(box[1] * down), scaled.height - placement.scaled.height)
    return replace(placement, source=source, scaled=scaled, cut=(left + placement.cut[0], top + placement.cut[1]))
