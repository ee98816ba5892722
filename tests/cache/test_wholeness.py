"""A file that was cut and ended cleanly: the end mark of its type tells, wherever the cut was.

"False is a doubt, not a verdict": a doubt costs one more download, and what is taken for whole is kept for ever.
"""

import io
import os
import struct
import wave
import zipfile
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from proxy.cache.originals.wholeness import looks_whole
from proxy.demo.files import DemoFile
from proxy.demo.pictures import sample_files
from proxy.formats import SNIFF_BYTES, Content, sniff

SVG = b"""<?xml version="1.0"?>
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10">
  <g fill="red"><rect width="5" height="5"/><circle r="3"></circle></g>
</svg>
"""
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\nxref\n0 1\ntrailer<</Root 1 0 R>>\nstartxref\n42\n%%EOF\n"


def drawing() -> Image.Image:
    picture = Image.new("RGB", (30, 20), "#224466")
    draw = ImageDraw.Draw(picture)
    for at in range(0, 30, 7):
        draw.line((at, 0, 30 - at, 20), fill=(at * 8, 255 - at * 8, 90), width=2)
    return picture


def saved(format: str, **options: object) -> bytes:
    out = io.BytesIO()
    drawing().save(out, format, **options)
    return out.getvalue()


def jpeg_with_thumbnail() -> bytes:
    """As cameras write them: a whole small JPEG stands in a segment before the picture."""
    whole, thumbnail = saved("JPEG", quality=90), saved("JPEG", quality=20)
    segment = b"Exif\x00\x00" + b"MM\x00*\x00\x00\x00\x08\x00\x00\x00\x00\x00\x00" + thumbnail
    return whole[:2] + b"\xff\xe1" + struct.pack(">H", len(segment) + 2) + segment + whole[2:]


def animated_gif() -> bytes:
    frames = [drawing().rotate(20 * number).quantize(16) for number in range(4)]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], duration=100)
    return out.getvalue()


def zipped(files: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def zip_with_comment() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.txt", b"words")
        archive.comment = b"packed by hand"
    return out.getvalue()


def archive_of_archives() -> bytes:
    inner = zipped({"inner.txt": b"words " * 20})
    return zipped({"first.zip": inner, "second.txt": b"more words " * 20}, zipfile.ZIP_STORED)


def sound() -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setparams((1, 1, 8000, 0, "NONE", ""))
        file.writeframes(bytes(range(256)) * 2)
    return out.getvalue()


def film() -> bytes:
    body = b"AVI LIST" + bytes(range(200))
    return b"RIFF" + struct.pack("<I", len(body)) + body


FILES = {
    "plain.jpg": saved("JPEG"),
    "progressive.jpg": saved("JPEG", progressive=True, quality=95),
    "with a thumbnail.jpg": jpeg_with_thumbnail(),
    "plain.png": saved("PNG"),
    "still.gif": saved("GIF"),
    "animated.gif": animated_gif(),
    "lossy.webp": saved("WEBP"),
    "lossless.webp": saved("WEBP", lossless=True),
    "drawn.svg": SVG,
    "sheet.pdf": PDF,
    "archive.zip": zipped({"a.txt": b"words " * 50, "b.txt": b"more"}),
    "with a comment.zip": zip_with_comment(),
    "of archives.zip": archive_of_archives(),
    "letter.docx": zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<document/>"}),
    "table.xlsx": zipped({"xl/workbook.xml": b"<workbook/>"}),
    "slides.pptx": zipped({"ppt/presentation.xml": b"<presentation/>"}),
    "letter.odt": zipped({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<office/>"}),
    "book.epub": zipped({"mimetype": b"application/epub+zip", "content.opf": b"<package/>"}),
    "chime.wav": sound(),
    "film.avi": film(),
}
# What a cut may take without harm: white space, a checksum that nobody needs.
SPARE_BYTES = {"drawn.svg": 1, "sheet.pdf": 1, "plain.png": 4}


def content_of(body: bytes, name: str) -> Content:
    return sniff(body[:SNIFF_BYTES], name)


def unseen_cuts(file: Path, body: bytes, name: str) -> list[int]:
    """The lengths at which a cut is taken for the whole."""
    content = content_of(body, name)
    file.write_bytes(body)
    unseen = []
    for length in range(len(body) - 1 - SPARE_BYTES.get(name, 0), 64, -1):
        os.truncate(file, length)
        if looks_whole(file, content):
            unseen.append(length)
    return unseen


@pytest.mark.parametrize("name", FILES)
def test_a_whole_file_looks_whole(tmp_path: Path, name: str) -> None:
    file = tmp_path / "file"
    file.write_bytes(FILES[name])

    assert looks_whole(file, content_of(FILES[name], name))


@pytest.mark.parametrize("sample", sample_files(), ids=lambda sample: sample.original_filename)
def test_the_sample_catalogue_looks_whole(tmp_path: Path, sample: DemoFile) -> None:
    file = tmp_path / "file"
    file.write_bytes(sample.content)

    assert looks_whole(file, content_of(sample.content, sample.original_filename))


@pytest.mark.parametrize("name", FILES)
def test_a_cut_is_seen_almost_wherever_it_is(tmp_path: Path, name: str) -> None:
    """At one place in a hundred the bytes may happen to be those of an end."""
    body = FILES[name]

    assert len(unseen_cuts(tmp_path / "file", body, name)) <= len(body) / 100


@pytest.mark.parametrize("name", ["plain.jpg", "plain.png", "sheet.pdf", "archive.zip", "with a comment.zip"])
def test_the_end_mark_is_found_in_a_large_file(tmp_path: Path, name: str) -> None:
    """Only the tail is read; in front of it stands as much as one likes."""
    body = FILES[name]
    file = tmp_path / "file"
    file.write_bytes(body[:64] + bytes(200_000) + body[64:])

    assert looks_whole(file, content_of(body, name))


def test_a_riff_file_may_have_more_than_it_announces(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(FILES["chime.wav"] + b"a tag behind the sound")

    assert looks_whole(file, content_of(FILES["chime.wav"], "chime.wav"))


@pytest.mark.parametrize("body", [b"words without an end", b"\x00\x01\x02", b"a,b\n1,2"])
def test_what_has_no_end_mark_is_believed(tmp_path: Path, body: bytes) -> None:
    file = tmp_path / "file"
    file.write_bytes(body)

    assert looks_whole(file, content_of(body, "a.txt"))


def test_a_vanished_file_is_an_oserror(tmp_path: Path) -> None:
    with pytest.raises(OSError):
        looks_whole(tmp_path / "not there", content_of(FILES["plain.png"], "plain.png"))
