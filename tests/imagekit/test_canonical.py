"""Equal pictures, equal plans: whatever is left out or computed changes no pixel."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.errors import InvalidTransformation
from proxy.imagekit.canonical import canonical_frame, canonical_output
from proxy.imagekit.reading import read_plan
from proxy.pixels.geometry import Placement, Size, place
from proxy.pixels.stages import Sides
from proxy.plan.frame import Crop, Frame
from proxy.plan.output import Output
from proxy.plan.values import Focus, Length
from tests.imagekit.strategies import expressions, frames, outputs

SAME_PICTURE = {
    # Nothing to frame without a side.
    "ar-4-3": "",
    "dpr-2": "",
    "c-force,fo-left,x-5": "",
    # One side alone neither crops nor pads.
    "w-5,c-force,fo-left,x-5": "w-5",
    "w-5,cm-extract,fo-left,xc-5": "w-5",
    "w-5,cm-pad_resize_no_enlarge": "w-5,c-at_max",
    "w-5,c-maintain_ratio_no_enlarge": "w-5,c-at_max",
    # Focus and coordinates where nothing is chosen.
    "w-5,h-6,c-at_max,fo-left": "w-5,h-6,c-at_max",
    "w-5,h-6,c-force,fo-left": "w-5,h-6,c-force",
    "w-5,h-6,x-1,y-2": "w-5,h-6",
    "w-5,h-6,fo-center": "w-5,h-6",
    "w-5,h-6,c-maintain_ratio": "w-5,h-6",
    # An extract's corner wins over its centre, and both over the focus.
    "w-5,h-6,cm-extract,x-1": "w-5,h-6,cm-extract,x-1,y-0",
    "w-5,h-6,cm-extract,x-1,y-2,xc-9,yc-9,fo-left": "w-5,h-6,cm-extract,x-1,y-2",
    "w-5,h-6,cm-extract,xc-9,yc-9,fo-left": "w-5,h-6,cm-extract,xc-9,yc-9",
    # Sides that are known to the pixel.
    "w-400,h-100,ar-4-3": "w-400,h-100",
    "w-400,ar-4-3": "w-400,h-300",
    "w-iw,h-100,ar-4-3": "w-iw,h-100,ar-4-3",
    "h-400,ar-16_9": "h-400,ar-16-9",
    "w-300,dpr-2": "w-600",
    "w-300,h-200,dpr-1.5": "w-450,h-300",
    "w-200,ar-1-1,dpr-3": "w-600,h-600",
    "w-333,dpr-1.5": "w-333,dpr-1.5",
    "w-0.5,dpr-2": "w-0.5,dpr-2",
    "w-300,dpr-1": "w-300",
    # A density that leads too far is dropped.
    "w-3000,dpr-2": "w-3000",
    "w-1667,dpr-3": "w-1667",
    "w-2000,h-3000,dpr-2": "w-2000,h-3000",
    "w-4,dpr-0.1": "w-4",
    # Output.
    "f-jpg,lo-true": "f-jpg",
    "f-webp,pr-true": "f-webp",
    "lo-true,pr-true": "pr-true,lo-true",
    "cp-true,md-true": "md-true",
    "pr-false,md-false,cp-true": "cp-true",
    "dn-idn_mul_2,q-5": "q-5,dn-idn_mul_2",
    # A branch may have the last word on it.
    "f-webp,pr-true:if-w_gt_5,q-5,if-end": "if-w_gt_5,q-5,if-end:f-webp,pr-true",
    "md-true,cp-true:if-w_gt_5,md-false,if-end": "if-w_gt_5,md-false,if-end:cp-true,md-true",
    "pr-false:if-w_gt_5,pr-false,f-png,if-end": "if-w_gt_5,f-png,pr-false,if-end",
}


@pytest.mark.parametrize("text", SAME_PICTURE)
def test_what_cannot_change_a_pixel_is_left_out(text: str) -> None:
    assert str(read_plan(text).plan) == SAME_PICTURE[text]


def placement(frame: Frame, source: Size) -> Placement | None:
    sides = Sides(source, Size(500, 300))
    try:
        return place(frame, source, sides.scope)
    except InvalidTransformation:
        return None


@given(frames(), st.builds(Size, st.integers(1, 9000), st.integers(1, 9000)))
def test_a_canonical_frame_meets_every_picture_as_the_written_one_does(frame: Frame, source: Size) -> None:
    assert placement(canonical_frame(frame), source) == placement(frame, source)


@given(frames(expressions("iw", "ih", "cw")), st.builds(Size, st.integers(1, 9000), st.integers(1, 9000)))
def test_a_canonical_frame_with_sums_meets_every_picture_that_the_written_one_does(frame: Frame, source: Size) -> None:
    """A sum that has no value is nothing to refuse where it does not count."""
    written = placement(frame, source)

    assert written is None or placement(canonical_frame(frame), source) == written


def windows() -> st.SearchStrategy[Frame]:
    """Extracts of which most lie inside a picture of 1000 pixels."""
    side = st.integers(1, 300).map(lambda pixels: Length(float(pixels)))
    place = st.none() | st.integers(-10, 800)
    return st.builds(
        Frame, side, side, st.none(), st.just(Crop.EXTRACT), st.sampled_from(Focus), place, place, place, place
    )


@given(windows())
def test_a_canonical_extract_lies_where_the_written_one_does(frame: Frame) -> None:
    source = Size(1000, 1000)

    assert placement(canonical_frame(frame), source) == placement(frame, source)


@given(frames(), outputs())
def test_what_is_canonical_stays_as_it_is(frame: Frame, output: Output) -> None:
    assert canonical_frame(canonical_frame(frame)) == canonical_frame(frame)
    assert canonical_output(output) == output
