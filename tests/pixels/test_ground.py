"""What lies under and around a picture."""

from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image, ImageFilter

from proxy.plan.effects import BlurredBackground, DominantBackground, Radius
from proxy.plan.frame import Crop, Frame
from proxy.plan.output import OutputFormat
from proxy.plan.steps import Step
from proxy.plan.values import Color, Length
from tests.golden_images import difference
from tests.pixels.pictures import Studio, near, photograph, places, sized

RED, BLUE = Color(255, 0, 0), Color(0, 0, 255)


@pytest.fixture
def path(studio: Studio) -> Path:
    return studio.file(places(60, 40), "a.png")


def test_a_dominant_background_is_a_colour_like_any_other(studio: Studio) -> None:
    picture = Image.new("RGB", (60, 40), RED.rgb)
    picture.paste(BLUE.rgb, (20, 10, 40, 30))
    path = studio.file(picture, "a.png")
    dominant = DominantBackground()

    turned = studio.picture(path, Step(rotation=30.0, background=dominant))
    faded = studio.picture(path, Step(opacity=40, background=dominant))
    rounded = studio.picture(path, Step(radius=Radius(None), background=dominant), format=OutputFormat.JPEG)

    assert (turned.mode, turned.getpixel((0, 0))) == ("RGB", RED.rgb)
    assert (faded.mode, faded.getpixel((0, 0))) == ("RGB", RED.rgb)
    assert near(rounded.getpixel((0, 0)), RED.rgb, 9)


@pytest.mark.parametrize("size", [(50, 60), (60, 50), (50, 50), (49, 33), (1, 70)])
@pytest.mark.parametrize("side", [70, 333])
def test_a_picture_covers_every_background(studio: Studio, size: tuple[int, int], side: int) -> None:
    """However its sides are rounded."""
    path = studio.file(places(*size), "a.png")
    frame = Frame(Length(side), Length(side), crop=Crop.PAD_RESIZE)

    assert studio.picture(path, Step(frame=frame, background=BlurredBackground())).size == (side, side)


def test_a_large_background_is_as_sharp_as_its_intensity_says(studio: Studio) -> None:
    """Nothing of a background that is not blurred is lost: it is the picture, enlarged."""
    path = studio.file(photograph("coffee.png").convert("RGB"), "a.png")
    frame = Frame(Length(1200), Length(400), crop=Crop.PAD_RESIZE)
    cover = studio.picture(path, sized(1200, 400)).crop((0, 0, 300, 400))

    sharp, soft = (
        studio.picture(path, Step(frame=frame, background=BlurredBackground(intensity))).crop((0, 0, 300, 400))
        for intensity in (0, 5)
    )

    assert difference(sharp, cover) < 0.01
    assert difference(soft, cover.filter(ImageFilter.GaussianBlur(6))) < 0.01


def test_a_turn_on_a_background_leaves_nothing_clear(studio: Studio, path: Path) -> None:
    step = Step(radius=Radius((9, 9, 9, 9)), rotation=30.0)

    assert studio.picture(path, replace(step, background=RED)).mode == "RGB"
    assert studio.picture(path, step).mode == "RGBA"
    assert studio.picture(path, replace(step, background=RED, rotation=90.0)).mode == "RGBA"
