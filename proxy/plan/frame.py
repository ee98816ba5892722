"""The wanted size of a step, and how to reach it."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from proxy.plan.expressions import Expression
from proxy.plan.values import Focus, Length
from proxy.plan.words import decimal, signed, word

Side = Length | Expression
Offset = int | Expression

MIN_DENSITY, MAX_DENSITY = Fraction(1, 10), Fraction(5)  # of `dpr`; what is outside is passed over


class Crop(StrEnum):
    """How a picture meets a frame of both sides; the formulas are in `pixels.geometry`."""

    MAINTAIN_RATIO = "maintain_ratio"
    MAINTAIN_RATIO_NO_ENLARGE = "maintain_ratio_no_enlarge"
    FORCE = "force"
    AT_MAX = "at_max"
    AT_MAX_ENLARGE = "at_max_enlarge"
    AT_LEAST = "at_least"
    EXTRACT = "extract"
    PAD_RESIZE = "pad_resize"
    PAD_RESIZE_NO_ENLARGE = "pad_resize_no_enlarge"
    PAD_EXTRACT = "pad_extract"
    PAD_EXTRACT_NO_SHRINK = "pad_extract_no_shrink"

    @property
    def key(self) -> str:
        """ImageKit writes some modes under `c` and some under `cm`."""
        return "cm" if self in CROP_MODES else "c"


CROP_MODES = {
    Crop.EXTRACT,
    Crop.PAD_RESIZE,
    Crop.PAD_RESIZE_NO_ENLARGE,
    Crop.PAD_EXTRACT,
    Crop.PAD_EXTRACT_NO_SHRINK,
}


@dataclass(frozen=True, slots=True)
class Frame:
    """The wanted size and how to reach it. `x y` and `x_center y_center` place an extract, in source pixels."""

    width: Side | None = None
    height: Side | None = None
    ratio: Fraction | Expression | None = None
    crop: Crop = Crop.MAINTAIN_RATIO
    focus: Focus = Focus.CENTER
    x: Offset | None = None
    y: Offset | None = None
    x_center: Offset | None = None
    y_center: Offset | None = None
    density: float | Expression = 1.0

    @property
    def sized(self) -> bool:
        return self.width is not None or self.height is not None

    def words(self) -> Iterator[str]:
        yield from word("w", self.width)
        yield from word("h", self.height)
        if isinstance(self.ratio, Expression):
            yield f"ar-{self.ratio}"
        elif self.ratio is not None:
            yield f"ar-{self.ratio.numerator}-{self.ratio.denominator}"
        if self.crop is not Crop.MAINTAIN_RATIO:
            yield f"{self.crop.key}-{self.crop}"
        if self.focus is not Focus.CENTER:
            yield f"fo-{self.focus}"
        for key, offset in (("x", self.x), ("y", self.y), ("xc", self.x_center), ("yc", self.y_center)):
            yield from word(key, None if offset is None else signed(offset))
        if self.density != 1:
            yield f"dpr-{self.density if isinstance(self.density, Expression) else decimal(self.density)}"
