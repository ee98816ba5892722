from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile, get_sampling

from proxy.formats import Format
from proxy.pixels.encode import Wish, encode
from proxy.pixels.picture import Picture
from proxy.pixels.quality import estimated_quality
from proxy.plan.output import OutputFormat
from proxy.plan.steps import Step
from proxy.plan.values import Color
from tests.golden_images import difference
from tests.pixels.pictures import Studio, near, opened, photograph, places, sized, with_orientation

WRITTEN = [OutputFormat.JPEG, OutputFormat.PNG, OutputFormat.WEBP, OutputFormat.AVIF]
LOSSY = [OutputFormat.JPEG, OutputFormat.WEBP, OutputFormat.AVIF]
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description tiff:Orientation="6" dc:title="a mug"/></x:xmpmeta>'
GPS, MAKE = 0x8825, 0x010F


def jpeg_of(studio: Studio, path: Path, **options: Any) -> JpegImageFile:
    image = Image.open(BytesIO(studio.draw(path, sized(100), format=OutputFormat.JPEG, **options).body))
    assert isinstance(image, JpegImageFile)
    return image


@pytest.mark.parametrize(("stored", "delivered"), [(95, 80), (80, 80), (60, 60)])
def test_the_default_quality_never_raises(studio: Studio, stored: int, delivered: int) -> None:
    path = studio.file(photograph("coffee.png"), "a.jpg", quality=stored)

    assert estimated_quality(jpeg_of(studio, path).quantization) == delivered


@pytest.mark.parametrize("asked", [25, 90])
def test_the_quality_of_the_url_is_obeyed(studio: Studio, asked: int) -> None:
    path = studio.file(photograph("coffee.png"), "a.jpg", quality=60)

    assert estimated_quality(jpeg_of(studio, path, quality=asked).quantization) == asked


@pytest.mark.parametrize("format", LOSSY)
def test_more_quality_takes_more_bytes(studio: Studio, format: OutputFormat) -> None:
    path = studio.file(photograph("coffee.png"), "a.png")

    sizes = [len(studio.draw(path, sized(100), format=format, quality=quality).body) for quality in (20, 50, 80, 95)]

    assert sizes == sorted(sizes)
    assert sizes[0] < sizes[-1] / 3


@pytest.mark.parametrize("format", LOSSY)
def test_a_default_quality_of_80_does_not_spoil_the_picture(studio: Studio, format: OutputFormat) -> None:
    path = studio.file(photograph("coffee.png"), "a.png")

    assert difference(studio.picture(path, sized(200), format=format), studio.picture(path, sized(200))) < 0.03


def test_colours_are_not_thinned_out(studio: Studio) -> None:
    path = studio.file(photograph("coffee.png"), "a.jpg", subsampling="4:2:0")

    assert get_sampling(jpeg_of(studio, path)) == 0


@pytest.mark.parametrize("progressive", [True, False])
def test_a_jpeg_is_progressive_if_asked(studio: Studio, progressive: bool) -> None:
    path = studio.file(photograph("coffee.png"), "a.png")

    assert ("progressive" in jpeg_of(studio, path, progressive=progressive).info) == progressive


@pytest.mark.parametrize("format", [OutputFormat.PNG, OutputFormat.WEBP])
def test_lossless_is_exact(studio: Studio, format: OutputFormat) -> None:
    picture = photograph("coffee.png").resize((120, 80))
    path = studio.file(picture, "a.png")

    assert (
        studio.picture(path, format=format, lossless=True).convert("RGB").tobytes() == picture.convert("RGB").tobytes()
    )


@pytest.mark.parametrize("format", [OutputFormat.PNG, OutputFormat.WEBP, OutputFormat.AVIF])
@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_alpha_is_kept_where_it_can_be(studio: Studio, format: OutputFormat, mode: str) -> None:
    image = Image.new(mode, (60, 40), (200, 120, 40, 128) if mode == "RGBA" else (200, 128))

    pixel = studio.picture(studio.file(image, "a.png"), sized(30), format=format).convert("RGBA").getpixel((9, 9))

    assert near(pixel, (200, 120, 40, 128) if mode == "RGBA" else (200, 200, 200, 128), 4)


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([], (100, 60, 20)),
        ([Step(background=Color(255, 255, 255))], (228, 188, 148)),
        ([Step(background=Color(255, 255, 255, 10))], (228, 188, 148)),
        ([Step(background=Color(0, 0, 255)), sized(30)], (100, 60, 147)),
    ],
)
def test_a_jpeg_lies_on_the_background(studio: Studio, steps: list[Step], expected: tuple[int, ...]) -> None:
    path = studio.file(Image.new("RGBA", (60, 40), (200, 120, 40, 128)), "a.png")

    assert near(studio.picture(path, *steps, format=OutputFormat.JPEG).getpixel((9, 9)), expected, 3)


def test_grey_with_alpha_becomes_a_grey_jpeg(studio: Studio) -> None:
    path = studio.file(Image.new("LA", (60, 40), (200, 128)), "a.png")
    image = studio.picture(path, sized(30), format=OutputFormat.JPEG)

    assert image.mode == "L"
    assert near((image.getpixel((5, 5)),), (100,))


def full_of_facts(studio: Studio, name: str) -> Path:
    exif = with_orientation(6)
    exif[MAKE] = "a telephone"
    exif.get_ifd(GPS)[1] = "N"
    options: dict[str, Any] = {"exif": exif, "dpi": (300, 300)}
    if name == "a.jpg":
        options |= {"xmp": XMP, "comment": b"private words"}
    return studio.file(places(120, 80), name, **options)


@pytest.mark.parametrize("format", WRITTEN)
@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.webp", "a.tiff"])
@pytest.mark.parametrize("steps", [[], [sized(50)]])
def test_nothing_that_a_file_tells_is_passed_on(
    studio: Studio, format: OutputFormat, name: str, steps: list[Step]
) -> None:
    body = studio.draw(full_of_facts(studio, name), *steps, format=format).body

    assert not dict(opened(studio.draw(full_of_facts(studio, name), *steps, format=format)).getexif())
    assert all(word not in body for word in (b"telephone", b"private words", b"a mug", b"Exif", b"eXIf", b"xmp"))


@pytest.mark.parametrize("format", WRITTEN)
def test_metadata_is_kept_if_asked(studio: Studio, format: OutputFormat) -> None:
    image = studio.picture(full_of_facts(studio, "a.jpg"), sized(50), format=format, keep_metadata=True)
    exif = image.getexif()

    assert image.size == (50, 75)
    assert exif[MAKE] == "a telephone"
    assert exif.get_ifd(GPS)[1] == "N"
    assert exif.get(0x0112, 1) == 1
    xmp = str(image.info.get("xmp") or image.info.get("XML:com.adobe.xmp"))
    assert "a mug" in xmp
    assert 'tiff:Orientation="1"' in xmp


def test_a_picture_that_was_not_turned_still_says_how_it_lies(studio: Studio) -> None:
    image = studio.picture(full_of_facts(studio, "a.jpg"), format=OutputFormat.JPEG, keep_metadata=True, orient=False)

    assert image.size == (120, 80)
    assert image.getexif()[0x0112] == 6


def test_metadata_that_is_too_long_is_left_out(studio: Studio) -> None:
    path = studio.file(places(60, 40), "a.png", exif=b"Exif\x00\x00MM\x00*\x00\x00\x00\x08" + huge_exif())

    assert not dict(studio.picture(path, format=OutputFormat.JPEG, keep_metadata=True).getexif())


def huge_exif() -> bytes:
    exif = Image.Exif()
    exif[MAKE] = "x" * 70_000
    return exif.tobytes()[14:]


def test_a_palette_comes_back_for_a_png(studio: Studio) -> None:
    picture = photograph("coffee.png").convert("RGB").quantize(128)
    path = studio.file(picture, "a.png")

    small = studio.draw(path, sized(200))

    assert opened(small).mode == "P"
    assert len(small.body) < len(studio.draw(path, sized(200), lossless=True).body) / 2
    assert difference(opened(small), studio.picture(path, sized(200), lossless=True)) < 0.03


def test_a_palette_with_soft_edges_keeps_them(studio: Studio) -> None:
    logo = Image.new("RGBA", (200, 200))
    logo.paste((255, 0, 0, 255), (50, 50, 150, 150))
    path = studio.file(logo.quantize(16), "a.png")

    image = studio.picture(path, sized(33)).convert("RGBA")

    assert near(image.getpixel((16, 16)), (255, 0, 0, 255), 1)
    assert image.getpixel((1, 1))[3] == 0  # type: ignore[index]
    assert len(image.getcolors() or []) > 2


@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA", "CMYK"])
@pytest.mark.parametrize("format", [Format.JPEG, Format.PNG, Format.WEBP, Format.AVIF, Format.GIF])
def test_every_mode_can_be_written(mode: str, format: Format) -> None:
    body = encode(Picture(Image.new(mode, (40, 30))), format, Wish(80))

    with Image.open(BytesIO(body)) as image:
        image.load()
        assert image.size == (40, 30)


@pytest.mark.parametrize("format", [Format.JPEG, Format.PNG, Format.WEBP, Format.AVIF, Format.GIF])
def test_a_single_pixel_can_be_written(format: Format) -> None:
    assert Image.open(BytesIO(encode(Picture(Image.new("RGB", (1, 1))), format, Wish(80)))).size == (1, 1)


def test_the_same_picture_has_the_same_bytes(studio: Studio) -> None:
    path = studio.file(photograph("coffee.png"), "a.png")

    for wanted in WRITTEN:
        first, second = (studio.draw(path, sized(100), format=wanted) for _ in range(2))
        assert first == second


def test_noise_can_be_progressive() -> None:
    noise = Image.merge("RGB", [Image.effect_noise((700, 500), 200) for _ in range(3)])

    assert len(encode(Picture(noise), Format.JPEG, Wish(100, progressive=True))) > 2 * 700 * 500


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_large_pictures_can_be_lossless_too(mode: str) -> None:
    image = places(1200, 900).convert(mode)

    packed = encode(Picture(image.copy()), Format.WEBP, Wish(80, lossless=True))

    assert difference(Image.open(BytesIO(packed)), image) == 0
