"""What a step may do to the look of a picture. Each value writes itself as ImageKit does."""

from dataclasses import dataclass
from enum import StrEnum

from proxy.plan.expressions import Expression
from proxy.plan.values import Color, Length
from proxy.plan.words import decimal, signed


class Flip(StrEnum):
    HORIZONTAL = "h"
    VERTICAL = "v"
    BOTH = "h_v"


@dataclass(frozen=True, slots=True)
class Unsharp:
    """Pixels, pixels, strength, and the least difference (0-1) that is sharpened."""

    radius: float
    sigma: float
    amount: float
    threshold: float

    def __str__(self) -> str:
        return "-".join(map(decimal, (self.radius, self.sigma, self.amount, self.threshold)))


@dataclass(frozen=True, slots=True)
class Shadow:
    """`blur` 0-15, `saturation` 0-100; `x` and `y` in percent of the picture, -100 to 100."""

    blur: int = 10
    saturation: int = 30
    x: int = 2
    y: int = 2

    def __str__(self) -> str:
        return f"bl-{self.blur}_st-{self.saturation}_x-{signed(self.x)}_y-{signed(self.y)}"


@dataclass(frozen=True, slots=True)
class Gradient:
    """Laid over the picture. `degrees` 0-359: 0 ends at the top, 90 at the right, 180 at the bottom.

    `stop` is where `end` is reached: a share of the way, pixels, or None for the whole way.
    """

    degrees: float = 180.0
    start: Color = Color(255, 255, 255)
    end: Color = Color(0, 0, 0, 0)
    stop: Length | Expression | None = None

    def __str__(self) -> str:
        text = f"ld-{decimal(self.degrees)}_from-{self.start}_to-{self.end}"
        return text if self.stop is None else f"{text}_sp-{self.stop}"


@dataclass(frozen=True, slots=True)
class ColorReplace:
    """`source` None: the dominant colour. `tolerance` 0-100."""

    to: Color
    tolerance: int = 35
    source: Color | None = None

    def __str__(self) -> str:
        text = f"{self.to}_{self.tolerance}"
        return text if self.source is None else f"{text}_{self.source}"


@dataclass(frozen=True, slots=True)
class Colorize:
    """A tint; `intensity` 0-100."""

    color: Color = Color(128, 128, 128)
    intensity: int = 100

    def __str__(self) -> str:
        return f"co-{self.color}_in-{self.intensity}"


@dataclass(frozen=True, slots=True)
class Perspective:
    """Where the corners go, in pixels: top left, top right, bottom right, bottom left, each x and y."""

    corners: tuple[int, int, int, int, int, int, int, int]

    def __str__(self) -> str:
        return "p-" + "_".join(map(signed, self.corners))


@dataclass(frozen=True, slots=True)
class Arc:
    """Bent along a part of a circle, in degrees."""

    degrees: float

    def __str__(self) -> str:
        number = decimal(abs(self.degrees))
        return f"a-N{number}" if self.degrees < 0 else f"a-{number}"


@dataclass(frozen=True, slots=True)
class Radius:
    """Rounded corners in pixels: top left, top right, bottom right, bottom left; None: an ellipse."""

    corners: tuple[int, int, int, int] | None

    def __str__(self) -> str:
        if self.corners is None:
            return "max"
        return str(self.corners[0]) if len(set(self.corners)) == 1 else "_".join(map(str, self.corners))


@dataclass(frozen=True, slots=True)
class Border:
    """Drawn outside: each side grows by `width` pixels."""

    width: int | Expression
    color: Color

    def __str__(self) -> str:
        return f"{self.width}_{self.color}"


@dataclass(frozen=True, slots=True)
class BlurredBackground:
    """The picture itself, blurred, as padding. `intensity` 0-100 or None for automatic, `brightness` -255 to 255."""

    intensity: int | None = None
    brightness: int = 0

    def __str__(self) -> str:
        intensity = "auto" if self.intensity is None else str(self.intensity)
        return f"blurred_{intensity}_{signed(self.brightness)}"


@dataclass(frozen=True, slots=True)
class DominantBackground:
    """The picture's dominant colour, or a gradient of 2 or 4 of them."""

    colors: int = 1

    def __str__(self) -> str:
        return "dominant" if self.colors == 1 else f"gradient_dominant_{self.colors}"


Background = Color | BlurredBackground | DominantBackground
