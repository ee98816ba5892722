"""JPEGs of 4:2:0 that are drawn at half of their size or less are scaled in their own planes."""

import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageChops, ImageDraw, ImageFont, ImageStat

from benchmarks.similarity import ssim
from proxy.errors import Undecodable
from proxy.imagekit.reading import read_plan
from proxy.native.turbojpeg import CAN_READ_PLANES
from proxy.pixels.decode import Raster
from proxy.pixels.decoded import DecodedPictures
from proxy.pixels.planes import Planes, has_coarse_color
from proxy.pixels.render import render
from tests.native.needs import needs_turbojpeg
from tests.pixels.pictures import Studio, photograph, sized
from tests.pixels.test_decoded import image_of, job_of

LOSS = 0.004  # of SSIM, colour and all, against a reference whose colour was made up between the stored samples


def coffee() -> Image.Image:
    return photograph("coffee.png").convert("RGB")


def jpeg(**options: Any) -> Image.Image:
    body = io.BytesIO()
    coffee().save(body, "JPEG", quality=92, **options)
    return Image.open(body)


@pytest.mark.parametrize(
    ("options", "coarse"),
    [
        ({"subsampling": "4:2:0"}, True),
        ({"subsampling": "4:2:2"}, False),
        ({"subsampling": "4:4:4"}, False),
        ({"subsampling": "4:2:0", "progressive": True}, True),
        ({"keep_rgb": True}, False),
    ],
)
def test_which_jpegs_have_coarse_color(options: dict[str, Any], coarse: bool) -> None:
    assert has_coarse_color(jpeg(**options)) is coarse


def test_components_called_r_g_and_b_are_no_planes_of_brightness_and_color() -> None:
    opened = jpeg(subsampling="4:2:0")
    opened.layer = [(name, *layer[1:]) for name, layer in zip(b"RGB", opened.layer, strict=True)]  # type: ignore[attr-defined]

    assert not has_coarse_color(opened)
    assert not has_coarse_color(jpeg().convert("L"))


@pytest.mark.parametrize("width", [150, 200, 280, 299, 300])
@pytest.mark.parametrize("options", [{"subsampling": "4:2:0"}, {"subsampling": "4:4:4"}, {"keep_rgb": True}])
def test_planes_give_what_colors_give(
    studio: Studio, monkeypatch: pytest.MonkeyPatch, width: int, options: dict[str, Any]
) -> None:
    path = studio.file(coffee(), "a.jpg", quality=92, **options)
    with Image.open(path) as stored:
        wanted = stored.convert("RGB").resize((width, round(400 * width / 600)), Image.Resampling.LANCZOS)

    in_planes = studio.picture(path, sized(width), lossless=True)
    monkeypatch.setattr(Raster, "suits_planes", lambda raster, placement: False)
    in_colors = studio.picture(path, sized(width), lossless=True)

    assert ssim(in_planes, wanted) >= ssim(in_colors, wanted) - LOSS
    assert (in_planes.tobytes() != in_colors.tobytes()) is (options == {"subsampling": "4:2:0"})


@pytest.mark.parametrize(
    "steps", ["w-300,h-100", "cm-extract,w-123,h-77,x-3,y-5:w-40", "t-true:w-250", "fo-auto,w-150,h-190"]
)
@pytest.mark.parametrize("orientation", [1, 3, 6, 7])
def test_planes_are_cut_and_turned_as_colors_are(
    studio: Studio, monkeypatch: pytest.MonkeyPatch, steps: str, orientation: int
) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = studio.file(coffee(), "a.jpg", quality=92, subsampling="4:2:0", exif=exif)
    chain = read_plan(steps).plan.steps

    in_planes = studio.picture(path, *chain, lossless=True)
    monkeypatch.setattr(Raster, "suits_planes", lambda raster, placement: False)
    in_colors = studio.picture(path, *chain, lossless=True)

    assert in_planes.size == in_colors.size
    assert ssim(in_planes, in_colors) > 0.98


@pytest.mark.parametrize("width", [75, 150, 250, 300])
def test_what_is_drawn_from_kept_planes_is_as_good_as_alone(tmp_path: Path, width: int) -> None:
    path = tmp_path / "a.jpg"
    coffee().save(path, quality=92, subsampling="4:2:0")
    decoded = DecodedPictures(64 * 2**20)
    render(job_of(path, 300), decoded)

    reused, alone = render(job_of(path, width), decoded), render(job_of(path, width))
    with Image.open(path) as stored:
        wanted = stored.convert("RGB").resize(image_of(alone).size, Image.Resampling.LANCZOS)

    assert reused.reused
    assert ssim(image_of(reused), wanted) >= ssim(image_of(alone), wanted) - LOSS


def test_kept_planes_are_halved_as_planes(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    coffee().save(path, subsampling="4:2:0")
    decoded = DecodedPictures(64 * 2**20)
    render(job_of(path, 300), decoded)

    kept = [decoded.find(str(path), shrink) for shrink in (1, 2, 4)]

    assert [(it.size, {color.size for color in it.colors}) for it in kept if isinstance(it, Planes)] == [
        ((600, 400), {(300, 200)}),
        ((300, 200), {(150, 100)}),
        ((150, 100), {(75, 50)}),
    ]


@pytest.fixture(params=[True, False], ids=["libturbojpeg", "Pillow"])
def _reader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("proxy.pixels.planes.CAN_READ_PLANES", request.param and CAN_READ_PLANES)


@pytest.mark.usefixtures("_reader")
@pytest.mark.parametrize("options", [{}, {"progressive": True}], ids=["baseline", "progressive"])
@pytest.mark.parametrize("size", [(600, 400), (599, 401), (33, 17), (16, 9), (5, 4), (7, 2), (2, 2)])
def test_planes_of_any_size_are_as_large_as_the_picture(
    studio: Studio, options: dict[str, Any], size: tuple[int, int]
) -> None:
    path = studio.file(coffee().resize(size), "a.jpg", quality=92, subsampling="4:2:0", **options)

    drawn = studio.picture(path, sized(size[0] // 2), lossless=True)
    with Image.open(path) as stored:
        wanted = stored.convert("RGB").resize(drawn.size, Image.Resampling.LANCZOS)

    assert max(ImageStat.Stat(ImageChops.difference(drawn.convert("RGB"), wanted)).rms) < 6


@pytest.mark.usefixtures("_reader")
@pytest.mark.parametrize("options", [{}, {"progressive": True}], ids=["baseline", "progressive"])
@pytest.mark.parametrize("missing", [100, 2000])
def test_a_cut_jpeg_is_refused_in_planes_too(studio: Studio, options: dict[str, Any], missing: int) -> None:
    """A decoder that is asked for grey alone may not overlook what the other reading would find."""
    body = io.BytesIO()
    coffee().save(body, "JPEG", subsampling="4:2:0", **options)
    path = studio.bytes(body.getvalue()[:-missing], "a.jpg")

    with pytest.raises(Undecodable):
        studio.draw(path, sized(300))


@needs_turbojpeg
@pytest.mark.parametrize("options", [{}, {"progressive": True}], ids=["baseline", "progressive"])
@pytest.mark.parametrize("shrink", [1, 2, 4, 8])
def test_libturbojpeg_leaves_nothing_to_pillow(tmp_path: Path, shrink: int, options: dict[str, Any]) -> None:
    """Which shrinks what it reads, and has not been asked to."""
    path = tmp_path / "a.jpg"
    coffee().resize((599, 401)).save(path, subsampling="4:2:0", **options)

    with Image.open(path) as opened:
        read = Planes.of(opened, shrink)

    assert opened.size == (599, 401)
    assert opened.tile  # its pixels are still to be loaded
    assert read.size == (-(-599 // shrink), -(-401 // shrink))


@needs_turbojpeg
def test_a_file_that_is_hardly_all_picture_is_left_to_pillow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.jpg"
    coffee().save(path, subsampling="4:2:0")
    monkeypatch.setattr("proxy.pixels.planes.MOST_BYTES", path.stat().st_size)
    with Image.open(path) as opened:
        assert Planes.of(opened, 1) == Planes.stored(opened, 1)

    path.write_bytes(path.read_bytes() + b"a film, say")

    with Image.open(path) as opened:
        with pytest.raises(ValueError, match="bytes, more than"):
            Planes.stored(opened, 2)
        assert Planes.of(opened, 2).size == (300, 200)


@needs_turbojpeg
@pytest.mark.parametrize(("width", "levels"), [(75, 1), (150, 1), (300, 2)])
def test_both_readers_give_the_same_picture(
    studio: Studio, monkeypatch: pytest.MonkeyPatch, width: int, levels: float
) -> None:
    """But for the colours of a whole one, which only libturbojpeg tells as they are stored."""
    path = studio.file(coffee(), "a.jpg", quality=92, subsampling="4:2:0")

    one = studio.picture(path, sized(width), lossless=True)
    monkeypatch.setattr("proxy.pixels.planes.CAN_READ_PLANES", False)
    other = studio.picture(path, sized(width), lossless=True)

    assert max(ImageStat.Stat(ImageChops.difference(one.convert("RGB"), other.convert("RGB"))).rms) < levels


@pytest.mark.usefixtures("_reader")
def test_a_damaged_jpeg_that_pillow_draws_is_drawn(studio: Studio) -> None:
    body = io.BytesIO()
    coffee().save(body, "JPEG", quality=92, subsampling="4:2:0")
    damaged = bytearray(body.getvalue())
    damaged[len(damaged) // 2] ^= 0xFF
    path = studio.bytes(bytes(damaged), "a.jpg")

    assert ssim(studio.picture(path, sized(300)), coffee().resize((300, 200), Image.Resampling.LANCZOS)) > 0.4


@pytest.mark.usefixtures("_reader")
def test_the_first_picture_of_several_is_read_in_planes(studio: Studio) -> None:
    first, second = coffee(), Image.new("RGB", (600, 400), "blue")
    path = studio.file(first, "a.mpo", save_all=True, append_images=[second], quality=92, subsampling="4:2:0")

    drawn = studio.picture(path, sized(300), lossless=True)

    assert ssim(drawn, first.resize((300, 200), Image.Resampling.LANCZOS)) > 0.9


def test_planes_are_kept_in_what_they_hold(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    coffee().save(path, subsampling="4:2:0")
    decoded = DecodedPictures(64 * 2**20)

    render(job_of(path, 300), decoded)

    assert decoded.size == 600 * 400 * 3 // 2


def test_what_is_larger_than_half_is_decoded_anew(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    coffee().save(path, quality=92, subsampling="4:2:0")
    decoded = DecodedPictures(64 * 2**20)
    render(job_of(path, 300), decoded)

    larger = render(job_of(path, 301), decoded)
    again = render(job_of(path, 600), decoded)

    assert not larger.reused
    assert larger.rendition == render(job_of(path, 301)).rendition
    assert again.reused
    assert again.rendition == render(job_of(path, 600)).rendition


@pytest.mark.parametrize(("width", "paler"), [(150, 10), (180, 4), (240, 4), (300, 4)])
def test_saturated_letters_keep_their_colors(
    studio: Studio, monkeypatch: pytest.MonkeyPatch, width: int, paler: float
) -> None:
    """Where averaged colour would show before it does in a photograph."""
    card = Image.new("RGB", (1280, 640))
    pen, font = ImageDraw.Draw(card), ImageFont.load_default(100)
    for row, (ground, ink) in enumerate([("blue", "yellow"), ("green", "magenta"), ("red", "cyan"), ("white", "red")]):
        pen.rectangle((0, row * 160, 1280, row * 160 + 160), fill=ground)
        pen.text((20, row * 160 + 20), "SALE 50% now", fill=ink, font=font)
    path = studio.file(card, "card.jpg", quality=92, subsampling="4:2:0")
    with Image.open(path) as stored:
        wanted = stored.convert("RGB").resize((width, width // 2), Image.Resampling.LANCZOS)

    def error(drawn: Image.Image) -> float:
        return max(ImageStat.Stat(ImageChops.difference(drawn.convert("RGB"), wanted)).rms)

    in_planes = error(studio.picture(path, sized(width), lossless=True))
    monkeypatch.setattr(Raster, "suits_planes", lambda raster, placement: False)
    in_colors = error(studio.picture(path, sized(width), lossless=True))

    assert in_planes < in_colors + paler
