"""The table of parameters: one row each, for reading, for error messages and for the README."""

from proxy.imagekit import effects
from proxy.imagekit.expressions import OF_DENSITY, expression
from proxy.imagekit.focus import focus
from proxy.imagekit.inputs import path
from proxy.imagekit.pages import NUMBER, page
from proxy.imagekit.parameter import BOOLEAN, COLOR, FLIP, RADIUS, Parameter, Part, Turn
from proxy.imagekit.values import (
    NOBODY_LOOKS,
    NoEffect,
    Unwelcome,
    automatic,
    boolean,
    coordinate,
    degrees,
    density,
    first_of,
    number,
    one_of,
    ratio,
    side,
    whole,
)
from proxy.plan.frame import Crop
from proxy.plan.output import OutputFormat

width = first_of(automatic, side, expression)
height = first_of(side, expression)
shape = first_of(ratio, expression)
place = first_of(coordinate, expression)
pixel_ratio = first_of(automatic, density, expression)
quality = first_of(one_of({"auto": None}), whole(1, 100))
dots = first_of(whole(1, 1200), expression)
turn = first_of(one_of({"auto": Turn.UPRIGHT}), degrees)
crop = one_of({str(mode): mode for mode in Crop})
output_format = one_of({"jpeg": OutputFormat.JPEG, **{str(word): word for word in OutputFormat}})


def zoom(text: str) -> NoEffect:
    """How close to a face or an object that nobody finds here."""
    if not number(text):
        raise Unwelcome(text)
    return NOBODY_LOOKS


SUM = "or an expression such as iw_div_2"
SIDE = f"pixels (1 to 65535), a share below 1 such as 0.5, {SUM}"
WIDTH = f"{SIDE}, or auto"
RATIO = "a ratio such as 4-3 or 4_3, or an expression such as iar_mul_2"
MODE = f"one of {', '.join(Crop)}"
PLACE = f"a whole number of pixels up to 65535, {SUM}"
WORDS = "center, top, left, bottom, right, top_left, top_right, bottom_left, bottom_right, auto"
BACKGROUND = f"{COLOR}, or blurred, blurred_15_N20, dominant, gradient_dominant_4"
SHADOW = "nothing, or bl-0..15, st-0..100, x-N100..100 and y-N100..100, joined by _"
DOTS = "a whole number from 1 to 1200, or an expression such as idn_mul_2"
GRADIENT = "nothing, or ld-0..359 or ld-top_right, from-COLOR, to-COLOR and sp-0.01..0.99, joined by _"

PARAMETERS = (
    Parameter("w", Part.FRAME, "width", width, "width", WIDTH),
    Parameter("h", Part.FRAME, "height", height, "height", SIDE),
    Parameter("ar", Part.FRAME, "ratio", shape, "width to height, with one of w and h", RATIO),
    Parameter("c", Part.FRAME, "crop", crop, "how to meet a frame of both sides", MODE),
    Parameter("cm", Part.FRAME, "crop_mode", crop, "as c; wins over it", MODE),
    Parameter("fo", Part.FRAME, "focus", focus, "what survives a crop, or where padding leaves the picture", WORDS),
    Parameter("x", Part.FRAME, "x", place, "left edge of an extract", PLACE),
    Parameter("y", Part.FRAME, "y", place, "top edge of an extract", PLACE),
    Parameter("xc", Part.FRAME, "x_center", place, "centre of an extract, from the left", PLACE),
    Parameter("yc", Part.FRAME, "y_center", place, "centre of an extract, from the top", PLACE),
    Parameter("z", Part.FRAME, "zoom", zoom, "how close to a face or an object; has no effect", "a number above 0"),
    Parameter("dpr", Part.FRAME, "density", pixel_ratio, "multiplies w and h", "a number from 0.1 to 5, or auto"),
    Parameter("t", Part.STEP, "trim", effects.trim, "cuts even edges", "true, false or a threshold from 1 to 99"),
    Parameter("rt", Part.STEP, "rotation", turn, "turns clockwise", "degrees such as 90, N90 for -90, or auto"),
    Parameter("fl", Part.STEP, "flip", effects.flip, "mirrors", FLIP),
    Parameter("bg", Part.STEP, "background", effects.background, "padding and behind transparency", BACKGROUND),
    Parameter("b", Part.STEP, "border", effects.border, "a border around", "WIDTH_COLOR such as 5_FFF000"),
    Parameter("r", Part.STEP, "radius", effects.radius, "rounds the corners", RADIUS),
    Parameter("o", Part.STEP, "opacity", effects.opacity, "opacity", "a percentage from 0 to 100"),
    Parameter("bl", Part.LOOK, "blur", whole(1, 100), "blurs", "a radius from 1 to 100"),
    Parameter("e-grayscale", Part.LOOK, "grayscale", effects.flag, "takes the colours away", "nothing behind it"),
    Parameter("e-contrast", Part.LOOK, "contrast", effects.flag, "uses the whole range", "nothing behind it"),
    Parameter("e-sharpen", Part.LOOK, "sharpen", effects.sharpen, "sharpens", "nothing, or a strength above 0"),
    Parameter(
        "e-usm", Part.LOOK, "unsharp", effects.unsharp, "unsharp mask", "RADIUS-SIGMA-AMOUNT-THRESHOLD, each above 0"
    ),
    Parameter("e-shadow", Part.LOOK, "shadow", effects.shadow, "a shadow under what is not transparent", SHADOW),
    Parameter("e-gradient", Part.LOOK, "gradient", effects.gradient, "a gradient over the picture", GRADIENT),
    Parameter(
        "cr",
        Part.LOOK,
        "replace",
        effects.color_replace,
        "replaces a colour",
        "TO, TO_TOLERANCE or TO_TOLERANCE_FROM: colours, and a tolerance from 0 to 100",
    ),
    Parameter("e-colorize", Part.LOOK, "colorize", effects.colorize, "tints", "nothing, or co-COLOR_in-0..100"),
    Parameter(
        "e-distort",
        Part.LOOK,
        "distort",
        effects.distort,
        "moves the corners, or bends",
        "p- and four corners such as p-0_0_90_10_90_80_0_100, or a- and degrees up to 360",
    ),
    Parameter("f", Part.OUTPUT, "format", output_format, "format", f"one of {', '.join(OutputFormat)}, jpeg"),
    Parameter("q", Part.OUTPUT, "quality", quality, "quality", "a whole number from 1 to 100, or auto"),
    Parameter("pr", Part.OUTPUT, "progressive", boolean, "progressive JPEG", BOOLEAN),
    Parameter("lo", Part.OUTPUT, "lossless", boolean, "lossless WebP and PNG", BOOLEAN),
    Parameter("cp", Part.OUTPUT, "keep_profile", boolean, "keeps the colour profile", BOOLEAN),
    Parameter("md", Part.OUTPUT, "keep_metadata", boolean, "keeps metadata and colour profile", BOOLEAN),
    Parameter(
        "dn", Part.OUTPUT, "density", dots, "dots per inch: a tag, and the scale of SVG and PDF", DOTS, OF_DENSITY
    ),
    Parameter("pg", Part.PLAN, "page", page, "page of a thumbnail", NUMBER),
    Parameter("di", Part.PLAN, "default_image", path, "picture for one that is missing", "a path, / written as @@"),
    Parameter("orig", Part.PLAN, "original", boolean, "the file as it is stored; nothing else counts", BOOLEAN),
)
BY_KEY = {parameter.key: parameter for parameter in PARAMETERS}
