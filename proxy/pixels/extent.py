"""How large a file says it is, read from its head without a decoder: a guess for prices, of strangers' files.

Nothing is believed: what is told wrongly costs a wrong guess. The limits are those of whoever opens it.
"""

import struct
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from proxy.formats import Content, Format

HEAD_BYTES = 4096
MOST_MARKERS = 200  # of a JPEG, before its size
MOST_FRAMES = 2_000  # whoever opens more refuses them
MOST_CHUNKS = 2 * MOST_FRAMES  # of a WebP
MOST_SCANNED = 16 * 2**20  # bytes of a GIF in which its frames are counted
PIECE_BYTES = 256 * 1024  # of them at a time: to count holds up every other thread
GIF_FRAME = b"\x21\xf9\x04"  # the control block that stands before a frame
NO_SIZE = {0xC4, 0xC8, 0xCC}  # of the JPEG markers from C0 to CF, those that are no frame header
PROGRESSIVE = {0xC2, 0xC6, 0xCA, 0xCE}
TIFF_WIDTH, TIFF_HEIGHT = 256, 257


@dataclass(frozen=True, slots=True)
class Extent:
    """Pixels as stored; `progressive`: a JPEG whose decoder has to hold all of it, whatever size is wanted."""

    width: int
    height: int
    frames: int = 1
    progressive: bool = False

    @property
    def pixels(self) -> int:
        """Of one frame."""
        return self.width * self.height


def extents_of(files: Iterable[tuple[Path, Content]]) -> list[Extent | None]:
    """Reads files; None for what does not tell, or is not there."""
    return [extent_of(path, content) for path, content in files]


def extent_of(path: Path, content: Content) -> Extent | None:
    read = READERS.get(content.picture) if content.picture else None
    if read is None:
        return None
    try:
        with path.open("rb") as file:
            extent = read(file)
    except (OSError, struct.error, IndexError, OverflowError):
        return None
    return extent if extent is not None and extent.width > 0 and extent.height > 0 else None


def jpeg(file: IO[bytes]) -> Extent | None:
    at = 2
    for _ in range(MOST_MARKERS):
        file.seek(at)
        mark, code, length = struct.unpack(">BBH", file.read(4))
        if mark != 0xFF:
            return None
        if 0xC0 <= code <= 0xCF and code not in NO_SIZE:
            height, width = struct.unpack(">xHH", file.read(5))
            return Extent(width, height, progressive=code in PROGRESSIVE)
        at += 1 if code == 0xFF else 2 + length  # a marker may stand behind any number of FF
    return None


def png(file: IO[bytes]) -> Extent:
    return Extent(*struct.unpack(">II", file.read(24)[16:]))


def gif(file: IO[bytes]) -> Extent:
    width, height = struct.unpack("<HH", file.read(10)[6:])
    return Extent(width, height, frames=max(1, gif_frames(file)))


def gif_frames(file: IO[bytes]) -> int:
    frames, end = 0, b""
    for _ in range(0, MOST_SCANNED, PIECE_BYTES):
        piece = file.read(PIECE_BYTES)
        frames += (end + piece).count(GIF_FRAME)
        end = piece[-len(GIF_FRAME) + 1 :]
        if not piece or frames > MOST_FRAMES:
            break
    return frames


def webp(file: IO[bytes]) -> Extent | None:
    head = file.read(30)
    match head[12:16]:
        case b"VP8 ":
            width, height = struct.unpack("<HH", head[26:30])
            return Extent(width & 0x3FFF, height & 0x3FFF)
        case b"VP8L":
            [bits] = struct.unpack("<I", head[21:25])
            return Extent((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
        case b"VP8X":
            width, height = (int.from_bytes(head[at : at + 3], "little") + 1 for at in (24, 27))
            return Extent(width, height, frames=webp_frames(file))
    return None


def webp_frames(file: IO[bytes]) -> int:
    at, frames = 12, 0
    for _ in range(MOST_CHUNKS):
        file.seek(at)
        header = file.read(8)
        if len(header) < 8:
            break
        frames += header[:4] == b"ANMF"
        length = int.from_bytes(header[4:], "little")
        at += 8 + length + length % 2
    return max(1, frames)


def bmp(file: IO[bytes]) -> Extent:
    width, height = struct.unpack("<ii", file.read(26)[18:])
    return Extent(abs(width), abs(height))


def tiff(file: IO[bytes]) -> Extent | None:
    head = file.read(8)
    order = "<" if head[:2] == b"II" else ">"
    file.seek(struct.unpack(order + "I", head[4:])[0])
    [count] = struct.unpack(order + "H", file.read(2))
    sides: dict[int, int] = {}
    for _ in range(min(count, 64)):
        entry = file.read(12)
        tag, kind = struct.unpack(order + "HH", entry[:4])
        [sides[tag]] = struct.unpack(order + "H", entry[8:10]) if kind == 3 else struct.unpack(order + "I", entry[8:])
    return Extent(sides.get(TIFF_WIDTH, 0), sides.get(TIFF_HEIGHT, 0))


def heif(file: IO[bytes]) -> Extent | None:
    """The largest of the pictures that its properties tell of: the others are thumbnails and tiles."""
    head = file.read(HEAD_BYTES)
    found, at = Extent(0, 0), head.find(b"ispe")
    while 0 <= at <= len(head) - 16:
        size = Extent(*struct.unpack(">II", head[at + 8 : at + 16]))
        found = max(found, size, key=lambda extent: extent.pixels)
        at = head.find(b"ispe", at + 4)
    return found


READERS: dict[Format, Callable[[IO[bytes]], Extent | None]] = {
    Format.JPEG: jpeg,
    Format.PNG: png,
    Format.GIF: gif,
    Format.WEBP: webp,
    Format.BMP: bmp,
    Format.TIFF: tiff,
    Format.AVIF: heif,
    Format.HEIC: heif,
}
