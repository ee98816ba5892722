"""The width ladder: sizes that anybody may ask for, so that random ones do not make a rendition each. Pure.

A width that is not on the ladder becomes the next step of it, the highest at most. A height beside it follows in
proportion, so that a crop keeps its shape; where that would make it higher than the ladder, the height becomes the
highest step and the width follows. A height alone climbs like a width; a share such as `w-0.301` becomes the next
hundredth.

Left alone is what would become another picture: windows (`cm-extract`, which are places), what lies on the picture,
and expressions.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import ceil, floor

from proxy.imagekit.canonical import SURELY_TOO_LARGE, SURELY_TOO_SMALL, canonical_frame, wanted_sides
from proxy.plan.expressions import Expression
from proxy.plan.frame import Crop, Frame, Side
from proxy.plan.plan import Plan
from proxy.plan.steps import Branch, Chain, Choice, Link
from proxy.plan.values import Length
from proxy.plan.words import decimal

WINDOWS = {Crop.EXTRACT, Crop.PAD_EXTRACT, Crop.PAD_EXTRACT_NO_SHRINK}
SHARES, DENSITIES = 100, 10  # how many parts of a whole may be asked for


def snapped(plan: Plan, ladder: Sequence[int]) -> tuple[Plan, tuple[str, ...]]:
    """The plan with sizes of the ladder, which is sorted and not empty; and what was changed, as `300->320`."""
    climb = Climb(ladder)
    links = climb.chain(plan.steps)
    return (replace(plan, steps=links) if climb.changes else plan), tuple(climb.changes)


@dataclass(frozen=True, slots=True)
class Climb:
    ladder: Sequence[int]
    changes: list[str] = field(default_factory=list)

    def chain(self, links: Chain) -> Chain:
        return tuple(map(self.link, links))

    def link(self, link: Link) -> Link:
        if isinstance(link, Choice):
            return replace(link, then=self.branch(link.then), otherwise=self.branch(link.otherwise))
        frame = link.frame
        if not frame.sized or frame.crop in WINDOWS:
            return link
        climbed = canonical_frame(self.frame(frame))
        return link if climbed == frame else replace(link, frame=climbed)

    def branch(self, branch: Branch) -> Branch:
        return replace(branch, links=self.chain(branch.links))

    def frame(self, frame: Frame) -> Frame:
        wanted = pixel_sides(frame)
        if wanted is None:
            return self.relative(frame)
        width, height = wanted
        if width is None or height is None:
            only = width or height
            assert only is not None  # the frame is sized
            new = self.step(only)
            self.note(only, new)
            length = Length(float(new))
            sides = (None, length) if width is None else (length, None)
            return replace(frame, width=sides[0], height=sides[1], ratio=None, density=1.0)
        factor = min(Fraction(self.step(width)) / width, self.ladder[-1] / height)
        across, down = whole(width * factor), whole(height * factor)
        if across == width:
            self.note(height, down)
        self.note(width, across)
        return replace(frame, width=Length(float(across)), height=Length(float(down)), ratio=None, density=1.0)

    def relative(self, frame: Frame) -> Frame:
        """Of sides that depend on the picture, what is written in figures."""
        density = frame.density
        if not isinstance(density, Expression):
            rounded = next_part(density, DENSITIES)
            self.note(density, rounded)
            density = rounded
        return replace(frame, width=self.side(frame.width), height=self.side(frame.height), density=density)

    def side(self, side: Side | None) -> Side | None:
        if side is None or isinstance(side, Expression):
            return side
        new = min(next_part(side.amount, SHARES), 1 - 1 / SHARES) if side.relative else self.step(Fraction(side.amount))
        self.note(side.amount, new)
        return Length(float(new), side.relative)

    def step(self, side: Fraction) -> int:
        return self.ladder[min(bisect_left(self.ladder, side), len(self.ladder) - 1)]

    def note(self, asked: Fraction | float, given: float) -> None:
        if asked != given:
            self.changes.append(f"{decimal(float(asked))}->{decimal(float(given))}")


def pixel_sides(frame: Frame) -> tuple[Fraction | None, Fraction | None] | None:
    """Width and height with `ar` and `dpr` in them; None if one depends on the picture."""
    sides = wanted_sides(frame)
    if sides is None or isinstance(frame.density, Expression):
        return None
    dense = {name: side * Fraction(decimal(frame.density)) for name, side in sides.items()}
    if any(not SURELY_TOO_SMALL <= side <= SURELY_TOO_LARGE for side in dense.values()):
        dense = sides
    return dense.get("width"), dense.get("height")


def next_part(amount: float, parts: int) -> float:
    return ceil(Fraction(decimal(amount)) * parts) / parts


def whole(side: Fraction) -> int:
    return max(1, floor(side + Fraction(1, 2)))
