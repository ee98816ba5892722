"""Dots per inch: a tag on pictures of pixels, and the scale of what has none."""

from fractions import Fraction
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from proxy.errors import InvalidTransformation
from proxy.formats import Format
from proxy.pixels.density import dots_of, told_density
from proxy.plan.expressions import Expression
from proxy.plan.output import OutputFormat
from tests.pixels.pictures import Studio, opened, places, sized, with_orientation

TWICE = Expression("idn", (("mul", 2.0),))
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" {}><rect width="20" height="15" fill="red"/></svg>'


def told(studio: Studio, path: Path, **options: Any) -> tuple[int, ...]:
    return tuple(round(dots) for dots in studio.picture(path, sized(20), **options).info.get("dpi", ()))


@pytest.mark.parametrize("format", [OutputFormat.JPEG, OutputFormat.PNG])
def test_a_picture_tells_its_density_if_asked(studio: Studio, format: OutputFormat) -> None:
    path = studio.file(places(60, 40), "a.jpg", dpi=(300, 300))

    assert told(studio, path, format=format, density=150) == (150, 150)
    assert told(studio, path, format=format, density=TWICE) == (600, 600)
    assert told(studio, path, format=format) == ()
    assert studio.draw(path, format=format, density=1200).width == 60


@pytest.mark.parametrize("format", [OutputFormat.WEBP, OutputFormat.AVIF])
def test_other_formats_have_no_word_for_it(studio: Studio, format: OutputFormat) -> None:
    path = studio.file(places(60, 40), "a.jpg")

    assert studio.draw(path, format=format, density=300).body == studio.draw(path, format=format).body


def test_kept_metadata_tell_the_same(studio: Studio) -> None:
    exif = with_orientation(6)
    exif[0x011A], exif[0x011B] = 96.0, 96.0
    path = studio.file(places(60, 40), "a.jpg", exif=exif)

    image = studio.picture(path, format=OutputFormat.JPEG, keep_metadata=True, density=300)

    kept = image.getexif()
    assert (kept[0x011A], kept[0x011B], kept[0x0128], kept[0x0112]) == (300, 300, 2, 1)


@pytest.mark.parametrize("head", ['viewBox="0 0 40 30"', 'width="40" height="30"', 'width="30pt" height="22.5pt"'])
@pytest.mark.parametrize(("density", "size"), [(96, (40, 30)), (192, (80, 60)), (48, (20, 15)), (TWICE, (80, 60))])
def test_an_svg_is_drawn_at_the_density(
    studio: Studio, head: str, density: int | Expression, size: tuple[int, int]
) -> None:
    path = studio.bytes(SVG.replace(b"{}", head.encode()), "a.svg")

    image = studio.picture(path, density=density)

    assert image.size == size
    red, clear = (size[0] // 2 - 1, size[1] // 2 - 1), (size[0] // 2, size[1] // 2)
    assert [image.convert("RGBA").getpixel(at) for at in (red, clear)] == [(255, 0, 0, 255), (0, 0, 0, 0)]
    assert studio.picture(path, sized(400), density=density).size == (400, 300)


def test_a_sum_stays_within_bounds() -> None:
    assert (dots_of(None, 72), dots_of(300, 72), dots_of(TWICE, 72)) == (None, 300, 144)
    assert dots_of(Expression("idn", (("div", 200.0),)), 600) == 3
    for own in (601, 100_000):
        with pytest.raises(InvalidTransformation, match="1 to 1200"):
            dots_of(TWICE, own)
    with pytest.raises(InvalidTransformation, match="1 to 1200"):
        dots_of(Expression("idn", (("div", 1000.0),)), 72)


@pytest.mark.parametrize(
    ("said", "dots"),
    [
        ((300, 300), 300),
        ((95.9866, 95.9866), 96),
        ((Fraction(144), 1), 144),
        (None, 72),
        ((0, 0), 72),
        ((float("nan"), 1), 72),
        ((float("inf"), 1), 72),
        (("many",), 72),
        ((), 72),
    ],
)
def test_nonsense_in_a_file_is_72(said: Any, dots: int) -> None:
    assert told_density(said) == dots


def test_a_tiff_tells_in_fractions(studio: Studio) -> None:
    path = studio.file(places(60, 40), "a.tiff", dpi=(200, 200))

    with Image.open(BytesIO(studio.draw(path, format=OutputFormat.JPEG, density=TWICE).body)) as image:
        assert image.info["dpi"] == (400, 400)
    assert opened(studio.draw(path)).format == Format.PNG.upper()
