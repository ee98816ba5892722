"""Planes of JPEGs by libturbojpeg, against the same decoder as Pillow has it; and what is no such JPEG."""

import io
import mmap
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageStat

from proxy.native import turbojpeg
from proxy.native.arrow import Pixels, pixels_of
from proxy.native.turbojpeg import planes_of, read_planes
from tests.native.guarded import guarded
from tests.native.needs import needs_turbojpeg
from tests.pixels.pictures import photograph

pytestmark = needs_turbojpeg

SHRINKS = (1, 2, 4, 8)
SIDES = st.integers(2, 70)


def jpeg(size: tuple[int, int], **options: Any) -> bytes:
    body = io.BytesIO()
    photograph("coffee.png").convert("RGB").crop((200, 100, 500, 300)).resize(size).save(
        body, "JPEG", **({"quality": 92, "subsampling": "4:2:0"} | options)
    )
    return body.getvalue()


def with_colors_of_its_own(file: bytes) -> bytes:
    """As Adobe marks them, in place of JFIF's mark."""
    end = 4 + int.from_bytes(file[4:6])  # of the first segment
    return file[:2] + b"\xff\xee\0\x0eAdobe\0\x64\0\0\0\0\0" + file[end:]


def read(file: bytes, size: tuple[int, int], shrink: int = 1) -> list[Image.Image]:
    images = [Image.new("L", each) for each in planes_of(size, shrink)]
    with ExitStack() as stack:
        read_planes(file, size, shrink, [stack.enter_context(pixels_of(image)) for image in images])
    return images


def by_pillow(file: bytes, mode: str, shrink: int) -> Image.Image:
    with Image.open(io.BytesIO(file)) as opened:
        opened.draft(mode, (opened.width // shrink, opened.height // shrink))
        opened.load()
        return opened


@given(SIDES, SIDES, st.sampled_from(SHRINKS), st.booleans())
def test_brightness_is_that_of_pillow(width: int, height: int, shrink: int, progressive: bool) -> None:
    assume(min(width, height) >= 2 * shrink)
    file = jpeg((width, height), progressive=progressive)

    brightness, *_ = read(file, (width, height), shrink)

    expected = by_pillow(file, "L", shrink)
    assert brightness.crop((0, 0, *expected.size)).tobytes() == expected.tobytes()


@given(SIDES, SIDES, st.booleans())
def test_of_a_whole_picture_colors_are_the_samples_that_are_stored(width: int, height: int, progressive: bool) -> None:
    """At half of its size the decoder has one for each pixel."""
    file = jpeg((width, height), progressive=progressive)

    _, blue, red = read(file, (width, height))

    half = by_pillow(file, "YCbCr", 2)
    assert [blue.tobytes(), red.tobytes()] == [half.getchannel(name).tobytes() for name in ("Cb", "Cr")]


@pytest.mark.parametrize("shrink", SHRINKS[1:])
def test_of_a_smaller_one_they_are_the_mean_of_four(shrink: int) -> None:
    file = jpeg((640, 480), quality=95)

    _, *colors = read(file, (640, 480), shrink)

    for color, name in zip(colors, ("Cb", "Cr"), strict=True):
        mean = by_pillow(file, "YCbCr", shrink).getchannel(name).reduce(2)
        assert max(ImageStat.Stat(ImageChops.difference(color, mean)).rms) < 1


@contextmanager
def guarded_planes(size: tuple[int, int], shrink: int, *, at_end: bool) -> Iterator[list[Pixels]]:
    with ExitStack() as stack:
        sizes = planes_of(size, shrink)
        places = [stack.enter_context(guarded(width * height, at_end=at_end)) for width, height in sizes]
        yield [Pixels(place, each, 1) for place, each in zip(places, sizes, strict=True)]


@pytest.mark.parametrize("at_end", [True, False])
@pytest.mark.parametrize("shrink", SHRINKS)
def test_nothing_is_written_beyond_the_planes(shrink: int, at_end: bool) -> None:
    for size in [(16, 16), (17, 19), (31, 33), (129, 23), *([(2, 2), (3, 3), (2, 9)] if shrink == 1 else [])]:
        with guarded_planes(size, shrink, at_end=at_end) as planes:
            read_planes(jpeg(size), size, shrink, planes)


def test_a_spoiled_file_is_read_or_refused_and_nothing_else() -> None:
    chance, size, good = Random(1), (40, 24), jpeg((40, 24))
    refused = 0
    for _ in range(300):
        file = bytearray(good)
        for _ in range(chance.randint(1, 4)):
            file[chance.randrange(len(file))] = chance.randrange(256)
        with guarded_planes(size, 1, at_end=True) as planes:
            try:
                read_planes(bytes(file), size, 1, planes)
            except ValueError:
                refused += 1

    assert 0 < refused < 300


def test_decoders_are_given_back() -> None:
    file = jpeg((16, 16))
    read(file, (16, 16))
    before = resident()

    for _ in range(3000):
        read(file, (16, 16))

    assert resident() - before < 8 * 2**20


def resident() -> int:
    """Bytes of this process."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * mmap.PAGESIZE


@pytest.mark.parametrize(
    ("file", "why"),
    [
        (jpeg((41, 24)), "is not that of"),
        (jpeg((40, 24), subsampling="4:4:4"), "is not that of"),
        (jpeg((40, 24), subsampling="4:2:2"), "is not that of"),
        (with_colors_of_its_own(jpeg((40, 24))), "is not that of"),
        (jpeg((40, 24))[:-60], "Premature end"),
        (b"", "."),
        (b"GIF89a", "Not a JPEG"),
    ],
    ids=["another size", "4:4:4", "4:2:2", "RGB", "cut", "empty", "no JPEG"],
)
def test_another_file_is_refused(file: bytes, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        read(file, (40, 24))


def test_planes_of_other_sizes_are_refused() -> None:
    plane = Pixels(0, (40, 24), 1)

    with pytest.raises(ValueError, match="are not the"):
        read_planes(jpeg((40, 24)), (40, 24), 1, [plane, plane, plane])


def test_a_picture_that_is_too_small_for_it_is_refused() -> None:
    with pytest.raises(ValueError, match="too small"):
        read(jpeg((3, 3)), (3, 3), 2)


def test_a_library_that_is_missing_or_another_one_is_none() -> None:
    assert turbojpeg.opened("no-such-library") is None
    assert turbojpeg.opened("fribidi") is None
