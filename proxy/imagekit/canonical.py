"""One plan for one picture: what cannot change a pixel is left out, whatever the source may be.

Every rule follows from the reference, sections 2 and 3; where the source would have to be known, the words stay.
"""

from dataclasses import replace
from fractions import Fraction
from typing import Any

from proxy.plan.effects import Background, BlurredBackground
from proxy.plan.expressions import Expression
from proxy.plan.frame import Crop, Frame
from proxy.plan.output import Output, OutputFormat
from proxy.plan.steps import Offset, Position
from proxy.plan.values import MAX_SIDE, Focus, Length
from proxy.plan.words import decimal

NEVER_ENLARGES = {Crop.AT_MAX, Crop.MAINTAIN_RATIO_NO_ENLARGE, Crop.PAD_RESIZE_NO_ENLARGE}
KEEPS_ALL = {Crop.FORCE, Crop.AT_MAX, Crop.AT_MAX_ENLARGE, Crop.AT_LEAST}  # nothing to choose: no crop, no padding
PADS = {Crop.PAD_RESIZE, Crop.PAD_RESIZE_NO_ENLARGE, Crop.PAD_EXTRACT, Crop.PAD_EXTRACT_NO_SHRINK}
NEVER_CROPS = {Crop.PAD_RESIZE, Crop.PAD_RESIZE_NO_ENLARGE}
FLAGS = ("progressive", "lossless", "keep_profile", "keep_metadata")
NEVER_PROGRESSIVE = {OutputFormat.PNG, OutputFormat.WEBP, OutputFormat.AVIF}
NEVER_LOSSLESS = {OutputFormat.JPEG, OutputFormat.AVIF}
# A side below 1 or above 5000 pixels lets `dpr` be ignored; whatever the rounding, it is beyond these.
SURELY_TOO_SMALL, SURELY_TOO_LARGE = Fraction(1, 2), Fraction(10_001, 2)


def canonical_frame(frame: Frame) -> Frame:
    if not frame.sized:
        return Frame()
    if isinstance(frame.width, Length) and isinstance(frame.height, Length):
        frame = replace(frame, ratio=None)  # but an expression may give a side that is passed over
    frame = with_sides_computed(frame)
    if (frame.width is None or frame.height is None) and frame.ratio is None:
        return one_sided(frame)
    return placed(frame)


def one_sided(frame: Frame) -> Frame:
    """One side alone neither crops nor pads; a mode only says whether it may enlarge."""
    crop = Crop.AT_MAX if frame.crop in NEVER_ENLARGES else Crop.MAINTAIN_RATIO
    return Frame(frame.width, frame.height, crop=crop, density=frame.density)


def placed(frame: Frame) -> Frame:
    """Coordinates count in an extract only, and there before the focus: `x y`, else `xc yc`, else `fo`."""
    if frame.crop in KEEPS_ALL or (frame.crop in NEVER_CROPS and frame.focus is Focus.AUTO):
        frame = replace(frame, focus=Focus.CENTER)
    if frame.crop is not Crop.EXTRACT:
        return replace(frame, x=None, y=None, x_center=None, y_center=None)
    corner, center = (frame.x, frame.y), (frame.x_center, frame.y_center)
    if corner != (None, None) and (center == (None, None) or None not in corner):
        at: dict[str, Any] = {"x": frame.x or 0, "y": frame.y or 0}
        return replace(frame, **at, x_center=None, y_center=None, focus=Focus.CENTER)
    if corner == (None, None) and None not in center:
        return replace(frame, focus=Focus.CENTER)
    return frame


def with_sides_computed(frame: Frame) -> Frame:
    """`ar` and `dpr` become part of `w` and `h` where whole pixels come out: `w-300,h-200,dpr-2` is `w-600,h-400`."""
    sides = wanted_sides(frame)
    if sides is None or isinstance(frame.density, Expression):
        return frame
    dense = {name: wanted * Fraction(decimal(frame.density)) for name, wanted in sides.items()}
    if any(wanted < SURELY_TOO_SMALL or wanted > SURELY_TOO_LARGE for wanted in dense.values()):
        frame, dense = replace(frame, density=1.0), sides
    if any(wanted.denominator != 1 or not 1 <= wanted <= MAX_SIDE for wanted in dense.values()):
        return frame
    lengths: dict[str, Any] = {name: Length(float(wanted)) for name, wanted in dense.items()}
    return replace(frame, **lengths, ratio=None, density=1.0)


def wanted_sides(frame: Frame) -> dict[str, Fraction] | None:
    """Sides in pixels before `dpr`, exactly; None if one depends on a picture that we have not seen."""
    given = {"width": frame.width, "height": frame.height}
    sides: dict[str, Fraction] = {}
    for name, length in given.items():
        if isinstance(length, Expression) or (length is not None and length.relative):
            return None
        if length is not None:
            sides[name] = Fraction(int(length.amount))
    if isinstance(frame.ratio, Expression):
        return None
    if frame.ratio is not None and "width" in sides:
        sides["height"] = sides["width"] / frame.ratio
    elif frame.ratio is not None:
        sides["width"] = sides["height"] * frame.ratio
    return sides


def canonical_background(background: Background | None, frame: Frame) -> Background | None:
    """A blurred picture is padding, and nothing where nothing is padded."""
    return None if isinstance(background, BlurredBackground) and frame.crop not in PADS else background


def canonical_position(position: Position) -> Position:
    """A corner wins over a centre, and both over the focus; where one axis has a place, the other's is 0."""
    across = (position.x, None if position.x else position.x_center)
    down = (position.y, None if position.y else position.y_center)
    if across == down == (None, None):
        return replace(position, anchor=Focus.TOP_LEFT)
    x, x_center = across if across != (None, None) else (Offset(0), None)
    y, y_center = down if down != (None, None) else (Offset(0), None)
    return replace(position, x=x, y=y, x_center=x_center, y_center=y_center, focus=Focus.CENTER)


def canonical_output(output: Output, final: bool = True) -> Output:
    """A no is what goes without saying. Words that are `final` drop others: metadata imply the profile, and a format
    what only others know.
    """
    output = replace(output, **{flag: getattr(output, flag) or None for flag in FLAGS})
    if not final:
        return output
    return replace(
        output,
        progressive=None if output.format in NEVER_PROGRESSIVE else output.progressive,
        lossless=None if output.format in NEVER_LOSSLESS else output.lossless,
        keep_profile=None if output.keep_metadata else output.keep_profile,
    )
