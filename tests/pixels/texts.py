"""Short ways to cut, break and draw texts."""

import pytest
from PIL import Image, ImageChops, ImageDraw

from proxy.pixels.bidi import SHAPES
from proxy.pixels.fonts import fonts_of
from proxy.pixels.job import Limits
from proxy.pixels.shaping import Cluster, Ruler, Run, clusters
from proxy.pixels.text import write_text
from proxy.pixels.wrapping import wrapped
from proxy.plan.steps import TextLayer
from proxy.plan.values import Color
from tests.pixels.pictures import LIMITS

FONTS = fonts_of(None, False, False)
SIZE = 30
FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"  # one picture of a man, a woman and a girl
WHITE = Color(255, 255, 255)

needs_fribidi = pytest.mark.skipif(not SHAPES, reason="libfribidi is not installed")


def cut(text: str) -> list[Cluster]:
    return clusters(text, FONTS)


def lines(text: str, width: float | None) -> list[str]:
    found = wrapped(cut(text), width, Ruler(SIZE).advance)
    return ["".join(cluster.text for cluster in line) for line in found]


def width_of(text: str) -> float:
    return Ruler(SIZE).advance(cut(text))


def written(text: str, limits: Limits = LIMITS, **options: object) -> Image.Image:
    return write_text(TextLayer(text, background=WHITE, **options), {}, limits, {})  # type: ignore[arg-type]


def drawn(run: Run) -> Image.Image:
    image = Image.new("L", (80, 80))
    run.draw(ImageDraw.Draw(image), (20, 50), SIZE, 0)
    return image


def same(one: Image.Image, other: Image.Image) -> bool:
    return one.size == other.size and ImageChops.difference(one, other).getbbox(alpha_only=False) is None
