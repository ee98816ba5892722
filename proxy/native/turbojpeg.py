"""The planes of a JPEG as it stores them, by libturbojpeg. Pillow has the same decoder (libjpeg-turbo), but gives only
pixels, for each of which colour was made up. Where the library is missing, `CAN_READ_PLANES` is False.

The functions: https://github.com/libjpeg-turbo/libjpeg-turbo/blob/2.1.x/turbojpeg.h
"""

import ctypes
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from ctypes import byref, c_char_p, c_int, c_ulong, c_void_p
from typing import Any

from proxy.native.arrow import Pixels
from proxy.native.system import libraries

COARSE, YCBCR = 2, 1  # TJSAMP_420, TJCS_YCbCr
STOP_ON_WARNING = 8192  # TJFLAG_STOPONWARNING
MOST_BYTES = 2**24  # of a file, which is held as a whole; what is larger is hardly all picture
INTEGER = ctypes.POINTER(c_int)
FUNCTIONS: dict[str, tuple[Any, list[Any]]] = {
    "tjInitDecompress": (c_void_p, []),
    "tjDestroy": (c_int, [c_void_p]),
    "tjGetErrorStr2": (c_char_p, [c_void_p]),
    "tjDecompressHeader3": (c_int, [c_void_p, c_char_p, c_ulong, *4 * [INTEGER]]),
    "tjDecompressToYUVPlanes": (
        c_int,
        [c_void_p, c_char_p, c_ulong, ctypes.POINTER(c_void_p), c_int, INTEGER, c_int, c_int],
    ),
}


def opened(name: str = "turbojpeg") -> Any:
    """None where it is missing, or too old to have all functions."""
    for library in libraries(name):
        if all(hasattr(library, function) for function in FUNCTIONS):
            for function, (result, arguments) in FUNCTIONS.items():
                entry = getattr(library, function)
                entry.restype, entry.argtypes = result, arguments
            return library
    return None


LIBRARY = opened()
CAN_READ_PLANES = LIBRARY is not None


def read_planes(file: bytes, stored: tuple[int, int], shrink: int, planes: Sequence[Pixels]) -> None:
    """Decodes a JPEG of 4:2:0, whose header tells the size `stored`, into planes of one channel, as large as
    `planes_of` says: brightness, whose last column and row may be one too many, and two of colour. `shrink` is 1, 2, 4
    or 8, and at most half of a side.

    Raises ValueError for another JPEG, and whenever the decoder found anything wrong with it: the planes are spoilt.
    """
    sizes = planes_of(stored, shrink)
    if min(stored) < 2 * shrink:  # it could be drawn larger, rounding up to the same size
        raise ValueError(f"{stored} is too small to be divided by {shrink}")
    if [(plane.size, plane.channels) for plane in planes] != [(size, 1) for size in sizes]:
        raise ValueError(f"planes of {[plane.size for plane in planes]} are not the {sizes} of {stored} by {shrink}")
    with decoder() as handle:
        check_header(handle, file, stored)
        addresses = (c_void_p * 3)(*(plane.address for plane in planes))
        strides = (c_int * 3)(*(width for width, _ in sizes))
        width, height = (-(-side // shrink) for side in stored)  # it takes the largest scale that fits
        wanted = addresses, width, strides, height, STOP_ON_WARNING
        if LIBRARY.tjDecompressToYUVPlanes(handle, file, len(file), *wanted):
            raise error_of(handle)


def planes_of(stored: tuple[int, int], shrink: int) -> list[tuple[int, int]]:
    """Their sizes: of brightness twice those of colour, as the library has it, though a picture's sides be odd."""
    width, height = (-(-side // (2 * shrink)) for side in stored)
    return [(2 * width, 2 * height), (width, height), (width, height)]


@contextmanager
def decoder() -> Iterator[c_void_p]:
    handle = c_void_p(LIBRARY.tjInitDecompress())
    if not handle:
        raise MemoryError("there is no memory for a decoder")
    try:
        yield handle
    finally:
        LIBRARY.tjDestroy(handle)


def check_header(handle: c_void_p, file: bytes, stored: tuple[int, int]) -> None:
    """Else the decoder could write more than the planes hold: another reader of the file may have seen another one."""
    found = width, height, samples, colors = c_int(), c_int(), c_int(), c_int()
    if LIBRARY.tjDecompressHeader3(handle, file, len(file), *map(byref, found)):
        raise error_of(handle)
    if (width.value, height.value, samples.value, colors.value) != (*stored, COARSE, YCBCR):
        raise ValueError(f"a header of {[it.value for it in found]} is not that of {stored} in 4:2:0")


def error_of(handle: c_void_p) -> ValueError:
    return ValueError(LIBRARY.tjGetErrorStr2(handle).decode(errors="replace"))
