"""What the bytes are, whatever the name says; and nothing that a browser would run passes for something else."""

import io
import mimetypes
from collections.abc import Iterator

import pillow_heif
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from proxy.demo.files import DemoFile
from proxy.demo.pictures import sample_files
from proxy.formats import BINARY, HTML, JSON, SNIFF_BYTES, TEXT, XML, Content, Format, is_certain, sniff

OFFICE = "application/vnd.openxmlformats-officedocument"


@pytest.fixture(params=["a list of types", "none"])
def machine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Python reads /etc/mime.types where there is one; a slim image has none."""
    if request.param == "none":
        monkeypatch.setattr(mimetypes, "knownfiles", [])
        mimetypes.init()
    yield
    monkeypatch.undo()
    mimetypes.init()


def saved(format: str, mode: str = "RGB", **options: object) -> bytes:
    out = io.BytesIO()
    Image.new(mode, (20, 12), 1).save(out, format, **options)
    return out.getvalue()


def heic() -> bytes:
    out = io.BytesIO()
    pillow_heif.from_pillow(Image.new("RGB", (20, 12), "red")).save(out)
    return out.getvalue()


def animated(format: str) -> bytes:
    frames = [Image.new("RGB", (20, 12), color) for color in ("red", "green")]
    out = io.BytesIO()
    frames[0].save(out, format, save_all=True, append_images=frames[1:])
    return out.getvalue()


def ftyp(major: bytes, *compatible: bytes, minor: bytes = b"\x00\x00\x00\x00") -> bytes:
    """The first box of an ISO base media file, and the beginning of the next."""
    box = b"ftyp" + major + minor + b"".join(compatible)
    return (len(box) + 4).to_bytes(4, "big") + box + b"\x00\x00\x01\x00meta" + bytes(300)


def utf16(text: str, order: str = "le") -> bytes:
    mark = b"\xff\xfe" if order == "le" else b"\xfe\xff"
    return mark + text.encode(f"utf-16-{order}")


# -- pictures --

PICTURES = {
    "jpeg": (saved("JPEG"), Format.JPEG),
    "progressive jpeg": (saved("JPEG", progressive=True), Format.JPEG),
    "grey jpeg": (saved("JPEG", "L"), Format.JPEG),
    "cmyk jpeg": (saved("JPEG", "CMYK"), Format.JPEG),
    "png": (saved("PNG"), Format.PNG),
    "palette png": (saved("PNG", "P"), Format.PNG),
    "animated png": (animated("PNG"), Format.PNG),
    "gif": (saved("GIF", "P"), Format.GIF),
    "animated gif": (animated("GIF"), Format.GIF),
    "lossy webp": (saved("WEBP"), Format.WEBP),
    "lossless webp": (saved("WEBP", lossless=True), Format.WEBP),
    "animated webp": (animated("WEBP"), Format.WEBP),
    "avif": (saved("AVIF"), Format.AVIF),
    "animated avif": (animated("AVIF"), Format.AVIF),
    "heic": (heic(), Format.HEIC),
    "little-endian tiff": (saved("TIFF"), Format.TIFF),
    "compressed tiff": (saved("TIFF", compression="tiff_deflate"), Format.TIFF),
    "big tiff": (saved("TIFF", big_tiff=True), Format.TIFF),
    "big-endian tiff": (b"MM\x00*\x00\x00\x00\x08" + bytes(60), Format.TIFF),
    "bmp": (saved("BMP"), Format.BMP),
    "palette bmp": (saved("BMP", "P"), Format.BMP),
    "ico": (saved("ICO", sizes=[(8, 8), (10, 10)]), Format.ICO),
    "avif, brand mif1 first": (ftyp(b"mif1", b"mif1", b"miaf", b"avif"), Format.AVIF),
    "avif, brand after many": (ftyp(b"mif1", *[b"miaf"] * 20, b"avif"), Format.AVIF),
    "avif sequence": (ftyp(b"avis", b"msf1", b"iso8"), Format.AVIF),
    "heic, brand heix": (ftyp(b"heix", b"mif1"), Format.HEIC),
    "heic, brand mif1": (ftyp(b"mif1", b"mif1", b"heic"), Format.HEIC),
    "heic sequence": (ftyp(b"hevc", b"msf1", b"mp41"), Format.HEIC),
}
SVGS = {
    "bare": b"<svg xmlns='http://www.w3.org/2000/svg'><rect/></svg>",
    "no attributes": b"<svg><rect/></svg>",
    "a line end in the tag": b"<svg\n  viewBox='0 0 1 1'/>",
    "a tab in the tag": b"<svg\tviewBox='0 0 1 1'/>",
    "declared": b"<?xml version='1.0' encoding='UTF-8'?>\n<svg width='1'/>",
    "with a byte-order mark": b"\xef\xbb\xbf<?xml version='1.0'?><svg width='1'/>",
    "with leading white space": b"\r\n\t  <svg width='1'/>",
    "with a comment": b"<!-- made by hand --><svg width='1'/>",
    "with a comment that names it": b"<!-- <html> --><!-- <svg> --><svg width='1'/>",
    "with a doctype": b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/svg11.dtd"><svg width="1"/>',
    "with entities": b'<!DOCTYPE svg [\n<!ENTITY ns "http://ns.example/">\n<!ENTITY b "c">\n]>\n<svg width="1"/>',
    "with everything": (
        b"<?xml version='1.0'?><!-- a --><?xml-stylesheet href='#s'?><!DOCTYPE svg><!-- b --> <svg width='1'/>"
    ),
    "with a prefix": b"<svg:svg xmlns:svg='http://www.w3.org/2000/svg'/>",
    "in capitals": b"<?XML VERSION='1.0'?><SVG WIDTH='1'/>",
    "in utf-16": utf16("<?xml version='1.0' encoding='UTF-16'?><svg width='1'/>"),
    "in utf-16, the other way round": utf16("<svg width='1'/>", "be"),
    "behind a long comment": b"<!--" + b"-" * 3000 + b"--><svg width='1'/>",
}


@pytest.mark.parametrize("name", PICTURES)
@pytest.mark.parametrize("called", ["a", "a.jpg", "a.pdf", "a.html", "a.svg"])
def test_a_picture_is_known_by_its_bytes(name: str, called: str) -> None:
    body, expected = PICTURES[name]

    assert sniff(body[:SNIFF_BYTES], called) == Content.of(expected)


@pytest.mark.parametrize("name", SVGS)
def test_an_svg_is_known_by_its_root(name: str) -> None:
    assert sniff(SVGS[name], "a.txt") == Content.of(Format.SVG)


@pytest.mark.parametrize("picture", Format)
def test_every_format_has_a_type_that_says_image(picture: Format) -> None:
    assert picture.mime.startswith("image/")
    assert Content.of(picture) == Content(picture.mime, picture)


def test_every_format_of_pixels_is_drawn_by_us_and_an_svg_is_not() -> None:
    drawn = {picture for picture in Format if Content.of(picture).drawn_by_us}

    assert drawn == set(Format) - {Format.SVG}
    assert not Content("application/pdf").drawn_by_us


NO_PICTURES = {
    "a film": (ftyp(b"isom", b"isom", b"iso2", b"mp41"), "a.heic", "video/mp4"),
    "a film of Apple's": (ftyp(b"qt  ", b"qt  "), "a.mp4", "video/quicktime"),
    "a sound of Apple's": (ftyp(b"M4A ", b"isom"), "a.mp4", "audio/mp4"),
    "a film with a still in it": (ftyp(b"M4V ", b"mif1"), "a.heic", "video/x-m4v"),
    "a brand in the place of the version": (ftyp(b"isom", b"iso2", minor=b"avif"), "a", "video/mp4"),
    "a film whose first box tells no size": (b"\x00\x00\x00\x00ftypqt  " + bytes(40), "a", "video/quicktime"),
    "a film whose first box tells a long size": (b"\x00\x00\x00\x01ftypqt  " + bytes(40), "a", "video/quicktime"),
    "a film whose first box is too small": (b"\x00\x00\x00\x08ftypM4V " + bytes(40), "a", "video/x-m4v"),
    "a cursor": (b"\x00\x00\x02\x00\x01\x00" + bytes(40), "a.cur", BINARY),
    "zeros": (bytes(100), "a.ico", BINARY),
    "an empty icon": (b"\x00\x00\x01\x00\x00\x00" + bytes(40), "a.ico", BINARY),
    "text that begins like a bitmap": (b"BMW sells cars", "a.txt", TEXT),
    "text that begins like a tiff": (b"II* is no tiff", "a.txt", TEXT),
    "riff of another kind": (b"RIFF\x00\x00\x00\x00WAVEfmt ", "a.webp", "audio/wav"),
    "a Photoshop file": (b"8BPS\x00\x01" + bytes(30), "a.png", "image/vnd.adobe.photoshop"),
}


@pytest.mark.parametrize("name", NO_PICTURES)
def test_what_only_looks_like_a_picture_is_none(name: str) -> None:
    body, called, mime = NO_PICTURES[name]

    assert sniff(body, called) == Content(mime)


# -- files --

ZIP = b"PK\x03\x04\x14\x00\x00\x00\x08\x00" + bytes(40)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(40)
FILES = [
    (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "a.jpg", "application/pdf"),
    (b"\r\n%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "a.jpg", "application/pdf"),
    (b"\xef\xbb\xbf%PDF-1.7\n\x00", "a", "application/pdf"),
    (ZIP, "a.zip", "application/zip"),
    (ZIP, "a", "application/zip"),
    (ZIP, "a.pdf", "application/zip"),
    (ZIP, "a.html", "application/zip"),
    (ZIP, "a.docx", f"{OFFICE}.wordprocessingml.document"),
    (ZIP, "A.DOCX", f"{OFFICE}.wordprocessingml.document"),
    (ZIP, "a.xlsx", f"{OFFICE}.spreadsheetml.sheet"),
    (ZIP, "a.pptx", f"{OFFICE}.presentationml.presentation"),
    (ZIP, "a.odt", "application/vnd.oasis.opendocument.text"),
    (ZIP, "a.epub", "application/epub+zip"),
    (OLE, "a.doc", "application/msword"),
    (OLE, "a.xls", "application/vnd.ms-excel"),
    (OLE, "a.ppt", "application/vnd.ms-powerpoint"),
    (OLE, "a.jpg", "application/x-ole-storage"),
    (b"\x1f\x8b\x08\x00" + bytes(20), "a.svgz", "application/gzip"),
    (b"7z\xbc\xaf\x27\x1c" + bytes(20), "a.7z", "application/x-7z-compressed"),
    (b"\x1aE\xdf\xa3" + bytes(20), "a.webm", "video/webm"),
    (b"\x1aE\xdf\xa3" + bytes(20), "a.mkv", "video/x-matroska"),
    (b"ID3\x04" + bytes(20), "a.mp3", "audio/mpeg"),
    (b"\xff\xfb\x90\x00" + bytes(20), "a.mp3", "audio/mpeg"),
    (b"RIFF\x24\x00\x00\x00WAVEfmt ", "a.wav", "audio/wav"),
    (b"RIFF\x24\x00\x00\x00AVI LIST", "a.avi", "video/x-msvideo"),
    (b"OggS\x00\x02" + bytes(20), "a.ogg", "audio/ogg"),
    (b"{\\rtf1\\ansi hello}", "a.rtf", "application/rtf"),
    (b"wOF2\x00\x01\x00\x00" + bytes(20), "a.woff2", "font/woff2"),
    (b"glTF\x02\x00\x00\x00" + bytes(20), "a.glb", "model/gltf-binary"),
    (b'{"a": 1}', "a.json", JSON),
    (b'{"a": 1}', "a", JSON),
    (b"plain words", "a.txt", TEXT),
    (b"plain words", "a", TEXT),
    ("größer".encode(), "a", TEXT),
    ("größer".encode()[:-3], "a", TEXT),
    (b"a,b\n1,2\n", "a.csv", "text/csv"),
    (b"p { color: red }", "a.css", "text/css"),
    (b"alert(1)\n", "a.js", "text/javascript"),
    (b"export {}\n", "a.mjs", "text/javascript"),
    (b"<a/>", "a.xml", XML),
    (b"# Care", "a.md", "text/markdown"),
    ("größer".encode("latin-1") * 20, "a", BINARY),
    (b"", "a", BINARY),
    (b"\x00\x01\x02\x03", "a", BINARY),
    (b"\x00\x01\x02\x03", "a.jpg", BINARY),
    (b"\x47\x40\x00\x10\x00", "a.mpeg", "video/mpeg"),
]


@pytest.mark.usefixtures("machine")
@pytest.mark.parametrize(("body", "called", "mime"), FILES, ids=[f"{called} {mime}" for _, called, mime in FILES])
def test_a_file_is_what_its_bytes_are_and_relatives_are_told_apart_by_name(body: bytes, called: str, mime: str) -> None:
    assert sniff(body, called) == Content(mime)


@pytest.mark.usefixtures("machine")
@pytest.mark.parametrize("file", sample_files(), ids=lambda file: file.original_filename)
def test_the_sample_catalogue_is_known(file: DemoFile) -> None:
    guessed = (file.mime_type or "image/webp").replace("x-wav", "wav")

    assert sniff(file.content[:SNIFF_BYTES], file.code).mime == guessed


@pytest.mark.parametrize("body", [b"[Desktop Entry]\nName=x\n", b"[1] see the notes\n", b"{a} and {b}\n"])
def test_text_that_begins_with_a_bracket_is_text(body: bytes) -> None:
    assert sniff(body, "notes.txt") == Content(TEXT)


# -- what a browser would run --

PAGES = {
    "a page": b"<!DOCTYPE html><html><body>x",
    "a page in capitals": b"<!DOCTYPE HTML><HTML>",
    "no doctype": b"<html>",
    "a head": b"<head><title>x",
    "a body": b"<body onload=alert(1)>",
    "a script": b"<script>alert(1)</script>",
    "a frame": b"<iframe src=javascript:alert(1)>",
    "a picture that runs": b"<img src=x onerror=alert(1)>",
    "white space in front": b" \t\r\n\x0c<html><script>alert(1)</script>",
    "much white space in front": b"\n" * 3000 + b"<html>",
    "a byte-order mark in front": b"\xef\xbb\xbf<html>",
    "a comment in front": b"<!-- x --><html>",
    "a comment of an svg in front": b"<!-- <svg> --><html><script>alert(1)</script>",
    "words in front": b"hello <script>alert(1)</script>",
    "an svg inside": b"<html><body><svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
    "an svg inside, no html": b"<body><svg width='1'/>",
    "xhtml": b"<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'><script>alert(1)</script></html>",
    "utf-16": utf16("<html><script>alert(1)</script>"),
    "utf-16, the other way round": utf16("<html><script>alert(1)</script>", "be"),
    "php": b"<?php echo 1;",
    "json with a script": b'{"a": "<script>alert(1)</script>"}',
}
XMLS = {
    "declared": b"<?xml version='1.0'?><a/>",
    "a feed": b"<?xml version='1.0'?><rss version='2.0'/>",
    "a stylesheet": b"<?xml version='1.0'?><xsl:stylesheet/>",
    "with a byte-order mark": b"\xef\xbb\xbf<?xml version='1.0'?><a/>",
    "an svg inside": b"<?xml version='1.0'?><a><svg/></a>",
    "xhtml of another prefix": b"<?xml version='1.0'?><x:div xmlns:x='http://www.w3.org/1999/xhtml'/>",
    "in utf-16": utf16("<?xml version='1.0'?><a/>"),
}


@pytest.mark.parametrize("called", ["a", "a.png", "a.txt", "a.svg", "a.pdf", "a.json"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_a_page_whatever_it_is_called(name: str, called: str) -> None:
    content = sniff(PAGES[name], called)

    assert content == Content(HTML)
    assert content.active


@pytest.mark.parametrize("called", ["a", "a.png", "a.txt", "a.svg", "a.html"])
@pytest.mark.parametrize("name", XMLS)
def test_xml_is_active_whatever_it_is_called(name: str, called: str) -> None:
    content = sniff(XMLS[name], called)

    assert content == Content(XML)
    assert content.active


@pytest.mark.parametrize("called", ["a.html", "a.htm", "a.js", "a.mjs", "a.xml", "a.HTML"])
def test_text_with_a_name_that_a_browser_would_run_is_active(called: str) -> None:
    assert sniff(b"alert(document.domain)", called).active


@pytest.mark.parametrize("mime", ["application/xhtml+xml", "application/rss+xml", "text/xml", "application/mathml+xml"])
def test_relatives_of_xml_are_active(mime: str) -> None:
    assert Content(mime).active


@pytest.mark.parametrize("picture", Format)
def test_a_picture_is_not_active(picture: Format) -> None:
    """An SVG has a policy of its own."""
    assert not Content.of(picture).active


POLYGLOTS = {
    "a gif that is a script": (b"GIF89a/*" + b"\x00" * 20 + b"*/=1;alert(1)//<script>", "image/gif"),
    "a jpeg with a page in its comment": (b"\xff\xd8\xff\xfe\x00\x40<html><script>alert(1)</script>", "image/jpeg"),
    "a png with a page in its text": (b"\x89PNG\r\n\x1a\n" + bytes(8) + b"<html><script>", "image/png"),
    "a pdf with a page": (b"%PDF-1.4\n<html><script>alert(1)</script>", "application/pdf"),
    "an archive with a page": (ZIP + b"<html><script>alert(1)</script>", "application/zip"),
    "a page with an archive": (b"<html><script>alert(1)</script>" + ZIP, HTML),
    "a pdf behind an empty line with a page": (b"\n%PDF-1.4\n<html><script>alert(1)</script>", HTML),
    "a page with a pdf": (b"<html>%PDF-1.4", HTML),
    "a page that begins like a bitmap": (b"BM<html><script>alert(1)</script>", HTML),
    "a page that begins like an icon": (b"\x00\x00\x01\x00<html><script>alert(1)</script>", HTML),
}


@pytest.mark.parametrize("name", POLYGLOTS)
def test_what_is_two_things_goes_out_as_the_first(name: str) -> None:
    body, mime = POLYGLOTS[name]

    assert sniff(body, "a.html").mime == mime


HIDDEN = {
    "utf-16 without its mark": "<html><script>alert(1)</script>".encode("utf-16-le"),
    "a long comment": b"<!--" + b"x" * SNIFF_BYTES + b"--><html><script>alert(1)</script>",
    "a comment without an end": b"<!-- <svg " + b"x" * SNIFF_BYTES,
    "many words in front": b"words " * 300 + b"<script>alert(1)</script>",
    "a tag that is no page's": b"<div onclick=alert(1)>",
}


@pytest.mark.parametrize("name", HIDDEN)
def test_a_page_that_cannot_be_seen_is_nothing_that_a_browser_would_run(name: str) -> None:
    """All answers say `nosniff`, and an SVG is locked down."""
    content = sniff(HIDDEN[name][:SNIFF_BYTES], "a.png")

    assert content.active or content.mime in (TEXT, BINARY, Format.SVG.mime)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=64), st.sampled_from(["a", "a.html", "a.docx", "a.svg", "a.mkv", "a.", ".", "", "a.%00"]))
def test_any_bytes_are_something(head: bytes, name: str) -> None:
    content = sniff(head, name)

    assert content.mime.count("/") == 1
    assert content.mime.isascii()


@pytest.mark.parametrize("sign", [b"[", b'{"a":', b"<!--", b"<?xml?>", b"<a>"])
def test_whatever_is_repeated_is_something(sign: bytes) -> None:
    assert sniff(sign * SNIFF_BYTES, "a").mime


# -- certainty --


@pytest.mark.parametrize("name", PICTURES)
def test_a_few_bytes_of_a_picture_are_certain(name: str) -> None:
    assert is_certain(PICTURES[name][0][:300])


@pytest.mark.parametrize("body", [b"", b"\x89PNG", b"<svg width='1'/>" + b" " * 1000, b"<html>" * 100, b"words " * 500])
def test_a_beginning_that_may_be_many_things_is_not_certain(body: bytes) -> None:
    assert not is_certain(body)


def test_enough_bytes_are_certain_whatever_they_are() -> None:
    assert not is_certain(b" " * (SNIFF_BYTES - 1))
    assert is_certain(b" " * SNIFF_BYTES)


EVERYTHING = [
    *(body for body, _ in PICTURES.values()),
    *SVGS.values(),
    *(body for body, _, _ in NO_PICTURES.values()),
    *(body for body, _, _ in FILES),
    *PAGES.values(),
    *XMLS.values(),
]


@pytest.mark.parametrize("body", EVERYTHING, ids=range(len(EVERYTHING)))
def test_what_is_certain_is_never_taken_back(body: bytes) -> None:
    """Chunks are cut anywhere; a viewer has been told the type when the next one comes."""
    whole = sniff(body[:SNIFF_BYTES], "a")

    early = {sniff(body[:length], "a") for length in range(min(len(body), SNIFF_BYTES)) if is_certain(body[:length])}

    assert early <= {whole}
