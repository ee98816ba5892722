"""Found parameters -> the values of a plan."""

from typing import Any

from proxy.imagekit.canonical import canonical_background, canonical_frame, canonical_position
from proxy.imagekit.collect import Found
from proxy.imagekit.hints import DPR, WIDTH
from proxy.imagekit.notes import Notes
from proxy.imagekit.parameter import Part, Turn
from proxy.imagekit.values import FromViewer
from proxy.plan.frame import Frame
from proxy.plan.steps import Layer, Look, Position, Step
from proxy.plan.values import Length


def build_step(found: Found, layers: tuple[Layer, ...], notes: Notes) -> Step:
    frame = build_frame(found[Part.FRAME], notes)
    fields: dict[str, Any] = {key: value for key, value in found[Part.STEP].items() if value is not Turn.UPRIGHT}
    fields["background"] = canonical_background(fields.get("background"), frame)
    return Step(frame=frame, look=Look(**found[Part.LOOK]), layers=layers, **fields)


def build_frame(fields: dict[str, Any], notes: Notes) -> Frame:
    """A width that the viewer has hinted is in the viewer's own pixels already: no hint of density counts then."""
    fields = dict(fields)
    if "crop_mode" in fields:
        fields["crop"] = fields.pop("crop_mode")
    if fields.get("width") is FromViewer.AUTO:
        fields["width"] = Length(float(notes.hints.rounded_width or 1))
        if fields.get("density") is FromViewer.AUTO:
            del fields["density"]
        notes.sized_by.add(WIDTH)
    elif fields.get("density") is FromViewer.AUTO:
        fields["density"] = notes.hints.dpr
        if fields.keys() & {"width", "height"} and not is_dropped(fields):
            notes.sized_by.add(DPR)
    return canonical_frame(Frame(**fields))


def is_dropped(fields: dict[str, Any]) -> bool:
    """Whether a density would make a side too long to count; known only of sides that are numbers."""
    dense, plain = (canonical_frame(Frame(**fields | {"density": density})) for density in (fields["density"], 1.0))
    return dense == plain and fields["density"] != 1.0


def build_position(found: Found) -> Position:
    return canonical_position(Position(**found[Part.POSITION]))
