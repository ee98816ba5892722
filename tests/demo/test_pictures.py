"""The sample catalogue: real files of every kind, the same on every day."""

import io
import re
from collections import Counter
from zipfile import ZipFile

from PIL import ExifTags, Image, ImageChops, ImageOps, ImageStat

from proxy.demo.documents import care_instructions, data_sheet
from proxy.demo.drawings import soft_logo, steaming_cup
from proxy.demo.files import DemoFile, Family, cleaned, media_code
from proxy.demo.pictures import sample, sample_files

SHAPE = re.compile(r"([0-9a-f])/([0-9a-f])/([0-9a-f])/([0-9a-f])/\1\2\3\4[0-9a-f]{36}_[A-Za-z0-9._]+")


def opened(file: DemoFile) -> Image.Image:
    return Image.open(io.BytesIO(file.content))


def durations(picture: Image.Image) -> list[int]:
    frames = []
    for number in range(getattr(picture, "n_frames", 1)):
        picture.seek(number)
        picture.load()
        frames.append(picture.info["duration"])
    return frames


def test_every_code_has_the_true_shape_and_occurs_once() -> None:
    codes = [file.code for file in sample_files()]

    assert all(SHAPE.fullmatch(code) for code in codes)
    assert len(set(codes)) == len(codes)


def test_every_family_has_files() -> None:
    assert set(Counter(file.family for file in sample_files())) == set(Family)


def test_every_byte_outside_the_alphabet_becomes_an_underscore() -> None:
    assert cleaned("tasse à café-1.jpg") == "tasse____caf___1.jpg"
    assert media_code("a b.png").endswith("_a_b.png")


def test_a_long_name_is_cut_before_its_extension() -> None:
    assert cleaned("n" * 120 + ".jpeg") == "n" * 95 + ".jpeg"


def test_the_same_files_are_made_every_time() -> None:
    assert sample("steaming cup").content == steaming_cup()
    assert sample("logo").content == soft_logo()
    assert sample("care").content == care_instructions()


def test_the_gif_moves_and_its_frames_do_not_last_equally_long() -> None:
    picture = opened(sample("steaming cup"))

    first = picture.convert("RGB")
    lasting = durations(picture)
    assert ImageChops.difference(first, picture.convert("RGB")).getbbox()
    assert len(lasting) >= 6
    assert len(set(lasting)) > 1


def test_the_webp_moves_on_a_transparent_ground() -> None:
    picture = opened(sample("orbit"))

    assert len(durations(picture)) == 12
    assert picture.convert("RGBA").getpixel((0, 0)) == (0, 0, 0, 0)


def test_the_logo_has_every_degree_of_transparency() -> None:
    alpha = opened(sample("logo")).getchannel("A")

    assert len(set(alpha.tobytes())) > 200


def test_the_picture_for_print_is_cmyk_with_adobes_marker_and_the_same_colours() -> None:
    printed = opened(sample("rocket for print"))

    assert (printed.mode, "adobe" in printed.info) == ("CMYK", True)
    assert ImageStat.Stat(printed.getchannel("K")).extrema[0][1] > 100
    seen = ImageChops.difference(printed.convert("RGB"), opened(sample("rocket")).convert("RGB"))
    assert max(ImageStat.Stat(seen).rms) < 8


def test_the_telephones_picture_lies_on_its_side_and_tells_where_it_was_taken() -> None:
    stored = opened(sample("tasse à café"))

    assert stored.size == (400, 600)
    assert stored.getexif()[ExifTags.Base.Orientation] == 6
    assert stored.getexif().get_ifd(ExifTags.IFD.GPSInfo)
    upright = ImageOps.exif_transpose(stored)
    seen = ImageChops.difference(upright, opened(sample("coffee")).convert("RGB"))
    assert max(ImageStat.Stat(seen).rms) < 8


def test_the_pdfs_table_points_at_its_objects() -> None:
    pdf = data_sheet()

    start = int(pdf.rpartition(b"startxref\n")[2].split()[0])
    offsets = [int(entry) for entry in re.findall(rb"^(\d{10}) 00000 n", pdf[start:], re.MULTILINE)]
    assert pdf[start:].startswith(b"xref\n")
    assert [pdf[offset:].split()[0] for offset in offsets] == [b"%d" % number for number in range(1, len(offsets) + 1)]


def test_the_other_files_are_what_they_say() -> None:
    assert ZipFile(io.BytesIO(sample("care").content)).testzip() is None
    assert sample("chime").content[:4] == b"RIFF"
    assert b'viewBox="0 0 158 33"' in sample("badge").content
