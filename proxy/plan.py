"""What to do to the pixels: a frozen plan, complete from the first line on.

`str(plan)` is its one canonical text, in ImageKit's own words, for the cache key, the log and the tests. Two URLs
that ask for the same picture give the same text; reading the text gives the same plan again.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from fractions import Fraction
from typing import Self

from proxy.formats import Format


@dataclass(frozen=True, slots=True)
class Length:
    """A wanted side: whole pixels, or (`relative`) a share of the side that comes in, 0 < amount < 1."""

    amount: float
    relative: bool = False

    def __str__(self) -> str:
        return decimal(self.amount)


@dataclass(frozen=True, slots=True)
class Color:
    """sRGB channels 0-255; `opacity` in percent, 0-100, as ImageKit writes it (decimal, never hex)."""

    red: int
    green: int
    blue: int
    opacity: int = 100

    @property
    def rgb(self) -> tuple[int, int, int]:
        return (self.red, self.green, self.blue)

    @property
    def rgba(self) -> tuple[int, int, int, int]:
        return (*self.rgb, round(self.opacity * 255 / 100))

    def __str__(self) -> str:
        text = f"{self.red:02X}{self.green:02X}{self.blue:02X}"
        return text if self.opacity == 100 else f"{text}{self.opacity:02d}"


BLACK = Color(0, 0, 0)


class Focus(StrEnum):
    """Which part survives a crop, or where the picture sits when padded."""

    CENTER = "center"
    TOP = "top"
    LEFT = "left"
    BOTTOM = "bottom"
    RIGHT = "right"
    TOP_LEFT = "top_left"
    TOP_RIGHT = "top_right"
    BOTTOM_LEFT = "bottom_left"
    BOTTOM_RIGHT = "bottom_right"


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

    width: Length | None = None
    height: Length | None = None
    ratio: Fraction | None = None
    crop: Crop = Crop.MAINTAIN_RATIO
    focus: Focus = Focus.CENTER
    x: int | None = None
    y: int | None = None
    x_center: int | None = None
    y_center: int | None = None
    density: float = 1.0

    @property
    def sized(self) -> bool:
        return self.width is not None or self.height is not None

    def words(self) -> Iterator[str]:
        yield from word("w", self.width)
        yield from word("h", self.height)
        if self.ratio is not None:
            yield f"ar-{self.ratio.numerator}-{self.ratio.denominator}"
        if self.crop is not Crop.MAINTAIN_RATIO:
            yield f"{self.crop.key}-{self.crop}"
        if self.focus is not Focus.CENTER:
            yield f"fo-{self.focus}"
        for key, offset in (("x", self.x), ("y", self.y), ("xc", self.x_center), ("yc", self.y_center)):
            yield from word(key, None if offset is None else signed(offset))
        if self.density != 1:
            yield f"dpr-{decimal(self.density)}"


@dataclass(frozen=True, slots=True)
class Step:
    """One link of the chain. Inside a step the order of work is fixed: frame, then rotation (section 3)."""

    frame: Frame = Frame()
    rotation: float = 0.0  # degrees clockwise, 0 <= rotation < 360
    background: Color | None = None

    def words(self) -> Iterator[str]:
        yield from self.frame.words()
        if self.rotation:
            yield f"rt-{decimal(self.rotation)}"
        yield from word("bg", self.background)

    def __str__(self) -> str:
        return ",".join(self.words())


class OutputFormat(StrEnum):
    """What `f-` may say. AUTO negotiates, SAME keeps the format of the source."""

    AUTO = "auto"
    SAME = "orig"
    JPEG = "jpg"
    PNG = "png"
    WEBP = "webp"
    AVIF = "avif"
    GIF = "gif"
    SVG = "svg"

    @property
    def explicit(self) -> Format | None:
        """The format to deliver whatever `Accept` says. GIF and SVG are none: they depend on the source."""
        return Format(self.value) if self in EXPLICIT else None


EXPLICIT = {OutputFormat.JPEG, OutputFormat.PNG, OutputFormat.WEBP, OutputFormat.AVIF}


@dataclass(frozen=True, slots=True)
class Output:
    """How the last picture of the chain is encoded. None: as the endpoint's settings say."""

    format: OutputFormat | None = None
    quality: int | None = None
    progressive: bool = False
    lossless: bool = False
    keep_profile: bool = False
    keep_metadata: bool = False  # implies the profile

    def words(self) -> Iterator[str]:
        yield from word("f", self.format)
        yield from word("q", self.quality)
        flags = {
            "pr": self.progressive,
            "lo": self.lossless,
            "cp": self.keep_profile and not self.keep_metadata,
            "md": self.keep_metadata,
        }
        yield from (f"{key}-true" for key, on in flags.items() if on)


@dataclass(frozen=True, slots=True)
class Plan:
    """A chain of steps, each working on the picture before it, and an output.

    `orient` turns the picture upright by its EXIF orientation before everything else; None: as the settings say.
    `original` delivers the file as it is stored; nothing else counts then.
    """

    steps: tuple[Step, ...] = ()
    output: Output = field(default_factory=Output)
    orient: bool | None = None
    original: bool = False

    def with_defaults(self, format: OutputFormat, orient: bool) -> Self:
        """Equal, but with nothing left open except the default quality, which depends on the source."""
        output = replace(self.output, format=self.output.format or format)
        return replace(self, output=output, orient=bool(self.orient) or orient)

    def __str__(self) -> str:
        if self.original:
            return "orig-true"
        steps = [str(step) for step in self.steps]
        last = ",".join(self.output.words())
        if last and steps:
            steps[-1] = f"{steps[-1]},{last}"
        elif last:
            steps = [last]
        return ":".join(["rt-auto", *steps] if self.orient else steps)


def word(key: str, value: object | None) -> Iterator[str]:
    if value is not None:
        yield f"{key}-{value}"


def signed(number: int) -> str:
    """ImageKit writes minus as N: `x-N20`."""
    return f"N{-number}" if number < 0 else str(number)


def decimal(number: float) -> str:
    """The shortest text without an exponent; six decimals are kept."""
    return f"{number:.6f}".rstrip("0").rstrip(".")
