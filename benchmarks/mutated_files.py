"""Small valid files of every format that is drawn, and what becomes of them: one seed gives the same files again."""

import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from random import Random
from typing import Any

from PIL import Image
from pillow_heif import register_heif_opener

from proxy.demo.documents import data_sheet
from proxy.demo.files import DemoFile, Family

SVG = b"""<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY blue "#00f">]>
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 60 40"><style>.a { fill: url(#g) }</style>
<defs><linearGradient id="g"><stop offset="0" stop-color="#f00"/><stop offset="1" stop-color="&blue;"/></linearGradient>
<pattern id="p" width="4" height="4" patternUnits="userSpaceOnUse"><circle r="2"/></pattern>
<filter id="f"><feGaussianBlur stdDeviation="2"/></filter><g id="u"><rect width="9" height="9"/></g></defs>
<rect class="a" width="60" height="40"/><path d="M 5 5 L 50 30 C 5 9 9 9 40 5 z" fill="url(#p)" filter="url(#f)"/>
<use href="#u" x="20"/><text x="5" y="35" font-size="9" transform="rotate(5)">cup</text></svg>"""
TURNED_AND_PLACED = (
    b"Exif\0\0MM\0*\0\0\0\x08\0\x02\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\x01\x0f\0\x02\0\0\0\x04cup\0\0\0\0\0"
)
ODD_NUMBERS = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
LONGEST_PIECE = 64  # of what is cut out, doubled or put in
PNG = b"\x89PNG\r\n\x1a\n"
Change = Callable[[bytearray, Random], None]


@dataclass(frozen=True, slots=True)
class Seed:
    """A valid file, and the ways to ask for it, each before and behind its path."""

    suffix: str
    mime: str
    content: bytes
    asked: tuple[tuple[str, str], ...]


PICTURE = (("/tr:w-24", ""), ("/tr:w-24,f-png,md-true", ""), ("/tr:w-300,f-jpg,cp-true,rt-auto", ""), ("", ""))
MOVING = (*PICTURE, ("/tr:w-24,f-gif", ""), ("/tr:pg-2,w-24", "/ik-thumbnail.jpg"))


def drawn() -> Image.Image:
    """Something that compresses to more than a few bytes."""
    return Image.effect_mandelbrot((60, 40), (-2, -1.2, 1, 1.2), 50).convert("RGB")


def saved(format: str, image: Image.Image | None = None, **options: Any) -> bytes:
    out = BytesIO()
    (image or drawn()).save(out, format, **options)
    return out.getvalue()


@cache
def seeds() -> tuple[Seed, ...]:
    register_heif_opener()
    others: dict[str, Any] = {"save_all": True, "append_images": [drawn().rotate(90), drawn().rotate(180)]}
    profile: dict[str, Any] = {"icc_profile": bytes(128) + b"\0\0\0\x01desc\0\0\0\x90\0\0\0\x10" + bytes(16)}
    rasters = [
        ("jpg", saved("JPEG", exif=TURNED_AND_PLACED, **profile), PICTURE),
        ("jpeg", saved("JPEG", drawn().convert("CMYK"), progressive=True), PICTURE),
        ("png", saved("PNG", exif=TURNED_AND_PLACED, **profile), PICTURE),
        ("apng", saved("PNG", drawn().quantize(16), transparency=3), PICTURE),
        ("gif", saved("GIF", duration=50, loop=0, **others), MOVING),
        ("webp", saved("WEBP", duration=50, **others), MOVING),
        ("webp", saved("WEBP", lossless=True), PICTURE),
        ("avif", saved("AVIF"), PICTURE),
        ("heic", saved("HEIF"), PICTURE),
        ("tiff", saved("TIFF", compression="tiff_lzw", **others), MOVING),
        ("tif", saved("TIFF", drawn().convert("1"), compression="group4"), PICTURE),
        ("bmp", saved("BMP"), PICTURE),
        ("ico", saved("ICO", sizes=[(16, 16), (32, 32)]), PICTURE),
    ]
    return (
        *(Seed(suffix, "image/jpeg", content, asked) for suffix, content, asked in rasters),
        Seed("svg", "image/svg+xml", SVG, (("/tr:w-90,f-png", ""), ("/tr:w-24,f-webp", ""))),
        Seed("pdf", "application/pdf", data_sheet(), (("/tr:w-90", "/ik-thumbnail.jpg"),)),
    )


@dataclass(frozen=True, slots=True)
class Mutant:
    """A spoiled file and the path to ask for."""

    file: DemoFile
    path: str


def mutant(seed: int, number: int) -> Mutant:
    """The file of that number; one after the other they go through all formats."""
    chance = Random(f"{seed} {number}")
    parent = seeds()[number % len(seeds())]
    content = bytearray(parent.content)
    for _ in range(chance.choice((1, 1, 2, 3, 8))):
        chance.choice(CHANGES)(content, chance)
    spoiled = bytes(content)
    if spoiled.startswith(PNG) and chance.random() < 0.7:
        spoiled = with_right_checksums(spoiled)  # or hardly any change would come through to the decoder
    file = DemoFile.named(Family.ASSET, f"mutant {seed} {number}.{parent.suffix}", parent.mime, spoiled or b"\0")
    before, behind = chance.choice(parent.asked)
    return Mutant(file, f"{before}/{file.family}/{file.code}{behind}")


def flip_bits(content: bytearray, chance: Random) -> None:
    for _ in range(chance.choice((1, 4, 32)) if content else 0):
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)


def write_number(content: bytearray, chance: Random) -> None:
    """A size, a count, an offset: somewhere in the head most often."""
    size, order = chance.choice("BHI"), chance.choice("<>")
    packed = struct.pack(order + size, chance.choice(ODD_NUMBERS) & (2 ** (8 * struct.calcsize(size)) - 1))
    reach = max(1, min(len(content), chance.choice((32, 200, 100_000))) - len(packed))
    start = chance.randrange(reach)
    content[start : start + len(packed)] = packed


def cut_off(content: bytearray, chance: Random) -> None:
    del content[chance.randrange(len(content) + 1) :]


def cut_out(content: bytearray, chance: Random) -> None:
    start = chance.randrange(len(content) + 1)
    del content[start : start + chance.randrange(LONGEST_PIECE)]


def double(content: bytearray, chance: Random) -> None:
    start = chance.randrange(len(content) + 1)
    content[start:start] = content[start : start + chance.randrange(LONGEST_PIECE)] * chance.choice((1, 1, 50))


def put_in(content: bytearray, chance: Random) -> None:
    start = chance.randrange(len(content) + 1)
    content[start:start] = chance.randbytes(chance.randrange(LONGEST_PIECE))


def splice(content: bytearray, chance: Random) -> None:
    """The rest of another file, of any format."""
    other = chance.choice(seeds()).content
    content[chance.randrange(len(content) + 1) :] = other[chance.randrange(len(other)) :]


CHANGES: tuple[Change, ...] = (
    flip_bits,
    flip_bits,
    write_number,
    write_number,
    cut_off,
    cut_out,
    double,
    put_in,
    splice,
)


def with_right_checksums(content: bytes) -> bytes:
    """Of the chunks of a PNG, as far as they can be followed."""
    whole, at = bytearray(content), len(PNG)
    while at + 12 <= len(whole):
        end = at + 8 + int.from_bytes(whole[at : at + 4], "big")
        if end + 4 > len(whole):
            break
        whole[end : end + 4] = struct.pack(">I", zlib.crc32(whole[at + 4 : end]))
        at = end + 4
    return bytes(whole)
