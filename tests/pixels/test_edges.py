"""Edges: of round corners, and of what can be seen."""

from math import pi

import pytest
from PIL import Image

from proxy.pixels.corners import disc
from proxy.pixels.geometry import Size
from proxy.plan.effects import Unsharp
from proxy.plan.steps import Look, Step
from tests.golden_images import difference
from tests.pixels.pictures import Studio, near, photograph


@pytest.mark.parametrize("size", [(40, 40), (41, 30), (1500, 1500), (2048, 2000), (4000, 100)])
def test_a_round_edge_is_soft_at_every_size(size: tuple[int, int]) -> None:
    """As many pixels are between clear and opaque as the edge is long."""
    mask = disc(Size(*size))
    levels = mask.histogram()

    assert sum(levels[1:255]) > 1.5 * sum(size)
    assert sum(level * count for level, count in enumerate(levels)) / 255 == pytest.approx(
        pi / 4 * size[0] * size[1], rel=0.001
    )
    assert mask.tobytes() == mask.transpose(Image.Transpose.ROTATE_180).tobytes()


def test_a_blur_brings_no_unseen_colour_to_light(studio: Studio) -> None:
    picture = Image.new("RGBA", (40, 40), (0, 255, 0, 0))
    picture.paste((255, 0, 0, 255), (10, 10, 30, 30))

    drawn = studio.picture(studio.file(picture, "a.png"), Step(look=Look(blur=4)))

    assert all(pixel[1] <= 2 for _, pixel in drawn.getcolors(2000) or [] if pixel[3] > 8)  # type: ignore[index]


@pytest.mark.parametrize("degrees", [17.0, 45.0])
def test_a_turn_draws_no_rim_around_a_flat_shape(studio: Studio, degrees: float) -> None:
    shape = Image.new("RGB", (60, 60), (60, 110, 200))
    shape.putalpha(disc(Size(60, 60)))

    drawn = studio.picture(studio.file(shape, "a.png"), Step(rotation=degrees))

    assert all(near(color[:3], (60, 110, 200), 5) for _, color in drawn.getcolors(5000) or [] if color[3] > 200)  # type: ignore[index]


SHARPENED = [Look(sharpen=0), Look(sharpen=60), Look(unsharp=Unsharp(5, 5, 3, 0)), Look(unsharp=Unsharp(2, 2, 1, 0.1))]


@pytest.mark.parametrize("look", SHARPENED, ids=str)
def test_sharpening_leaves_a_flat_shape_as_it_is(studio: Studio, look: Look) -> None:
    shape = Image.new("RGB", (60, 60), (60, 110, 200))
    shape.putalpha(disc(Size(60, 60)))

    drawn = studio.picture(studio.file(shape, "a.png"), Step(look=look))

    assert drawn.getchannel("A").tobytes() == shape.getchannel("A").tobytes()
    assert difference(drawn, shape) < 0.005


@pytest.mark.parametrize("look", SHARPENED, ids=str)
def test_sharpening_is_the_same_with_and_without_transparency(studio: Studio, look: Look) -> None:
    opaque = photograph("coffee.png").convert("RGB").resize((120, 80))
    clear = opaque.convert("RGBA")
    clear.putpixel((119, 79), (0, 0, 0, 0))

    one, other = (studio.picture(studio.file(image, "a.png"), Step(look=look)) for image in (opaque, clear))

    assert difference(one.crop((0, 0, 80, 80)), other.crop((0, 0, 80, 80))) < 0.002
