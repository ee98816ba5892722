"""Single frames and pages of files of pictures, as stills and in layers."""

from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from proxy.errors import InvalidTransformation, SourceTooLarge
from proxy.formats import Format
from proxy.media import Rendition
from proxy.pixels.job import Job, Limits
from proxy.pixels.render import render
from proxy.plan.output import Output, OutputFormat
from proxy.plan.plan import Plan
from proxy.plan.steps import ImageLayer, Link, Step
from tests.pixels.pictures import LIMITS, MODERN, Studio, content_of, near, opened, places, sized, with_orientation

COLORS = [(255, 0, 0), (0, 255, 0), (0, 0, 255)]
PAGED = ["a.gif", "a.webp", "a.png", "a.tiff"]


def sequence(studio: Studio, name: str, size: tuple[int, int] = (60, 40)) -> Path:
    first, *others = (Image.new("RGB", size, color) for color in COLORS)
    options: dict[str, Any] = {"lossless": True} if name.endswith("webp") else {}
    timed = {} if name.endswith("tiff") else {"duration": 50}
    return studio.file(first, name, save_all=True, append_images=others, **timed, **options)


def still(
    path: Path,
    *steps: Link,
    page: int = 1,
    format: OutputFormat = OutputFormat.PNG,
    accepts: frozenset[Format] = frozenset(),
    limits: Limits = LIMITS,
) -> Rendition:
    return render(
        Job(path, content_of(path), Plan(steps, Output(format), True, page=page), accepts, 80, limits)
    ).rendition


def frames_in(rendition: Rendition) -> int:
    return int(getattr(opened(rendition), "n_frames", 1))


@pytest.mark.parametrize("name", PAGED)
@pytest.mark.parametrize("page", [1, 2, 3])
def test_any_one_can_be_asked_for(studio: Studio, name: str, page: int) -> None:
    image = opened(still(sequence(studio, name), sized(30), page=page)).convert("RGB")

    assert image.size == (30, 20)
    assert near(image.getpixel((15, 10)), COLORS[page - 1])


@pytest.mark.parametrize(
    ("name", "format", "accepts", "expected"),
    [
        ("a.gif", OutputFormat.AUTO, MODERN, Format.AVIF),
        ("a.gif", OutputFormat.AUTO, frozenset({Format.WEBP}), Format.WEBP),
        ("a.gif", OutputFormat.AUTO, frozenset(), Format.PNG),
        ("a.gif", OutputFormat.GIF, MODERN, Format.GIF),
        ("a.gif", OutputFormat.SAME, MODERN, Format.GIF),
        ("a.gif", OutputFormat.WEBP, frozenset(), Format.WEBP),
        ("a.webp", OutputFormat.AUTO, frozenset({Format.WEBP}), Format.WEBP),
        ("a.webp", OutputFormat.AUTO, frozenset(), Format.JPEG),
        ("a.webp", OutputFormat.SAME, frozenset(), Format.WEBP),
    ],
)
def test_a_still_never_moves(
    studio: Studio, name: str, format: OutputFormat, accepts: frozenset[Format], expected: Format
) -> None:
    path = sequence(studio, name)
    stills = [still(path, page=page, format=format, accepts=accepts) for page in (1, 3)]

    assert [rendition.format for rendition in stills] == [expected, expected]
    assert list(map(frames_in, stills)) == [1, 1]


@pytest.mark.parametrize("name", PAGED)
def test_one_behind_the_last_is_refused_with_the_number_there_is(studio: Studio, name: str) -> None:
    with pytest.raises(InvalidTransformation, match=r"^pg-4: expected a page from 1 to 3$"):
        still(sequence(studio, name), page=4)


@pytest.mark.parametrize("name", ["a.jpg", "b.png", "b.webp", "a.bmp"])
def test_a_plain_picture_is_its_only_page(studio: Studio, name: str) -> None:
    path = studio.file(places(60, 40), name)

    assert still(path).width == 60
    with pytest.raises(InvalidTransformation, match=r"^pg-2: expected 1, the only page$"):
        still(path, page=2)


def test_an_svg_is_its_only_page(studio: Studio) -> None:
    path = studio.bytes(b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 30"/>', "a.svg")

    assert still(path).width == 40
    with pytest.raises(InvalidTransformation, match=r"^pg-2: expected 1, the only page$"):
        still(path, page=2)


def test_pages_may_differ_in_size_and_lie_on_their_sides(studio: Studio) -> None:
    first = places(60, 40)
    second = Image.new("L", (20, 90), 200)
    tiff = studio.file(first, "a.tiff", save_all=True, append_images=[second])
    jpeg = studio.file(first, "a.jpg", exif=with_orientation(6))

    sizes = [(drawn.width, drawn.height) for drawn in (still(tiff), still(tiff, page=2), still(jpeg))]

    assert sizes == [(60, 40), (20, 90), (40, 60)]


def test_a_frame_costs_those_before_it(studio: Studio) -> None:
    path = sequence(studio, "a.gif")

    assert still(path, page=2, limits=Limits(2 * 60 * 40, 8192)).width == 60
    with pytest.raises(SourceTooLarge):
        still(path, page=3, limits=Limits(3 * 60 * 40 - 1, 8192))


@pytest.mark.parametrize("name", PAGED)
def test_a_layer_shows_one_of_them(studio: Studio, name: str) -> None:
    base, path = studio.file(places(60, 40), "base.png"), sequence(studio, name)

    def shown(page: int | None) -> Any:
        layer = ImageLayer("l", links=(sized(20),), page=page)
        return studio.picture(base, Step(layers=(layer,)), layers={"l": path}).getpixel((30, 20))

    assert [shown(page) for page in (None, 2, 3)] == COLORS
    with pytest.raises(InvalidTransformation, match="from 1 to 3"):
        shown(4)
