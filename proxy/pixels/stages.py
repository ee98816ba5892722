"""A chain becomes stages, one after the other: steps with all their numbers known. Pure arithmetic.

What comes next may depend on what came out (`cw`, `if-w_gt_300`), and that may depend on the pixels (`t`), so the
drawing asks a `Way` for one stage at a time. `plan_stages` looks as far ahead as is possible without pixels.
"""

import operator
from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import reduce
from typing import TYPE_CHECKING, Self

from proxy.errors import LimitExceeded
from proxy.pixels.geometry import Placement, Size, place, turned
from proxy.pixels.job import Limits
from proxy.pixels.measures import whole
from proxy.plan.expressions import Expression, Scope
from proxy.plan.output import Output
from proxy.plan.steps import Chain, Choice, Comparison, Link, Step
from proxy.plan.values import BLACK, Color

if TYPE_CHECKING:
    from proxy.pixels.picture import Overlay  # which knows Pillow; sizes are told without it

Box = tuple[int, int, int, int]  # left, top, right, bottom
SHADOW_MAX_PIXELS = 2_000_000  # ImageKit's own limit
RELATIONS = {
    "eq": operator.eq,
    "ne": operator.ne,
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
}


@dataclass(frozen=True, slots=True)
class Sides:
    """What expressions and conditions may ask for: the original, what the last step gave, and the base of a layer."""

    original: Size
    current: Size
    base: Size | None = None

    @property
    def scope(self) -> Scope:
        sizes = {"i": self.original, "c": self.current, "b": self.base}
        known: dict[str, Fraction] = {}
        for letter, size in sizes.items():
            if size is not None:
                known |= {f"{letter}w": Fraction(size.width), f"{letter}h": Fraction(size.height)}
                known[f"{letter}ar"] = size.ratio
        return known

    def meet(self, choice: Choice) -> bool:
        return any(all(self.meets(comparison) for comparison in group) for group in choice.groups)

    def meets(self, comparison: Comparison) -> bool:
        subject = comparison.subject if comparison.subject.startswith("i") else f"c{comparison.subject}"
        return bool(RELATIONS[comparison.relation](self.scope[subject], comparison.number))


@dataclass(frozen=True, slots=True)
class Stage:
    """A step with all its numbers known. `size` is what comes out; `trimmed` is what `t` leaves of what came in."""

    step: Step
    sides: Sides
    placement: Placement
    border: int
    size: Size
    trimmed: Box | None = None
    overlays: tuple["Overlay", ...] = ()

    @property
    def background(self) -> Color | None:
        return self.step.background if isinstance(self.step.background, Color) else None


@dataclass(frozen=True, slots=True)
class Way:
    """Where a chain has come to: the links still to go, and what the branches taken so far said of the output.

    `held` are the pixels that the source has, for the limits; those of an SVG are as many as one asks for.
    """

    links: Chain
    sides: Sides
    held: Size
    said: tuple[Output, ...] = ()

    @classmethod
    def into(cls, links: Chain, source: Size, held: Size | None = None, base: Size | None = None) -> Self:
        return cls(links, Sides(source, source, base), held or source).decided()

    def decided(self) -> Self:
        """The same with a step at its head: choices there are replaced by the branch that is taken."""
        links, said = self.links, self.said
        while links and isinstance(choice := links[0], Choice):
            branch = choice.then if self.sides.meet(choice) else choice.otherwise
            links = branch.links + links[1:]
            said += (branch.output,)
        return replace(self, links=links, said=said)

    @property
    def step(self) -> Step:
        """An empty one at the end: a picture that nothing is done to takes one stage, too."""
        head = self.links[0] if self.links else Step()
        assert isinstance(head, Step)
        return head

    def stage(self, limits: Limits, trimmed: Box | None = None) -> Stage:
        """Raises InvalidTransformation for a window that leaves the picture, LimitExceeded."""
        step, sides = self.step, self.sides
        size = Size(trimmed[2] - trimmed[0], trimmed[3] - trimmed[1]) if trimmed else sides.current
        placement = place(step.frame, size, sides.scope)
        border = border_of(step, sides)
        canvas = placement.canvas
        framed = Size(canvas.width + 2 * border, canvas.height + 2 * border)
        check(framed, self.held, limits)
        if step.look.shadow is not None:
            check_shadow(canvas)
        size = turned(framed, step.rotation)
        check(size, self.held, limits)
        return Stage(step, sides, placement, border, size, trimmed)

    def after(self, stage: Stage) -> Self:
        return replace(self, links=self.links[1:], sides=replace(self.sides, current=stage.size)).decided()


def plan_stages(
    links: Iterable[Link], source: Size, limits: Limits, held: Size | None = None, base: Size | None = None
) -> list[Stage]:
    """At least one stage, each working on the size before it; but none from the first step on that trims.

    Raises InvalidTransformation for a window that leaves the picture, LimitExceeded.
    """
    way = Way.into(tuple(links), source, held, base)
    stages: list[Stage] = []
    while (way.links or not stages) and not way.step.trim:
        stages.append(way.stage(limits))
        way = way.after(stages[-1])
    return stages


def border_of(step: Step, sides: Sides) -> int:
    if step.border is None:
        return 0
    width = step.border.width
    return whole(width.value(sides.scope)) if isinstance(width, Expression) else width


def check(size: Size, held: Size, limits: Limits) -> None:
    """Whatever the source's own size is may be delivered; enlarging ends at `max_output_side`."""
    longest = max(limits.max_output_side, held.longest)
    if size.longest > longest:
        raise LimitExceeded(f"{size} pixels asked for, a side may have {longest}")
    pixels = min(limits.max_source_pixels, max(held.pixels, limits.max_output_side**2))
    if size.pixels > pixels:
        raise LimitExceeded(f"{size} pixels asked for, {pixels} are allowed altogether")


def check_shadow(canvas: Size) -> None:
    if canvas.pixels > SHADOW_MAX_PIXELS:
        raise LimitExceeded(f"e-shadow of {canvas} pixels, {SHADOW_MAX_PIXELS} are allowed altogether")


def merged(output: Output, said: Iterable[Output]) -> Output:
    """What a branch says wins over what the plan says."""
    return reduce(Output.followed_by, said, output)


def ground(stages: Iterable[Stage]) -> Color:
    """What shows through in a JPEG: the colour of the last step that names one."""
    return next((stage.background for stage in reversed(tuple(stages)) if stage.background is not None), BLACK)
