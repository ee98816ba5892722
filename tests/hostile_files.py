"""Files that were made to do harm: pictures. Each is made in code, and each has the answers that are right for it."""

import struct
import zlib
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from typing import Any

from PIL import Image
from pillow_heif import register_heif_opener

DRAWN, REFUSED = frozenset({200}), frozenset({413, 422})
EITHER = DRAWN | REFUSED
VAST = 60_000


@dataclass(frozen=True, slots=True)
class Hostile:
    """`tr` and `behind` are what is asked of it; `answers` are the statuses that are right."""

    name: str
    content: bytes
    answers: frozenset[int] = REFUSED
    tr: str = "w-60"
    behind: str = ""


def saved(format: str, image: Image.Image | None = None, **options: Any) -> bytes:
    out = BytesIO()
    (image or picture()).save(out, format, **options)
    return out.getvalue()


def picture(size: tuple[int, int] = (80, 60)) -> Image.Image:
    return Image.radial_gradient("L").resize(size).convert("RGB")


# -- PNG --


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


@cache
def zeros(count: int) -> bytes:
    """Compressed a thousand times."""
    return zlib.compress(bytes(count), 9)


def png(width: int, height: int, *between: bytes, depth: int = 8, color: int = 2, pixels: bytes = zeros(200)) -> bytes:
    """`pixels`: compressed."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(between) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


LINES = zeros(60 * (1 + 80 * 3))  # of a black picture of 80 x 60
MANY = 20_000 * 2501  # bytes: the lines of a picture of 20,000 x 20,000 in black and white
PNGS = [
    Hostile("vast.png", png(VAST, VAST)),
    Hostile("vast by one.png", png(2**31 - 1, 1), REFUSED),
    Hostile("beyond its sign.png", png(2**32 - 1, 2**32 - 1)),
    Hostile("without size.png", png(0, 0)),
    Hostile("honest bomb.png", png(20_000, 20_000, depth=1, color=0, pixels=zeros(MANY))),
    Hostile("much text.png", png(80, 60, chunk(b"zTXt", b"a\0\0" + zeros(MANY)), pixels=LINES), EITHER),
    Hostile("many texts.png", png(80, 60, *[chunk(b"zTXt", b"a\0\0" + zeros(10**6))] * 90, pixels=LINES), EITHER),
    Hostile("vast profile.png", png(80, 60, chunk(b"iCCP", b"a\0\0" + zeros(MANY)), pixels=LINES), EITHER),
    Hostile("wrong profile.png", png(80, 60, chunk(b"iCCP", b"a\0\0" + zeros(3000)), pixels=LINES), DRAWN),
    Hostile("chunk beyond its end.png", png(80, 60, struct.pack(">I", 2**31) + b"tEXt", pixels=LINES)),
]

# -- GIF --


def gif(screen: tuple[int, int], frame: tuple[int, int], frames: int) -> bytes:
    """Frames of one colour, each a few bytes whatever its size says."""
    head = b"GIF89a" + struct.pack("<HHBBB", *screen, 0x80, 0, 0) + bytes(6)
    one = b"\x21\xf9\x04\0\x01\0\0\0\x2c" + struct.pack("<HHHHB", 0, 0, *frame, 0) + b"\x02\x02\x44\x01\0"
    return head + one * frames + b";"


GIFS = [
    Hostile("thousands of frames.gif", gif((1, 1), (1, 1), 30_000)),
    Hostile("frames of many pixels.gif", gif((3000, 3000), (1, 1), 1000)),
    Hostile("vast.gif", gif((65_535, 65_535), (1, 1), 1)),
    Hostile("vast frame on a small screen.gif", gif((10, 10), (65_535, 65_535), 2)),
    Hostile(
        "still of a late frame.gif", gif((2000, 2000), (1, 1), 1500), tr="pg-1400,w-60", behind="/ik-thumbnail.jpg"
    ),
]

# -- TIFF --


def tiff(*tags: tuple[int, int, int, int], behind: bytes = b"", following: int = 0) -> bytes:
    """`tags` as tag, type, count, value; `following` is where the next picture is said to be."""
    entries = b"".join(struct.pack("<HHII", *tag) for tag in tags)
    return b"II*\0\x08\0\0\0" + struct.pack("<H", len(tags)) + entries + struct.pack("<I", following) + behind


def strips(width: int, height: int, *others: tuple[int, int, int, int], following: int = 0) -> bytes:
    plain = [(256, 4, 1, width), (257, 4, 1, height), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1), (277, 3, 1, 1)]
    known = {tag for tag, *_ in others}
    kept = [entry for entry in (*plain, (273, 4, 1, 8), (278, 4, 1, height), (279, 4, 1, 60)) if entry[0] not in known]
    return tiff(*sorted([*kept, *others]), behind=bytes(64), following=following)


def profile(size: int) -> bytes:
    """An ICC profile that says it is one, and holds nothing but numbers out of range."""
    return struct.pack(">I", size) + b"lcms\x04\0\0\0mntrRGB XYZ " + b"\xff" * 16 + b"acsp" + b"\xff" * (size - 40)


TIFFS = [
    Hostile("vast.tiff", strips(VAST, VAST)),
    Hostile("four billions of strips.tiff", strips(80, 60, (273, 4, 2**32 - 1, 8))),
    Hostile("strips of nothing.tiff", strips(80, 60, (278, 4, 1, 0)), EITHER),
    Hostile("strips beyond the end.tiff", strips(80, 60, (273, 4, 1, 2**31))),
    Hostile(
        "a vast tile.tiff", strips(80, 60, (322, 4, 1, 2**30), (323, 4, 1, 2**30), (324, 4, 1, 8), (325, 4, 1, 60))
    ),
    Hostile("a tile of nothing.tiff", strips(80, 60, (322, 4, 1, 0), (323, 4, 1, 0), (324, 4, 1, 8), (325, 4, 1, 9))),
    Hostile(
        "pages in a circle.tiff", strips(8, 6, following=8), EITHER | {400}, tr="pg-2,w-6", behind="/ik-thumbnail.jpg"
    ),
    Hostile("vast samples.tiff", strips(80, 60, (277, 3, 1, 65_535))),
    Hostile("lzw that is none.tiff", strips(80, 60, (259, 3, 1, 5))),
    Hostile("a fax that is none.tiff", strips(80, 60, (259, 3, 1, 4)), EITHER),
]

# -- the others --


def jpeg_of(width: int, height: int) -> bytes:
    """A small one whose head says something else."""
    whole = bytearray(saved("JPEG"))
    at = whole.index(b"\xff\xc0") + 5
    whole[at : at + 4] = struct.pack(">HH", height, width)
    return bytes(whole)


def boxed(format: str, width: int, height: int) -> bytes:
    """AVIF or HEIC whose container says another size than its picture."""
    if format == "HEIF":
        register_heif_opener()
    whole = bytearray(saved(format))
    at = whole.index(b"ispe") + 8
    whole[at : at + 8] = struct.pack(">II", width, height)
    return bytes(whole)


def webp(width: int, height: int, body: bytes) -> bytes:
    sides = struct.pack("<I", width - 1)[:3] + struct.pack("<I", height - 1)[:3]
    canvas = b"VP8X" + struct.pack("<I", 10) + b"\x02\0\0\0" + sides
    whole = canvas + b"ANIM\x06\0\0\0\0\0\0\0\0\0" + body
    return b"RIFF" + struct.pack("<I", 4 + len(whole)) + b"WEBP" + whole


def bmp(width: int, height: int, bits: int = 24, compression: int = 0) -> bytes:
    size = struct.pack("<IiiHHIIiiII", 40, width, height, 1, bits, compression, 0, 0, 0, 0, 0)
    return b"BM" + struct.pack("<IHHI", 54 + 60, 0, 0, 54) + size + bytes(60)


def icon(inside: bytes, count: int = 1) -> bytes:
    entry = struct.pack("<BBBBHHII", 16, 16, 0, 0, 1, 32, len(inside), 6 + 16 * count)
    return struct.pack("<HHH", 0, 1, count) + entry * count + inside


def exif(*tags: tuple[int, int, int, int]) -> bytes:
    return b"Exif\0\0" + tiff(*tags)


OTHERS = [
    Hostile("vast.jpg", jpeg_of(65_500, 65_500)),
    Hostile("larger than its data.jpg", jpeg_of(9_000, 9_000), EITHER),
    Hostile("without height.jpg", jpeg_of(80, 0)),
    Hostile("vast.avif", boxed("AVIF", VAST, VAST)),
    Hostile("not as large as it says.avif", boxed("AVIF", 8000, 8000), EITHER),
    Hostile("vast.heic", boxed("HEIF", VAST, VAST)),
    Hostile("not as large as it says.heic", boxed("HEIF", 8000, 8000), EITHER),
    Hostile("vast.webp", webp(16_384, 16_384, b"ANMF\xff\xff\xff\x7f")),
    Hostile("frames without pictures.webp", webp(16_000, 6_000, (b"ANMF" + struct.pack("<I", 16) + bytes(16)) * 3000)),
    Hostile("lossless that is none.webp", b"RIFF\x20\0\0\0WEBPVP8L\x14\0\0\0\x2f" + b"\xff" * 19),
    Hostile("vast.bmp", bmp(2**31 - 1, 2**31 - 1)),
    Hostile("upside down without end.bmp", bmp(80, -(2**31))),
    Hostile("runs that go nowhere.bmp", bmp(80, 60, 8, 1), EITHER),
    Hostile("bomb in an icon.ico", icon(png(VAST, VAST))),
    Hostile("thousands of pictures.ico", icon(saved("PNG"), 4000), EITHER),
    Hostile("a profile of noise.jpg", saved("JPEG", icc_profile=bytes(range(256)) * 200), DRAWN),
    Hostile("a profile beyond all numbers.jpg", saved("JPEG", icc_profile=profile(4000)), DRAWN, tr="w-60,cp-true"),
    Hostile("a profile beyond all numbers.webp", saved("WEBP", icc_profile=profile(4000)), DRAWN),
    Hostile("tags without end.jpg", saved("JPEG", exif=exif((0x8769, 4, 1, 8), (0x8825, 4, 1, 8))), DRAWN, "md-true"),
    Hostile("a tag of four billions.jpg", saved("JPEG", exif=exif((0x0110, 2, 2**32 - 1, 8))), DRAWN, "md-true"),
    Hostile("turned beyond reason.jpg", saved("JPEG", exif=exif((0x0112, 4, 2**30, 2**31))), DRAWN, "rt-auto,w-60"),
    Hostile("a head alone.png", b"\x89PNG\r\n\x1a\n"),
]

PICTURES = [*PNGS, *GIFS, *TIFFS, *OTHERS]
