"""BlurHash and ThumbHash against their other implementations, and what else is told of a picture."""

import base64
import json
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageStat

from proxy.formats import Format
from proxy.media import Rendition
from proxy.pixels.blurhash import blurhash, encoded
from proxy.pixels.job import Job
from proxy.pixels.placeholder import average
from proxy.pixels.render import render
from proxy.pixels.thumbhash import thumbhash
from proxy.plan.frame import Frame
from proxy.plan.output import Output, OutputFormat
from proxy.plan.placeholder import placeholder_of
from proxy.plan.plan import Plan
from proxy.plan.steps import Step
from proxy.plan.values import Length
from tests.pixels.pictures import LIMITS, ORIENTATION, SAMPLES, Studio, content_of


def drawn(width: int, height: int, clear: bool = False) -> Image.Image:
    """RGBA, by formulas that every language has."""
    places = [(x, y) for y in range(height) for x in range(width)]
    pixels = bytes(
        value
        for x, y in places
        for value in (
            (x * 7 + y * 3) % 256,
            (x * x + y * 5) % 256,
            255 - (x * y) % 256,
            (x * 11 + y * y * 3) % 256 if clear else 255,
        )
    )
    return Image.frombytes("RGBA", (width, height), pixels)


def told(path: Path, *steps: Step, **output: Any) -> dict[str, Any]:
    return facts_of(rendition_of(path, Plan(steps, Output(OutputFormat.AUTO, **output), orient=True)))


def rendition_of(path: Path, plan: Plan) -> Rendition:
    size = path.stat().st_size
    job = Job(path, content_of(path), placeholder_of(plan), frozenset(), 80, LIMITS, source_bytes=size)
    return render(job).rendition


def facts_of(rendition: Rendition) -> dict[str, Any]:
    facts: dict[str, Any] = json.loads(rendition.body)
    return facts


def tiny(facts: dict[str, Any]) -> Image.Image:
    kind, _, encoded = facts["dataUrl"].partition(",")
    assert kind == "data:image/webp;base64"
    return Image.open(BytesIO(base64.b64decode(encoded, validate=True)))


# -- the algorithms --


@pytest.mark.parametrize(  # by `encode` of the Python package blurhash 1.1.5
    ("size", "components", "expected"),
    [
        ((32, 24), (4, 3), "LlHn,d19Vjv=R[RqwKO9S9smSboa"),
        ((24, 32), (3, 4), "TbGIsW1Ur6A4rNi|j}jsf{kHawjX"),
        ((1, 1), (1, 1), "000036"),
        ((32, 1), (4, 1), "3iE{QG0:vlV}"),
        ((5, 9), (3, 4), "T;3R~jb6b0a-fSfPfSfPfPj|fTfR"),
        (
            (32, 32),
            (9, 9),
            "|bHxdS1TIf#JIys@Xno~VyRuIe+#J8t1kjS]rGVyN$w|W,bVs*NwrxR.otkHjZWSsAS6sqW,k7n,WJj;jXbcjbk6WUo5R,s@WTf8kDjDb"
            "IoOWmj=a+awoNawk8e[bojIjboibEa$j;fUawjbbIj=aibIj;aifjk8a#jYa~",
        ),
    ],
)
def test_a_blurhash_is_that_of_other_implementations(
    size: tuple[int, int], components: tuple[int, int], expected: str
) -> None:
    assert encoded(drawn(*size).convert("RGB"), *components) == expected


@pytest.mark.parametrize(("size", "first"), [((32, 24), "L"), ((24, 32), "T"), ((2, 2), "A"), ((1, 1), "0")])
def test_the_longer_side_has_more_components(size: tuple[int, int], first: str) -> None:
    assert blurhash(drawn(*size).convert("RGB"))[0] == first


@pytest.mark.parametrize(  # by `rgbaToThumbHash` of the npm package thumbhash 0.1.1
    ("size", "clear", "expected"),
    [
        ((32, 24), False, "4hYGVYxgZ4lJSHmKhZh2aUBTBYhn"),
        ((24, 32), False, "4QYGVQ6AplN1yWaYdml5d0BhBVuK"),
        ((32, 10), False, "4hUKeoxQhJhbh3eHYJMHfJg="),
        ((1, 1), False, "FQAq/wEI9wiIh4hwj3CI+AiIcH/4AAAA"),
        ((32, 32), True, "YheCJQQHEkwKKrvEpzBDBZRWJ7RjYHRBRg=="),
        ((20, 32), True, "ofaBIwQIgVL0tpVAgAZte2E4BXUXZlA="),
        ((13, 9), True, "HtOFG4IXsIeKeIagpvZxlmN2MIi2p2U="),
    ],
)
def test_a_thumbhash_is_that_of_other_implementations(size: tuple[int, int], clear: bool, expected: str) -> None:
    assert base64.b64encode(thumbhash(drawn(*size, clear))).decode() == expected


@given(st.integers(1, 32), st.integers(1, 32), st.data())
def test_there_is_one_of_every_picture(width: int, height: int, data: st.DataObject) -> None:
    pixels = data.draw(st.binary(min_size=4, max_size=4)) * (width * height)
    image = Image.frombytes("RGBA", (width, height), pixels)

    assert len(blurhash(image.convert("RGB"))) >= 6
    assert 5 < len(thumbhash(image)) <= 25


def test_the_average_counts_what_can_be_seen() -> None:
    image = Image.new("RGBA", (2, 1), (255, 0, 0, 255))
    image.putpixel((1, 0), (0, 255, 0, 0))

    assert average(image) == "#ff0000"
    assert average(Image.new("RGBA", (3, 3), (9, 9, 9, 0))) == "#ffffff"


# -- what is told of a file --


def test_a_photo(studio: Studio) -> None:
    photo = SAMPLES / "rocket.jpg"
    facts = told(photo)

    assert list(facts) == [
        *("width", "height", "format", "bytes"),
        *("hasTransparency", "color", "blurhash", "thumbhash", "dataUrl"),
    ]
    assert (facts["width"], facts["height"], facts["format"]) == (640, 427, "jpg")
    assert facts["bytes"] == photo.stat().st_size
    assert tiny(facts).size == (20, 13)
    assert len(facts["dataUrl"]) < 600


def test_the_tiny_picture_is_the_picture() -> None:
    photo = Image.open(SAMPLES / "rocket.jpg").convert("RGB").resize((20, 13), Image.Resampling.BOX)

    difference = ImageChops.difference(tiny(told(SAMPLES / "rocket.jpg")).convert("RGB"), photo)

    assert max(ImageStat.Stat(difference).mean) < 12


def test_it_is_upright(studio: Studio) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    turned = studio.file(Image.new("RGB", (300, 200), (10, 20, 30)), "turned.jpg", exif=exif)

    assert (told(turned)["width"], told(turned)["height"]) == (200, 300)
    assert tiny(told(turned)).size == (13, 20)


def test_an_original_is_looked_at_upright(studio: Studio) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    turned = studio.file(Image.new("RGB", (300, 200), (10, 20, 30)), "turned.jpg", exif=exif)

    assert facts_of(rendition_of(turned, Plan(original=True)))["width"] == 200


def test_ink_is_light(studio: Studio) -> None:
    ink = studio.file(Image.new("CMYK", (40, 30), (0, 255, 255, 0)), "ink.jpg")

    color = told(ink)["color"]
    red, green, blue = bytes.fromhex(color[1:])

    assert red > 200
    assert max(green, blue) < 80


def test_transparency_is_told(studio: Studio) -> None:
    half = Image.new("RGBA", (40, 40), (200, 30, 30, 0))
    half.paste((0, 0, 255, 255), (0, 0, 40, 20))
    facts = told(studio.file(half, "half.png"))

    assert (facts["hasTransparency"], facts["color"]) == (True, "#0000ff")
    assert thumbhash(half)[2] & 0x80
    assert tiny(facts).convert("RGBA").getpixel((10, 19))[3] < 30  # type: ignore[index]


def test_one_pixel(studio: Studio) -> None:
    facts = told(studio.file(Image.new("RGB", (1, 1), (16, 32, 48)), "one.png"))

    assert (facts["width"], facts["height"], facts["color"]) == (1, 1, "#102030")
    assert len(facts["blurhash"]) == 6
    assert tiny(facts).size == (1, 1)


def test_of_what_moves_the_first_frame_counts(studio: Studio) -> None:
    frames = [Image.new("RGB", (40, 20), color) for color in ("#ff0000", "#0000ff")]
    moving = studio.file(frames[0], "moving.webp", save_all=True, append_images=frames[1:], lossless=True)

    assert (told(moving)["color"], told(moving)["format"]) == ("#ff0000", "webp")


def test_a_transformation_is_told_of_as_it_is_drawn() -> None:
    square = Step(frame=Frame(Length(100), Length(100)))

    facts = told(SAMPLES / "rocket.jpg", square)

    assert (facts["width"], facts["height"]) == (100, 100)
    assert tiny(facts).size == (20, 20)


def test_what_is_told_is_no_picture() -> None:
    rendition = rendition_of(SAMPLES / "rocket.jpg", Plan())

    assert (rendition.content.mime, rendition.content.picture) == ("application/json", None)
    assert Rendition.unpack(rendition.pack()) == rendition
    assert replace(rendition, told=False).content.picture is Format.JPEG


def test_its_plan_is_its_own_and_is_for_every_viewer() -> None:
    plan = Plan(output=Output(OutputFormat.AUTO), orient=True)

    assert str(placeholder_of(plan)) == "lqip:rt-auto:w-32,h-32,c-at_max,f-png"
    assert not placeholder_of(plan).negotiates
    assert not placeholder_of(plan).leaves_quality_open
