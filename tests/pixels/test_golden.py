"""Whole pictures that somebody has looked at. `pytest --draw-golden` writes them; look before you commit."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw

from proxy.plan.frame import Crop, Frame
from proxy.plan.steps import Step
from proxy.plan.values import Color, Focus, Length
from tests.pixels.pictures import SAMPLES, Studio, photograph, sized, with_orientation
from tests.pixels.profiles import display_p3

Golden = Callable[[Image.Image], None]

COFFEE = SAMPLES / "coffee.png"
ROCKET = SAMPLES / "rocket.jpg"
CREAM = Color(244, 236, 216)
BADGE = b"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 158 33">
<defs><linearGradient id="g"><stop stop-color="#d33"/><stop offset="1" stop-color="#33d"/></linearGradient></defs>
<rect width="158" height="33" rx="12" fill="url(#g)"/><circle cx="20" cy="16.5" r="10" fill="#fff"/>
<path d="M40 25 60 8 80 25z" fill="#fc0" opacity=".8"/></svg>"""


@pytest.fixture
def logo(studio: Studio) -> Path:
    """Two discs, one of them half clear, on nothing."""
    image = Image.new("RGBA", (600, 400))
    draw = ImageDraw.Draw(image)
    draw.ellipse((40, 20, 360, 380), fill=(230, 60, 30, 255))
    draw.ellipse((240, 60, 560, 340), fill=(30, 90, 230, 140))
    return studio.file(image, "logo.png")


def framed(width: int, height: int, crop: Crop, background: Color | None = None, **frame: Any) -> Step:
    return Step(frame=Frame(Length(width), Length(height), crop=crop, **frame), background=background)


def test_a_photograph_cropped_to_a_square(studio: Studio, golden: Golden) -> None:
    golden(studio.picture(COFFEE, sized(120, 120)))


def test_a_photograph_cropped_to_its_right(studio: Studio, golden: Golden) -> None:
    golden(studio.picture(ROCKET, sized(60, 120, focus=Focus.RIGHT)))


def test_a_photograph_stretched(studio: Studio, golden: Golden) -> None:
    golden(studio.picture(ROCKET, framed(120, 60, Crop.FORCE)))


def test_a_photograph_padded_with_cream(studio: Studio, golden: Golden) -> None:
    golden(studio.picture(ROCKET, framed(120, 120, Crop.PAD_RESIZE, CREAM, focus=Focus.TOP)))


def test_a_photograph_turned_by_thirty_degrees(studio: Studio, golden: Golden) -> None:
    golden(studio.picture(ROCKET, Step(frame=Frame(Length(100)), rotation=30.0, background=CREAM)))


def test_a_window_of_a_photograph(studio: Studio, golden: Golden) -> None:
    golden(studio.picture(COFFEE, framed(120, 90, Crop.EXTRACT, x=210, y=60)))


def test_a_detail_enlarged(studio: Studio, golden: Golden) -> None:
    golden(studio.picture(COFFEE, framed(30, 30, Crop.EXTRACT, x_center=300, y_center=120), sized(120)))


def test_a_photograph_that_lay_on_its_side(studio: Studio, golden: Golden) -> None:
    lying = photograph("coffee.png").convert("RGB").transpose(Image.Transpose.ROTATE_90)
    path = studio.file(lying, "a.jpg", quality=98, subsampling=0, exif=with_orientation(6))

    golden(studio.picture(path, sized(120, 60, focus=Focus.TOP)))


def test_a_wide_gamut_photograph(studio: Studio, golden: Golden) -> None:
    golden(
        studio.picture(
            studio.file(photograph("coffee.png").convert("RGB"), "a.png", icc_profile=display_p3()), sized(120)
        )
    )


def test_a_photograph_for_print(studio: Studio, golden: Golden) -> None:
    path = studio.file(photograph("coffee.png").convert("CMYK"), "a.jpg", quality=98, subsampling=0)

    golden(studio.picture(path, sized(120)))


def test_a_logo_on_nothing(studio: Studio, logo: Path, golden: Golden) -> None:
    golden(studio.picture(logo, sized(120)))


def test_a_logo_padded_with_nothing(studio: Studio, logo: Path, golden: Golden) -> None:
    golden(studio.picture(logo, framed(120, 120, Crop.PAD_RESIZE)))


def test_a_logo_on_half_clear_cream(studio: Studio, logo: Path, golden: Golden) -> None:
    golden(studio.picture(logo, framed(120, 120, Crop.PAD_RESIZE, Color(244, 236, 216, 50))))


def test_a_logo_turned_by_twenty_degrees(studio: Studio, logo: Path, golden: Golden) -> None:
    golden(studio.picture(logo, Step(frame=Frame(Length(120)), rotation=20.0)))


def test_a_badge_drawn_large(studio: Studio, golden: Golden) -> None:
    golden(studio.picture(studio.bytes(BADGE, "a.svg"), sized(240)))


def test_a_badge_cropped_and_turned(studio: Studio, golden: Golden) -> None:
    golden(
        studio.picture(studio.bytes(BADGE, "a.svg"), Step(frame=sized(90, 60, focus=Focus.LEFT).frame, rotation=350.0))
    )


def test_a_chain_of_steps(studio: Studio, golden: Golden) -> None:
    golden(studio.picture(ROCKET, sized(120, 120), Step(rotation=90.0), framed(160, 120, Crop.PAD_RESIZE, CREAM)))
