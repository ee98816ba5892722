"""What the bytes are: picture formats, and the content types of everything else a PIM holds.

The type comes from the bytes; the file name only tells relatives apart (a DOCX is a ZIP), because content
types and extensions in a PIM lie (akeneo-api, section 8.11).
"""

import json
import mimetypes
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

SNIFF_BYTES = 4096
BRANDS_BYTES = 256  # of the first box of an ISO media file
BEGINS_JSON = re.compile(rb'\{\s*"|\[\s*[\[{"]')
BINARY = "application/octet-stream"
AVIF_MAX_PIXELS = 12_000_000  # beyond, it takes many seconds: only who names it gets it


class Format(StrEnum):
    """Picture formats that we read; the value is the name that `f-` takes, where it takes one."""

    JPEG = "jpg"
    PNG = "png"
    WEBP = "webp"
    AVIF = "avif"
    GIF = "gif"
    SVG = "svg"
    HEIC = "heic"
    TIFF = "tiff"
    BMP = "bmp"
    ICO = "ico"

    @property
    def mime(self) -> str:
        return MIMES[self]


MIMES = {
    Format.JPEG: "image/jpeg",
    Format.PNG: "image/png",
    Format.WEBP: "image/webp",
    Format.AVIF: "image/avif",
    Format.GIF: "image/gif",
    Format.SVG: "image/svg+xml",
    Format.HEIC: "image/heic",
    Format.TIFF: "image/tiff",
    Format.BMP: "image/bmp",
    Format.ICO: "image/x-icon",
}

AVIF_BRANDS = {b"avif", b"avis"}
HEIC_BRANDS = {b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"}
MP4_BRANDS = {b"qt  ": "video/quicktime", b"M4A ": "audio/mp4", b"M4B ": "audio/mp4", b"M4V ": "video/x-m4v"}

PDF = "application/pdf"
# Bytes that say by themselves what they are. Relatives inside a ZIP or an OLE file are told apart by their name.
MAGIC: list[tuple[bytes, str]] = [
    (b"%PDF-", PDF),
    (b"PK\x03\x04", "application/zip"),
    (b"PK\x05\x06", "application/zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"\x1f\x8b", "application/gzip"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"\x1aE\xdf\xa3", "video/webm"),
    (b"OggS", "audio/ogg"),
    (b"fLaC", "audio/flac"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"\xff\xf3", "audio/mpeg"),
    (b"{\\rtf", "application/rtf"),
    (b"%!PS-Adobe", "application/postscript"),
    (b"8BPS", "image/vnd.adobe.photoshop"),
    (b"wOF2", "font/woff2"),
    (b"wOFF", "font/woff"),
    (b"OTTO", "font/otf"),
    (b"\x00\x01\x00\x00\x00", "font/ttf"),
    (b"glTF", "model/gltf-binary"),
]
RELATIVES = {
    "application/zip": (
        "application/vnd.openxmlformats",
        "application/vnd.oasis",
        "application/epub",
        "model/",
    ),
    "application/x-ole-storage": ("application/msword", "application/vnd.ms-"),
    "application/pdf": ("application/illustrator",),
    "video/webm": ("video/x-matroska", "audio/webm"),
    "audio/ogg": ("video/ogg",),
}
# By the end of the name: what the machine's own table of types knows differs from one to the next.
NAMES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "odp": "application/vnd.oasis.opendocument.presentation",
    "epub": "application/epub+zip",
    "doc": "application/msword",
    "xls": "application/vnd.ms-excel",
    "ppt": "application/vnd.ms-powerpoint",
    "ai": "application/illustrator",
    "mkv": "video/x-matroska",
    "weba": "audio/webm",
    "ogv": "video/ogg",
    "csv": "text/csv",
    "js": "text/javascript",
    "mjs": "text/javascript",
    "xml": "application/xml",
    "md": "text/markdown",
    "usdz": "model/vnd.usdz+zip",
    "glb": "model/gltf-binary",
}
SCRIPTS = (b"<script", b"<html", b"<body", b"<head", b"<!doctype html", b"<iframe", b"<img", b"<a ", b"<?php")
HTML, XML, JSON, TEXT = "text/html", "application/xml", "application/json", "text/plain"
PAGED = {PDF, "application/illustrator"}  # Illustrator's own files are PDF since its version 9
# A browser that opens one of these in the shop's domain would run what is inside.
ACTIVE = {HTML, XML, "application/xhtml+xml", "text/xml", "text/javascript", "application/javascript"}


@dataclass(frozen=True, slots=True)
class Content:
    """What a file is. `picture` is None for everything that we cannot draw."""

    mime: str
    picture: Format | None = None

    @property
    def drawn_by_us(self) -> bool:
        """Pictures of pixels; an SVG is drawn only when a raster format is asked for."""
        return self.picture is not None and self.picture is not Format.SVG

    @property
    def has_pages(self) -> bool:
        """A PDF, under whatever name: no picture, but stills can be drawn of it."""
        return self.mime in PAGED

    @property
    def active(self) -> bool:
        """HTML, XML and script: delivered as attachments only (design, decision 10)."""
        return self.mime in ACTIVE or (self.mime.endswith("+xml") and self.picture is None)

    @classmethod
    def of(cls, picture: Format) -> Self:
        return cls(picture.mime, picture)


def sniff(head: bytes, name: str) -> Content:
    """What the file is whose first `SNIFF_BYTES` bytes are `head`; `name` is the media code or file name."""
    picture = sniff_picture(head)
    if picture is not None:
        return Content.of(picture)
    return Content(sniff_other(head, name))


def is_certain(head: bytes) -> bool:
    """Whether so few bytes already tell the type: a magic number does, text needs the whole `SNIFF_BYTES`."""
    if len(head) >= SNIFF_BYTES:
        return True
    if head[4:8] == b"ftyp":  # its box names all that it is compatible with
        return len(head) >= max(16, min(int.from_bytes(head[:4], "big"), BRANDS_BYTES))
    return len(head) >= 16 and (sniff_binary_picture(head) is not None or sniff_magic(head) is not None)


def sniff_picture(head: bytes) -> Format | None:
    return sniff_binary_picture(head) or (Format.SVG if is_svg(head) else None)


def sniff_binary_picture(head: bytes) -> Format | None:
    match head[:4]:
        case b"\x89PNG":
            return Format.PNG
        case b"RIFF" if head[8:12] == b"WEBP":
            return Format.WEBP
        case b"GIF8":
            return Format.GIF
        case b"II*\x00" | b"MM\x00*" | b"II+\x00" | b"MM\x00+":
            return Format.TIFF
        case b"\x00\x00\x01\x00" if 0 < int.from_bytes(head[4:6], "little") < 256 and head[9:10] == b"\x00":
            return Format.ICO
    if head[:3] == b"\xff\xd8\xff":
        return Format.JPEG
    if head[:2] == b"BM" and head[6:10] == b"\x00\x00\x00\x00":
        return Format.BMP
    return sniff_heif(head)


def sniff_heif(head: bytes) -> Format | None:
    """ISO base media files name their brands in the first box; `mif1` is shared, so AVIF is looked for first."""
    if head[4:8] != b"ftyp":
        return None
    box = head[8 : min(int.from_bytes(head[:4], "big"), BRANDS_BYTES)]
    brands = {box[at : at + 4] for at in range(0, len(box), 4) if at != 4}  # 4: the minor version, no brand
    if brands & AVIF_BRANDS:
        return Format.AVIF
    return Format.HEIC if brands & HEIC_BRANDS and box[:4] not in MP4_BRANDS else None


def is_svg(head: bytes) -> bool:
    """Whether the root element is `svg`, after a byte-order mark, declaration, comments and doctype."""
    text = opening(head)
    while text.startswith((b"<?xml", b"<!--", b"<!doctype svg")):
        end = closing_of(text)
        if end < 0:
            return b"<svg" in text
        text = text[end:].lstrip()
    return text.startswith((b"<svg ", b"<svg>", b"<svg\n", b"<svg\t", b"<svg\r", b"<svg:svg"))


def opening(head: bytes) -> bytes:
    """The first bytes as lower-case text; UTF-16, known by its mark or its zero bytes, loses the zeros."""
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        head = head[2:].replace(b"\x00", b"")
    return head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()


def closing_of(text: bytes) -> int:
    """Index behind the declaration, comment or doctype that opens `text`, or -1."""
    if text.startswith(b"<!--"):
        end, width = text.find(b"-->"), 3
    elif text.startswith(b"<!doctype") and 0 <= text.find(b"[") < text.find(b">"):
        end, width = text.find(b"]>"), 2
    else:
        end, width = text.find(b">"), 1
    return end + width if end >= 0 else -1


def sniff_other(head: bytes, name: str) -> str:
    found = sniff_magic(head)
    if found is None:
        return sniff_text(head, name)
    return by_name(name, RELATIVES.get(found, ())) or found


def sniff_magic(head: bytes) -> str | None:
    for magic, mime in MAGIC:
        if head.startswith(magic):
            return mime
    if head[4:8] == b"ftyp":
        return MP4_BRANDS.get(head[8:12], "video/mp4")
    if head[:4] == b"RIFF":
        return {b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo"}.get(head[8:12])
    return None


def sniff_text(head: bytes, name: str) -> str:
    """Text of some kind, or unknown bytes. Whatever a browser could take for a page is called a page."""
    text = opening(head)
    if any(tag in text[:1024] for tag in SCRIPTS):
        return HTML
    if text.startswith(b"<?xml"):
        return XML
    if text.startswith(b"%pdf-"):  # some writers begin with an empty line or a mark, and all readers take that
        return PDF
    if b"\x00" in head:
        return by_name(name, ("video/", "audio/", "font/", "model/")) or BINARY
    if is_json(text):
        return JSON
    return by_name(name, ("text/", "application/javascript", "application/xml")) or plain_or_binary(head)


def is_json(text: bytes) -> bool:
    """Not everything that begins with a bracket; a longer text is judged by how it begins."""
    if text[:1] not in (b"{", b"["):
        return False
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return len(text) > SNIFF_BYTES // 2 and BEGINS_JSON.match(text) is not None
    return True


def plain_or_binary(head: bytes) -> str:
    try:
        head[:-4].decode()  # the last character may be cut in two
    except UnicodeDecodeError:
        return BINARY
    return TEXT if head else BINARY


def by_name(name: str, families: tuple[str, ...]) -> str | None:
    mime = NAMES.get(name.rpartition(".")[2].lower()) or mimetypes.guess_type(name, strict=False)[0]
    return mime if mime is not None and mime.startswith(families) else None
