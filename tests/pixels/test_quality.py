from io import BytesIO

import pytest
from PIL import Image, ImageChops, ImageStat
from PIL.JpegImagePlugin import JpegImageFile

from proxy.formats import Format
from proxy.pixels.quality import chosen_quality, estimated_quality, scale_for
from tests.pixels.pictures import photograph


@pytest.mark.parametrize("quality", [30, 50, 75, 80, 90, 95])
def test_the_quality_of_a_jpeg_is_read_from_its_tables(quality: int) -> None:
    buffer = BytesIO()
    Image.new("RGB", (8, 8)).save(buffer, "JPEG", quality=quality)
    image = Image.open(buffer)

    assert isinstance(image, JpegImageFile)
    assert estimated_quality(image.quantization) == quality


def test_odd_tables_have_some_quality() -> None:
    assert estimated_quality({}) is None
    assert estimated_quality({1: [3] * 64}) is None
    assert estimated_quality({0: [0] * 64}) == 100
    assert estimated_quality({0: [255] * 64}) == 11
    assert estimated_quality({0: [65535] * 64}) == 1


@pytest.mark.parametrize(
    ("asked", "source", "expected"), [(None, None, 80), (None, 95, 80), (None, 60, 60), (95, 60, 95), (10, 95, 10)]
)
def test_what_is_asked_for_is_obeyed_and_the_default_only_lowers(
    asked: int | None, source: int | None, expected: int
) -> None:
    assert chosen_quality(asked, 80, source) == expected


def test_the_scales_have_no_steps() -> None:
    for written in Format:
        scale = [scale_for(written, quality) for quality in range(1, 101)]

        assert scale == sorted(scale)
        assert 1 <= scale[0] < scale[-1] == 100


def test_the_same_number_looks_about_the_same() -> None:
    """The error against the unspoilt picture, in levels: no format may stand out."""
    picture = photograph("coffee.png").convert("RGB").resize((300, 200))
    errors = {}
    for written, options in (
        (Format.JPEG, {"subsampling": 0}),
        (Format.WEBP, {}),
        (Format.AVIF, {"subsampling": "4:4:4"}),
    ):
        buffer = BytesIO()
        picture.save(buffer, written.name, quality=scale_for(written, 80), **options)
        found = ImageStat.Stat(ImageChops.difference(picture, Image.open(buffer).convert("RGB")).convert("L"))
        errors[written] = found.rms[0]

    assert max(errors.values()) < 1.5 * min(errors.values())
