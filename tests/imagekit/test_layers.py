"""Layers: what they show, where they lie, and how they are drawn."""

import base64
from collections.abc import Callable
from urllib.parse import quote

import pytest

from proxy.errors import InvalidTransformation
from proxy.imagekit.reading import read_plan
from proxy.plan.effects import Flip, Gradient, Radius
from proxy.plan.expressions import Expression
from proxy.plan.frame import Frame
from proxy.plan.steps import (
    Blend,
    CanvasLayer,
    ImageLayer,
    Layer,
    Look,
    Offset,
    Position,
    Step,
    TextLayer,
)
from proxy.plan.values import Color, Focus, Length

RED = Color(255, 0, 0)
TRIMMED = (Step(trim=10),)


def layer(text: str, query: str = "") -> Layer:
    [step] = read_plan(text, query).plan.steps
    assert isinstance(step, Step)
    return step.layers[0]


SOURCES = {
    "i-logo.png": "logo.png",
    "i-media-files@@3@@33f0_badge.png": "media-files/3/33f0_badge.png",
    "i-@@media-files@@a.png": "media-files/a.png",
    "i-my logo.png": "my logo.png",
    "ie-bWVkaWEtZmlsZXMvYS5wbmc=": "media-files/a.png",
    "ie-bWVkaWEtZmlsZXMvYS5wbmc": "media-files/a.png",
    "ie-bWVkaWEtZmlsZXMvYS5wbmc%3D": "media-files/a.png",
    "i-ignored.png,ie-YS5wbmc": "a.png",
}


@pytest.mark.parametrize("text", SOURCES)
def test_an_image_layer_is_a_path_of_the_same_endpoint(text: str) -> None:
    assert layer(f"l-image,{text},l-end") == ImageLayer(SOURCES[text], links=TRIMMED)


@pytest.mark.parametrize("pack", [base64.b64encode, base64.urlsafe_b64encode])
@pytest.mark.parametrize("text", ["???>>>~~~", "ÿÿÿ, déjà: vu/", "日本語"])
def test_a_text_in_base64_comes_in_either_alphabet(pack: Callable[[bytes], bytes], text: str) -> None:
    packed = pack(text.encode()).decode()

    for written in (packed.replace("/", "%2F"), packed.rstrip("=").replace("/", "%2F"), quote(packed, safe="")):
        assert layer(f"l-text,ie-{written},l-end") == TextLayer(text)
        assert layer("", f"l-text,ie-{written},l-end") == TextLayer(text)
    assert layer(f"l-text,ie-{packed.replace('+', ' ').replace('/', '%2f')},l-end") == TextLayer(text)


@pytest.mark.parametrize("text", ["l-image,l-end", "l-text,fs-5,l-end", "l-text,i-,l-end", "l-image,i-,l-end"])
def test_a_layer_shows_something(text: str) -> None:
    with pytest.raises(InvalidTransformation, match="expected"):
        read_plan(text)


@pytest.mark.parametrize("text", ["ie-a", "ie-%2A%2A", "ie-_w", "ie-YS9i%2FYw"])
def test_what_is_no_base64_of_a_text_is_refused(text: str) -> None:
    with pytest.raises(InvalidTransformation, match="base64"):
        read_plan(f"l-text,{text},l-end")


@pytest.mark.parametrize("kind", ["video", "subtitles", "hologram"])
def test_other_layers_are_refused(kind: str) -> None:
    with pytest.raises(InvalidTransformation, match="l-image or l-text"):
        read_plan(f"l-{kind},i-a.mp4,l-end")


def test_a_long_text_is_cut() -> None:
    assert layer(f"l-text,i-{'a' * 2100},l-end") == TextLayer("a" * 2000)
    assert layer(f"l-text,ie-{base64.b64encode(b'a' * 2600).decode()},l-end") == TextLayer("a" * 2500)


def test_a_text_keeps_its_lines_and_no_other_controls() -> None:
    assert layer("l-text,i-a%0D%0Ab%00c%0Dd,l-end") == TextLayer("a\nbc\nd")


def place(x: int, from_end: bool = False) -> Offset:
    return Offset(x, from_end)


POSITIONS = {
    "": Position(),
    "lfo-top_left": Position(focus=Focus.TOP_LEFT),
    "lx-5": Position(place(5), place(0)),
    "ly-N0": Position(place(0), place(0, True)),
    "lx-N20,ly-10,lfo-left": Position(place(20, True), place(10)),
    "lxc-50": Position(y=place(0), x_center=place(50)),
    "lxc-50,ly-5": Position(y=place(5), x_center=place(50)),
    "lxc-50,lx-7,lyc-8": Position(place(7), y_center=place(8)),
    "lap-bottom": Position(),
    "lx-5,ly-6,lap-bottom": Position(place(5), place(6), anchor=Focus.BOTTOM),
    "lx-Nbw_div_2,ly-3": Position(Offset(Expression("bw", (("div", 2.0),)), True), place(3)),
    "lm-cutout": Position(blend=Blend.CUTOUT),
}


@pytest.mark.parametrize("text", POSITIONS)
def test_a_layer_lies_by_a_corner_its_centre_or_a_word(text: str) -> None:
    assert layer(f"l-text,i-a,{text},l-end") == TextLayer("a", POSITIONS[text])
    assert layer(f"l-image,i-a:{text},l-end") == ImageLayer("a", POSITIONS[text], TRIMMED)


@pytest.mark.parametrize("text", ["lx--5", "lx-NN5", "lx-", "lfo-auto", "lap-face", "lm-burn"])
def test_other_places_are_refused(text: str) -> None:
    with pytest.raises(InvalidTransformation):
        read_plan(f"l-text,i-a,{text},l-end")


CHAINS = {
    "w-100": (Step(trim=10, frame=Frame(Length(100))),),
    "w-100:rt-90": (Step(trim=10, frame=Frame(Length(100))), Step(rotation=90)),
    ":rt-90": (Step(trim=10), Step(rotation=90)),
    "t-false": (),
    "t-false,w-100": (Step(frame=Frame(Length(100))),),
    "t-30,w-100": (Step(trim=30, frame=Frame(Length(100))),),
}


@pytest.mark.parametrize("text", CHAINS)
def test_an_image_layer_trims_unless_it_is_told_not_to(text: str) -> None:
    assert layer(f"l-image,i-a,{text},l-end") == ImageLayer("a", links=CHAINS[text])


def test_a_layer_may_hold_an_if_block_in_a_step_of_its_own() -> None:
    text = "l-image,ie-YQ,t-false:if-w_gt_5,w-5,if-end,l-end"

    assert str(read_plan(text).plan) == text


CANVASES = {
    "bg-red,w-20,h-10": CanvasLayer(RED, links=(Step(frame=Frame(Length(20), Length(10))),)),
    "bg-FF0000,al-5": CanvasLayer(RED, 5),
    "bg-red,al-5": CanvasLayer(RED),
    "bg-FF000040,al-5": CanvasLayer(Color(255, 0, 0, 40)),
    "bg-red,r-max": CanvasLayer(RED, links=(Step(radius=Radius(None)),)),
    "bg-red:bg-blue": CanvasLayer(RED, links=(Step(background=Color(0, 0, 255)),)),
    "e-gradient,al-5": CanvasLayer(Color(0, 0, 0, 0), links=(Step(look=Look(gradient=Gradient())),)),
}


@pytest.mark.parametrize("text", CANVASES)
def test_a_block_of_colour_is_a_layer_without_a_file(text: str) -> None:
    assert layer(f"l-image,i-ik_canvas,{text},l-end") == CANVASES[text]


@pytest.mark.parametrize("variable", ["iw", "ih", "iar", "cw", "ch", "car", "idn"])
@pytest.mark.parametrize("words", ["w-{}", "bg-red:h-{}", "lx-{}", "lyc-N{}", "b-{}_red", "e-gradient-sp-{}"])
def test_a_block_of_colour_knows_its_base_alone(words: str, variable: str) -> None:
    assert layer(f"l-image,i-ik_canvas,{words.format('bw_div_2')},l-end")
    with pytest.raises(InvalidTransformation, match="variables that mean something here: bar, bh, bw"):
        read_plan(f"l-image,i-ik_canvas,{words.format(f'{variable}_div_2')},l-end")


PAGES = {"": None, "pg-1": None, "pg-2": 2, "pg-100000": 100_000, "w-5:pg-3": 3, "pg-2,pg-7": 7}


@pytest.mark.parametrize("text", PAGES)
def test_a_layer_shows_a_page(text: str) -> None:
    shown = layer(f"l-image,i-a.pdf,{text},l-end")

    assert isinstance(shown, ImageLayer)
    assert shown.page == PAGES[text]
    assert read_plan(f"l-image,i-a.pdf,{text},l-end").plan.page is None


def test_a_layer_in_a_branch_keeps_its_page() -> None:
    text = "if-w_gt_5,l-image,ie-YS5wZGY,pg-2,t-10,l-end,if-end"

    assert str(read_plan(text).plan) == text


@pytest.mark.parametrize("text", ["pg-", "pg-two", "pg-N2", "pg-0", "pg-100001"])
def test_what_is_no_page_is_refused(text: str) -> None:
    with pytest.raises(InvalidTransformation, match="a number from 1"):
        read_plan(f"l-image,i-a.pdf,{text},l-end")


def test_a_text_says_everything_of_its_box() -> None:
    words = "ff-Open Sans,fs-40,co-FF0000,w-bw_div_2,ia-left,pa-1_2_3,tg-i_b_strikethrough,lh-50,bg-red,r-5,rt-N90"

    assert layer(f"l-text,i-hello,{words},fl-h,al-3,l-end") == TextLayer(
        "hello",
        font="Open Sans",
        size=40,
        color=RED,
        width=Expression("bw", (("div", 2.0),)),
        align="left",
        padding=(1, 2, 3, 2),
        bold=True,
        italic=True,
        strikethrough=True,
        line_height=50,
        background=RED,
        radius=Radius((5, 5, 5, 5)),
        rotation=270,
        flip=Flip.HORIZONTAL,
        opacity=3,
    )


BH = Expression("bh", (("mul", 0.1),))
PADDINGS: dict[str, tuple[int | Expression, ...]] = {
    "10": (10, 10, 10, 10),
    "10_20": (10, 20, 10, 20),
    "1_2_3": (1, 2, 3, 2),
    "1_2_3_4": (1, 2, 3, 4),
    "0_0": (),
    "bh_mul_0.1": (BH, BH, BH, BH),
}


@pytest.mark.parametrize("text", PADDINGS)
def test_padding_goes_round_as_in_css(text: str) -> None:
    assert layer(f"l-text,i-a,pa-{text},l-end") == TextLayer("a", padding=PADDINGS[text])


def test_a_font_is_a_family_or_a_path() -> None:
    assert layer("l-text,i-a,ff-PT_Serif,l-end") == TextLayer("a", font="PT_Serif")
    assert layer("l-text,i-a,ff-@@fonts@@a.ttf,l-end") == TextLayer("a", font="fonts/a.ttf")
    assert read_plan("l-text,i-a,ff-%3C%3E,l-end").fallbacks[0].text == "ff-%3C%3E"


def test_layers_nest_three_deep_and_no_deeper() -> None:
    def nested(depth: int) -> str:
        return "l-image,i-a.png," * depth + "l-end," * depth

    read_plan(nested(3))
    read_plan("l-image,i-a,l-text,i-b,l-image,i-ik_canvas,bg-red,l-end,l-end,l-end")
    with pytest.raises(InvalidTransformation, match="3 deep"):
        read_plan(nested(4))


def test_layers_of_a_step_keep_their_order() -> None:
    text = "l-text,ie-YQ,l-end,l-text,ie-Yg,l-end,r-5"

    assert str(read_plan("r-5,l-text,i-a,l-end,l-text,i-b,l-end").plan) == text
    assert str(read_plan(text).plan) == text
