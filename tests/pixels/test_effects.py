"""What effects do to sizes, formats and single pixels; how they look is in the golden images."""

from dataclasses import fields, replace
from math import pi
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFilter, ImageStat

from proxy.errors import InvalidTransformation, LimitExceeded
from proxy.formats import Format
from proxy.pixels.attention import attended
from proxy.pixels.corners import disc
from proxy.pixels.dominant import dominant
from proxy.pixels.effects import EFFECTS
from proxy.pixels.geometry import Placement, Size
from proxy.plan.effects import (
    Arc,
    BlurredBackground,
    Border,
    ColorReplace,
    DominantBackground,
    Flip,
    Gradient,
    Perspective,
    Radius,
    Shadow,
    Unsharp,
)
from proxy.plan.expressions import Expression
from proxy.plan.frame import Crop, Frame
from proxy.plan.output import OutputFormat
from proxy.plan.steps import Look, Step
from proxy.plan.values import Color, Focus, Length
from tests.golden_images import difference
from tests.pixels.pictures import MODERN, Studio, near, photograph, places, sized

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


def test_only_colours_within_the_tolerance_are_replaced(studio: Studio) -> None:
    picture = Image.new("RGB", (40, 20), (250, 10, 10))
    picture.paste((0, 0, 200), (30, 0, 40, 20))
    path = studio.file(picture, "a.png")

    drawn = studio.picture(path, Step(look=Look(replace=ColorReplace(Color(0, 200, 0)))))
    named = studio.picture(path, Step(look=Look(replace=ColorReplace(WHITE, 10, BLUE))))

    assert (drawn.getpixel((5, 5)), drawn.getpixel((35, 5))) == ((0, 200, 0), (0, 0, 200))
    assert near(drawn.getpixel((5, 5)), (0, 200, 0))
    assert named.getpixel((5, 5)) == (250, 10, 10)


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
