"""Planes of brightness and colour as red, green and blue, against Pillow's own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from proxy.native.arrow import Pixels, pixels_of
from proxy.native.library import merge
from proxy.pixels.planes import MODE
from tests.native.needs import needs_resample

pytestmark = needs_resample


def merged(planes: tuple[Image.Image, ...]) -> Image.Image:
    result = Image.new("RGB", planes[0].size)
    grey, blue, red = planes
    with pixels_of(grey) as first, pixels_of(blue) as second, pixels_of(red) as third, pixels_of(result) as pixels:
        merge(first, second, third, pixels)
    return result


@given(st.lists(st.tuples(*3 * [st.integers(0, 255)]), min_size=1, max_size=100))
def test_each_color_is_that_of_pillow_but_for_rounding(colors: list[tuple[int, int, int]]) -> None:
    image = Image.new(MODE, (len(colors), 1))
    image.putdata(colors)

    ours, theirs = merged(image.split()).tobytes(), image.convert("RGB").tobytes()

    assert all(abs(one - other) <= 1 for one, other in zip(ours, theirs, strict=True))


@pytest.mark.parametrize("grey", range(0, 256, 5))
def test_greys_stay_as_they_are(grey: int) -> None:
    assert merged(Image.new(MODE, (9, 3), (grey, 128, 128)).split()).getcolors() == [(27, (grey, grey, grey))]


def test_planes_of_other_sizes_are_refused() -> None:
    plane, result = Pixels(0, (4, 2), 1), Pixels(0, (2, 4), 4)

    with pytest.raises(ValueError, match="cannot become"):
        merge(plane, plane, plane, result)
