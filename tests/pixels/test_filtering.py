"""Scaling by our own C and by Pillow, and which of them does it."""

import math
from collections.abc import Iterator

import pytest
from PIL import Image, _imaging

from proxy.pixels import filtering
from proxy.pixels.filtering import ONE_PIECE, REDUCING_GAP, filtered
from proxy.pixels.geometry import Size
from proxy.pixels.planes import merged
from tests.native.needs import needs_resample
from tests.pixels.pictures import photograph

LANCZOS = Image.Resampling.LANCZOS
SMALL_PIECE = 4096
ON_THE_WAY = {"La": "LA", "RGBa": "RGBA", "I;16": "L"}  # Pillow knows no shorter one


@pytest.fixture
def scattered() -> Iterator[Image.Image]:
    """A picture in many pieces of memory."""
    picture = photograph("coffee.png").convert("RGB")
    _imaging.set_block_size(SMALL_PIECE)
    yield picture.copy()  # and so is all that is made of it in the test
    _imaging.set_block_size(ONE_PIECE)


def test_a_picture_in_many_pieces_is_left_to_pillow(scattered: Image.Image) -> None:
    window, size = (0.0, 0.0, 300.5, 200.0), Size(90, 60)

    drawn = filtered(scattered, LANCZOS, window, size)

    assert drawn.tobytes() == scattered.resize(size.pair, LANCZOS, window, REDUCING_GAP).tobytes()


def test_planes_in_many_pieces_are_merged_by_pillow(scattered: Image.Image) -> None:
    planes = scattered.convert("YCbCr").split()

    assert merged(*planes).tobytes() == Image.merge("YCbCr", planes).convert("RGB").tobytes()


@pytest.mark.parametrize("mode", [*sorted(filtering.MODES - {"LA", "RGBA"}), "F", "I;16"])
def test_every_mode_is_what_pillow_makes_of_it(mode: str) -> None:
    """By a filter that goes beyond no colour: others may be cut off at black and white in either pass."""
    picture = photograph("coffee.png").convert(ON_THE_WAY.get(mode, "RGB")).convert(mode)
    window, size = (1.5, 2.25, 300.0, 200.0), Size(90, 60)

    drawn = filtered(picture, Image.Resampling.BILINEAR, window, size)

    theirs = picture.resize(size.pair, Image.Resampling.BILINEAR, window)
    assert (drawn.mode, drawn.size) == (theirs.mode, theirs.size)
    assert max(abs(one - other) for one, other in zip(drawn.tobytes(), theirs.tobytes(), strict=True)) <= 2


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ((65535, 1), (1, 1)),
        ((1, 65535), (3, 7)),
        ((65535, 2), (65535, 1)),
        ((2, 3), (8000, 1)),
        ((1, 1), (300, 300)),
        ((2500, 2500), (1, 1)),
    ],
    ids=str,
)
@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_sides_of_any_length_keep_one_colour(mode: str, source: tuple[int, int], wanted: tuple[int, int]) -> None:
    picture = Image.new(mode, source, "#a0a0a0")

    drawn = filtered(picture, LANCZOS, (0.0, 0.0, float(source[0]), float(source[1])), Size(*wanted))

    assert drawn.tobytes() == Image.new(mode, wanted, "#a0a0a0").tobytes()


@needs_resample
@pytest.mark.parametrize("window", [(0.0, 0.0, math.nan, 9.0), (0.0, 0.0, 9.0, 12.0), (-3.0, 0.0, 9.0, 9.0)], ids=str)
def test_what_is_no_window_is_refused(window: tuple[float, float, float, float]) -> None:
    with pytest.raises(ValueError, match="cannot become"):
        filtered(Image.new("L", (9, 9)), LANCZOS, window, Size(4, 4))
