"""PNGs of 8 bits in a third of Pillow's time: inflated as a whole by libdeflate, their filters undone by our own C.

Pillow opens them and knows what they are; here only their pixels are read. Whatever those two do not understand, and
all of it where the C was not compiled, Pillow reads; what it says is damaged is refused, never drawn black.
"""

import struct
from collections.abc import Iterable, Iterator
from os import SEEK_CUR, SEEK_END
from typing import IO, Any

import deflate
from PIL import Image, ImageFile

from proxy.native.arrow import Scattered, pixels_of
from proxy.native.library import CAN_UNFILTER, unfilter

NAME = "png-as-a-whole"
BYTES = {"L": 1, "P": 1, "LA": 2, "RGB": 3, "RGBA": 4}  # a pixel, by Pillow's name for how they are stored
ALIKE = {"L", "RGB", "RGBA"}  # in a file and in Pillow's memory, but for a fourth byte
MOST_BYTES = 48 * 2**20  # of pixels as stored, which are held beside the picture
MOST_AT_ONCE = 2**23  # bytes of a chunk; most files have no more, which then need not be joined
MOST_WASTE = 2**16  # bytes that compressing adds to what cannot be compressed, and then some
HEAD = struct.Struct(">I4s")  # length and name of a chunk
CHECKSUM_BYTES = 4


def hasten(image: ImageFile.ImageFile) -> None:
    """Has an opened PNG of one picture read by the decoder below. Of an animation not even a single frame is: its
    pixels may be in chunks of another kind.
    """
    if not image.info.keys() & {"loop", "bbox"}:
        image.tile = [tile._replace(codec_name=NAME) if tile.codec_name == "zip" else tile for tile in image.tile]


def load_pixels(image: ImageFile.ImageFile) -> None:
    """Raises whatever the decoder does if they are damaged. Of an animation Pillow tells that but once: then it hands
    out what it has, and that may be all black. What is damaged behind them makes them no less readable.
    """
    try:
        image.load()
    except Exception:
        if image.tile or image.fp is None:  # not read, or read to the end of the file: it is not what stands there
            raise


class WholePng(ImageFile.PyDecoder):
    """Begins where the data of the first chunk of pixels begin. From where it ends, Pillow skips as many bytes as that
    chunk has, and reads what is behind.
    """

    _pulls_fd = True

    def decode(self, buffer: Image.DecoderInput) -> tuple[int, int]:
        assert self.fd is not None
        start = self.fd.tell()
        if self.suits():
            try:
                return self.decode_whole(start)
            except (deflate.DeflateError, MemoryError, Scattered, ValueError):
                self.fd.seek(start)
        done = self.decode_with_pillow()
        self.fd.seek(start)
        return done

    def suits(self) -> bool:
        rawmode, *interlaced = self.args
        size = self.state.xsize * self.state.ysize * BYTES.get(rawmode, 0)
        return CAN_UNFILTER and not interlaced and 0 < size <= MOST_BYTES

    def decode_whole(self, start: int) -> tuple[int, int]:
        """Raises DeflateError, MemoryError, Scattered, ValueError: somebody else may still read it."""
        (rawmode,) = self.args
        assert self.fd is not None
        width, height, size = self.state.xsize, self.state.ysize, BYTES[rawmode]
        rows = inflated(pixel_chunks(self.fd), (width * size + 1) * height)
        end = self.fd.tell() - CHECKSUM_BYTES
        self.fd.seek(start - HEAD.size)
        skipped, _ = HEAD.unpack(self.fd.read(HEAD.size))
        if skipped > end:
            raise ValueError(f"a chunk of {skipped} bytes in a file that ends at {end}")
        self.fd.seek(end - skipped)
        return self.take(rows, rawmode, size)

    def take(self, rows: bytearray, rawmode: str, size: int) -> tuple[int, int]:
        """Of pixels of `size` bytes. Raises Scattered, ValueError."""
        row_bytes = self.state.xsize * size
        if rawmode not in ALIKE:
            unfilter(rows, self.state.ysize, row_bytes, size)
            return self.handed_to("raw", (rawmode, row_bytes + 1, 1), [memoryview(rows)[1:]])
        assert self.im is not None
        with pixels_of(Image.Image()._new(self.im)) as pixels:
            unfilter(rows, self.state.ysize, row_bytes, size, pixels)
        return -1, 0

    def decode_with_pillow(self) -> tuple[int, int]:
        """Raises OSError."""
        assert self.fd is not None
        return self.handed_to("zip", self.args, pixel_chunks(self.fd))

    def handed_to(self, codec: str, options: tuple[Any, ...], pieces: Iterable[Any]) -> tuple[int, int]:
        """To a decoder of Pillow's that takes all it is given: -1 and 0. Raises OSError if they are damaged, or too
        few: Pillow says so of an error that is returned, too, but takes the picture for loaded from then on.
        """
        decoder = Image._getdecoder(self.mode, codec, options)
        try:
            decoder.setimage(self.im, self.state.extents())
            for piece in pieces:
                taken, error = decoder.decode(piece)
                if error < 0:
                    raise OSError(f"broken pixels: error {error}")
                if taken < 0:
                    return taken, error
        finally:
            decoder.cleanup()
        raise OSError("image file is truncated")


Image.register_decoder(NAME, WholePng)


def pixel_chunks(file: IO[bytes]) -> Iterator[bytes]:
    """What is in them, from a file at the data of the first one, until it is behind the last one. Lengths that lie
    reserve no memory.
    """
    start = file.tell()
    end = file.seek(0, SEEK_END)
    file.seek(start - HEAD.size)
    while len(head := file.read(HEAD.size)) == HEAD.size:
        length, name = HEAD.unpack(head)
        if name != b"IDAT":
            break
        behind = min(file.tell() + length, end)
        while piece := file.read(min(behind - file.tell(), MOST_AT_ONCE)):
            yield piece
        file.seek(CHECKSUM_BYTES, SEEK_CUR)
    file.seek(-len(head), SEEK_CUR)


def inflated(chunks: Iterable[bytes], size: int) -> bytearray:
    """Exactly so many bytes; raises DeflateError, ValueError."""
    rows = deflate.zlib_decompress(joined(chunks, size + size // 8 + MOST_WASTE), size)
    if len(rows) != size:
        raise ValueError(f"{len(rows)} bytes of pixels instead of {size}")
    return rows


def joined(chunks: Iterable[bytes], most: int) -> bytes:
    """Raises ValueError for more bytes than that, before they are all in memory."""
    found, bytes_found = [], 0
    for chunk in chunks:
        found.append(chunk)
        bytes_found += len(chunk)
        if bytes_found > most:
            raise ValueError(f"more than {most} bytes of compressed pixels")
    return b"".join(found)
