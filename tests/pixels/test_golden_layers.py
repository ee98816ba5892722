"""Layers on a photograph. `pytest --draw-golden` writes them; look before you commit."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from proxy.pixels.job import Limits
from proxy.pixels.text import write_text
from proxy.plan.effects import Border, Gradient, Radius
from proxy.plan.expressions import Expression
from proxy.plan.frame import Frame
from proxy.plan.steps import Blend, CanvasLayer, ImageLayer, Look, Offset, Position, Step, TextLayer
from proxy.plan.values import Color, Focus, Length
from tests.pixels.pictures import BUILT_IN, SAMPLES, Studio, sized
from tests.pixels.texts import needs_fribidi

Golden = Callable[[Image.Image], None]

COFFEE = SAMPLES / "coffee.png"
NAVY, WHITE, RED = Color(20, 30, 90), Color(255, 255, 255), Color(200, 30, 40)
POEM = "Black as night, sweet as sin"


def laid(*layers: ImageLayer | CanvasLayer | TextLayer) -> Step:
    return Step(frame=Frame(Length(180)), layers=layers)


@pytest.fixture
def star(studio: Studio) -> Path:
    image = Image.new("RGBA", (200, 200))
    draw = ImageDraw.Draw(image)
    draw.regular_polygon((100, 100, 90), 3, fill=(255, 220, 40, 255))
    draw.regular_polygon((100, 100, 90), 3, rotation=180, fill=(255, 140, 0, 200))
    return studio.file(image, "star.png")


def star_layer(position: Position, *steps: Step) -> ImageLayer:
    return ImageLayer("star.png", position, steps or (sized(60),))


@pytest.mark.parametrize("focus", [Focus.CENTER, Focus.TOP_LEFT, Focus.BOTTOM_RIGHT])
def test_layer_at(focus: Focus, studio: Studio, star: Path, golden: Golden) -> None:
    step = laid(star_layer(Position(focus=focus)))

    golden(studio.picture(COFFEE, step, layers={"star.png": star}))


@pytest.mark.parametrize("blend", Blend)
def test_layer_blended(blend: Blend, studio: Studio, star: Path, golden: Golden) -> None:
    step = laid(star_layer(Position(blend=blend), sized(110)))

    golden(studio.picture(COFFEE, step, layers={"star.png": star}))


def test_a_layer_sized_by_its_base(studio: Studio, star: Path, golden: Golden) -> None:
    frame = Frame(Expression("bw", (("div", 4.0),)))
    position = Position(x=Offset(Expression("bw", (("mul", 0.1),)), from_end=True), y=Offset(0, from_end=True))
    layer = star_layer(position, Step(frame=frame, border=Border(2, RED)))

    golden(studio.picture(COFFEE, laid(layer), layers={"star.png": star}))


def test_blocks_of_colour_and_of_a_gradient(studio: Studio, golden: Golden) -> None:
    block = CanvasLayer(NAVY, 6, Position(focus=Focus.BOTTOM), (sized(180, 30),))
    look = Look(gradient=Gradient(90, RED, WHITE))
    gradient = CanvasLayer(
        NAVY,
        None,
        Position(x=Offset(10), y=Offset(10)),
        (Step(frame=sized(80, 40).frame, look=look, radius=Radius((8, 8, 8, 8))),),
    )

    golden(studio.picture(COFFEE, laid(block, gradient)))


def test_a_star_on_a_block_on_a_photograph(studio: Studio, star: Path, golden: Golden) -> None:
    inner = star_layer(Position(x_center=Offset(80), y_center=Offset(30)), sized(40))
    block = CanvasLayer(NAVY, None, Position(), (Step(frame=sized(80, 60).frame, layers=(inner,)),))

    golden(studio.picture(COFFEE, laid(block), layers={"star.png": star}))


TEXTS = {
    "plain": TextLayer("Coffee", size=36, color=WHITE),
    "wrapped": TextLayer(POEM, size=20, color=WHITE, width=110, align="left", background=NAVY, padding=(6, 10)),
    "to-the-right": TextLayer(POEM, size=20, color=WHITE, width=110, align="right", background=Color(200, 30, 40, 60)),
    "marked": TextLayer("Sale", size=40, color=RED, bold=True, italic=True, strikethrough=True, background=WHITE),
    "turned": TextLayer(
        "New", size=24, color=WHITE, background=RED, padding=(8,), radius=Radius((8, 8, 8, 8)), rotation=340.0
    ),
    "faded": TextLayer("Coffee", size=36, color=WHITE, opacity=4, position=Position(focus=Focus.TOP)),
}


SCRIPTS = {
    "arabic": TextLayer("مرحبا بالعالم world 123", size=28, color=NAVY),
    "hebrew": TextLayer("שלום (world) 12:30, שָׁלוֹם", size=28, color=NAVY),
    "greek-and-cyrillic": TextLayer("Καλημέρα, Доброе утро", font="Lobster", size=28, color=NAVY),
    "east-asian": TextLayer("東京タワー、한국어 ABC", font="Vollkorn", size=28, color=NAVY),
    "thai-and-devanagari": TextLayer("สวัสดี नमस्ते क्षत्रिय", size=28, color=NAVY),
    "symbols": TextLayer("★★★☆☆ ✓ → ₹ ½ ≤ ® é \u13a0", font="Montserrat", size=28, color=NAVY),
    "emoji": TextLayer("SALE 🔥 👍🏽 👨‍👩‍👧 🇩🇪 1️⃣ ❤️ ➡ ﬁ", size=28, color=NAVY),
}
PARAGRAPHS = {
    "japanese": TextLayer(
        "吾輩は猫である。名前はまだ無い。「ニャー」と泣いた。", size=26, width=190, align="left", color=NAVY
    ),
    "arabic": TextLayer(
        "السلام عليكم ورحمة الله وبركاته، كيف حالك اليوم؟", size=26, width=190, align="right", color=NAVY
    ),
    "hebrew": TextLayer("שלום עולם, this is mixed 12 ועוד", size=26, width=190, align="center", color=NAVY),
    "long-word": TextLayer("Donaudampfschifffahrt by Ágjpqy", size=26, width=190, padding=(4, 12), color=NAVY),
    "high-lines": TextLayer("one two three four", size=26, width=120, line_height=60, strikethrough=True, color=NAVY),
}


def sheet(*layers: TextLayer) -> Image.Image:
    """One text below the other, on white."""
    limits = Limits(max_source_pixels=10**8, max_output_side=8192)
    drawn = [write_text(layer, {}, limits, {}) for layer in layers]
    paper = Image.new(
        "RGB", (max(image.width for image in drawn) + 20, sum(image.height + 12 for image in drawn)), "white"
    )
    top = 6
    for image in drawn:
        paper.paste(image, (10, top), image)
        top += image.height + 12
    return paper


def test_text_families(golden: Golden) -> None:
    golden(sheet(*(TextLayer(f"{name}: Ágjpqy & 0123", font=name, size=26, color=NAVY) for name in BUILT_IN)))


@pytest.mark.parametrize("family", ["Roboto", "Old_Standard", "Lobster"], ids=str.lower)
def test_text_styles(family: str, golden: Golden) -> None:
    styles = [(bold, italic) for bold in (False, True) for italic in (False, True)]
    golden(sheet(*(TextLayer(f"{family} 東京", font=family, size=32, bold=b, italic=i) for b, i in styles)))


@needs_fribidi
@pytest.mark.parametrize("name", SCRIPTS)
def test_text_script(name: str, golden: Golden) -> None:
    golden(sheet(SCRIPTS[name], replace(SCRIPTS[name], bold=True)))


@needs_fribidi
@pytest.mark.parametrize("name", PARAGRAPHS)
def test_text_paragraph(name: str, golden: Golden) -> None:
    layer = replace(PARAGRAPHS[name], background=Color(230, 235, 255))
    golden(sheet(layer))


@pytest.mark.parametrize("name", TEXTS)
def test_text(name: str, studio: Studio, golden: Golden) -> None:
    golden(studio.picture(COFFEE, laid(TEXTS[name])))
