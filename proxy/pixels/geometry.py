"""Boxes and sizes, to the pixel: how a `Frame` meets a picture (ImageKit reference, section 3). Pure, no Pillow.

All arithmetic is on fractions, so that no rounding error of a float ever decides about a pixel.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from types import MappingProxyType
from typing import Self

from proxy.errors import InvalidTransformation
from proxy.pixels.measures import absolute, exact, pixels, whole
from proxy.plan.expressions import Expression, Scope
from proxy.plan.frame import Crop, Frame
from proxy.plan.values import Focus

MAX_DENSE_SIDE = 5000  # `dpr` is dropped if it would lead beyond
NEVER_ENLARGES = {Crop.AT_MAX, Crop.MAINTAIN_RATIO_NO_ENLARGE, Crop.PAD_RESIZE_NO_ENLARGE}
PADS = {Crop.PAD_RESIZE, Crop.PAD_RESIZE_NO_ENLARGE, Crop.PAD_EXTRACT, Crop.PAD_EXTRACT_NO_SHRINK}
NATIVE = {Crop.EXTRACT, Crop.PAD_EXTRACT, Crop.PAD_EXTRACT_NO_SHRINK}
FITS = {Crop.AT_MAX, Crop.AT_MAX_ENLARGE, Crop.PAD_RESIZE, Crop.PAD_RESIZE_NO_ENLARGE}

NO_SCOPE: Mapping[str, Fraction] = MappingProxyType({})  # for frames without expressions

# Where a focus sits along each axis: 0 at the start, 1 in the middle, 2 at the end.
ACROSS = {Focus.LEFT: 0, Focus.TOP_LEFT: 0, Focus.BOTTOM_LEFT: 0}
ACROSS |= {Focus.RIGHT: 2, Focus.TOP_RIGHT: 2, Focus.BOTTOM_RIGHT: 2}
DOWN = {Focus.TOP: 0, Focus.TOP_LEFT: 0, Focus.TOP_RIGHT: 0}
DOWN |= {Focus.BOTTOM: 2, Focus.BOTTOM_LEFT: 2, Focus.BOTTOM_RIGHT: 2}


@dataclass(frozen=True, slots=True)
class Size:
    """Whole pixels, at least 1 x 1."""

    width: int
    height: int

    @property
    def pixels(self) -> int:
        return self.width * self.height

    @property
    def longest(self) -> int:
        return max(self.width, self.height)

    @property
    def swapped(self) -> "Size":
        return Size(self.height, self.width)

    @property
    def ratio(self) -> Fraction:
        return Fraction(self.width, self.height)

    @property
    def pair(self) -> tuple[int, int]:
        return (self.width, self.height)

    def __str__(self) -> str:
        return f"{self.width}x{self.height}"


Window = tuple[float, float, float, float]  # left, top, right, bottom


@dataclass(frozen=True, slots=True)
class Placement:
    """How one picture becomes the next: `source` is scaled to `scaled`, of which `part` at `cut` is put on a
    `canvas` at `at`. Only the part is ever drawn, in one pass from its `window` in the source.
    """

    source: Size
    scaled: Size
    cut: tuple[int, int]
    part: Size
    canvas: Size
    at: tuple[int, int] = (0, 0)

    @classmethod
    def whole(cls, source: Size, scaled: Size | None = None) -> Self:
        scaled = scaled or source
        return cls(source, scaled, (0, 0), scaled, scaled)

    @property
    def window(self) -> Window:
        """Left, top, right, bottom of the part, in pixels of the source."""
        across = self.source.width / self.scaled.width
        down = self.source.height / self.scaled.height
        left, top = self.cut
        right, bottom = left + self.part.width, top + self.part.height
        return (
            left * across,
            top * down,
            min(right * across, float(self.source.width)),
            min(bottom * down, float(self.source.height)),
        )

    @property
    def padded(self) -> bool:
        return self.part != self.canvas

    def as_stored(self, orientation: int) -> Self:
        """The same for the picture as it is stored, before its EXIF orientation (1-8) is applied; no padding."""
        left, top = self.cut
        if orientation in {2, 3, 6, 7}:
            left = self.scaled.width - left - self.part.width
        if orientation in {3, 4, 7, 8}:
            top = self.scaled.height - top - self.part.height
        if orientation < 5:
            return replace(self, cut=(left, top), canvas=self.part, at=(0, 0))
        part = self.part.swapped
        return replace(
            self,
            source=self.source.swapped,
            scaled=self.scaled.swapped,
            cut=(top, left),
            part=part,
            canvas=part,
            at=(0, 0),
        )


def place(frame: Frame, source: Size, scope: Scope = NO_SCOPE, untrimmed: Size | None = None) -> Placement:
    """How `source` meets the frame; raises InvalidTransformation if an extract leaves the picture. Shares are those of
    the `untrimmed` picture, as expressions are.

    `Focus.AUTO` is the centre here; `attention` moves the cut once there are pixels to look at.
    """
    width, height = wanted(frame, untrimmed or source, scope)
    if width is None or height is None:
        return Placement.whole(source, one_sided(width, height, frame.crop, source))
    target = Size(whole(width), whole(height))
    if frame.crop is Crop.FORCE:
        return Placement.whole(source, target)
    scaled = scale(source, factor(frame.crop, source, target))
    if frame.crop is Crop.EXTRACT:
        return extract(frame, source, target, scope)
    if frame.crop in PADS:
        return pad(frame, source, scaled, target)
    if frame.crop in {Crop.AT_MAX, Crop.AT_MAX_ENLARGE, Crop.AT_LEAST}:
        return Placement.whole(source, scaled)
    return cover(frame.focus, source, scaled, target)


def wanted(frame: Frame, source: Size, scope: Scope) -> tuple[Fraction | None, Fraction | None]:
    """The requested sides after fraction, `ar` and `dpr`, in that order, still unrounded."""
    width, height = absolute(frame.width, source.width, scope), absolute(frame.height, source.height, scope)
    if frame.ratio is not None and (width is None) != (height is None):
        ratio = frame.ratio.value(scope) if isinstance(frame.ratio, Expression) else frame.ratio
        width, height = (height * ratio if height else width), (width / ratio if width else height)
    density = frame.density.value(scope) if isinstance(frame.density, Expression) else exact(frame.density)
    dense = [side and side * density for side in (width, height)]
    if any(side is not None and not 1 <= side <= MAX_DENSE_SIDE for side in dense):
        return width, height
    return dense[0], dense[1]


def one_sided(width: Fraction | None, height: Fraction | None, crop: Crop, source: Size) -> Size:
    """No cropping and no padding, whatever the mode says; some modes do not enlarge."""
    limit = Fraction(1) if crop in NEVER_ENLARGES else None
    if width is not None:
        side = whole(width)
        by = Fraction(side, source.width)
        return source if limit and by > limit else Size(side, whole(by * source.height))
    if height is not None:
        side = whole(height)
        by = Fraction(side, source.height)
        return source if limit and by > limit else Size(whole(by * source.width), side)
    return source


def factor(crop: Crop, source: Size, target: Size) -> Fraction:
    if crop in NATIVE:
        return Fraction(1)
    across, down = Fraction(target.width, source.width), Fraction(target.height, source.height)
    by = min(across, down) if crop in FITS else max(across, down)
    return min(by, Fraction(1)) if crop in NEVER_ENLARGES else by


def cover(focus: Focus, source: Size, scaled: Size, target: Size) -> Placement:
    part = Size(min(target.width, scaled.width), min(target.height, scaled.height))
    cut = (slack(scaled.width - part.width, ACROSS, focus), slack(scaled.height - part.height, DOWN, focus))
    return Placement(source, scaled, cut, part, part)


def pad(frame: Frame, source: Size, scaled: Size, target: Size) -> Placement:
    """The picture on a canvas; where it is larger than the canvas it is cropped."""
    if frame.crop is Crop.PAD_EXTRACT_NO_SHRINK:
        target = Size(max(target.width, scaled.width), max(target.height, scaled.height))
    covered = cover(frame.focus, source, scaled, target)
    spare = (target.width - covered.part.width, target.height - covered.part.height)
    at = (slack(spare[0], ACROSS, frame.focus), slack(spare[1], DOWN, frame.focus))
    return replace(covered, canvas=target, at=at)


def extract(frame: Frame, source: Size, target: Size, scope: Scope) -> Placement:
    """A window of the unscaled picture, placed by its corner, else its centre, else the focus."""
    spare = (source.width - target.width, source.height - target.height)
    corners = frame.x is not None or frame.y is not None
    focused = (slack(spare[0], ACROSS, frame.focus), slack(spare[1], DOWN, frame.focus))
    missing = (0, 0) if corners and frame.x_center is None and frame.y_center is None else focused
    cut = (
        offset(pixels(frame.x, scope), pixels(frame.x_center, scope), target.width, missing[0]),
        offset(pixels(frame.y, scope), pixels(frame.y_center, scope), target.height, missing[1]),
    )
    if not all(0 <= start <= room for start, room in zip(cut, spare, strict=True)):
        raise InvalidTransformation(",".join(frame.words()), f"a window inside the picture of {source} pixels")
    return Placement(source, source, cut, target, target)


def offset(corner: int | None, center: int | None, side: int, missing: int) -> int:
    """Where a window begins on one axis."""
    if corner is not None:
        return corner
    return missing if center is None else center - side // 2


def slack(spare: int, axis: dict[Focus, int], focus: Focus) -> int:
    """The share of what is left over that comes before the part; an odd pixel goes behind."""
    return spare * axis.get(focus, 1) // 2


def scale(size: Size, by: Fraction) -> Size:
    return Size(whole(size.width * by), whole(size.height * by))


def turned(size: Size, degrees: float) -> Size:
    """The bounding box of a turned picture. Row 65: 300x180 by 45 degrees is 339x339."""
    if degrees % 180 == 0:
        return size
    if degrees % 90 == 0:
        return size.swapped
    sine, cosine = abs(math.sin(math.radians(degrees))), abs(math.cos(math.radians(degrees)))
    return Size(
        max(1, round(size.width * cosine + size.height * sine)),
        max(1, round(size.width * sine + size.height * cosine)),
    )
