"""`fo-auto`: where a picture has most to show. A guess of our own, not ImageKit's model.

A thumbnail is weighed pixel by pixel: edges count, strong colours count, and tones that skin tends to have count
most; the middle wins between equals. No faces or things are recognised. The same picture always gives the same crop.
"""

from dataclasses import replace
from itertools import accumulate

from PIL import Image, ImageChops, ImageFilter

from proxy.pixels.geometry import Placement

THUMBNAIL = 96  # longest side in pixels
SKIN_HUES = (8, 32)  # of 256: orange to brown, in light and dark skin alike
SKIN_SATURATIONS = (45, 175)
SKIN_FROM_VALUE = 60
CENTERED = 0.08  # what the middle is worth more than the rim: decides between equals only


def attended(placement: Placement, image: Image.Image) -> Placement:
    """The same cut moved to what is worth seeing; `image` is the whole source, in any size."""
    across = placement.scaled.width - placement.part.width
    down = placement.scaled.height - placement.part.height
    if across <= 0 and down <= 0:
        return placement
    small = image.convert("RGBA")
    small.thumbnail((THUMBNAIL, THUMBNAIL), Image.Resampling.BOX)
    weights = interest(small)
    columns = [sum(weights[x :: small.width]) for x in range(small.width)]
    rows = [sum(weights[y * small.width : (y + 1) * small.width]) for y in range(small.height)]
    cut = (
        best_start(columns, placement.part.width, placement.scaled.width),
        best_start(rows, placement.part.height, placement.scaled.height),
    )
    return replace(placement, cut=cut)


def interest(small: Image.Image) -> bytes:
    """A weight for every pixel of an RGBA picture; what is clear has none."""
    plain = Image.alpha_composite(Image.new("RGBA", small.size, "white"), small).convert("RGB")
    edges = plain.convert("L").filter(ImageFilter.FIND_EDGES)
    edges.paste(0, (0, 0, edges.width, 1))  # the filter leaves the rim as it was
    edges.paste(0, (0, edges.height - 1, edges.width, edges.height))
    edges.paste(0, (0, 0, 1, edges.height))
    edges.paste(0, (edges.width - 1, 0, edges.width, edges.height))
    hue, saturation, value = plain.convert("HSV").split()
    colors = ImageChops.multiply(saturation, value).point(lambda strength: strength // 4)
    skin = between(hue, *SKIN_HUES)
    skin = ImageChops.darker(skin, between(saturation, *SKIN_SATURATIONS))
    skin = ImageChops.darker(skin, between(value, SKIN_FROM_VALUE, 255)).point(lambda found: found // 3)
    total = ImageChops.add(ImageChops.add(edges, colors), skin)
    return ImageChops.multiply(total, small.getchannel("A")).tobytes()


def between(channel: Image.Image, low: int, high: int) -> Image.Image:
    return channel.point(lambda value: 255 if low <= value <= high else 0)


def best_start(weights: list[int], part: int, whole: int) -> int:
    """Where a window of `part` of `whole` pixels holds most of the weight along one axis."""
    slack = whole - part
    if slack <= 0:
        return 0
    sums = [0, *accumulate(weights)]
    by = len(weights) / whole
    steps = min(slack, 2 * len(weights))
    starts = [slack * step // steps for step in range(steps + 1)]

    def worth(start: int) -> tuple[float, int]:
        held = mass(sums, (start + part) * by) - mass(sums, start * by)
        off_center = abs(2 * start - slack) / slack
        return round(held - CENTERED * off_center * sums[-1], 3), -abs(2 * start - slack)

    return max(starts, key=worth)


def mass(sums: list[int], at: float) -> float:
    """The weight before a place that may lie within a thumbnail's pixel."""
    index = min(int(at), len(sums) - 1)
    after = sums[min(index + 1, len(sums) - 1)]
    return sums[index] + (after - sums[index]) * (at - index)
