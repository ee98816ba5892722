"""`t`: near-uniform edges are cut off."""

from functools import reduce

from PIL import Image, ImageChops

from proxy.pixels.picture import Picture
from proxy.pixels.stages import Box


def edges_of(picture: Picture, threshold: int) -> Box | None:
    """What is left; None if nothing is to be cut. The top left pixel says what an edge looks like.

    `threshold` is the difference that still counts as uniform, in percent of the full range. A picture that is uniform
    altogether stays whole. What is clear is equal whatever its unseen colour is.
    """
    image = picture.in_color()
    if image.mode == "RGBA":
        image = image.convert("RGBa")
    pattern = image.getpixel((0, 0))
    assert isinstance(pattern, tuple)
    apart = ImageChops.difference(image, Image.new(image.mode, image.size, pattern))
    furthest = reduce(ImageChops.lighter, apart.split())
    limit = 255 * threshold / 100
    box = furthest.point(lambda distance: 255 if distance > limit else 0).getbbox()
    return None if box is None or box == (0, 0, *image.size) else box
