"""The links of a chain: steps, choices between chains, and the layers that lie on a step's picture."""

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import Union

from proxy.plan.effects import (
    Arc,
    Background,
    Border,
    Colorize,
    ColorReplace,
    Flip,
    Gradient,
    Perspective,
    Radius,
    Shadow,
    Unsharp,
)
from proxy.plan.expressions import Expression
from proxy.plan.frame import Frame
from proxy.plan.output import Output
from proxy.plan.values import BLACK, Color, Focus
from proxy.plan.words import decimal, word

FONT_FILE = re.compile(r"\.(?:ttf|otf|woff2?)\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Look:
    """Effects, in the order in which they are done. `sharpen` 0 is ImageKit's own strength."""

    grayscale: bool = False
    contrast: bool = False
    sharpen: float | None = None
    unsharp: Unsharp | None = None
    replace: ColorReplace | None = None
    colorize: Colorize | None = None
    distort: Perspective | Arc | None = None
    gradient: Gradient | None = None
    shadow: Shadow | None = None
    blur: int | None = None  # radius, 1-100

    def words(self) -> Iterator[str]:
        if self.grayscale:
            yield "e-grayscale"
        if self.contrast:
            yield "e-contrast"
        if self.sharpen is not None:
            yield "e-sharpen" if self.sharpen == 0 else f"e-sharpen-{decimal(self.sharpen)}"
        yield from word("e-usm", self.unsharp)
        yield from word("cr", self.replace)
        yield from word("e-colorize", self.colorize)
        yield from word("e-distort", self.distort)
        yield from word("e-gradient", self.gradient)
        yield from word("e-shadow", self.shadow)
        yield from word("bl", self.blur)


@dataclass(frozen=True, slots=True)
class Step:
    """One link of the chain. Inside a step the order of work is fixed, whatever the order of writing (section 3):

    trim, frame, look, layers, radius, border, opacity, rotation, flip.
    """

    trim: int | None = None  # threshold, 1-99
    frame: Frame = Frame()
    look: Look = Look()
    layers: tuple["Layer", ...] = ()
    radius: Radius | None = None
    border: Border | None = None
    opacity: int | None = None  # percent, 0-99; 100 is None
    rotation: float = 0.0  # degrees clockwise, 0 <= rotation < 360
    flip: Flip | None = None
    background: Background | None = None

    def words(self) -> Iterator[str]:
        yield from word("t", self.trim)
        yield from self.frame.words()
        yield from self.look.words()
        yield from (str(layer) for layer in self.layers)
        yield from word("r", self.radius)
        yield from word("b", self.border)
        yield from word("o", self.opacity)
        if self.rotation:
            yield f"rt-{decimal(self.rotation)}"
        yield from word("fl", self.flip)
        yield from word("bg", self.background)

    def __str__(self) -> str:
        return ",".join(self.words())


@dataclass(frozen=True, slots=True)
class Comparison:
    """`w_gt_300`: a side or ratio of the picture (`iw ih iar`: of the original), eq ne gt gte lt lte, a number."""

    subject: str
    relation: str
    number: Fraction

    def __str__(self) -> str:
        of_ratio = self.subject.endswith("ar") and self.number.denominator != 1
        ratio = f"{self.number.numerator}-{self.number.denominator}"
        return f"{self.subject}_{self.relation}_{ratio if of_ratio else decimal(float(self.number))}"


@dataclass(frozen=True, slots=True)
class Branch:
    """A chain, and what it says of the output."""

    links: "Chain" = ()
    output: Output = field(default_factory=Output)

    def __str__(self) -> str:
        return write_chain(self.links, self.output)


@dataclass(frozen=True, slots=True)
class Choice:
    """If any group of comparisons holds as a whole, one branch, else the other."""

    groups: tuple[tuple[Comparison, ...], ...]
    then: Branch
    otherwise: Branch = Branch()

    def __str__(self) -> str:
        condition = "_or_".join("_and_".join(map(str, group)) for group in self.groups)
        parts = [f"if-{condition}", *filter(None, [str(self.then)])]
        if self.otherwise != Branch():
            parts += ["if-else", *filter(None, [str(self.otherwise)])]
        return ",".join([*parts, "if-end"])


Link = Step | Choice
Chain = tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Offset:
    """Pixels from an edge; `from_end`: from the right or the bottom one."""

    amount: int | Expression
    from_end: bool = False

    def __str__(self) -> str:
        return f"N{self.amount}" if self.from_end else str(self.amount)


class Blend(StrEnum):
    MULTIPLY = "multiply"
    CUTTER = "cutter"
    CUTOUT = "cutout"
    DISPLACE = "displace"


@dataclass(frozen=True, slots=True)
class Position:
    """Where a layer lies on its base: by its corner, its centre, or a focus word; `anchor` is where offsets begin."""

    x: Offset | None = None
    y: Offset | None = None
    x_center: Offset | None = None
    y_center: Offset | None = None
    anchor: Focus = Focus.TOP_LEFT
    focus: Focus = Focus.CENTER
    blend: Blend | None = None

    def words(self) -> Iterator[str]:
        yield from word("lx", self.x)
        yield from word("ly", self.y)
        yield from word("lxc", self.x_center)
        yield from word("lyc", self.y_center)
        if self.anchor is not Focus.TOP_LEFT:
            yield f"lap-{self.anchor}"
        if self.focus is not Focus.CENTER:
            yield f"lfo-{self.focus}"
        yield from word("lm", self.blend)


@dataclass(frozen=True, slots=True)
class ImageLayer:
    """A picture of the same endpoint; `source` is its path, without a leading slash. Its own chain draws it. `page` is
    that of a document, or the frame of an animation, from 2; None: the first.
    """

    source: str
    position: Position = Position()
    links: Chain = ()
    page: int | None = None

    def __str__(self) -> str:
        head = [f"l-image,ie-{packed(self.source)}", *self.position.words(), *word("pg", self.page)]
        first = self.links[0] if self.links else None
        if not isinstance(first, Step) or first.trim is None:
            head.append("t-false")  # ImageKit trims such layers unless it is told not to
        return write_layer(head, self.links, joined=isinstance(first, Step))


@dataclass(frozen=True, slots=True)
class CanvasLayer:
    """A block of one colour, `opacity` 1-9 tenths; its chain gives its size, corners and gradient."""

    color: Color = BLACK
    opacity: int | None = None
    position: Position = Position()
    links: Chain = ()

    def __str__(self) -> str:
        head = ["l-image,i-ik_canvas", *self.position.words(), *word("bg", self.color), *word("al", self.opacity)]
        first = self.links[0] if self.links else None
        return write_layer(head, self.links, joined=isinstance(first, Step) and first.background is None)


@dataclass(frozen=True, slots=True)
class TextLayer:
    """A box of text. Sides in pixels; `padding` is top, right, bottom, left; `opacity` 1-9 tenths."""

    text: str
    position: Position = Position()
    font: str | None = None
    size: int | Expression | None = None
    color: Color = BLACK
    width: int | Expression | None = None
    align: str = "center"
    padding: tuple[int | Expression, ...] = ()
    bold: bool = False
    italic: bool = False
    strikethrough: bool = False
    line_height: int | Expression | None = None
    background: Color | None = None
    radius: Radius | None = None
    rotation: float = 0.0
    flip: Flip | None = None
    opacity: int | None = None
    layers: tuple["Layer", ...] = ()

    @property
    def font_source(self) -> str | None:
        """The path of a font of the endpoint's own; None for a family's name."""
        is_file = self.font is not None and ("/" in self.font or FONT_FILE.search(self.font) is not None)
        return self.font if is_file else None

    def words(self) -> Iterator[str]:
        yield from self.position.words()
        yield from word("ff", self.font and self.font.replace("/", "@@"))
        yield from word("fs", self.size)
        yield from word("co", None if self.color == BLACK else self.color)
        yield from word("w", self.width)
        if self.align != "center":
            yield f"ia-{self.align}"
        if self.padding:
            gaps = self.padding[:1] if len(set(self.padding)) == 1 else self.padding
            yield "pa-" + "_".join(map(str, gaps))
        marks = {"b": self.bold, "i": self.italic, "strikethrough": self.strikethrough}
        if any(marks.values()):
            yield "tg-" + "_".join(mark for mark, on in marks.items() if on)
        yield from word("lh", self.line_height)
        yield from word("bg", self.background)
        yield from word("r", self.radius)
        if self.rotation:
            yield f"rt-{decimal(self.rotation)}"
        yield from word("fl", self.flip)
        yield from word("al", self.opacity)
        yield from map(str, self.layers)

    def __str__(self) -> str:
        return ",".join([f"l-text,ie-{packed(self.text)}", *self.words(), "l-end"])


Layer = Union[ImageLayer, CanvasLayer, TextLayer]  # noqa: UP007 (named in quotes above)


def write_layer(head: list[str], links: Chain, joined: bool) -> str:
    """What a layer is stands in its first step: that of its chain, or one of its own."""
    chain = write_chain(links)
    between = ("," if joined else ":") if chain else ""
    return ",".join(head) + between + chain + ",l-end"


def packed(text: str) -> str:
    """Base64 in letters that no URL has to encode."""
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def write_chain(links: Chain, output: Output | None = None) -> str:
    """Links with colons between them; the output's words stand in the last step, or behind a choice."""
    steps = [str(link) for link in links]
    last = ",".join(output.words()) if output else ""
    if last and links and isinstance(links[-1], Step):
        steps[-1] = f"{steps[-1]},{last}"
    elif last:
        steps.append(last)
    return ":".join(steps)
