import base64
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import resvg_py
from PIL import Image

from proxy.errors import LimitExceeded, SourceTooLarge, Undecodable
from proxy.formats import Content, Format
from proxy.pixels.job import Job, is_drawn
from proxy.pixels.render import render
from proxy.pixels.svg import open_vector
from proxy.pixels.svg_cleaning import MAX_BYTES
from proxy.plan.frame import Crop
from proxy.plan.output import Output, OutputFormat
from proxy.plan.plan import Plan
from proxy.plan.steps import Step
from proxy.plan.values import Focus
from tests.pixels.pictures import LIMITS, Studio, near, places, sized

SPACES = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
RED, BLUE, CLEAR = (255, 0, 0, 255), (0, 0, 255, 255), (0, 0, 0, 0)


def svg(content: str, head: str = 'viewBox="0 0 40 40"', before: str = "") -> bytes:
    return f"{before}<svg {SPACES} {head}>{content}</svg>".encode()


def drawn(studio: Studio, content: bytes, *steps: Any, **options: Any) -> Image.Image:
    return studio.picture(studio.bytes(content, "a.svg"), *steps, **options).convert("RGBA")


@pytest.fixture
def secret(studio: Studio) -> Path:
    return studio.file(Image.new("RGB", (40, 40), "red"), "secret.png")


HALVES = '<rect width="79" height="33" fill="#f00"/><rect x="79" width="79" height="33" fill="#00f"/>'


def test_an_svg_is_drawn_at_the_size_of_its_view_box(studio: Studio) -> None:
    assert drawn(studio, svg(HALVES, 'viewBox="0 0 158 33" width="10" height="10"')).size == (158, 33)


@pytest.mark.parametrize(
    ("head", "size"),
    [
        ('width="120" height="80"', (120, 80)),
        ('width="1in" height="25.4mm"', (96, 96)),
        ('width="72pt" height="6pc"', (96, 96)),
        ('width="100%" height="100%" viewBox="5 5 30 20"', (30, 20)),
        ('width="90"', (90, 90)),
        ('width="100%"', (300, 150)),
        ("", (300, 150)),
        ('viewBox="0 0 0 10" width="30" height="20"', (30, 20)),
        ('viewBox="nonsense" width="30" height="20"', (30, 20)),
        ('viewBox="0,0,30.4,19.6"', (30, 20)),
    ],
)
def test_an_svg_says_its_size_in_many_ways(studio: Studio, head: str, size: tuple[int, int]) -> None:
    assert drawn(studio, svg('<rect width="9999" height="9999"/>', head)).size == size


def test_an_svg_may_be_drawn_on_a_large_sheet(studio: Studio) -> None:
    content = svg('<rect width="90000" height="60000" fill="#f00"/>', 'viewBox="0 0 90000 60000"')

    assert drawn(studio, content, sized(90)).getpixel((5, 5)) == RED
    with pytest.raises(LimitExceeded):
        drawn(studio, content)


def test_an_svg_is_sharp_at_every_size(studio: Studio) -> None:
    large = drawn(studio, svg(HALVES, 'viewBox="0 0 158 33"'), sized(1580))

    assert large.size == (1580, 330)
    assert [large.getpixel((x, 100)) for x in (785, 788, 791, 795)] == [RED, RED, BLUE, BLUE]


@pytest.mark.parametrize(
    ("step", "size", "points"),
    [
        (sized(66, 66), (66, 66), {(2, 30): RED, (63, 30): BLUE}),
        (sized(66, 66, focus=Focus.LEFT), (66, 66), {(2, 30): RED, (63, 30): RED}),
        (sized(66, 66, crop=Crop.FORCE), (66, 66), {(2, 2): RED, (63, 63): BLUE}),
        (sized(316, 316, crop=Crop.PAD_RESIZE), (316, 316), {(5, 5): CLEAR, (5, 158): RED, (310, 158): BLUE}),
        (sized(20, 10, crop=Crop.EXTRACT, x=75, y=5), (20, 10), {(1, 5): RED, (10, 5): BLUE}),
        (sized(400, 400, crop=Crop.AT_MAX), (158, 33), {(1, 5): RED, (150, 5): BLUE}),
    ],
)
def test_crops_work_as_on_any_picture(
    studio: Studio, step: Any, size: tuple[int, int], points: dict[tuple[int, int], tuple[int, ...]]
) -> None:
    """With something clear in it, so that padding is clear too."""
    image = drawn(studio, svg(HALVES + '<g opacity="0.5"/>', 'viewBox="0 0 158 33"'), step)

    assert image.size == size
    clear = {point: (0, 0, 0, 255) if color == CLEAR else color for point, color in points.items()}
    assert {point: image.getpixel(point) for point in points} == clear


def test_clear_parts_stay_clear_or_get_a_ground(studio: Studio) -> None:
    content = svg('<rect width="20" height="40" fill="#f00"/>')

    assert drawn(studio, content).getpixel((30, 20)) == CLEAR
    assert near(drawn(studio, content, format=OutputFormat.JPEG).getpixel((35, 20)), (0, 0, 0, 255), 4)


def reference_to(path: Path) -> list[str]:
    inner = svg(f'<image width="40" height="40" href="{path}"/>', 'viewBox="0 0 40 40" width="40" height="40"')
    coded = base64.b64encode(inner).decode()
    twice = svg(f'<image width="40" height="40" href="data:image/svg+xml;base64,{coded}"/>')
    plain = inner.decode().replace('"', "'").replace("#", "%23")
    return [
        f'<image width="40" height="40" href="{path}"/>',
        f'<image width="40" height="40" xlink:href="{path}"/>',
        f'<image width="40" height="40" href="  {path}"/>',
        f'<image width="40" height="40" href="{path.name}"/>',
        f'<image width="40" height="40" href="file://{path}"/>',
        f'<g xmlns:other="http://www.w3.org/1999/xlink"><image width="40" height="40" other:href="{path}"/></g>',
        f'<g xml:base="{path.parent}/"><image width="40" height="40" href="{path.name}"/></g>',
        f'<image width="40" height="40" href="data:image/svg+xml;base64,{coded}"/>',
        f'<image width="40" height="40" href="data:image/svg+xml,{plain}"/>',
        f'<image width="40" height="40" href="data:image/svg+xml;base64,{base64.b64encode(twice).decode()}"/>',
        f'<filter id="f"><feImage href="{path}"/></filter><rect width="40" height="40" filter="url(#f)"/>',
        f'<style>@import url("{path}"); rect {{ fill: url({path}) }}</style><rect width="40" height="40" fill="none"/>',
        f'<style>image {{ href: url({path}) }}</style><image width="40" height="40" style="href:{path}"/>',
        f'<use href="{path}#a"/>',
    ]


@pytest.mark.parametrize("which", [0, 1, 5, 10])
def test_without_cleaning_a_file_of_this_machine_would_be_drawn(secret: Path, which: int) -> None:
    """So that the next test is known to look at the right thing."""
    packed = resvg_py.svg_to_bytes(svg_string=svg(reference_to(secret)[which]).decode(), skip_system_fonts=True)

    assert Image.open(BytesIO(packed)).getpixel((20, 20)) == RED


@pytest.mark.parametrize("which", range(14))
def test_a_file_of_this_machine_is_never_drawn(studio: Studio, secret: Path, which: int) -> None:
    content = svg(reference_to(secret)[which])
    path = studio.bytes(content, "a.svg")

    try:
        image = studio.picture(path).convert("RGBA")
    except Undecodable:
        return

    assert image.getcolors() == [(1600, CLEAR)]


def test_an_entity_of_a_file_is_never_read(studio: Studio) -> None:
    secret = studio.bytes(b'<rect xmlns="http://www.w3.org/2000/svg" width="40" height="40"/>', "secret.xml")
    doctype = f'<!DOCTYPE svg [<!ENTITY secret SYSTEM "file://{secret}">]>'

    with pytest.raises(Undecodable):
        drawn(studio, svg("&secret;", before=doctype))


def test_entities_of_drawing_programs_work(studio: Studio) -> None:
    doctype = '<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "x.dtd" [<!ENTITY blue "#00f">]>'

    assert drawn(studio, svg('<rect width="40" height="40" fill="&blue;"/>', before=doctype)).getpixel((5, 5)) == BLUE


def test_entities_that_multiply_are_stopped(studio: Studio) -> None:
    levels = "".join(f'<!ENTITY e{n} "' + f"&e{n - 1};" * 10 + '">' for n in range(1, 10))

    with pytest.raises(Undecodable):
        drawn(studio, svg("<text>&e9;</text>", before=f'<!DOCTYPE svg [<!ENTITY e0 "lol">{levels}]>'))


def test_uses_that_multiply_are_stopped(studio: Studio) -> None:
    levels = "".join(f'<g id="a{n}">' + f'<use href="#a{n - 1}"/>' * 10 + "</g>" for n in range(1, 9))

    with pytest.raises(SourceTooLarge):
        drawn(studio, svg(f'<rect id="a0" width="4" height="4"/>{levels}'))


def test_uses_in_a_circle_end(studio: Studio) -> None:
    circle = '<g id="a"><use href="#b"/></g><g id="b"><use href="#a"/><rect width="40" height="40" fill="#f00"/></g>'

    with pytest.raises(Undecodable):
        drawn(studio, svg(circle + '<rect width="40" height="40" fill="#00f"/>'))


def test_deep_nesting_is_refused(studio: Studio) -> None:
    with pytest.raises((SourceTooLarge, Undecodable)):
        drawn(studio, svg("<g>" * 3000 + "</g>" * 3000))


def test_a_large_file_is_refused(studio: Studio) -> None:
    with pytest.raises(SourceTooLarge):
        drawn(studio, svg(f"<!--{'x' * MAX_BYTES}-->"))


@pytest.mark.parametrize("length", ["9999999999", "1e9", "-2e7px"])
def test_lengths_beyond_reason_are_refused(studio: Studio, length: str) -> None:
    pattern = '<pattern id="p" width="4" height="4"><circle r="3"/></pattern>'

    with pytest.raises(Undecodable):
        drawn(studio, svg(f'{pattern}<rect width="40" height="{length}" fill="url(#p)"/>'))


def test_pictures_inside_are_drawn(studio: Studio, secret: Path) -> None:
    coded = base64.b64encode(secret.read_bytes()).decode()
    inner = base64.b64encode(svg('<rect width="40" height="40" fill="#00f"/>', 'width="40" height="40"')).decode()

    for kind, content, color in (("png", coded, RED), ("svg+xml", inner, BLUE)):
        text = f'<image width="40" height="40" xlink:href="data:image/{kind};base64,{content}"/>'
        assert drawn(studio, svg(text)).getpixel((20, 20)) == color


def test_pictures_inside_may_not_be_bombs(studio: Studio) -> None:
    bomb = studio.file(Image.new("1", (9000, 9000)), "bomb.png").read_bytes()
    text = f'<image width="40" height="40" href="data:image/png;base64,{base64.b64encode(bomb).decode()}"/>'

    assert len(open_vector(svg(text), max_pixels=100_000_000).root[0].attrib) == 3
    assert len(open_vector(svg(text), max_pixels=80_000_000).root[0].attrib) == 2
    assert len(open_vector(svg(text * 2), max_pixels=100_000_000).root[1].attrib) == 2


@pytest.mark.parametrize(
    "content",
    [
        b"<svg",
        b"",
        b"<html/>",
        svg("<g>"),
        svg("&nbsp;"),
        b"\xff\xfe<\x00",
        svg('<image href="data:image/png;base64,%%%"/>') + b"x",
    ],
)
def test_what_is_no_svg_is_refused(studio: Studio, content: bytes) -> None:
    plan = Plan(output=Output(OutputFormat.PNG))
    with pytest.raises(Undecodable):
        render(Job(studio.bytes(content, "a.svg"), Content.of(Format.SVG), plan, frozenset(), 80, LIMITS))


@pytest.mark.parametrize("format", [OutputFormat.PNG, OutputFormat.JPEG, OutputFormat.WEBP, OutputFormat.AVIF])
def test_only_an_explicit_raster_format_draws_an_svg(format: OutputFormat) -> None:
    assert is_drawn(Content.of(Format.SVG), Plan((sized(200),), Output(format)))
    for other in (None, OutputFormat.AUTO, OutputFormat.SAME, OutputFormat.SVG, OutputFormat.GIF):
        assert not is_drawn(Content.of(Format.SVG), Plan((sized(200),), Output(other)))


def test_later_steps_work_on_what_was_drawn(studio: Studio) -> None:
    assert drawn(studio, svg(HALVES, 'viewBox="0 0 158 33"'), sized(316), sized(50, 50)).size == (50, 50)


def test_places_are_exact(studio: Studio) -> None:
    """A photograph inside an SVG, cut out of it, comes out like the photograph itself."""
    path = studio.file(places(100, 60), "inside.png")
    coded = base64.b64encode(path.read_bytes()).decode()
    content = svg(f'<image width="100" height="60" href="data:image/png;base64,{coded}"/>', 'viewBox="0 0 100 60"')

    image = drawn(studio, content, sized(30, 20, crop=Crop.EXTRACT, x=60, y=30))

    assert near(image.getpixel((10, 10)), (*places(100, 60).getpixel((70, 40)), 255), 3)  # type: ignore[misc]


MARGINS = (
    '<rect x="20" y="10" width="10" height="20" fill="#f00"/><rect x="30" y="10" width="10" height="20" fill="#00f"/>'
)


def test_a_trimmed_svg_is_drawn_as_large_as_it_is_wanted(studio: Studio) -> None:
    image = drawn(studio, svg(MARGINS, 'viewBox="0 0 60 40"'), Step(trim=10, frame=sized(800).frame))

    assert image.size == (800, 800)
    assert [image.getpixel((x, 400)) for x in (2, 397, 402, 797)] == [RED, RED, BLUE, BLUE]


def test_a_trimmed_svg_is_cut_like_a_picture(studio: Studio) -> None:
    frame = sized(300, 100, focus=Focus.TOP).frame
    vector = drawn(studio, svg(MARGINS, 'viewBox="0 0 60 40"'), Step(trim=10, frame=frame))
    raster = studio.picture(studio.file(drawn(studio, svg(MARGINS, 'viewBox="0 0 60 40"')), "a.png"), Step(10, frame))

    assert vector.size == raster.size == (300, 100)
    for x in (5, 140, 160, 295):
        assert near(vector.getpixel((x, 50)), raster.convert("RGBA").getpixel((x, 50)), 4)


def test_an_svg_without_edges_to_trim_stays_sharp(studio: Studio) -> None:
    content = '<rect width="158" height="33" fill="#00f"/><rect width="79" height="20" fill="#f00"/>'
    image = drawn(studio, svg(content, 'viewBox="0 0 158 33"'), Step(trim=10, frame=sized(1580).frame))

    assert image.size == (1580, 330)
    assert [image.getpixel((x, 100)) for x in (785, 788, 791, 795)] == [RED, RED, BLUE, BLUE]


def test_an_svg_whose_crop_is_looked_for_stays_sharp(studio: Studio) -> None:
    image = drawn(studio, svg(HALVES, 'viewBox="0 0 158 33"'), sized(1000, 330, focus=Focus.AUTO))

    assert image.size == (1000, 330)
    assert len(image.crop((0, 100, 1000, 101)).getcolors() or []) <= 3
