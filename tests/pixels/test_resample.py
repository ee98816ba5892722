"""Ways that are quicker than decoding everything and scaling all of it lose nothing that can be seen."""

from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageStat

from benchmarks.similarity import ssim
from proxy.pixels.geometry import Size
from proxy.pixels.resample import resized
from tests.pixels.pictures import Studio, photograph, sized

SMALL = (90, 60)
LOSS = 0.002  # of SSIM
FAST: dict[str, Any] = {"compress_level": 1}


def coffee() -> Image.Image:
    return photograph("coffee.png").convert("RGB")


def opaque() -> Image.Image:
    image = coffee()
    image.putalpha(255)
    return image


def clear_around() -> Image.Image:
    """What is unseen is of a glaring colour."""
    image = coffee()
    mask = Image.new("L", image.size, 0)
    ImageDraw.Draw(mask).ellipse((30, 20, 570, 380), fill=255)
    mask = mask.filter(ImageFilter.BoxBlur(3))
    image = Image.composite(image, Image.new("RGB", image.size, "lime"), mask.point(lambda alpha: 255 * (alpha > 0)))
    image.putalpha(mask)
    return image


KINDS: dict[str, tuple[str, Callable[[], Image.Image], dict[str, Any]]] = {
    "jpeg": ("a.jpg", coffee, {"quality": 90}),
    "png": ("a.png", coffee, FAST),
    "opaque png": ("a.png", opaque, FAST),
    "clear png": ("a.png", clear_around, FAST),
    "palette": ("a.png", lambda: coffee().quantize(256, Image.Quantize.FASTOCTREE), FAST),
    "lossy webp": ("a.webp", coffee, {"quality": 85}),
    "lossless webp": ("a.webp", coffee, {"lossless": True, "method": 0}),
    "clear webp": ("a.webp", clear_around, {"quality": 85}),
    "avif": ("a.avif", coffee, {"quality": 75, "speed": 10}),
    "tiff": ("a.tiff", coffee, {}),
}


def scaled(image: Image.Image, way: Image.Resampling) -> Image.Image:
    """The direct way: every pixel of the whole picture."""
    return image.convert("RGBA" if image.has_transparency_data else "RGB").resize(SMALL, way)


@pytest.mark.parametrize("kind", KINDS)
def test_the_quick_way_is_as_good_as_the_direct_one(studio: Studio, kind: str) -> None:
    """Judged by the picture that the file was made of; where one can see through, by its mean, which does not ring."""
    name, make, options = KINDS[kind]
    path = studio.file(make(), name, **options)
    clear = "clear" in kind
    wanted = scaled(clear_around(), Image.Resampling.BOX) if clear else scaled(coffee(), Image.Resampling.LANCZOS)

    quick = studio.picture(path, sized(*SMALL), lossless=True)
    with Image.open(path) as stored:
        direct = scaled(stored, Image.Resampling.LANCZOS)

    assert quick.size == SMALL
    assert ssim(quick, wanted) >= ssim(direct, wanted) - LOSS


@pytest.mark.parametrize(("name", "options"), [("a.png", FAST), ("a.tiff", {})])
@pytest.mark.parametrize("width", [90, 250])
def test_alpha_that_is_opaque_changes_nothing(studio: Studio, name: str, options: dict[str, Any], width: int) -> None:
    plain = studio.picture(studio.file(coffee(), name, **options), sized(width))

    with_alpha = studio.picture(studio.file(opaque(), f"opaque-{name}", **options), sized(width))

    assert (with_alpha.mode, with_alpha.tobytes()) == (plain.mode, plain.tobytes())


def white_disc() -> Image.Image:
    """White as far as it can be seen, black where it cannot."""
    mask = Image.new("L", (1200, 800), 0)
    ImageDraw.Draw(mask).ellipse((100, 100, 1100, 700), fill=255)
    image = Image.merge("RGB", [mask.point(lambda alpha: 255 * (alpha > 0))] * 3)
    image.putalpha(mask.filter(ImageFilter.BoxBlur(1)))
    image.paste((0, 0, 0, 0), mask=mask.point(lambda alpha: 255 * (alpha == 0)))
    return image


@pytest.mark.parametrize("window", [(0.0, 0.0, 1200.0, 800.0), (301.5, 33.3, 1111.1, 573.0)], ids=["whole", "part"])
@pytest.mark.parametrize("size", [Size(120, 80), Size(300, 200), Size(500, 333)], ids=str)
def test_edges_stay_clean(size: Size, window: tuple[float, float, float, float]) -> None:
    drawn = resized(white_disc(), window, size)

    on_white = Image.alpha_composite(Image.new("RGBA", drawn.size, "white"), drawn).convert("RGB")
    assert ImageStat.Stat(on_white).extrema[0][0] >= 253


@pytest.mark.parametrize("window", [(0.0, 0.0, 1200.0, 800.0), (301.5, 33.3, 1111.1, 573.0)], ids=["whole", "part"])
def test_a_part_with_alpha_lies_where_one_without_does(window: tuple[float, float, float, float]) -> None:
    """Whole pixels that are averaged first begin elsewhere than the part does."""
    image, size = clear_around().resize((1200, 800)), Size(100, 67)

    alone = resized(image, window, size).getchannel("A")

    assert ssim(alone, resized(image.getchannel("A"), window, size)) > 0.99


def test_similarity_tells_more_from_less() -> None:
    picture = coffee()

    worse = [ssim(picture, picture.filter(ImageFilter.GaussianBlur(radius))) for radius in (0.5, 1, 2)]

    assert ssim(picture, picture) == pytest.approx(1)
    assert [1.0, *worse] == sorted([1.0, *worse], reverse=True)
    assert worse[-1] < 0.9
