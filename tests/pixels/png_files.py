"""PNGs chunk by chunk, of every kind there is and of some that there should not be; their pixels are noise."""

import struct
import zlib
from io import BytesIO
from random import Random

from PIL import Image

SIGNATURE = b"\x89PNG\r\n\x1a\n"
GRAY, RGB, PALETTE, GRAY_ALPHA, RGBA = 0, 2, 3, 4, 6  # as a PNG names them
CHANNELS = {GRAY: 1, RGB: 3, PALETTE: 1, GRAY_ALPHA: 2, RGBA: 4}
# Where each pass of an interlaced picture begins, and how far apart its pixels are: x, y, across, down.
PASSES = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
WIDTH, HEIGHT = 37, 23
END = (b"IEND", b"")
Chunk = tuple[bytes, bytes]


def png(*chunks: Chunk) -> bytes:
    """Behind the signature; the end is told where it belongs."""
    return SIGNATURE + b"".join(packed(name, content) for name, content in chunks)


def packed(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def header(color: int = RGB, depth: int = 8, *, interlaced: bool = False) -> Chunk:
    return (b"IHDR", struct.pack(">IIBBBBB", WIDTH, HEIGHT, depth, color, 0, 0, interlaced))


def palette(depth: int = 8) -> Chunk:
    return (b"PLTE", Random(1).randbytes(3 * 2**depth))


def rows(color: int = RGB, depth: int = 8, size: tuple[int, int] = (WIDTH, HEIGHT)) -> bytes:
    """Each behind a filter of its own."""
    width, height = size
    chance = Random(2)
    row_bytes = (width * CHANNELS[color] * depth + 7) // 8
    return b"".join(bytes([number % 5]) + chance.randbytes(row_bytes) for number in range(height) if width)


def interlaced_rows(color: int, depth: int) -> bytes:
    sizes = [(-(-(WIDTH - x) // across), -(-(HEIGHT - y) // down)) for x, y, across, down in PASSES]
    return b"".join(rows(color, depth, size) for size in sizes)


def pixels(content: bytes, step: int | None = None) -> list[Chunk]:
    """Compressed, in chunks of `step` bytes."""
    data = zlib.compress(content)
    return data_in(data, step or len(data))


def data_in(data: bytes, step: int) -> list[Chunk]:
    return [(b"IDAT", data[at : at + step]) for at in range(0, len(data), step)]


def plain(color: int = RGB, depth: int = 8, *extra: Chunk, interlaced: bool = False) -> bytes:
    """`extra` stands before the pixels."""
    colors = [palette(depth)] if color == PALETTE else []
    made = interlaced_rows(color, depth) if interlaced else rows(color, depth)
    return png(header(color, depth, interlaced=interlaced), *colors, *extra, *pixels(made), END)


def animated(frames: int, *, default: bool = False) -> bytes:
    out, (first, *others) = BytesIO(), [Image.effect_noise((WIDTH, HEIGHT), 99) for _ in range(frames)]
    first.save(out, "PNG", save_all=True, append_images=others, default_image=default)
    return out.getvalue()


def animation_of_one(*, default: bool) -> bytes:
    """Its frame is the picture, or (against the rules) all that there is."""
    control = (b"fcTL", struct.pack(">IIIIIHHBB", 0, WIDTH, HEIGHT, 0, 0, 1, 10, 0, 0))
    data = zlib.compress(rows())
    shown: Chunk = (b"IDAT", data) if default else (b"fdAT", struct.pack(">I", 1) + data)
    return png(header(), (b"acTL", struct.pack(">II", 1, 0)), control, shown, END)


def stored(content: bytes) -> list[Chunk]:
    """As it is, in the least that zlib can do."""
    data = zlib.compress(content, 0)
    return data_in(data, len(data))
