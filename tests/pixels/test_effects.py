"""What effects do to sizes, formats and single pixels; how they look is in the golden images."""

from dataclasses import fields
from pathlib import Path

import pytest
from PIL import Image

from proxy.errors import LimitExceeded
from proxy.formats import Format
from proxy.pixels.dominant import dominant
from proxy.pixels.effects import EFFECTS
from proxy.plan.effects import Arc, Border, ColorReplace, Flip, Gradient, Perspective, Radius, Shadow, Unsharp
from proxy.plan.expressions import Expression
from proxy.plan.output import OutputFormat
from proxy.plan.steps import Look, Step
from proxy.plan.values import Color, Length
from tests.pixels.pictures import MODERN, Studio, near, places, sized

RED, BLUE, WHITE = Color(255, 0, 0), Color(0, 0, 255), Color(255, 255, 255)
LOOKS = [
    Look(grayscale=True),
    Look(contrast=True),
    Look(sharpen=50),
    Look(unsharp=Unsharp(5, 3, 900, 0.1)),
    Look(replace=ColorReplace(RED, 0)),
    Look(replace=ColorReplace(RED, 100, BLUE)),
    Look(distort=Perspective((0, 0, 5, 0, 5, 5, 0, 5))),
    Look(distort=Arc(-350)),
    Look(gradient=Gradient(77, stop=Length(5))),
    Look(shadow=Shadow(15, 100, -100, 100)),
    Look(blur=100),
]


@pytest.fixture
def path(studio: Studio) -> Path:
    return studio.file(places(60, 40), "a.png")


def test_every_effect_of_a_look_is_known() -> None:
    assert [field.name for field in fields(Look)] == list(EFFECTS)


@pytest.mark.parametrize("look", LOOKS, ids=str)
@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "LA", "CMYK"])
@pytest.mark.parametrize("size", [(1, 1), (1, 30), (31, 2), (40, 30)])
def test_looks_keep_the_size_of_every_picture(studio: Studio, look: Look, mode: str, size: tuple[int, int]) -> None:
    picture = places(*size).convert("RGB" if mode == "CMYK" else mode)
    path = studio.file(picture.convert(mode), "a.jpg" if mode == "CMYK" else "a.png")

    assert studio.picture(path, Step(look=look, radius=Radius((9, 0, 3, 99)), flip=Flip.BOTH)).size == size


def test_round_corners_ask_for_a_format_with_alpha(studio: Studio, path: Path) -> None:
    step = Step(radius=Radius(None))

    assert studio.draw(path, step, format=OutputFormat.AUTO).format is Format.PNG
    assert studio.picture(path, step).getpixel((0, 0))[3] == 0  # type: ignore[index]
    on_black = studio.picture(path, step, format=OutputFormat.JPEG)
    on_red = studio.picture(path, Step(radius=Radius(None), background=RED), format=OutputFormat.JPEG)
    assert near(on_black.getpixel((0, 0)), (0, 0, 0), 25)
    assert near(on_red.getpixel((0, 0)), (255, 0, 0), 40)


def test_an_unsharp_mask_rules_out_avif(studio: Studio, path: Path) -> None:
    step = Step(look=Look(unsharp=Unsharp(1, 1, 1, 0)))

    assert studio.draw(path, Step(), accepts=MODERN, format=OutputFormat.AUTO).format is Format.AVIF
    assert studio.draw(path, step, accepts=MODERN, format=OutputFormat.AUTO).format is Format.WEBP


def test_a_shadow_of_a_large_picture_is_refused_by_what_is_drawn(studio: Studio) -> None:
    path = studio.file(Image.new("RGBA", (2001, 1000), (255, 0, 0, 9)), "a.png")

    with pytest.raises(LimitExceeded):
        studio.draw(path, Step(look=Look(shadow=Shadow())))
    assert studio.draw(path, Step(frame=sized(1000).frame, look=Look(shadow=Shadow()))).width == 1000


def test_opacity_is_mixed_with_a_background_to_something_opaque(studio: Studio) -> None:
    path = studio.file(Image.new("RGB", (20, 20), (0, 0, 255)), "a.png")

    assert studio.picture(path, Step(opacity=40)).getpixel((9, 9)) == (0, 0, 255, 102)
    mixed = studio.picture(path, Step(opacity=40, background=Color(255, 255, 255, 10)))
    assert mixed.mode == "RGB"
    assert near(mixed.getpixel((9, 9)), (153, 153, 255))


def test_a_border_grows_each_side(studio: Studio, path: Path) -> None:
    drawn = studio.picture(path, Step(border=Border(Expression("iw", (("div", 12.0),)), RED)))

    assert drawn.size == (70, 50)
    assert drawn.getpixel((4, 25)) == RED.rgb
    assert drawn.crop((5, 5, 65, 45)).tobytes() == places(60, 40).tobytes()


@pytest.mark.parametrize("flip", Flip)
def test_a_flip_is_exact(studio: Studio, path: Path, flip: Flip) -> None:
    at = {Flip.HORIZONTAL: (59, 0), Flip.VERTICAL: (0, 39), Flip.BOTH: (59, 39)}[flip]

    assert studio.picture(path, Step(flip=flip)).getpixel(at) == places(60, 40).getpixel((0, 0))


@pytest.mark.parametrize(
    ("degrees", "bright", "dark"), [(0, (30, 38), (30, 1)), (90, (1, 20), (58, 20)), (180, (30, 1), (30, 38))]
)
def test_a_gradient_ends_where_its_angle_points(
    studio: Studio, degrees: float, bright: tuple[int, int], dark: tuple[int, int]
) -> None:
    path = studio.file(Image.new("RGB", (60, 40), "green"), "a.png")

    drawn = studio.picture(path, Step(look=Look(gradient=Gradient(degrees, WHITE, Color(0, 0, 0)))))

    assert near(drawn.getpixel(bright), (255, 255, 255), 14)
    assert near(drawn.getpixel(dark), (0, 0, 0), 14)


def test_a_gradient_stops_where_it_is_told(studio: Studio) -> None:
    path = studio.file(Image.new("RGB", (100, 40), "green"), "a.png")
    for stop in (Length(0.25, relative=True), Length(25), Expression("iw", (("div", 4.0),))):
        drawn = studio.picture(path, Step(look=Look(gradient=Gradient(90, WHITE, RED, stop))))

        assert near(drawn.getpixel((30, 20)), (255, 0, 0))
        assert not near(drawn.getpixel((15, 20)), (255, 0, 0), 40)


def test_only_colours_within_the_tolerance_are_replaced(studio: Studio) -> None:
    picture = Image.new("RGB", (40, 20), (250, 10, 10))
    picture.paste((0, 0, 200), (30, 0, 40, 20))
    path = studio.file(picture, "a.png")

    drawn = studio.picture(path, Step(look=Look(replace=ColorReplace(Color(0, 200, 0)))))
    named = studio.picture(path, Step(look=Look(replace=ColorReplace(WHITE, 10, BLUE))))

    assert (drawn.getpixel((5, 5)), drawn.getpixel((35, 5))) == ((0, 200, 0), (0, 0, 200))
    assert near(drawn.getpixel((5, 5)), (0, 200, 0))
    assert named.getpixel((5, 5)) == (250, 10, 10)


@pytest.mark.parametrize(("threshold", "size"), [(1, (60, 60)), (10, (20, 20)), (60, (100, 100))])
def test_a_higher_threshold_trims_more(studio: Studio, threshold: int, size: tuple[int, int]) -> None:
    picture = Image.new("RGB", (100, 100), (255, 255, 255))
    picture.paste((245, 245, 245), (20, 20, 80, 80))
    picture.paste((120, 120, 120), (40, 40, 60, 60))

    assert studio.picture(studio.file(picture, "a.png"), Step(trim=threshold)).size == size


def test_clear_margins_are_trimmed_whatever_their_colour(studio: Studio) -> None:
    picture = Image.new("RGBA", (100, 100), (255, 0, 0, 0))
    picture.paste((0, 255, 0, 0), (0, 0, 50, 50))
    picture.paste((0, 0, 255, 255), (40, 30, 60, 70))

    assert studio.picture(studio.file(picture, "a.png"), Step(trim=10)).size == (20, 40)


def test_the_dominant_colour_is_one_that_can_be_seen() -> None:
    picture = Image.new("RGBA", (90, 90), (0, 255, 0, 0))
    picture.paste((200, 20, 20, 255), (0, 0, 30, 60))
    picture.paste((20, 20, 200, 255), (60, 60, 90, 90))

    assert dominant(picture) == Color(200, 20, 20)
    assert dominant(Image.new("RGBA", (9, 9))) == Color(0, 0, 0)
