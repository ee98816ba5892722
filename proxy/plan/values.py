"""Values of a plan: lengths, colours, places."""

from dataclasses import dataclass
from enum import StrEnum

from proxy.plan.words import decimal

MAX_SIDE = 65535  # that a URL may ask for; a larger one is passed over


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
    AUTO = "auto"  # where the picture has most to show
