"""The tables of what is said of layers only: their content, their place, their text (ImageKit reference, section 6)."""

import re

from proxy.imagekit import inputs, verdicts
from proxy.imagekit.colors import color
from proxy.imagekit.effects import flip, radius
from proxy.imagekit.expressions import expression
from proxy.imagekit.focus import position
from proxy.imagekit.pages import NUMBER, page
from proxy.imagekit.parameter import COLOR, FLIP, RADIUS, Parameter, Part
from proxy.imagekit.values import Fallback, Unwelcome, degrees, first_of, one_of, whole
from proxy.plan.expressions import Expression
from proxy.plan.steps import Blend, Offset
from proxy.plan.values import MAX_SIDE

MAX_TEXT_SIDE = 16383
FONT = re.compile(r"[\w ./-]{1,200}")
MARKS = ("b", "i", "strikethrough")

length = first_of(whole(1, MAX_TEXT_SIDE), expression)
blend = one_of({str(mode): mode for mode in Blend})
align = one_of({word: word for word in ("left", "right", "center")})


def offset(text: str) -> Offset:
    """`N20`: from the right or the bottom edge."""
    amount = first_of(whole(0, MAX_SIDE), expression)(text.removeprefix("N"))
    if not isinstance(amount, int | Expression):
        raise Unwelcome(text)
    return Offset(amount, text.startswith("N"))


def font(text: str) -> str | Fallback:
    """A family, or the path of a file; another name than these can have gets the default font."""
    name = text.replace("@@", "/").strip("/ ")
    return name if FONT.fullmatch(name) else Fallback(None, "there is no such font; the default one is taken")


def padding(text: str) -> tuple[int | Expression, ...]:
    """Top, right, bottom, left, from one to four numbers as in CSS, or from one expression; none of 0."""
    try:
        gaps: list[int | Expression] = list(map(whole(0, MAX_TEXT_SIDE), text.split("_")))
    except Unwelcome:
        gaps = [expression(text)]
    if len(gaps) > 4:
        raise Unwelcome(text)
    # A side that is not given is as the one across from it, or as the first.
    for across in (0, 0, 1)[len(gaps) - 1 :]:
        gaps.append(gaps[across])
    return tuple(gaps) if any(gaps) else ()


def marks(text: str) -> frozenset[str]:
    wanted = frozenset(text.split("_"))
    if not wanted <= set(MARKS):
        raise Unwelcome(text)
    return wanted


SUM = "or an expression such as bw_div_2"
OFFSET = f"pixels from the left or the top, N20 for 20 from the right or the bottom, {SUM}"
PLACES = "center, top, left, bottom, right, top_left, top_right, bottom_left, bottom_right"
TENTHS = "a whole number from 1 to 9"
LENGTH = f"a whole number of pixels, {SUM}"

POSITION = (
    Parameter("lx", Part.POSITION, "x", offset, "left edge of a layer", OFFSET, verdicts.LAYER_CORNER),
    Parameter("ly", Part.POSITION, "y", offset, "top edge of a layer", OFFSET, verdicts.LAYER_CORNER),
    Parameter(
        "lxc", Part.POSITION, "x_center", offset, "centre of a layer, from the left", OFFSET, verdicts.LAYER_CENTER
    ),
    Parameter(
        "lyc", Part.POSITION, "y_center", offset, "centre of a layer, from the top", OFFSET, verdicts.LAYER_CENTER
    ),
    Parameter("lap", Part.POSITION, "anchor", position, "where offsets begin", PLACES, verdicts.LAYER_ANCHOR),
    Parameter("lfo", Part.POSITION, "focus", position, "where a layer lies that has no offset", PLACES),
    Parameter(
        "lm", Part.POSITION, "blend", blend, "how a layer meets its base", f"one of {', '.join(Blend)}", verdicts.BLEND
    ),
)
IMAGE = (
    Parameter(
        "i",
        Part.CONTENT,
        "plain",
        inputs.path,
        "path of a picture",
        "a path, / written as @@, or ik_canvas",
        verdicts.LAYER_FILE,
    ),
    Parameter(
        "ie", Part.CONTENT, "packed", inputs.packed_path, "the same in base64", "a path in base64", verdicts.LAYER_FILE
    ),
    Parameter("pg", Part.CONTENT, "page", page, "page of a PDF, or frame of an animation", NUMBER, verdicts.PAGE),
)
CANVAS = (
    Parameter("bg", Part.CONTENT, "color", color, "colour of a block", COLOR, verdicts.CANVAS),
    Parameter(
        "al", Part.CONTENT, "opacity", whole(1, 9), "opacity of a block in tenths", TENTHS, verdicts.CANVAS_TENTHS
    ),
)
TEXT = (
    Parameter("i", Part.CONTENT, "plain", inputs.plain_text, "text", "a text"),
    Parameter("ie", Part.CONTENT, "packed", inputs.packed_text, "the same in base64", "a text in base64"),
    Parameter("ff", Part.TEXT, "font", font, "font", "a family, or the path of a font, / written as @@", verdicts.FONT),
    Parameter("fs", Part.TEXT, "size", length, "size of letters", LENGTH),
    Parameter("co", Part.TEXT, "color", color, "colour of letters", COLOR, verdicts.INK),
    Parameter("w", Part.TEXT, "width", length, "width at which lines are broken", LENGTH, verdicts.TEXT_WIDTH),
    Parameter("ia", Part.TEXT, "align", align, "alignment of lines", "left, right or center"),
    Parameter("pa", Part.TEXT, "padding", padding, "padding", f"1 to 4 numbers of pixels joined by _, {SUM}"),
    Parameter(
        "tg", Part.TEXT, "marks", marks, "style of letters", "b, i and strikethrough, joined by _", verdicts.MARKS
    ),
    Parameter("lh", Part.TEXT, "line_height", length, "height of a line", LENGTH, verdicts.LINE_HEIGHT),
    Parameter("bg", Part.TEXT, "background", color, "colour of the box", COLOR),
    Parameter("r", Part.TEXT, "radius", radius, "rounds the corners of the box", RADIUS),
    Parameter("rt", Part.TEXT, "rotation", degrees, "turns the box clockwise", "degrees such as 90, N90 for -90"),
    Parameter("fl", Part.TEXT, "flip", flip, "mirrors the box", FLIP),
    Parameter("al", Part.TEXT, "opacity", whole(1, 9), "opacity of the box in tenths", TENTHS, verdicts.TEXT_TENTHS),
)
