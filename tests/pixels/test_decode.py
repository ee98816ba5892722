import struct
import zlib
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from pillow_heif import register_heif_opener

from proxy.errors import SourceTooLarge, Undecodable
from proxy.formats import Content, Format
from proxy.pixels.decode import TURNS, open_raster
from proxy.pixels.geometry import Placement, Size, place
from proxy.pixels.job import Job, Limits
from proxy.pixels.render import render
from proxy.plan.frame import Frame
from proxy.plan.output import Output, OutputFormat
from proxy.plan.plan import Plan
from proxy.plan.values import Length
from tests.pixels.pictures import (
    LIMITS,
    MODERN,
    Studio,
    near,
    photograph,
    place_of,
    places,
    sized,
    with_orientation,
)

SUFFIXES = {
    Format.JPEG: "jpg",
    Format.PNG: "png",
    Format.WEBP: "webp",
    Format.AVIF: "avif",
    Format.GIF: "gif",
    Format.HEIC: "heic",
    Format.TIFF: "tiff",
    Format.BMP: "bmp",
    Format.ICO: "ico",
}
EVERY = pytest.mark.parametrize("format", SUFFIXES, ids=str)


register_heif_opener()  # to write them


def written(format: Format, image: Image.Image) -> bytes:
    buffer = BytesIO()
    names = {Format.JPEG: "JPEG", Format.HEIC: "HEIF"}
    options: dict[str, Any] = {"sizes": [image.size]} if format is Format.ICO else {}
    image.save(buffer, names.get(format, format.value.upper()), **options)
    return buffer.getvalue()


def job(path: Path, format: Format, limits: Limits = LIMITS, plan: Plan | None = None) -> Job:
    plan = plan or Plan((sized(20),), Output(OutputFormat.PNG), orient=True)
    return Job(path, Content.of(format), plan, MODERN, 80, limits)


@EVERY
def test_every_format_is_read(studio: Studio, format: Format) -> None:
    path = studio.bytes(written(format, places(160, 120)), f"a.{SUFFIXES[format]}")

    image = studio.picture(path, sized(80))

    assert image.size == (80, 60)
    assert place_of(image, (60.5, 15.5)) == pytest.approx((60.5 / 80, 15.5 / 60), abs=0.03)


@EVERY
@pytest.mark.parametrize("share", [0.05, 0.3, 0.6, 0.9])
def test_a_file_that_was_cut_is_refused(studio: Studio, format: Format, share: float) -> None:
    whole = written(format, photograph("coffee.png").convert("RGB").resize((200, 133)))
    path = studio.bytes(whole[: int(len(whole) * share)], "a")

    with pytest.raises(Undecodable):
        render(job(path, format))


@EVERY
@pytest.mark.parametrize("seed", range(4))
def test_garbage_is_refused_politely_or_drawn(studio: Studio, format: Format, seed: int) -> None:
    """Whatever is broken in a file, no other error gets out."""
    content = bytearray(written(format, places(64, 48)))
    for index in range(seed + 4, len(content), 17 + 12 * seed):
        content[index] = (content[index] * 31 + 7 * seed + 101) % 256

    with suppress(Undecodable, SourceTooLarge):
        assert render(job(studio.bytes(bytes(content), "a"), format)).rendition.width == 20


@EVERY
@pytest.mark.parametrize(
    "content", [b"", b"\x00", b"GIF89a", b"\xff\xd8\xff", b"RIFF\x04\x00\x00\x00WEBP", b"hello" * 900]
)
def test_what_is_no_picture_is_refused(studio: Studio, format: Format, content: bytes) -> None:
    with pytest.raises(Undecodable):
        render(job(studio.bytes(content, "a"), format))


@EVERY
def test_a_file_of_another_format_is_refused(studio: Studio, format: Format) -> None:
    other = Format.PNG if format is not Format.PNG else Format.GIF

    with pytest.raises(Undecodable):
        render(job(studio.bytes(written(other, places(30, 20)), "a"), format))


def test_a_missing_file_is_not_the_files_fault(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        render(job(tmp_path / "none.png", Format.PNG))


def test_what_is_no_picture_at_all_is_refused(studio: Studio) -> None:
    path = studio.bytes(b"%PDF-1.7", "a.pdf")

    with pytest.raises(Undecodable):
        render(Job(path, Content("application/pdf"), Plan(), MODERN, 80, LIMITS))


@EVERY
def test_too_many_pixels_are_refused(studio: Studio, format: Format) -> None:
    path = studio.bytes(written(format, places(160, 120)), "a")

    with pytest.raises(SourceTooLarge, match="more than 19199"):
        render(job(path, format, Limits(max_source_pixels=160 * 120 - 1, max_output_side=8192)))
    assert render(job(path, format, Limits(160 * 120, 8192))).rendition.width == 20


def test_a_bomb_is_refused_before_it_goes_off(studio: Studio) -> None:
    """A header of 60000 x 60000 pixels with nothing behind it; no warning either."""
    header = struct.pack(">IIBBBBB", 60000, 60000, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + header
    content = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))
    body = zlib.compress(bytes(100))
    content += struct.pack(">I", len(body)) + b"IDAT" + body + struct.pack(">I", zlib.crc32(b"IDAT" + body))

    with pytest.raises(SourceTooLarge, match=f"more than {LIMITS.max_source_pixels} pixels"):
        render(job(studio.bytes(content, "a"), Format.PNG))


def test_a_bomb_inside_an_icon_is_refused(studio: Studio) -> None:
    inside = written(Format.PNG, Image.new("1", (3000, 3000)))
    content = struct.pack("<HHH", 0, 1, 1) + struct.pack("<BBBBHHII", 16, 16, 0, 0, 1, 32, len(inside), 22) + inside

    with pytest.raises((SourceTooLarge, Undecodable)):
        render(job(studio.bytes(content, "a"), Format.ICO, Limits(1_000_000, 8192)))


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.webp", "a.avif"])
def test_a_picture_is_turned_upright(studio: Studio, name: str, orientation: int) -> None:
    """The stored pixels lie as a camera would leave them; whatever is cut is cut from the upright picture."""
    upright = places(240, 160)
    undo = {5: TURNS[5], 6: TURNS[8], 7: TURNS[7], 8: TURNS[6]}.get(orientation, TURNS.get(orientation))
    stored = upright if undo is None else upright.transpose(undo)
    options: dict[str, Any] = {} if name == "a.png" else {"quality": 98}
    path = studio.file(stored, name, exif=with_orientation(orientation), **options)

    whole = studio.picture(path, sized(120))
    part = studio.picture(path, sized(40, 80))

    assert whole.size == (120, 80)
    assert place_of(whole, (90.5, 20.5)) == pytest.approx((90.5 / 120, 20.5 / 80), abs=0.03)
    assert place_of(part, (20.5, 20.5)) == pytest.approx((60.5 / 120, 20.5 / 80), abs=0.03)


@pytest.mark.parametrize("orientation", [0, 9, 77])
def test_an_orientation_that_does_not_exist_is_ignored(studio: Studio, orientation: int) -> None:
    path = studio.file(places(60, 40), "a.jpg", exif=with_orientation(orientation))

    assert studio.picture(path, sized(30)).size == (30, 20)


def test_a_turned_tiff_comes_out_upright(studio: Studio) -> None:
    path = studio.file(places(60, 40).transpose(TURNS[8]), "a.tiff", tiffinfo={0x0112: 6})

    assert place_of(studio.picture(path, sized(60)), (45.5, 10.5)) == pytest.approx((45.5 / 60, 10.5 / 40), abs=0.03)


def test_a_picture_is_left_as_it_lies_if_nobody_asks(studio: Studio) -> None:
    path = studio.file(places(60, 40), "a.jpg", exif=with_orientation(6))

    assert studio.picture(path, sized(30), orient=False).size == (30, 20)


@pytest.mark.parametrize(
    ("width", "decoded"), [(1000, 2000), (999, 2000), (500, 1000), (501, 2000), (250, 500), (120, 250), (10, 250)]
)
def test_a_jpeg_is_decoded_at_no_less_than_twice_its_size(studio: Studio, width: int, decoded: int) -> None:
    path = studio.file(places(2000, 1200), "a.jpg")
    placement = place(Frame(Length(width)), Size(2000, 1200))

    with path.open("rb") as file:
        found = open_raster(file, Format.JPEG, LIMITS, orient=True).load(placement)

    assert found.image.width == decoded
    assert found.size == placement.part
    assert found.window[2] == decoded


def test_an_extract_is_cut_from_full_size_pixels(studio: Studio) -> None:
    path = studio.file(places(2000, 1200), "a.jpg")

    with path.open("rb") as file:
        found = open_raster(file, Format.JPEG, LIMITS, orient=True).load(Placement.whole(Size(2000, 1200)))

    assert found.image.size == (2000, 1200)


def test_an_odd_size_is_shrunk_without_a_shift(studio: Studio) -> None:
    """1999 pixels are 249.875 eighths: the last one is not whole, and must not pull the picture aside."""
    source = places(1999, 1201)
    for orientation in (1, 2, 3, 4):
        undo = TURNS.get(orientation)
        stored = source if undo is None else source.transpose(undo)
        path = studio.file(stored, "a.jpg", quality=98, exif=with_orientation(orientation))

        image = studio.picture(path, sized(100))

        for x, y in ((3.5, 3.5), (96.5, 56.5)):
            assert place_of(image, (x, y)) == pytest.approx((x / 100, y / 60), abs=0.008)


def test_of_an_icon_the_largest_is_taken(studio: Studio) -> None:
    path = studio.file(places(64, 64), "a.ico", sizes=[(16, 16), (64, 64), (32, 32)])

    assert studio.picture(path).size == (64, 64)


def test_of_a_tiff_the_first_page_is_taken(studio: Studio) -> None:
    pages = [Image.new("RGB", (40, 30), color) for color in ("red", "lime")]
    path = studio.file(pages[0], "a.tiff", save_all=True, append_images=pages[1:])

    assert studio.picture(path, sized(20)).getpixel((5, 5)) == (255, 0, 0)


def test_of_several_pictures_in_one_jpeg_the_first_is_taken(studio: Studio) -> None:
    pages = [Image.new("RGB", (40, 30), color) for color in ("red", "lime")]
    path = studio.file(pages[0], "a.mpo", save_all=True, append_images=pages[1:], quality=98)

    image = studio.picture(path.rename(path.with_suffix(".jpg")), sized(20))

    assert near(image.getpixel((5, 5)), (255, 0, 0), 4)


def test_of_a_moving_png_the_first_frame_is_taken(studio: Studio) -> None:
    frames = [Image.new("RGB", (40, 30), color) for color in ("red", "lime")]
    path = studio.file(frames[0], "a.png", save_all=True, append_images=frames[1:], duration=100)

    rendition = studio.draw(path, sized(20), format=OutputFormat.AUTO, accepts=MODERN)

    assert rendition.format is Format.AVIF


def test_damaged_exif_does_not_spoil_the_picture(studio: Studio) -> None:
    path = studio.file(places(60, 40), "a.jpg", exif=b"Exif\x00\x00MM\x00*\x00\x00\x00\x08\xff\xff" + bytes(range(60)))

    assert studio.picture(path, sized(30)).size == (30, 20)
    assert studio.picture(path, sized(30), keep_metadata=True).size == (30, 20)


def test_telephone_pictures_are_turned_once(studio: Studio) -> None:
    """A HEIC's container has the picture turned; the EXIF inside says so a second time."""
    stored = places(60, 40)
    stored.info["exif"] = with_orientation(6).tobytes()
    path = studio.file(stored, "a.heic", quality=95)

    image = studio.picture(path, sized(40))

    assert b"irot" in path.read_bytes()
    assert image.size == (40, 60)
