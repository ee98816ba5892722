import pytest
from PIL import Image

from proxy.pixels.geometry import Size
from proxy.pixels.resample import resized
from proxy.plan.frame import Crop, Frame
from proxy.plan.output import OutputFormat
from proxy.plan.steps import Step
from proxy.plan.values import Color, Focus, Length
from tests.golden_images import difference
from tests.pixels.pictures import Studio, near, photograph, place_of, places, sized

ORANGE = Color(255, 140, 0)
LANCZOS = Image.Resampling.LANCZOS


def pad(width: int, height: int, background: Color | None = None, focus: Focus = Focus.CENTER) -> Step:
    return Step(frame=Frame(Length(width), Length(height), crop=Crop.PAD_RESIZE, focus=focus), background=background)


def test_a_big_shrink_looks_like_an_honest_one(studio: Studio) -> None:
    """Shrinking on load and in two passes saves time, not detail."""
    path = studio.file(photograph("hubble_deep_field.jpg").convert("RGB"), "a.jpg", quality=95)
    whole = Image.open(path).convert("RGB")

    for width in (100, 230, 400):
        drawn = studio.picture(path, sized(width))
        assert difference(drawn, whole.resize(drawn.size, LANCZOS)) < 0.02


def test_a_window_looks_like_the_window_of_the_whole(studio: Studio) -> None:
    path = studio.file(photograph("coffee.png"), "a.png")
    whole = photograph("coffee.png").convert("RGB").resize((450, 300), LANCZOS)

    drawn = studio.picture(path, sized(300, 300))

    assert difference(drawn, whole.crop((75, 0, 375, 300))) < 0.01


def test_pixels_that_keep_their_size_are_copied() -> None:
    image = places(60, 40)

    assert resized(image, (10.0, 5.0, 40.0, 25.0), Size(30, 20)).tobytes() == image.crop((10, 5, 40, 25)).tobytes()
    assert resized(image, (0.0, 0.0, 60.0, 40.0), Size(60, 40)) is image


def test_an_untouched_picture_keeps_every_pixel(studio: Studio) -> None:
    picture = photograph("chelsea.png").convert("RGB")

    assert studio.picture(studio.file(picture, "a.png")).tobytes() == picture.tobytes()


@pytest.mark.parametrize("degrees", [90.0, 180.0, 270.0])
def test_quarter_turns_are_exact(studio: Studio, degrees: float) -> None:
    picture = places(60, 40)

    drawn = studio.picture(studio.file(picture, "a.png"), Step(rotation=degrees))

    assert drawn.tobytes() == picture.rotate(-degrees, expand=True).tobytes()


def test_a_turn_is_clockwise(studio: Studio) -> None:
    """The top left corner of a square goes to the top at 45 degrees."""
    drawn = studio.picture(studio.file(places(200, 200), "a.png"), Step(rotation=45.0))

    assert drawn.size == (283, 283)
    assert place_of(drawn, (141, 4)) == pytest.approx((0, 0), abs=0.04)
    assert place_of(drawn, (278, 141)) == pytest.approx((1, 0), abs=0.04)
    assert place_of(drawn, (141, 141)) == pytest.approx((0.5, 0.5), abs=0.01)


@pytest.mark.parametrize("degrees", [0.5, 30.0, 89.9, 137.0, 200.0, 359.0])
def test_corners_are_clear_and_edges_smooth(studio: Studio, degrees: float) -> None:
    drawn = studio.picture(studio.file(Image.new("RGB", (80, 60), (200, 100, 50)), "a.png"), Step(rotation=degrees))
    colors = [color for _, color in drawn.getcolors(100_000) or [] if isinstance(color, tuple)]

    assert drawn.mode == "RGBA"
    assert drawn.getpixel((0, 0))[3] < 40 or degrees in {0.5, 89.9, 359.0}  # type: ignore[index]
    assert near(drawn.getpixel((drawn.width // 2, drawn.height // 2)), (200, 100, 50, 255), 0)
    assert all(near(color, (200, 100, 50, color[3]), 4) for color in colors if color[3] > 60)


def test_corners_are_black_where_nothing_can_be_clear(studio: Studio) -> None:
    path = studio.file(Image.new("RGB", (80, 60), (200, 100, 50)), "a.png")

    drawn = studio.picture(path, Step(rotation=30.0), format=OutputFormat.JPEG)

    assert near(drawn.getpixel((1, 1)), (0, 0, 0), 6)


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
def test_corners_have_the_background(studio: Studio, mode: str) -> None:
    image = Image.new("RGB", (80, 60), (90, 90, 90)).convert(mode)
    path = studio.file(image, "a.tiff")

    drawn = studio.picture(path, Step(rotation=30.0, background=ORANGE))

    assert drawn.mode == "RGB"
    assert drawn.getpixel((0, 0)) == ORANGE.rgb
    assert near(drawn.getpixel((drawn.width // 2, drawn.height // 2)), (90, 90, 90))


def test_a_turned_ground_of_the_same_colour_shows_no_seam(studio: Studio) -> None:
    path = studio.file(Image.new("RGB", (80, 60), ORANGE.rgb), "a.png")

    drawn = studio.picture(path, Step(rotation=30.0, background=ORANGE))

    assert all(near(color, ORANGE.rgb, 1) for _, color in drawn.getcolors() or [])


def test_padding_is_black_around_what_is_opaque(studio: Studio) -> None:
    drawn = studio.picture(studio.file(places(80, 40), "a.png"), pad(80, 80))

    assert drawn.mode == "RGB"
    assert drawn.getpixel((40, 3)) == (0, 0, 0)


def test_padding_is_clear_around_what_is_clear_somewhere(studio: Studio) -> None:
    picture = places(80, 40).convert("RGBA")
    picture.putpixel((79, 39), (0, 0, 0, 0))
    path = studio.file(picture, "a.png")

    assert studio.picture(path, pad(80, 80)).getpixel((40, 3)) == (0, 0, 0, 0)
    assert near(studio.picture(path, pad(80, 80), format=OutputFormat.JPEG).getpixel((40, 3)), (0, 0, 0))


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK", "RGBA"])
def test_padding_has_the_background(studio: Studio, mode: str) -> None:
    path = studio.file(Image.new("RGB", (80, 40), (90, 90, 90)).convert(mode), "a.tiff")

    assert studio.picture(path, pad(80, 80, ORANGE)).getpixel((40, 3)) == ORANGE.rgb


def test_grey_padding_keeps_a_picture_grey(studio: Studio) -> None:
    drawn = studio.picture(studio.file(Image.new("L", (80, 40), 90), "a.png"), pad(80, 80, Color(200, 200, 200)))

    assert drawn.mode == "L"
    assert drawn.getpixel((40, 3)) == 200


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
def test_a_background_may_be_half_clear(studio: Studio, mode: str) -> None:
    path = studio.file(Image.new("RGB", (80, 40), (90, 90, 90)).convert(mode), "a.tiff")

    drawn = studio.picture(path, pad(80, 80, Color(255, 140, 0, 50))).convert("RGBA")

    assert drawn.getpixel((40, 3)) == (255, 140, 0, 128)
    assert near(drawn.getpixel((40, 40)), (90, 90, 90, 255))


def test_a_background_lies_under_the_whole_picture(studio: Studio) -> None:
    """The padding and what shines through are one ground, whatever the format."""
    picture = Image.new("RGBA", (80, 40))
    picture.paste((0, 0, 255, 128), (0, 0, 40, 40))
    path = studio.file(picture, "a.png")

    for written in (OutputFormat.PNG, OutputFormat.JPEG, OutputFormat.WEBP):
        drawn = studio.picture(path, pad(80, 80, Color(255, 255, 255)), format=written).convert("RGBA")
        assert [near(drawn.getpixel(at), (255, 255, 255, 255), 3) for at in ((40, 3), (70, 40))] == [True, True]
        assert near(drawn.getpixel((10, 40)), (127, 127, 255, 255), 4)


def test_focus_moves_the_picture_on_its_canvas(studio: Studio) -> None:
    path = studio.file(places(40, 80), "a.png")

    drawn = studio.picture(path, pad(80, 80, ORANGE, Focus.LEFT))

    assert place_of(drawn, (20, 40)) == pytest.approx((0.5, 0.5), abs=0.02)
    assert drawn.getpixel((60, 40)) == ORANGE.rgb


def test_steps_work_on_the_step_before(studio: Studio) -> None:
    path = studio.file(places(200, 100), "a.png")

    drawn = studio.picture(path, sized(100, 100), Step(rotation=90.0), sized(50), pad(60, 50, ORANGE))

    assert drawn.size == (60, 50)
    assert drawn.getpixel((2, 25)) == ORANGE.rgb
    assert place_of(drawn, (7, 2)) == pytest.approx((0.26, 0.98), abs=0.03)


def test_a_background_counts_in_its_own_step_only(studio: Studio) -> None:
    path = studio.file(places(80, 40), "a.png")

    drawn = studio.picture(path, Step(background=ORANGE), pad(80, 80))

    assert drawn.getpixel((40, 3)) == (0, 0, 0)
