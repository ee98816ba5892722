"""The table of parameters: one row each, for reading, for error messages and for the README."""

from dataclasses import dataclass
from enum import Enum

from proxy.errors import InvalidTransformation
from proxy.imagekit.colors import background
from proxy.imagekit.focus import focus
from proxy.imagekit.syntax import Param, shown
from proxy.imagekit.values import (
    Reader,
    Unwelcome,
    automatic,
    boolean,
    coordinate,
    degrees,
    density,
    expression,
    first_of,
    one_of,
    ratio,
    side,
    whole,
)
from proxy.plan.frame import Crop
from proxy.plan.output import OutputFormat


class Part(Enum):
    """What of the plan a parameter speaks about."""

    FRAME = "frame"
    STEP = "step"
    OUTPUT = "output"
    PLAN = "plan"


class Turn(Enum):
    """`rt-auto` turns no step, but the whole plan, by the picture's EXIF orientation."""

    UPRIGHT = "auto"


@dataclass(frozen=True, slots=True)
class Parameter:
    """`accepts` completes the sentence "expected ..."."""

    key: str
    part: Part
    field: str
    read: Reader
    about: str
    accepts: str

    def value(self, param: Param) -> object:
        try:
            return self.read(param.value)
        except Unwelcome:
            raise InvalidTransformation(shown(param.text), self.accepts) from None


width = first_of(automatic, side, expression)
height = first_of(side, expression)
shape = first_of(ratio, expression)
place = first_of(coordinate, expression)
pixel_ratio = first_of(automatic, density, expression)
quality = first_of(one_of({"auto": None}), whole(1, 100))
turn = first_of(one_of({"auto": Turn.UPRIGHT}), degrees)
crop = one_of({str(mode): mode for mode in Crop})
output_format = one_of({"jpeg": OutputFormat.JPEG, **{str(word): word for word in OutputFormat}})

SIDE = "pixels (1 to 65535) or a share below 1, such as 0.5"
MODE = f"one of {', '.join(Crop)}"
PLACE = "a whole number of pixels up to 65535"
WORDS = "center, top, left, bottom, right, top_left, top_right, bottom_left, bottom_right"
BOOLEAN = "true or false"

PARAMETERS = (
    Parameter("w", Part.FRAME, "width", width, "width", SIDE),
    Parameter("h", Part.FRAME, "height", height, "height", SIDE),
    Parameter("ar", Part.FRAME, "ratio", shape, "width to height, with one of w and h", "a ratio such as 4-3 or 4_3"),
    Parameter("c", Part.FRAME, "crop", crop, "how to meet a frame of both sides", MODE),
    Parameter("cm", Part.FRAME, "crop_mode", crop, "as c; wins over it", MODE),
    Parameter("fo", Part.FRAME, "focus", focus, "what survives a crop, or where padding leaves the picture", WORDS),
    Parameter("x", Part.FRAME, "x", place, "left edge of an extract", PLACE),
    Parameter("y", Part.FRAME, "y", place, "top edge of an extract", PLACE),
    Parameter("xc", Part.FRAME, "x_center", place, "centre of an extract, from the left", PLACE),
    Parameter("yc", Part.FRAME, "y_center", place, "centre of an extract, from the top", PLACE),
    Parameter("dpr", Part.FRAME, "density", pixel_ratio, "multiplies w and h", "a number from 0.1 to 5"),
    Parameter("rt", Part.STEP, "rotation", turn, "turns clockwise", "degrees such as 90, N90 for -90, or auto"),
    Parameter(
        "bg",
        Part.STEP,
        "background",
        background,
        "colour of padding and behind transparency",
        "RRGGBB, RRGGBBAA with AA an opacity from 00 to 99, or a colour name in lower case",
    ),
    Parameter("f", Part.OUTPUT, "format", output_format, "format", f"one of {', '.join(OutputFormat)}, jpeg"),
    Parameter("q", Part.OUTPUT, "quality", quality, "quality", "a whole number from 1 to 100, or auto"),
    Parameter("pr", Part.OUTPUT, "progressive", boolean, "progressive JPEG", BOOLEAN),
    Parameter("lo", Part.OUTPUT, "lossless", boolean, "lossless WebP and PNG", BOOLEAN),
    Parameter("cp", Part.OUTPUT, "keep_profile", boolean, "keeps the colour profile", BOOLEAN),
    Parameter("md", Part.OUTPUT, "keep_metadata", boolean, "keeps metadata and colour profile", BOOLEAN),
    Parameter("orig", Part.PLAN, "original", boolean, "the file as it is stored; nothing else counts", BOOLEAN),
)
BY_KEY = {parameter.key: parameter for parameter in PARAMETERS}
