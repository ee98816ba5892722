"""A part of a drawing is drawn as a part of it."""

from io import BytesIO

import pytest
from PIL import Image, ImageChops, ImageStat

from proxy.demo.drawings import vector_badge
from proxy.pixels.geometry import place
from proxy.pixels.svg import framed, open_vector, rasterise
from proxy.pixels.svg_cleaning import write_svg
from proxy.plan.frame import Frame
from proxy.plan.values import Focus, Length


@pytest.mark.parametrize("focus", [Focus.LEFT, Focus.CENTER, Focus.RIGHT])
def test_a_cut_drawing_is_not_clipped_once_more(focus: Focus) -> None:
    """A clip costs the area of the whole scaled drawing, however little of it is seen, and changes nothing."""
    vector = open_vector(vector_badge(), 10**8)

    framing = framed(vector.root, vector.size, place(Frame(Length(100), Length(100), focus=focus), vector.size))
    free = Image.open(BytesIO(rasterise(write_svg(framing), needs_fonts=False)))
    (inner,) = framing
    overflow = inner.attrib.pop("overflow")
    clipped = Image.open(BytesIO(rasterise(write_svg(framing), needs_fonts=False)))

    assert overflow == "visible"
    assert max(ImageStat.Stat(ImageChops.difference(free, clipped)).rms) < 0.5  # rounding
