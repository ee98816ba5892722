"""The comparison itself: what it lets through, and what not."""

from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageFilter

from tests.golden_images import TOLERANCE, check, difference
from tests.pixels.pictures import photograph

PICTURE = photograph("coffee.png").convert("RGB").resize((150, 100))


def test_the_same_picture_passes() -> None:
    assert difference(PICTURE, PICTURE.convert("RGBA")) == 0


@pytest.mark.parametrize(
    "changed",
    [
        ImageChops.offset(PICTURE, 1, 0),
        PICTURE.filter(ImageFilter.GaussianBlur(0.7)),
        PICTURE.point(lambda value: min(255, value + 5)),
        PICTURE.crop((3, 2, 147, 98)).resize((150, 100)),
    ],
    ids=["shifted", "blurred", "brighter", "cropped"],
)
def test_a_small_change_is_found(changed: Image.Image) -> None:
    assert difference(PICTURE, changed) > TOLERANCE


def test_the_colour_of_what_is_clear_does_not_count() -> None:
    red, green = (Image.new("RGBA", (9, 9), (*color, 0)) for color in ((255, 0, 0), (0, 255, 0)))

    assert difference(red, green) == 0


def test_a_missing_golden_image_fails(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="no-such-picture"):
        check(PICTURE, "no-such-picture", draw=False, failures=tmp_path)
