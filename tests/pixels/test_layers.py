from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from proxy.errors import InvalidTransformation, LimitExceeded
from proxy.pixels.geometry import Size
from proxy.pixels.job import Limits
from proxy.pixels.layers import position_of
from proxy.pixels.stages import Sides
from proxy.plan.expressions import Expression
from proxy.plan.frame import Frame
from proxy.plan.output import OutputFormat
from proxy.plan.steps import CanvasLayer, ImageLayer, Offset, Position, Step, TextLayer
from proxy.plan.values import Color, Focus
from tests.pixels.pictures import Studio, near, places, sized

BASE, LAYER = Size(200, 100), Size(40, 20)
RED = Color(255, 0, 0)


def from_end(amount: int) -> Offset:
    return Offset(amount, from_end=True)


@pytest.mark.parametrize(
    ("position", "at"),
    [
        (Position(), (80, 40)),
        (Position(focus=Focus.BOTTOM_RIGHT), (160, 80)),
        (Position(focus=Focus.LEFT), (0, 40)),
        (Position(x=Offset(10)), (10, 0)),
        (Position(x=Offset(10), focus=Focus.RIGHT), (10, 0)),
        (Position(y=Offset(7), x=from_end(20)), (140, 7)),
        (Position(y=from_end(0)), (0, 80)),
        (Position(x=Offset(900), y=Offset(900)), (160, 80)),
        (Position(x=from_end(900)), (0, 0)),
        (Position(x_center=Offset(100), y_center=Offset(50)), (80, 40)),
        (Position(x_center=Offset(0), y=Offset(5)), (-20, 5)),
        (Position(x_center=from_end(20)), (160, 0)),
        (Position(x=Offset(5), anchor=Focus.CENTER), (105, 50)),
        (Position(x=Offset(Expression("bw", (("mul", 0.4),))), y=Offset(Expression("ch"))), (80, 20)),
        (Position(x=Offset(Expression("bw", (("sub", "cw"),)))), (160, 0)),
    ],
)
def test_a_layer_lies_where_it_is_told(position: Position, at: tuple[int, int]) -> None:
    assert position_of(position, LAYER, Sides(Size(400, 200), LAYER, BASE)) == at


OFFSETS = st.none() | st.builds(Offset, st.integers(0, 500), st.booleans())
SIDES = st.builds(Size, st.integers(1, 300), st.integers(1, 300))


@given(st.builds(Position, OFFSETS, OFFSETS, focus=st.sampled_from(Focus), anchor=st.sampled_from(Focus)), SIDES)
def test_a_layer_that_fits_stays_on_its_base(position: Position, layer: Size) -> None:
    x, y = position_of(position, layer, Sides(layer, layer, Size(300, 300)))

    assert 0 <= x <= 300 - layer.width
    assert 0 <= y <= 300 - layer.height


@pytest.fixture
def base(studio: Studio) -> Path:
    return studio.file(Image.new("RGB", (80, 60), (0, 0, 255)), "base.png")


def test_a_layer_is_cut_where_it_sticks_out(studio: Studio, base: Path) -> None:
    drawn = studio.picture(base, Step(layers=(CanvasLayer(RED, links=(sized(500, 30),)),)))

    assert drawn.size == (80, 60)
    assert [drawn.getpixel((40, y)) for y in (14, 15, 44, 45)] == [(0, 0, 255), RED.rgb, RED.rgb, (0, 0, 255)]


def test_al_counts_only_for_an_opaque_colour(studio: Studio, base: Path) -> None:
    tenths = studio.picture(base, Step(layers=(CanvasLayer(RED, 4),)))
    percent = studio.picture(base, Step(layers=(CanvasLayer(Color(255, 0, 0, 50), 4),)))

    assert near(tenths.getpixel((9, 9)), (102, 0, 153))
    assert near(percent.getpixel((9, 9)), (128, 0, 127))


def test_a_layer_has_its_own_original_and_knows_its_base(studio: Studio, base: Path) -> None:
    logo = studio.file(places(40, 40), "logo.png")
    own = Step(frame=Frame(Expression("iw", (("div", 2.0),))))
    of_base = Step(frame=Frame(Expression("bw", (("div", 2.0),))))

    for step, side in ((own, 20), (of_base, 40)):
        layer = ImageLayer("logo.png", Position(x=Offset(0)), (step,))
        drawn = studio.picture(base, Step(layers=(layer,)), layers={"logo.png": logo})
        blues = [drawn.getpixel((x, 5)) == (0, 0, 255) for x in range(80)]
        assert blues.index(True) == side


def test_a_layer_without_its_file_leaves_the_picture_alone(studio: Studio, base: Path) -> None:
    assert studio.picture(base, Step(layers=(ImageLayer("gone.png"),))).getcolors() == [(4800, (0, 0, 255))]


def test_layers_lie_three_deep_and_no_deeper(studio: Studio, base: Path) -> None:
    layer = CanvasLayer(RED)
    for _ in range(2):
        layer = CanvasLayer(Color(0, 255, 0), links=(Step(frame=sized(40).frame, layers=(layer,)),))

    assert studio.picture(base, Step(layers=(layer,))).getpixel((40, 30)) == RED.rgb
    with pytest.raises(LimitExceeded):
        studio.draw(base, Step(layers=(CanvasLayer(links=(Step(layers=(layer,)),)),)))


def test_layers_together_are_limited_like_one_picture(studio: Studio, base: Path) -> None:
    layers = tuple(CanvasLayer(links=(sized(100, 100),)) for _ in range(5))
    tight = Limits(max_source_pixels=49_999, max_output_side=8192)

    assert studio.picture(base, Step(layers=layers)).size == (80, 60)
    with pytest.raises(LimitExceeded):
        studio.draw(base, Step(layers=layers), limits=tight)


def test_a_layer_in_an_animation_lies_on_every_frame(studio: Studio) -> None:
    first, *others = (Image.new("RGB", (40, 30), color) for color in ("blue", "green", "white"))
    path = studio.file(first, "a.gif", save_all=True, append_images=others, duration=50)
    step = Step(layers=(CanvasLayer(RED, links=(sized(10, 10),)),))

    moving = studio.picture(path, step, format=OutputFormat.SAME)

    assert getattr(moving, "n_frames", 1) == 3
    for frame in range(3):
        moving.seek(frame)
        assert near(moving.convert("RGB").getpixel((20, 15)), RED.rgb)


@pytest.mark.parametrize("text", ["", " ", "\n", "a" * 2000, "שלום", "你好 世界" * 20, "e\u0301\U0001f600", "\x00\x07"])
@pytest.mark.parametrize("width", [None, 1, 60])
def test_any_text_is_drawn_or_politely_refused(studio: Studio, base: Path, text: str, width: int | None) -> None:
    layer = TextLayer(text, size=12, width=width, bold=True, italic=True, padding=(3, 5), background=RED)
    try:
        assert studio.picture(base, Step(layers=(layer,))).size == (80, 60)
    except LimitExceeded:
        assert len(text) == 2000


@pytest.mark.parametrize("size", [1_000_000, Expression("bw", (("mul", 900.0),))])
def test_letters_too_large_are_refused(studio: Studio, base: Path, size: int | Expression) -> None:
    with pytest.raises(LimitExceeded):
        studio.draw(base, Step(layers=(TextLayer("A", size=size),)))


def test_a_text_knows_no_other_variables(studio: Studio, base: Path) -> None:
    with pytest.raises(InvalidTransformation):
        studio.draw(base, Step(layers=(TextLayer("A", size=Expression("iw")),)))
