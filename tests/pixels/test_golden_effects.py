"""Every effect on a picture that shows it. `pytest --draw-golden` writes them; look before you commit."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw

from proxy.plan.effects import (
    Arc,
    Background,
    BlurredBackground,
    Border,
    Colorize,
    ColorReplace,
    DominantBackground,
    Flip,
    Gradient,
    Perspective,
    Radius,
    Shadow,
    Unsharp,
)
from proxy.plan.frame import Crop, Frame
from proxy.plan.steps import Look, Step
from proxy.plan.values import Color, Focus, Length
from tests.pixels.pictures import SAMPLES, Studio, photograph, sized

Golden = Callable[[Image.Image], None]

COFFEE = SAMPLES / "coffee.png"
RED, YELLOW, CREAM, NAVY = Color(200, 30, 40), Color(255, 240, 0), Color(244, 236, 216), Color(20, 30, 90)

EFFECTS: dict[str, dict[str, Any]] = {
    "grey": {"look": Look(grayscale=True)},
    "stretched": {"look": Look(contrast=True)},
    "sharpened": {"look": Look(sharpen=0)},
    "sharpened-much": {"look": Look(sharpen=30)},
    "unsharp": {"look": Look(unsharp=Unsharp(2, 2, 0.8, 0.024))},
    "blurred": {"look": Look(blur=6)},
    "dominant-replaced": {"look": Look(replace=ColorReplace(Color(40, 110, 220)))},
    "red-replaced": {"look": Look(replace=ColorReplace(Color(40, 160, 60), 45, Color(150, 60, 20)))},
    "colorized": {"look": Look(colorize=Colorize(Color(220, 40, 120), 60))},
    "slanted": {"look": Look(distort=Perspective((20, 10, 110, 0, 119, 79, 0, 60)))},
    "bent": {"look": Look(distort=Arc(90))},
    "bent-upwards": {"look": Look(distort=Arc(-60))},
    "bent-around": {"look": Look(distort=Arc(300))},
    "with-gradient": {"look": Look(gradient=Gradient())},
    "with-slanted-gradient": {"look": Look(gradient=Gradient(45, NAVY, Color(255, 255, 0, 20), Length(0.6, True)))},
    "rounded": {"radius": Radius((20, 20, 20, 20))},
    "rounded-unevenly": {"radius": Radius((0, 30, 10, 99))},
    "as-an-ellipse": {"radius": Radius(None)},
    "framed": {"border": Border(6, RED)},
    "framed-round": {"radius": Radius((24, 24, 24, 24)), "border": Border(6, RED)},
    "framed-ellipse": {"radius": Radius(None), "border": Border(6, YELLOW)},
    "half-clear": {"opacity": 50},
    "half-cream": {"opacity": 50, "background": CREAM},
    "mirrored": {"flip": Flip.HORIZONTAL},
    "upside-down": {"flip": Flip.VERTICAL},
    "everything": {
        "look": Look(grayscale=True, colorize=Colorize(NAVY, 40), gradient=Gradient(0, Color(0, 0, 0, 80))),
        "radius": Radius((16, 16, 16, 16)),
        "border": Border(4, YELLOW),
        "rotation": 15.0,
        "flip": Flip.HORIZONTAL,
    },
}
BACKGROUNDS: dict[str, Background] = {
    "blurred": BlurredBackground(),
    "blurred-dark": BlurredBackground(80, -90),
    "dominant": DominantBackground(),
    "two-dominant": DominantBackground(2),
    "four-dominant": DominantBackground(4),
}


@pytest.mark.parametrize("name", EFFECTS)
def test_effect(name: str, studio: Studio, golden: Golden) -> None:
    golden(studio.picture(COFFEE, Step(frame=Frame(Length(120)), **EFFECTS[name])))


@pytest.mark.parametrize("name", BACKGROUNDS)
def test_padding(name: str, studio: Studio, golden: Golden) -> None:
    frame = Frame(Length(140), Length(100), crop=Crop.PAD_RESIZE)

    golden(studio.picture(COFFEE, sized(80, 100), Step(frame=frame, background=BACKGROUNDS[name])))


@pytest.fixture
def sticker(studio: Studio) -> Path:
    image = Image.new("RGBA", (400, 300))
    draw = ImageDraw.Draw(image)
    draw.ellipse((60, 40, 240, 220), fill=(230, 60, 30, 255))
    draw.rectangle((200, 120, 330, 240), fill=(30, 90, 230, 255))
    return studio.file(image, "sticker.png")


@pytest.mark.parametrize("background", [None, CREAM], ids=["on-nothing", "on-cream"])
def test_shadow(background: Color | None, studio: Studio, sticker: Path, golden: Golden) -> None:
    look = Look(shadow=Shadow(6, 60, 4, 5))

    golden(studio.picture(sticker, Step(frame=Frame(Length(160)), look=look, background=background)))


@pytest.mark.parametrize("effect", ["blurred", "bent", "stretched"])
def test_clear(effect: str, studio: Studio, sticker: Path, golden: Golden) -> None:
    golden(studio.picture(sticker, Step(frame=Frame(Length(120)), **EFFECTS[effect])))


def test_a_product_without_its_margins(studio: Studio, golden: Golden) -> None:
    margin = Image.new("RGB", (300, 240), (250, 250, 248))
    margin.paste(photograph("coffee.png").convert("RGB").resize((150, 100)), (90, 40))
    path = studio.file(margin, "a.jpg", quality=90)

    golden(studio.picture(path, Step(trim=10, frame=Frame(Length(120)))))


@pytest.mark.parametrize("name", ["astronaut", "chelsea", "coffee", "rocket"])
def test_focus(name: str, studio: Studio, golden: Golden) -> None:
    [path] = SAMPLES.glob(f"{name}.*")

    golden(studio.picture(path, sized(60, 120, focus=Focus.AUTO)))
