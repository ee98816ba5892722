"""`fo-auto`."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from proxy.pixels.attention import attended
from proxy.pixels.geometry import Placement, Size
from proxy.plan.values import Focus
from tests.pixels.pictures import Studio, near, places, sized


@pytest.mark.parametrize("left", [0, 300, 620])
@pytest.mark.parametrize("name", ["a.png", "a.jpg"])
def test_an_automatic_crop_goes_where_there_is_something(studio: Studio, left: int, name: str) -> None:
    picture = Image.new("RGB", (800, 200), (225, 228, 230))
    ImageDraw.Draw(picture).ellipse((left + 20, 20, left + 160, 180), fill=(200, 60, 30))
    path = studio.file(picture, name)

    for drawn in (
        studio.picture(path, sized(100, 100, focus=Focus.AUTO)),
        studio.picture(path, sized(400), sized(100, 100, focus=Focus.AUTO)),
    ):
        assert near(drawn.convert("RGB").getpixel((50, 50)), (200, 60, 30), 12)


SIDES = st.integers(1, 400)


@given(st.builds(Size, SIDES, SIDES), st.data())
def test_an_automatic_crop_never_leaves_the_picture(scaled: Size, data: st.DataObject) -> None:
    part = Size(data.draw(st.integers(1, scaled.width)), data.draw(st.integers(1, scaled.height)))
    placement = attended(Placement(scaled, scaled, (0, 0), part, part), places(*scaled.pair))

    assert 0 <= placement.cut[0] <= scaled.width - part.width
    assert 0 <= placement.cut[1] <= scaled.height - part.height
