"""The compiled functions, in Python's terms. Where there was no C compiler, or the processor is not one of theirs, they
are not there, as `CAN_UNFILTER` and `CAN_RESAMPLE` say.
"""

import ctypes
from enum import IntEnum
from pathlib import Path
from typing import Any

from proxy.native.arrow import Pixels

Window = tuple[float, float, float, float]  # left, top, right, bottom

COMPILED = Path(__file__).with_name("native.so")
WINDOW = ctypes.c_double * 4
NO_MEMORY = -1
INTERFACE = 1  # as in unfilter.c


class Filter(IntEnum):
    """Pillow's numbers for the same ones."""

    LANCZOS = 1
    BILINEAR = 2
    BICUBIC = 3
    HAMMING = 5


def opened(path: Path) -> Any:
    """None where it was not compiled, or not from this source."""
    try:
        library = ctypes.CDLL(str(path))
        if ctypes.c_int.in_dll(library, "interface").value != INTERFACE:
            return None
    except (OSError, ValueError):
        return None
    library.unfilter.argtypes = [ctypes.c_void_p, *3 * [ctypes.c_size_t], ctypes.c_char_p, ctypes.c_void_p]
    library.unfilter.restype = ctypes.c_size_t
    pixels, whole = ctypes.c_void_p, ctypes.c_int
    library.merge.argtypes = [*4 * [pixels], ctypes.c_size_t]
    library.merge.restype = None
    if library.can_resample():
        library.resample.argtypes = [pixels, whole, whole, whole, WINDOW, whole, pixels, whole, whole]
    return library


LIBRARY = opened(COMPILED)
CAN_UNFILTER = LIBRARY is not None
CAN_RESAMPLE = LIBRARY is not None and bool(LIBRARY.can_resample())  # and merge


def unfilter(rows: bytearray, count: int, row_bytes: int, pixel_bytes: int, result: Pixels | None = None) -> None:
    """Undoes a PNG's filters in place: of `count` rows, each `row_bytes` behind the one that names its filter, with
    pixels of 1 to 4 bytes, and writes them to a result, those of 3 bytes as 4. Raises ValueError for an unknown filter.
    """
    if min(count, row_bytes) < 1 or len(rows) != count * (row_bytes + 1) or row_bytes % pixel_bytes:
        raise ValueError(f"{len(rows)} bytes are not {count} rows of {row_bytes}")
    channels = 4 if pixel_bytes == 3 else pixel_bytes
    if result and (result.channels, result.size) != (channels, (row_bytes // pixel_bytes, count)):
        raise ValueError(f"{count} rows of {row_bytes} bytes cannot become {result.size}")
    whole = (ctypes.c_char * len(rows)).from_buffer(rows)
    handed = result and result.address
    undone = LIBRARY.unfilter(ctypes.addressof(whole), count, row_bytes, pixel_bytes, bytes(row_bytes), handed)
    if undone != count:
        raise ValueError(f"row {undone} has an unknown filter")


def resample(source: Pixels, window: Window, filter: Filter, result: Pixels) -> None:
    """Scales a window of the source, of as many channels as the result. Raises MemoryError, and ValueError if the
    window is not within the source, or far more than a hundred times larger than the result.
    """
    if source.channels != result.channels or source.channels not in {1, 4}:
        raise ValueError(f"{source.channels} channels cannot become {result.channels}")
    whole = source.address, *source.size, source.channels, WINDOW(*window)
    failed = LIBRARY.resample(*whole, filter, result.address, *result.size)
    if failed == NO_MEMORY:
        raise MemoryError("there is no memory for the weights of a filter")
    if failed:
        raise ValueError(f"{window} of {source.size} cannot become {result.size}")


def merge(brightness: Pixels, blues: Pixels, reds: Pixels, result: Pixels) -> None:
    """Three planes of one channel become red, green and blue, as JFIF has them."""
    planes = (brightness, blues, reds)
    if result.channels != 4 or any(plane.channels != 1 or plane.size != result.size for plane in planes):
        raise ValueError(f"planes of {[plane.size for plane in planes]} cannot become {result.size}")
    LIBRARY.merge(*(plane.address for plane in planes), result.address, result.size[0] * result.size[1])
