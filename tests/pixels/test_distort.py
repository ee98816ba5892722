"""Slanted and bent pictures."""

from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageStat

from proxy.errors import InvalidTransformation
from proxy.plan.effects import Arc, Perspective
from proxy.plan.steps import Look, Step
from proxy.plan.values import Color
from tests.golden_images import difference
from tests.pixels.pictures import Studio, near, places

RED = Color(255, 0, 0)


@pytest.fixture
def path(studio: Studio) -> Path:
    return studio.file(places(60, 40), "a.png")


@pytest.mark.parametrize("corners", [(0, 0, 9, 9, 0, 0, 9, 9), (5, 5, 5, 5, 5, 5, 5, 5), (0, 0, 0, 9, 9, 9, 9, 0)])
def test_corners_that_make_no_picture_are_refused(studio: Studio, path: Path, corners: Any) -> None:
    with pytest.raises(InvalidTransformation):
        studio.draw(path, Step(look=Look(distort=Perspective(corners))))


def test_corners_that_stay_keep_the_picture(studio: Studio, path: Path) -> None:
    stays = Perspective((0, 0, 60, 0, 60, 40, 0, 40))

    drawn = studio.picture(path, Step(look=Look(distort=stays)))

    assert difference(drawn.crop((1, 1, 59, 39)), places(60, 40).crop((1, 1, 59, 39))) < 0.005


@pytest.mark.parametrize("wish", [Perspective((40, 40, 87, 43, 90, 80, 38, 77)), Arc(300)], ids=str)
def test_what_comes_out_smaller_is_averaged(studio: Studio, wish: Perspective | Arc) -> None:
    """Fine stripes become grey, and no other stripes."""
    stripes = Image.new("L", (2, 1))
    stripes.putpixel((1, 0), 255)
    striped = Image.new("L", (800, 120))
    for left in range(0, 800, 2):
        striped.paste(stripes.resize((2, 120)), (left, 0))

    drawn = studio.picture(studio.file(striped, "a.png"), Step(look=Look(distort=wish)))

    inside = drawn.getchannel("A").point(lambda alpha: 255 if alpha == 255 else 0)
    assert ImageStat.Stat(drawn.convert("L"), inside).stddev[0] < 30  # of 127


def test_a_whole_turn_is_a_ring(studio: Studio) -> None:
    path = studio.file(Image.new("RGB", (300, 40), RED.rgb), "a.png")

    drawn = studio.picture(path, Step(look=Look(distort=Arc(360)))).getchannel("A")

    box = drawn.getbbox()
    assert box is not None
    assert near((box[2] - box[0], box[3] - box[1]), (40, 40), 2)
    assert drawn.getpixel((150, 20)) == 0
