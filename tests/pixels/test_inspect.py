"""What is told of a picture: ImageKit's fields, from good files and from hostile ones."""

import json
import struct
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, ImageDraw
from PIL.ExifTags import TAGS
from PIL.TiffImagePlugin import IFDRational, ImageFileDirectory_v2

from proxy.errors import ProxyError, SourceTooLarge, Undecodable
from proxy.formats import Content, Format
from proxy.metrics import Metrics
from proxy.pixels.exif import MOST_BYTES, describe_exif
from proxy.pixels.inspection import inspect
from proxy.pixels.job import Inspection, Limits
from proxy.pixels.pool import Renderers
from tests.pixels.pictures import LIMITS, ORIENTATION, SAMPLES, Studio, content_of, places, sized

MAKE, MODEL, X_RESOLUTION, UNIT, MODIFIED = 0x010F, 0x0110, 0x011A, 0x0128, 0x0132
EXIF_IFD, GPS_IFD, INTEROP_IFD = 0x8769, 0x8825, 0xA005
ROWS_OF_A_STRIP = 0x0116
NOTHING: dict[str, dict[str, Any]] = {
    group: {} for group in ("image", "thumbnail", "exif", "gps", "interoperability", "makernote")
}
SAVED = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp", "AVIF": "avif", "GIF": "gif", "BMP": "bmp", "TIFF": "tiff"}


def facts(path: Path, limits: Limits = LIMITS) -> dict[str, Any]:
    return inspect(Inspection(path, content_of(path), limits))


def distance(one: str, other: str) -> int:
    """How many of the 64 bits differ."""
    return (int(one, 16) ^ int(other, 16)).bit_count()


def scene(size: tuple[int, int] = (320, 240)) -> Image.Image:
    return Image.open(SAMPLES / "rocket.jpg").convert("RGB").resize(size)


def camera() -> Image.Exif:
    """A block as a camera writes it."""
    exif = Image.Exif()
    exif[MAKE], exif[MODEL], exif[MODIFIED] = "Canon", "Canon EOS 40D", "2008:07:31 10:38:11"
    exif[EXIF_IFD] = {
        0x829A: IFDRational(1, 160),  # ExposureTime
        0x829D: IFDRational(71, 10),  # FNumber
        0x8827: 100,  # ISO
        0x9000: b"0221",  # ExifVersion
        0x9003: "2008:05:30 15:56:01",  # DateTimeOriginal
        0x9101: b"\x01\x02\x03\x00",  # ComponentsConfiguration
        0x9204: IFDRational(-1, 3),  # ExposureCompensation
        0x927C: b"\x00\xff" * 40,  # MakerNote
        0x9286: b"ASCII\0\0\0A rocket\0\0",  # UserComment
    }
    exif[GPS_IFD] = {
        0: b"\x02\x02\x00\x00",
        1: "N",
        2: (IFDRational(51), IFDRational(28), IFDRational(401, 10)),
        5: b"\x00",
        6: IFDRational(46),
    }
    return exif


def test_the_fields_of_a_photograph(studio: Studio) -> None:
    path = studio.file(scene(), "a.jpg", quality=85, dpi=(300, 300))

    told = facts(path)

    assert list(told) == [
        "height",
        "width",
        "size",
        "format",
        "colorSpace",
        "orientation",
        "hasColorProfile",
        "quality",
        "density",
        "hasTransparency",
        "exif",
        "pHash",
    ]
    assert (told["width"], told["height"], told["size"]) == (320, 240, path.stat().st_size)
    assert (told["format"], told["quality"], told["density"]) == ("jpg", 85, 300)
    assert (told["hasColorProfile"], told["hasTransparency"], told["exif"]) == (False, False, {})
    assert len(told["pHash"]) == 16


@pytest.mark.parametrize("codec", SAVED)
def test_every_format_has_its_name_and_only_a_jpeg_a_quality(studio: Studio, codec: str) -> None:
    told = facts(studio.file(scene(), f"a.{codec.lower()}", format=codec))

    assert (told["format"], told["width"], told["height"]) == (SAVED[codec], 320, 240)
    assert bool(told["quality"]) == (codec == "JPEG")
    assert told["density"] in {72, 96}


def test_bytes_are_told_of_like_a_file(studio: Studio) -> None:
    path = studio.file(scene(), "a.png")

    assert inspect(Inspection(path.read_bytes(), content_of(path), LIMITS)) == facts(path)


def test_the_size_is_that_of_the_stored_pixels_and_the_hash_that_of_the_upright_picture(studio: Studio) -> None:
    lying = Image.Exif()
    lying[ORIENTATION] = 6
    upright = facts(studio.file(scene(), "a.png"))

    told = facts(studio.file(scene().transpose(Image.Transpose.ROTATE_90), "b.png", exif=lying))

    assert (told["width"], told["height"]) == (240, 320)
    assert told["exif"]["image"]["Orientation"] == 6
    assert distance(told["pHash"], upright["pHash"]) <= 2


@pytest.mark.parametrize("codec", ["PNG", "WEBP", "AVIF", "TIFF"])
def test_one_clear_pixel_is_transparency_and_a_full_alpha_channel_is_none(studio: Studio, codec: str) -> None:
    picture = scene((300, 200)).convert("RGBA")
    opaque = facts(studio.file(picture, f"opaque.{codec.lower()}", format=codec))
    picture.putpixel((7, 11), (0, 0, 0, 0))

    clear = facts(studio.file(picture, f"clear.{codec.lower()}", format=codec, quality=100))

    assert (opaque["hasTransparency"], clear["hasTransparency"]) == (False, True)


def test_the_clear_colour_of_a_palette_is_transparency(studio: Studio) -> None:
    picture = Image.new("P", (20, 20), 3)
    picture.putpixel((1, 1), 0)

    assert facts(studio.file(picture, "a.gif", transparency=0))["hasTransparency"]


def test_a_colour_profile_is_noticed(studio: Studio) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()

    assert facts(studio.file(scene(), "a.jpg", icc_profile=profile))["hasColorProfile"]
    assert not facts(studio.file(scene(), "b.jpg"))["hasColorProfile"]


def test_the_block_of_a_camera_has_imagekits_names_and_plain_values(studio: Studio) -> None:
    told = facts(studio.file(scene(), "a.jpg", exif=camera()))["exif"]

    assert list(told) == list(NOTHING)
    assert (
        told["image"].items()
        >= {"Make": "Canon", "Model": "Canon EOS 40D", "ModifyDate": "2008:07:31 10:38:11"}.items()
    )
    assert told["exif"] == {
        "ExposureTime": 0.00625,
        "FNumber": 7.1,
        "ISO": 100,
        "ExifVersion": "0221",
        "DateTimeOriginal": "2008:05:30 15:56:01",
        "ExposureCompensation": pytest.approx(-1 / 3),
        "UserComment": "A rocket",
    }
    assert told["gps"] == {
        "GPSVersionID": [2, 2, 0, 0],
        "GPSLatitudeRef": "N",
        "GPSLatitude": [51, 28, 40.1],
        "GPSAltitudeRef": 0,
        "GPSAltitude": 46,
    }
    assert told["makernote"] == {}


@pytest.mark.parametrize("codec", ["JPEG", "PNG", "WEBP", "AVIF", "TIFF"])
def test_exif_is_found_in_every_format_that_holds_it(studio: Studio, codec: str) -> None:
    told = facts(studio.file(scene(), f"a.{codec.lower()}", format=codec, exif=camera().tobytes()))

    assert told["exif"]["image"]["Make"] == "Canon"
    assert told["exif"]["exif"]["ISO"] == 100


@pytest.mark.parametrize(
    ("comment", "charset"),
    [("Größe", "utf-16-le"), ("Größe", "utf-16-be"), ("Größe", "utf-16"), ("尺寸 12", "utf-16-le"), ("尺寸", "utf-16")],
)
def test_a_comment_in_sixteen_bits_is_read(studio: Studio, comment: str, charset: str) -> None:
    exif = Image.Exif()
    exif[EXIF_IFD] = {0x9286: b"UNICODE\0" + comment.encode(charset)}

    told = facts(studio.file(scene(), "a.jpg", exif=exif))

    assert told["exif"]["exif"]["UserComment"] == comment


def test_text_in_utf8_is_read_and_stays_on_one_line(studio: Studio) -> None:
    exif = Image.Exif()
    exif[MAKE], exif[MODEL] = "Gr????e", "two\nlines\x07"
    block = exif.tobytes().replace(b"Gr????e", "Größe".encode())

    image = facts(studio.file(scene(), "a.jpg", exif=block))["exif"]["image"]

    assert image == {"Make": "Größe", "Model": "two lines"}


def test_values_without_a_number_are_left_out(studio: Studio) -> None:
    exif = Image.Exif()
    exif[MAKE] = "Canon"
    exif[EXIF_IFD] = {0x829A: IFDRational(1, 0), 0x829D: IFDRational(0, 0)}

    told = facts(studio.file(scene(), "a.jpg", exif=exif))["exif"]

    assert (told["image"]["Make"], told["exif"]) == ("Canon", {})


@pytest.mark.parametrize(("unit", "density"), [(2, 118), (3, 300), (9, 72)])
def test_the_density_may_be_in_the_exif_alone(studio: Studio, unit: int, density: int) -> None:
    exif = Image.Exif()
    exif[X_RESOLUTION], exif[UNIT] = IFDRational(118), unit

    assert facts(studio.file(scene(), "a.webp", exif=exif))["density"] == density


@pytest.mark.parametrize("dots", [(0, 0), (65535, 1), (300, 300)])
def test_density_is_a_whole_number_whatever_the_file_says(studio: Studio, dots: tuple[int, int]) -> None:
    told = facts(studio.file(scene(), "a.jpg", dpi=dots))["density"]

    assert told == (dots[0] or 72)


def test_an_animation_tells_its_frames(studio: Studio) -> None:
    frames = [Image.new("RGB", (30, 20), (shade, 0, 0)) for shade in (0, 90, 180)]
    path = studio.file(frames[0], "a.gif", save_all=True, append_images=frames[1:])

    assert facts(path)["frames"] == 3


def test_an_svg_has_the_size_of_its_view_box(studio: Studio) -> None:
    circle = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 480"><circle cx="320" cy="240" r="200"/></svg>'

    told = facts(studio.bytes(circle, "a.svg"))

    assert (told["width"], told["height"], told["size"]) == (640, 480, len(circle))
    assert (told["format"], told["hasTransparency"], told["exif"]) == ("svg", True, {})


@pytest.mark.parametrize("change", ["half", "tenth", "quality", "webp", "grey", "brighter"])
def test_pictures_that_look_alike_have_hashes_that_are_close(studio: Studio, change: str) -> None:
    picture = scene((640, 428))
    first = facts(studio.file(picture, "a.png"))["pHash"]
    match change:
        case "half" | "tenth":
            by = 2 if change == "half" else 10
            other = studio.file(picture.resize((640 // by, 428 // by)), "b.png")
        case "quality":
            other = studio.file(picture, "b.jpg", quality=20)
        case "webp":
            other = studio.file(picture, "b.webp", quality=30)
        case "grey":
            other = studio.file(picture.convert("L"), "b.png")
        case _:
            other = studio.file(picture.point(lambda value: min(255, value + 12)), "b.png")

    assert distance(first, facts(other)["pHash"]) <= 6


def test_pictures_that_look_different_have_hashes_that_are_far_apart() -> None:
    hashes = [facts(path)["pHash"] for path in sorted(SAMPLES.glob("*.png")) + sorted(SAMPLES.glob("*.jpg"))]

    assert len(hashes) >= 4
    assert all(distance(one, other) >= 16 for at, one in enumerate(hashes) for other in hashes[:at])


def test_a_hash_looks_at_colours_as_they_are_seen(studio: Studio) -> None:
    """What one can see through lies on white, and the colour of clear pixels does not count."""
    clear = Image.new("RGBA", (64, 64), (0, 0, 0, 0))
    ImageDraw.Draw(clear).ellipse((8, 8, 40, 40), fill=(200, 30, 30, 255))
    paper = Image.new("RGB", (64, 64), (255, 255, 255))
    ImageDraw.Draw(paper).ellipse((8, 8, 40, 40), fill=(200, 30, 30))

    hashes = [facts(studio.file(image, name))["pHash"] for image, name in ((clear, "a.png"), (paper, "b.png"))]

    assert distance(*hashes) <= 2


def test_pictures_of_one_colour_have_one_hash(studio: Studio) -> None:
    hashes = {facts(studio.file(Image.new("RGB", (50, 50), (shade,) * 3), "a.png"))["pHash"] for shade in (1, 128, 255)}

    assert len(hashes) == 1


@pytest.mark.parametrize("part", [0.02, 0.3, 0.9])
@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.webp"])
def test_a_cut_file_is_refused(studio: Studio, name: str, part: float) -> None:
    path = studio.file(scene(), name, exif=camera())
    whole = path.read_bytes()
    path.write_bytes(whole[: max(40, round(len(whole) * part))])

    with pytest.raises(Undecodable):
        facts(path)


def test_what_is_no_picture_is_refused(studio: Studio) -> None:
    with pytest.raises(Undecodable, match="no picture"):
        facts(studio.bytes(b"%PDF-1.7 and so on", "a.pdf"))
    with pytest.raises(FileNotFoundError):
        inspect(Inspection(studio.directory / "gone.png", Content.of(Format.PNG), LIMITS))


def test_a_picture_of_too_many_pixels_is_refused(studio: Studio) -> None:
    with pytest.raises(SourceTooLarge):
        facts(studio.file(scene(), "a.png"), Limits(max_source_pixels=320 * 240 - 1, max_output_side=8192))


def test_a_hostile_block_makes_little_json(studio: Studio) -> None:
    """Every tag of photographs there is, each with a long text of its own."""
    tags = [tag for tag in sorted(TAGS) if tag >= MAKE]
    texts = 8 + 2 + 12 * len(tags) + 4
    rows = [struct.pack("<HHII", tag, 2, 2000, texts + 2000 * at) for at, tag in enumerate(tags)]
    block = heading("<") + struct.pack("<H", len(rows)) + b"".join(rows) + bytes(4) + b"x" * 2000 * len(tags)
    out = BytesIO()
    places(40, 30).save(out, "PNG", exif=block)

    told = facts(studio.bytes(out.getvalue(), "a.png"))["exif"]

    assert len(told["image"]["Make"]) == 1000
    assert len(json.dumps(told)) < MOST_BYTES + 1000


def test_a_block_that_is_none_does_not_make_the_picture_unreadable(studio: Studio) -> None:
    told = facts(studio.file(scene(), "a.jpg", exif=b"Exif\0\0 rubbish"))

    assert (told["width"], told["exif"]) == (320, {})


def test_directories_that_point_at_each_other_come_to_an_end(studio: Studio) -> None:
    """Each of three entries leads back to where it stands."""
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, 8) for tag in (EXIF_IFD, GPS_IFD, INTEROP_IFD))
    block = b"Exif\0\0II*\0" + struct.pack("<IH", 8, 3) + entries + struct.pack("<I", 8)

    told = facts(studio.file(scene(), "a.jpg", exif=block))

    assert told["width"] == 320


def heading(order: str) -> bytes:
    return b"Exif\0\0" + (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(f"{order}I", 8)


@st.composite
def blocks(draw: st.DrawFn) -> bytes:
    """Directories that nearly make sense: true tags, any type, any count, offsets anywhere."""
    order = draw(st.sampled_from("<>"))
    tags = st.sampled_from(
        [MAKE, X_RESOLUTION, UNIT, EXIF_IFD, GPS_IFD, INTEROP_IFD, 0x9286, 0x0201, 0, 2]
    ) | st.integers(0, 0xFFFF)
    rows = draw(
        st.lists(
            st.tuples(tags, st.integers(0, 14), st.integers(0, 2**32 - 1) | st.integers(0, 9), st.integers(0, 300)),
            max_size=9,
        )
    )
    packed = b"".join(struct.pack(f"{order}HHII", *row) for row in rows)
    return heading(order) + struct.pack(f"{order}H", len(rows)) + packed + draw(st.binary(max_size=200))


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.binary(max_size=300) | blocks())
@pytest.mark.filterwarnings("ignore")  # as in a worker
def test_any_block_is_json_or_nothing(block: bytes) -> None:
    image = Image.new("RGB", (8, 8))
    image.info["exif"] = block

    told = describe_exif(image)

    assert len(json.dumps(told, allow_nan=False)) < MOST_BYTES + 1000


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(at=st.integers(0, 2000), put=st.binary(min_size=1, max_size=20), name=st.sampled_from(["a.jpg", "a.png"]))
def test_a_damaged_file_is_told_of_or_refused(studio: Studio, at: int, put: bytes, name: str) -> None:
    path = studio.file(places(60, 40), name, exif=camera())
    whole = path.read_bytes()
    path.write_bytes(whole[: at % len(whole)] + put + whole[at % len(whole) + len(put) :])

    try:
        told = inspect(Inspection(path, Content.of(Format.JPEG if name == "a.jpg" else Format.PNG), LIMITS))
    except ProxyError:
        return
    assert json.dumps(told, allow_nan=False)


def test_tables_of_a_tiff_are_left_out(studio: Studio) -> None:
    directory = ImageFileDirectory_v2()
    directory[ROWS_OF_A_STRIP] = 1

    image = facts(studio.file(places(30, 900), "a.tif", tiffinfo=directory))["exif"]["image"]

    assert image["ImageWidth"] == 30
    assert "StripOffsets" not in image


async def test_the_workers_inspect_in_the_same_queue(renderers: Renderers, metrics: Metrics, studio: Studio) -> None:
    path = studio.file(scene(), "a.jpg", exif=camera())

    told = await renderers.inspect(Inspection(path, content_of(path), LIMITS))
    with pytest.raises(Undecodable):
        await renderers.inspect(Inspection(b"\x89PNG rubbish", Content.of(Format.PNG), LIMITS))
    drawn = studio.draw(path, sized(30))
    small = await renderers.inspect(Inspection(drawn.body, Content.of(drawn.format), LIMITS))

    assert told == facts(path)
    assert (small["width"], small["size"]) == (30, len(drawn.body))
    assert metrics.registry.get_sample_value("media_proxy_renders_total", {"outcome": "inspected"}) == 2
    assert metrics.registry.get_sample_value("media_proxy_renders_total", {"outcome": "refused"}) == 1


@pytest.mark.parametrize(
    ("mode", "codec", "space"),
    [
        ("RGB", "JPEG", "rgb"),
        ("CMYK", "JPEG", "cmyk"),
        ("L", "PNG", "gray"),
        ("I;16", "PNG", "gray"),
        ("P", "GIF", "rgb"),
    ],
)
def test_how_the_pixels_are_stored(studio: Studio, mode: str, codec: str, space: str) -> None:
    told = facts(studio.file(Image.new(mode, (400, 300)), f"a.{codec.lower()}", format=codec))

    assert (told["colorSpace"], told["orientation"]) == (space, 1)


def test_the_orientation_is_told_beside_the_stored_sides(studio: Studio) -> None:
    lying = Image.Exif()
    lying[0x0112] = 6

    told = facts(studio.file(scene(), "a.jpg", exif=lying))

    assert (told["orientation"], told["width"], told["height"]) == (6, 320, 240)
