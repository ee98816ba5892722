"""How large files say they are: as their decoders say it, and nothing for what is no such file."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from proxy.formats import Content, Format
from proxy.pixels.decode import register_heic
from proxy.pixels.extent import READERS, Extent, extent_of

CODECS = {Format.JPEG: "JPEG", Format.HEIC: "HEIF"}


@pytest.mark.parametrize("kind", READERS)
@pytest.mark.parametrize("size", [(64, 128), (320, 704)])
def test_a_file_tells_its_size(tmp_path: Path, kind: Format, size: tuple[int, int]) -> None:
    register_heic()
    Image.new("RGB", size, (10, 200, 30)).save(tmp_path / "a", CODECS.get(kind, kind.upper()))

    assert extent_of(tmp_path / "a", Content.of(kind)) == Extent(*size)


@pytest.mark.parametrize("lossless", [True, False])
@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_every_kind_of_webp_tells_it(tmp_path: Path, mode: str, lossless: bool) -> None:
    Image.new(mode, (70, 50)).save(tmp_path / "a", "WEBP", lossless=lossless)

    assert extent_of(tmp_path / "a", Content.of(Format.WEBP)) == Extent(70, 50)


@pytest.mark.parametrize("kind", [Format.GIF, Format.WEBP])
def test_frames_are_counted(tmp_path: Path, kind: Format) -> None:
    frames = [Image.effect_noise((40, 30), 50 + number) for number in range(7)]
    frames[0].save(tmp_path / "a", kind.upper(), save_all=True, append_images=frames[1:], duration=50)

    assert extent_of(tmp_path / "a", Content.of(kind)) == Extent(40, 30, frames=7)


def test_a_jpeg_in_several_scans_is_known_behind_whatever_stands_before_it(tmp_path: Path) -> None:
    options = {"progressive": True, "exif": b"Exif\x00\x00" + bytes(60_000), "icc_profile": bytes(200_000)}
    Image.new("RGB", (64, 48)).save(tmp_path / "a", "JPEG", **options)

    assert extent_of(tmp_path / "a", Content.of(Format.JPEG)) == Extent(64, 48, progressive=True)


def test_what_is_not_there_or_no_picture_tells_nothing(tmp_path: Path) -> None:
    assert extent_of(tmp_path / "gone", Content.of(Format.PNG)) is None
    assert extent_of(tmp_path, Content.of(Format.PNG)) is None
    assert extent_of(tmp_path / "gone", Content("application/pdf")) is None


def test_frames_are_counted_across_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    frames = [Image.effect_noise((40, 30), 50 + number) for number in range(7)]
    frames[0].save(tmp_path / "a", "GIF", save_all=True, append_images=frames[1:], duration=50)

    for size in (3, 7, 100):
        monkeypatch.setattr("proxy.pixels.extent.PIECE_BYTES", size)

        assert extent_of(tmp_path / "a", Content.of(Format.GIF)) == Extent(40, 30, frames=7)


@pytest.mark.parametrize("kind", [Format.GIF, Format.WEBP])
def test_no_more_is_read_than_tells_that_it_is_too_much(tmp_path: Path, kind: Format) -> None:
    head, frame = {
        Format.GIF: (b"GIF89a\x01\x00\x01\x00\x00\x00\x00", b"\x21\xf9\x04" + bytes(5)),
        Format.WEBP: (b"RIFF" + bytes(4) + b"WEBPVP8X" + b"\x0a" + bytes(13), b"ANMF" + bytes(4)),
    }[kind]
    (tmp_path / "a").write_bytes(head + frame * 1_000_000)

    with (tmp_path / "a").open("rb") as file:
        extent = READERS[kind](file)
        read = file.tell()

    assert extent is not None
    assert 2_000 < extent.frames < 100_000
    assert read < 2**20


SIGNED = {
    Format.JPEG: b"\xff\xd8\xff\xe0",
    Format.PNG: b"\x89PNG\r\n\x1a\n",
    Format.GIF: b"GIF89a",
    Format.WEBP: b"RIFF\x10\x00\x00\x00WEBPVP8X",
    Format.TIFF: b"II*\x00\x08\x00\x00\x00",
    Format.AVIF: b"\x00\x00\x00\x1cftypavif" + bytes(8) + b"\x00\x00\x00\x14ispe",
}


@given(st.sampled_from(list(READERS)), st.booleans(), st.binary(max_size=200))
def test_rubbish_tells_nothing_and_harms_nobody(
    tmp_path_factory: pytest.TempPathFactory, kind: Format, signed: bool, tail: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "rubbish"
    path.write_bytes(SIGNED.get(kind, b"") * signed + tail)

    extent = extent_of(path, Content.of(kind))

    assert extent is None or (extent.width > 0 and extent.height > 0 and extent.frames > 0)
