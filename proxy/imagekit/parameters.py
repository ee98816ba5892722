"""The table of parameters: one row each, for reading, for error messages and for the README."""

from proxy.imagekit import effects, verdicts
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
    switched,
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
BACKGROUND = (
    f"{COLOR}, or blurred, blurred_0..100 or blurred_auto, with _N255..255, dominant, gradient_dominant_2 or _4"
)
FLAG = "nothing, true or false"
SHADOW = f"{FLAG}, or bl-0..15, st-0..100, x-N100..100 and y-N100..100, joined by _"
DOTS = "a whole number from 1 to 1200, or an expression such as idn_mul_2"
GRADIENT = (
    f"{FLAG}, or ld-0..359 or ld-top_right, from-COLOR, to-COLOR and sp- with a share from 0.01 to 0.99, pixels or an "
    "expression, joined by _"
)
DENSITY = f"a number from 0.1 to 5, {SUM}, or auto"
THRESHOLD = "true, false or a threshold from 1 to 99"
TURN = "degrees such as 90, N90 for -90, or auto"
BORDER = "WIDTH_COLOR such as 5_FFF000, the width an expression such as iw_div_20 or a whole number"
STRENGTH = f"{FLAG}, or a strength above 0, up to 10000"
UNSHARP = f"{FLAG}, or RADIUS-SIGMA-AMOUNT-THRESHOLD, numbers up to 1000, radius and sigma above 0"
REPLACE = "TO, TO_TOLERANCE or TO_TOLERANCE_FROM: colours, and a tolerance from 0 to 100"
TINT = f"{FLAG}, or co-COLOR_in-0..100"
DISTORTION = "p- and four corners such as p-0_0_90_10_90_80_0_100, or a- and degrees up to 360"
FORMATS = f"one of {', '.join(OutputFormat)}, jpeg"
QUALITY = "a whole number from 1 to 100, or auto"
PATH = "a path, / written as @@"
NUMBER_ABOVE_0 = "a number above 0"

PARAMETERS = (
    Parameter("w", Part.FRAME, "width", width, "width", WIDTH, verdicts.SIDE),
    Parameter("h", Part.FRAME, "height", height, "height", SIDE, verdicts.SIDE),
    Parameter("ar", Part.FRAME, "ratio", shape, "width to height, with one of w and h", RATIO, verdicts.RATIO),
    Parameter("c", Part.FRAME, "crop", crop, "how to meet a frame of both sides", MODE, verdicts.CROP),
    Parameter("cm", Part.FRAME, "crop_mode", crop, "as c; wins over it", MODE, verdicts.CROP_MODE),
    Parameter(
        "fo",
        Part.FRAME,
        "focus",
        focus,
        "what survives a crop, or where padding leaves the picture",
        WORDS,
        verdicts.FOCUS,
    ),
    Parameter("x", Part.FRAME, "x", place, "left edge of an extract", PLACE, verdicts.CORNER),
    Parameter("y", Part.FRAME, "y", place, "top edge of an extract", PLACE, verdicts.CORNER),
    Parameter("xc", Part.FRAME, "x_center", place, "centre of an extract, from the left", PLACE, verdicts.CENTER),
    Parameter("yc", Part.FRAME, "y_center", place, "centre of an extract, from the top", PLACE, verdicts.CENTER),
    Parameter(
        "z", Part.FRAME, "zoom", zoom, "how close to a face or an object; has no effect", NUMBER_ABOVE_0, verdicts.ZOOM
    ),
    Parameter("dpr", Part.FRAME, "density", pixel_ratio, "multiplies w and h", DENSITY, verdicts.PIXEL_RATIO),
    Parameter("t", Part.STEP, "trim", effects.trim, "cuts even edges", THRESHOLD, verdicts.TRIM),
    Parameter("rt", Part.STEP, "rotation", turn, "turns clockwise", TURN, verdicts.TURN),
    Parameter("fl", Part.STEP, "flip", effects.flip, "mirrors", FLIP),
    Parameter(
        "bg",
        Part.STEP,
        "background",
        effects.background,
        "padding and behind transparency",
        BACKGROUND,
        verdicts.BACKGROUND,
    ),
    Parameter("b", Part.STEP, "border", effects.border, "a border around", BORDER, verdicts.BORDER),
    Parameter("r", Part.STEP, "radius", effects.radius, "rounds the corners", RADIUS, verdicts.RADIUS),
    Parameter("o", Part.STEP, "opacity", effects.opacity, "opacity", "a percentage from 0 to 100", verdicts.OPACITY),
    Parameter("bl", Part.LOOK, "blur", whole(1, 100), "blurs", "a radius from 1 to 100", verdicts.BLUR),
    Parameter("e-grayscale", Part.LOOK, "grayscale", switched(effects.flag, False), "takes the colours away", FLAG),
    Parameter(
        "e-contrast",
        Part.LOOK,
        "contrast",
        switched(effects.flag, False),
        "uses the whole range",
        FLAG,
        verdicts.CONTRAST,
    ),
    Parameter(
        "e-sharpen", Part.LOOK, "sharpen", switched(effects.sharpen, None), "sharpens", STRENGTH, verdicts.SHARPEN
    ),
    Parameter(
        "e-usm", Part.LOOK, "unsharp", switched(effects.unsharp, None), "unsharp mask", UNSHARP, verdicts.UNSHARP
    ),
    Parameter(
        "e-shadow",
        Part.LOOK,
        "shadow",
        switched(effects.shadow, None),
        "a shadow under what is not transparent",
        SHADOW,
        verdicts.SHADOW,
    ),
    Parameter(
        "e-gradient",
        Part.LOOK,
        "gradient",
        switched(effects.gradient, None),
        "a gradient over the picture",
        GRADIENT,
        verdicts.GRADIENT,
    ),
    Parameter("cr", Part.LOOK, "replace", effects.color_replace, "replaces a colour", REPLACE, verdicts.REPLACE),
    Parameter("e-colorize", Part.LOOK, "colorize", switched(effects.colorize, None), "tints", TINT, verdicts.COLORIZE),
    Parameter(
        "e-distort", Part.LOOK, "distort", effects.distort, "moves the corners, or bends", DISTORTION, verdicts.DISTORT
    ),
    Parameter("f", Part.OUTPUT, "format", output_format, "format", FORMATS, verdicts.FORMAT),
    Parameter("q", Part.OUTPUT, "quality", quality, "quality", QUALITY, verdicts.QUALITY),
    Parameter("pr", Part.OUTPUT, "progressive", boolean, "progressive JPEG", BOOLEAN),
    Parameter("lo", Part.OUTPUT, "lossless", boolean, "lossless WebP and PNG", BOOLEAN, verdicts.LOSSLESS),
    Parameter("cp", Part.OUTPUT, "keep_profile", boolean, "keeps the colour profile", BOOLEAN, verdicts.PROFILE),
    Parameter(
        "md", Part.OUTPUT, "keep_metadata", boolean, "keeps metadata and colour profile", BOOLEAN, verdicts.METADATA
    ),
    Parameter(
        "dn",
        Part.OUTPUT,
        "density",
        dots,
        "dots per inch: a tag, and the scale of SVG and PDF",
        DOTS,
        verdicts.DOTS,
        OF_DENSITY,
    ),
    Parameter("pg", Part.PLAN, "page", page, "page of a thumbnail", NUMBER, verdicts.PAGE),
    Parameter("di", Part.PLAN, "default_image", path, "picture for one that is missing", PATH, verdicts.DEFAULT_IMAGE),
    Parameter("orig", Part.PLAN, "original", boolean, "the file as it is stored; nothing else counts", BOOLEAN),
)
BY_KEY = {parameter.key: parameter for parameter in PARAMETERS}
