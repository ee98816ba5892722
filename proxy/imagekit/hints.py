"""Client hints: what `w-auto` and `dpr-auto` ask of the viewer (ImageKit reference, section 5)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import cache

WIDTH, DPR, SAVE_DATA = "Sec-CH-Width", "Sec-CH-DPR", "Save-Data"
LEGACY = {WIDTH: "Width", DPR: "DPR"}
READ = (WIDTH, DPR, SAVE_DATA, *LEGACY.values())
NUMBER = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,6})?")
STEP = 100  # widths are rounded up to these, so that caches hold few of them


@dataclass(frozen=True, slots=True)
class Hints:
    """The width that the picture will have on the screen, in its own pixels, and how many make one of CSS."""

    width: int | None = None
    dpr: float | None = None
    save_data: bool = False
    widest: int = 65_535  # that is drawn here: a screen is no reason to refuse a picture

    @property
    def rounded_width(self) -> int | None:
        return self.width and min(-(-self.width // STEP) * STEP, self.widest)


@dataclass(frozen=True, slots=True)
class UsedHints:
    """Headers that took part, there or not, and what of them makes `Content-DPR`."""

    headers: tuple[str, ...] = ()
    width: int | None = None  # as hinted, if it gave the size
    dpr: float | None = None

    @property
    def vary(self) -> tuple[str, ...]:
        """For `Vary`: with each header its older name, where it has one."""
        return tuple(name for header in self.headers for name in (header, LEGACY.get(header)) if name)

    @property
    def accept_ch(self) -> tuple[str, ...]:
        """For `Accept-CH`: what a browser does not send unless it is asked to."""
        return tuple(header for header in self.headers if header in LEGACY)

    def saving_data(self) -> "UsedHints":
        return replace(self, headers=(*self.headers, SAVE_DATA))

    def content_dpr(self, delivered_width: int) -> str | None:
        """Two decimals, or nothing to say. 300 pixels for a hint of 212 at 2: `2.83`."""
        if self.dpr is None:
            return None
        ratio = Fraction(self.dpr) * (Fraction(delivered_width, self.width) if self.width else 1)
        exact = Decimal(ratio.numerator) / Decimal(ratio.denominator)
        return str(exact.quantize(Decimal("0.01"), ROUND_HALF_UP))


def read_hints(headers: Mapping[str, str], widest: int = 65_535) -> Hints:
    """From a request's headers; what is no sensible number is as good as absent."""
    if not any(name in headers for name in READ):
        return without_hints(widest)
    width, dpr = (read_number(headers.get(name) or headers.get(LEGACY[name]) or "") for name in (WIDTH, DPR))
    return Hints(
        round(width) if width is not None and 1 <= width <= 65_500 else None,
        round(dpr, 2) if dpr is not None and 0.1 <= dpr <= 5 else None,  # each value is a rendition of its own
        headers.get(SAVE_DATA, "").strip().lower() == "on",
        widest,
    )


@cache
def without_hints(widest: int) -> Hints:
    """As of nearly all requests."""
    return Hints(widest=widest)


def read_number(text: str) -> float | None:
    return float(text) if NUMBER.fullmatch(text.strip()) else None
