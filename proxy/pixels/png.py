"""PNGs of 8 bits in a third of Pillow's time: inflated as a whole by libdeflate, their filters undone by our own C.

Pillow opens them and knows what they are; here only their pixels are read. Whatever these two do not understand, and
all of it where the C was not compiled, is Pillow's: so damaged files are taken, or refused, as ever.
"""

import struct
from collections.abc import Iterator
from os import SEEK_CUR, SEEK_END
from typing import IO, Any

import deflate
from PIL import Image, ImageFile

from proxy.native.arrow import pixels_of
from proxy.native.library import CAN_UNFILTER, unfilter

NAME = "png-as-a-whole"
BYTES = {"L": 1, "P": 1, "LA": 2, "RGB": 3, "RGBA": 4}  # a pixel, by Pillow's name for how they are stored
ALIKE = {"L", "RGB", "RGBA"}  # in a file and in Pillow's memory, but for a fourth byte
MOST_BYTES = 48 * 2**20  # of pixels as stored, which are held beside the picture
HEAD = struct.Struct(">I4s")  # length and name of a chunk
CHECKSUM_BYTES = 4


def hasten(image: ImageFile.ImageFile) -> None:
    """Has an opened PNG of one picture read as a whole, if it can be."""
    if not CAN_UNFILTER or image.info.get("interlace") or getattr(image, "is_animated", False):
        return
    image.tile = [tile._replace(codec_name=NAME) if suits(tile) else tile for tile in image.tile]


def suits(tile: ImageFile._Tile) -> bool:
    if tile.codec_name != "zip" or tile.extents is None:
        return False
    _, _, width, height = tile.extents
    size = BYTES.get(str(tile.args), 0)
    return 0 < width * height * size <= MOST_BYTES


class WholePng(ImageFile.PyDecoder):
    """Begins where the data of the first chunk of pixels begin. From where it ends, Pillow skips as many bytes as that
    chunk has, and reads what is behind.
    """

    _pulls_fd = True

    def decode(self, buffer: Image.DecoderInput) -> tuple[int, int]:
        assert self.fd is not None
        start = self.fd.tell()
        try:
            return self.decode_whole()
        except (deflate.DeflateError, MemoryError, ValueError):
            self.fd.seek(start)
            return self.decode_with_pillow()

    def decode_whole(self) -> tuple[int, int]:
        """Raises DeflateError, MemoryError, ValueError: somebody else may still read it."""
        assert self.fd is not None
        chunks = list(pixel_chunks(self.fd))
        self.fd.seek(-HEAD.size - CHECKSUM_BYTES - len(chunks[0]), SEEK_CUR)
        return self.take(b"".join(chunks))

    def take(self, data: bytes) -> tuple[int, int]:
        (rawmode,) = self.args
        assert self.im is not None
        width, height, size = self.state.xsize, self.state.ysize, BYTES[rawmode]
        rows = inflated(data, (width * size + 1) * height)
        if rawmode in ALIKE:
            with pixels_of(Image.Image()._new(self.im)) as pixels:
                unfilter(rows, height, width * size, size, pixels)
            return -1, 0
        unfilter(rows, height, width * size, size)
        return self.handed_to("raw", (rawmode, width * size + 1, 1), memoryview(rows)[1:])

    def decode_with_pillow(self) -> tuple[int, int]:
        """Raises OSError if the file ends before the picture does."""
        assert self.fd is not None
        start = self.fd.tell()
        consumed, error = self.handed_to("zip", self.args, b"".join(pixel_chunks(self.fd)))
        if consumed >= 0:
            raise OSError("image file is truncated")
        self.fd.seek(start)
        return consumed, error

    def handed_to(self, codec: str, options: tuple[Any, ...], data: Any) -> tuple[int, int]:
        """To a decoder of Pillow's: what it took, or -1 if it has all, and its error or 0."""
        decoder = Image._getdecoder(self.mode, codec, options)
        decoder.setimage(self.im, self.state.extents())
        taken: tuple[int, int] = decoder.decode(data)
        decoder.cleanup()
        return taken


Image.register_decoder(NAME, WholePng)


def pixel_chunks(file: IO[bytes]) -> Iterator[bytes]:
    """From a file at the data of the first one, to behind the head of the next other one. Lengths that lie reserve no
    memory.
    """
    start = file.seek(0, SEEK_CUR)
    end = file.seek(0, SEEK_END)
    file.seek(start - HEAD.size)
    while len(head := file.read(HEAD.size)) == HEAD.size:
        length, name = HEAD.unpack(head)
        if name != b"IDAT":
            break
        yield file.read(min(length, end - file.tell()))
        file.seek(CHECKSUM_BYTES, SEEK_CUR)


def inflated(data: bytes, size: int) -> bytearray:
    """Exactly so many bytes; raises DeflateError, ValueError."""
    rows = deflate.zlib_decompress(data, size)
    if len(rows) != size:
        raise ValueError(f"{len(rows)} bytes of pixels instead of {size}")
    return rows
