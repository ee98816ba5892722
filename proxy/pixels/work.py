"""What a drawing costs, told before it is drawn: nothing is begun that would run into the time limit. Pure arithmetic.

The figures are milliseconds a megapixel, measured with Pillow on one core of 2.5 GHz and rounded up, since a picture
may be harder than a photograph; where our own C scales, that is less. So the same URL is refused everywhere or nowhere,
however busy a machine is, and whatever was compiled there.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields

from proxy.errors import LimitExceeded
from proxy.formats import Format
from proxy.pixels.geometry import Placement, Size
from proxy.pixels.mesh import bent_side, cells_of, displaced_side
from proxy.pixels.stages import Stage
from proxy.plan.effects import Arc, BlurredBackground
from proxy.plan.steps import Blend, Look, TextLayer

NANOSECONDS = 1e-9  # a millisecond a megapixel is as many of them a pixel
Costs = Mapping[str, float]  # seconds, by a word for what takes them

SCALING, SCALING_CLEAR = 25, 65  # of what goes in and of what comes out
REDUCED_TO = 9  # pixels for one of the result: `filtering.REDUCING_GAP` on both sides
COPYING = 2
LOOKING = 25  # for edges, or for what is worth seeing
UNDER, BLURRED = 35, 90  # a background
LOOKS = {
    "grayscale": 7,
    "contrast": 20,
    "sharpen": 120,
    "unsharp": 125,
    "replace": 40,
    "colorize": 20,
    "distort": 115,
    "gradient": 130,
    "shadow": 70,
    "blur": 85,
}
BLENDS = {None: 30, Blend.MULTIPLY: 55, Blend.CUTTER: 30, Blend.CUTOUT: 30, Blend.DISPLACE: 210}
CORNERS, BORDER, ROUND_BORDER, FADING = 35, 10, 95, 30
QUARTER, TURNING = 6, 265
TEXT, TEXT_CHANGED = 30, 140  # around the lines, drawn thicker or leaning
LETTER, RUN = 50_000, 3_000_000  # nanoseconds, of each; a run is letters of one font and direction in one line
BOX = 15
CELL = 9_000  # nanoseconds, of a bend or a displacement: what is small has nearly as many of them as what is large


@dataclass(slots=True)
class Work:
    """Of one job, layers included."""

    most_seconds: float = float("inf")
    spent: dict[str, float] = field(default_factory=dict)

    def spend(self, costs: Costs, times: int = 1) -> None:
        """Raises LimitExceeded before that much is done."""
        add(self.spent, costs, times)
        self.check(self.spent)

    def foresee(self, costs: Iterable[Costs], times: int = 1) -> None:
        """The same for what may come, without counting it."""
        total = dict(self.spent)
        for cost in costs:
            add(total, cost, times)
        self.check(total)

    def check(self, costs: Costs) -> None:
        total = sum(costs.values())
        if total > self.most_seconds:
            word = max(costs, key=lambda word: costs[word])
            expected = f"{total:.1f} seconds of work expected, most of it for {word}"
            raise LimitExceeded(f"{expected}; {self.most_seconds:g} are allowed: ask for fewer pixels or less at once")


def add(total: dict[str, float], costs: Costs, times: int) -> None:
    for word, seconds in costs.items():
        total[word] = total.get(word, 0.0) + seconds * times


def work_of(stage: Stage, clear: bool) -> Costs:
    """`clear`: the picture that comes in can be seen through."""
    step, canvas = stage.step, stage.placement.canvas.pixels * NANOSECONDS
    costs = {"scaling": scaling(stage.placement, clear)}
    if step.trim is not None:
        costs["trimming"] = stage.sides.current.pixels * NANOSECONDS * LOOKING
    if step.background is not None:
        costs["the background"] = canvas * (BLURRED if isinstance(step.background, BlurredBackground) else UNDER)
    for look in fields(Look):
        value = getattr(step.look, look.name)
        if value is not None and value is not False:  # 0 is a strength
            costs[look.name] = canvas * LOOKS[look.name]
    if isinstance(step.look.distort, Arc):
        costs["distort"] += meshed(stage.placement.canvas, bent_side)
    if step.layers:
        blends = [layer.position.blend for layer in step.layers]
        displaced = blends.count(Blend.DISPLACE) * meshed(stage.placement.canvas, displaced_side)
        costs["layers"] = canvas * sum(BLENDS[blend] for blend in blends) + displaced
    if step.radius is not None:
        costs["corners"] = canvas * CORNERS
    costs["the rest"] = canvas * (COPYING + (FADING if step.opacity is not None else 0))
    outside = stage.size.pixels * NANOSECONDS
    if stage.border:
        costs["the border"] = outside * (BORDER if step.radius is None else ROUND_BORDER)
    if step.rotation:
        costs["turning"] = outside * (TURNING if step.rotation % 90 else QUARTER)
    return costs


def meshed(canvas: Size, side_of: Callable[[Size], int]) -> float:
    return cells_of(canvas, side_of(canvas)) * CELL * NANOSECONDS


def scaling(placement: Placement, clear: bool) -> float:
    """A big shrink averages whole pixels first, which costs next to nothing."""
    left, top, right, bottom = placement.window
    given = placement.part.pixels
    taken = min((right - left) * (bottom - top), REDUCED_TO * given)
    if placement.scaled == placement.source:
        return given * NANOSECONDS * COPYING
    return (taken + given) * NANOSECONDS * (SCALING_CLEAR if clear else SCALING)


def work_of_lines(part: Size, milliseconds: int) -> Costs:
    """A picture without pixels of its own, drawn at so many milliseconds a megapixel."""
    return {"drawing lines": part.pixels * NANOSECONDS * milliseconds}


def work_of_text(layer: TextLayer, around: Size, runs: int = 1) -> Costs:
    """A font that has no bold or italic letters of its own is the rule."""
    pixels = around.pixels * (TEXT_CHANGED if layer.bold or layer.italic else TEXT)
    return {"text": (pixels + len(layer.text) * LETTER + runs * RUN) * NANOSECONDS}


def work_of_box(box: Size) -> Costs:
    """The ground of a text, with the padding."""
    return {"text": box.pixels * BOX * NANOSECONDS}


def work_of_encoding(format: Format, size: Size, milliseconds: float, frames: int = 1) -> Costs:
    """`milliseconds` a megapixel: `encode` knows them."""
    return {f"writing {format}": size.pixels * frames * NANOSECONDS * milliseconds}
