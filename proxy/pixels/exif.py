"""EXIF as JSON, in the groups and under the names that ImageKit gives it, whatever a stranger's file holds.

Every value is a number, a text or a short list of numbers. Values that mean nothing outside the file (maker notes,
pictures, tables of a TIFF) and tags without a name are left out, and all of it together is bounded.
"""

import json
import math
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from PIL import Image
from PIL.ExifTags import GPSTAGS, IFD, TAGS

MOST_BYTES = 32_768  # of JSON, all groups together
MOST_CHARACTERS = 1000  # of a text
MOST_NUMBERS = 16  # of a list
LARGEST = 2.0**53  # beyond it JSON's readers do not agree on a number

# Where ImageKit's names differ from Pillow's: they are those of ExifTool.
RENAMED = {
    0x0132: "ModifyDate",
    0x0201: "ThumbnailOffset",
    0x0202: "ThumbnailLength",
    0x8827: "ISO",
    0x9004: "CreateDate",
    0x9204: "ExposureCompensation",
    0x9290: "SubSecTime",
    0x9291: "SubSecTimeOriginal",
    0x9292: "SubSecTimeDigitized",
    0xA000: "FlashpixVersion",
    0xA005: "InteropOffset",
    0xA405: "FocalLengthIn35mmFormat",
}
NAMES = TAGS | RENAMED
INTEROPERABILITY = {0x0001: "InteropIndex", 0x0002: "InteropVersion"}
GROUPS: tuple[tuple[str, int | None, Mapping[int, str]], ...] = (
    ("image", None, NAMES),
    ("thumbnail", IFD.IFD1, NAMES),
    ("exif", IFD.Exif, NAMES),
    ("gps", IFD.GPSInfo, GPSTAGS),
    ("interoperability", IFD.Interop, INTEROPERABILITY),
)
NUMBERED = {"GPSVersionID", "GPSAltitudeRef"}  # bytes that are numbers, not text
UTF16 = {"XPTitle", "XPComment", "XPAuthor", "XPKeywords", "XPSubject"}  # as Windows writes them
COMMENT = "UserComment"
UNICODE = b"UNICODE\0"
CHARSETS = {b"ASCII\0\0\0", UNICODE, b"\0" * 8}  # what a comment begins with


def describe_exif(image: Image.Image) -> dict[str, dict[str, Any]]:
    """The groups of an opened picture; empty if it has none. A damaged block costs only what cannot be read."""
    exif = read(image)
    if not exif:
        return {}
    room = MOST_BYTES
    groups: dict[str, dict[str, Any]] = {}
    for group, number, names in GROUPS:
        groups[group] = {}
        for name, value in entries(exif, number, names):
            room -= len(json.dumps({name: value})) + 2
            if room < 0:
                break
            groups[group][name] = value
    return groups | {"makernote": {}}


def read(image: Image.Image) -> Image.Exif:
    try:
        return image.getexif()
    except Exception:  # strangers wrote it
        return Image.Exif()


def entries(exif: Image.Exif, number: int | None, names: Mapping[int, str]) -> Iterator[tuple[str, Any]]:
    """Name and value of each tag that has both."""
    try:
        tags: Mapping[int, Any] = exif if number is None else exif.get_ifd(number)
        found = sorted(tag for tag in tags if tag in names)
    except Exception:  # the block may point anywhere
        return
    for tag in found:
        value = plain_or_none(names[tag], tags, tag)
        if value is not None:
            yield names[tag], value


def plain_or_none(name: str, tags: Mapping[int, Any], tag: int) -> Any:
    """A tag is read only when it is looked at, so it is here that a damaged one is noticed."""
    try:
        return plain(name, tags[tag])
    except Exception:  # strangers wrote it
        return None


def plain(name: str, value: Any) -> Any:
    """The value in JSON's terms; None: not to be told."""
    if isinstance(value, bytes):
        return from_bytes(name, value)
    if isinstance(value, str):
        return text(value)
    if isinstance(value, tuple | list):
        numbers = [number(item) for item in value]
        return None if not 0 < len(numbers) <= MOST_NUMBERS or None in numbers else numbers
    return number(value)


def number(value: Any) -> float | int | None:
    """A fraction becomes a number; one over nothing, and what is no number, is none."""
    if isinstance(value, int):
        return value if abs(value) < LARGEST else None
    try:
        real = float(value)
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        return None
    if not math.isfinite(real) or abs(real) >= LARGEST:
        return None
    return int(real) if real.is_integer() else real


def from_bytes(name: str, value: bytes) -> Any:
    """Versions and the like are a few letters; UserComment tells how it is written."""
    if name in NUMBERED:
        return (value[0] if len(value) == 1 else list(value)) if 0 < len(value) <= MOST_NUMBERS else None
    if name in UTF16:
        return text(value[: 2 * MOST_CHARACTERS].decode("utf-16-le", "replace"))
    if name == COMMENT and value[:8] in CHARSETS:
        return comment(value[:8], value[8 : 8 + 2 * MOST_CHARACTERS])
    trimmed = value.rstrip(b"\0 ")
    printable = 0 < len(trimmed) <= MOST_NUMBERS and all(32 <= byte < 127 for byte in trimmed)
    return trimmed.decode("ascii") if printable else None


def comment(charset: bytes, value: bytes) -> str | None:
    """Cameras write sixteen bits in the order of the rest of the block, mostly without saying so."""
    if charset != UNICODE:
        return text(value.decode("latin-1"))
    return text(value.decode("utf-16-be" if value[:1] == b"\0" else "utf-16", "replace"))


def text(value: str) -> str | None:
    """On one line. EXIF is ASCII by its rules and UTF-8 by custom; Pillow reads Latin."""
    with suppress(UnicodeError):
        value = value.encode("latin-1").decode()
    value = value.partition("\0")[0][:MOST_CHARACTERS]
    cleaned = "".join(sign if sign.isprintable() else " " for sign in value).strip()
    return cleaned or None
