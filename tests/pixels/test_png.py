"""A PNG that is read as a whole is the one that Pillow reads."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, PngImagePlugin

from proxy.formats import Format
from proxy.native.library import unfilter
from proxy.pixels import png
from proxy.pixels.decode import open_raster
from tests.native.needs import needs_unfilter
from tests.pixels import png_files
from tests.pixels.pictures import LIMITS, ORIENTATION
from tests.pixels.png_files import GRAY, GRAY_ALPHA, PALETTE, RGB, RGBA, Chunk, plain

KINDS = [(GRAY, depth) for depth in (1, 2, 4, 8, 16)] + [(PALETTE, depth) for depth in (1, 2, 4, 8)]
KINDS += [(color, depth) for color in (RGB, GRAY_ALPHA, RGBA) for depth in (8, 16)]
TURNED = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"
HEADER, DATA = png_files.header(), png_files.pixels(png_files.rows())
EMPTY: Chunk = (b"IDAT", b"")
BEHIND: list[Chunk] = [(b"tEXt", b"Title\0a cup"), (b"eXIf", TURNED), (b"teSt", b"of our own")]

FILES: dict[str, bytes] = {
    "gray, one clear": plain(GRAY, 8, (b"tRNS", b"\0\x11")),
    "rgb, one clear": plain(RGB, 8, (b"tRNS", b"\0\x11\0\x22\0\x33")),
    "16 bits, one clear": plain(RGB, 16, (b"tRNS", b"\1\x11\1\x22\1\x33")),
    "palette, some clear": plain(PALETTE, 8, (b"tRNS", bytes(range(0, 255, 5)))),
    "palette, one clear": plain(PALETTE, 8, (b"tRNS", b"\xff\xff\0")),
    "chunks of 1 byte": png_files.png(HEADER, *png_files.pixels(png_files.rows(), 1), png_files.END),
    "chunks of 100 bytes": png_files.png(HEADER, *png_files.pixels(png_files.rows(), 100), png_files.END),
    "empty chunks": png_files.png(HEADER, EMPTY, EMPTY, *DATA, EMPTY, png_files.END),
    "behind": png_files.png(HEADER, *DATA, *BEHIND, png_files.END),
    "no end": png_files.png(HEADER, *DATA),
    "not compressed": png_files.png(HEADER, *png_files.stored(png_files.rows()), png_files.END),
}
OTHERS: dict[str, bytes] = {
    "apng": png_files.animated(3),
    "apng with another first picture": png_files.animated(3, default=True),
    "apng of one frame": png_files.animation_of_one(default=True),
    "apng of nothing but a frame": png_files.animation_of_one(default=False),
}


@pytest.fixture
def wholes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many rows were read as a whole, for each picture that was."""
    found: list[int] = []

    def counted(rows: bytearray, count: int, *more: Any) -> None:
        unfilter(rows, count, *more)
        found.append(count)

    monkeypatch.setattr(png, "unfilter", counted)
    return found


def told(image: Image.Image) -> dict[str, Any]:
    """What was read, once the pixels are."""
    assert isinstance(image, PngImagePlugin.PngImageFile)
    image.load()
    colors = image.getpalette("RGBA") if image.mode == "P" else None
    texts = dict(image.text)
    told: dict[str, Any] = {"mode": image.mode, "size": image.size, "pixels": image.tobytes(), "palette": colors}
    return told | {"info": image.info, "exif": dict(image.getexif()), "text": texts, "own": image.private_chunks}


def ours(content: bytes) -> dict[str, Any]:
    return told(open_raster(BytesIO(content), Format.PNG, LIMITS, orient=True).image)


def pillows(content: bytes) -> dict[str, Any]:
    with Image.open(BytesIO(content)) as image:
        return told(image)


@needs_unfilter
@pytest.mark.parametrize("interlaced", [False, True], ids=["rows", "interlaced"])
@pytest.mark.parametrize(("color", "depth"), KINDS)
def test_every_kind_is_what_pillow_reads(color: int, depth: int, interlaced: bool, wholes: list[int]) -> None:
    content = plain(color, depth, interlaced=interlaced)

    assert ours(content) == pillows(content)

    assert wholes == ([png_files.HEIGHT] if depth == 8 and not interlaced else [])


@needs_unfilter
@pytest.mark.parametrize("name", FILES)
def test_every_arrangement_is_what_pillow_reads(name: str, wholes: list[int]) -> None:
    assert ours(FILES[name]) == pillows(FILES[name])

    assert len(wholes) == ("16" not in name)


@pytest.mark.parametrize("name", OTHERS)
def test_animations_are_left_to_pillow(name: str, wholes: list[int]) -> None:
    image = open_raster(BytesIO(OTHERS[name]), Format.PNG, LIMITS, orient=True).image

    with Image.open(BytesIO(OTHERS[name])) as alone:
        for frame in range(getattr(alone, "n_frames", 1)):
            alone.seek(frame)
            image.seek(frame)
            assert image.tobytes() == alone.tobytes()
    assert not wholes


def test_what_stands_behind_the_pixels_is_obeyed() -> None:
    raster = open_raster(BytesIO(FILES["behind"]), Format.PNG, LIMITS, orient=True)

    assert (raster.image.info["Title"], raster.image.getexif()[ORIENTATION]) == ("a cup", 6)
    assert raster.size.pair == (png_files.HEIGHT, png_files.WIDTH)


def test_a_file_is_read_like_one_in_memory(tmp_path: Path) -> None:
    path = tmp_path / "cup.png"
    path.write_bytes(FILES["behind"])

    with path.open("rb") as file:
        assert told(open_raster(file, Format.PNG, LIMITS, orient=True).image) == pillows(FILES["behind"])


@needs_unfilter
@pytest.mark.parametrize(("more", "whole"), [(0, [png_files.HEIGHT]), (-1, [])])
def test_large_ones_are_left_to_pillow(
    more: int, whole: list[int], wholes: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(png, "MOST_BYTES", png_files.WIDTH * png_files.HEIGHT * 3 + more)

    assert ours(plain()) == pillows(plain())

    assert wholes == whole


@needs_unfilter
def test_without_the_library_pillow_reads_all(monkeypatch: pytest.MonkeyPatch, wholes: list[int]) -> None:
    monkeypatch.setattr(png, "CAN_UNFILTER", False)

    assert ours(plain()) == pillows(plain())

    assert not wholes
