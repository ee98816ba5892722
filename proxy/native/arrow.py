"""Where the pixels of a picture are, told in Arrow's C data interface: nothing is copied.

The structure: https://arrow.apache.org/docs/format/CDataInterface.html#structure-definitions
"""

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol


class Scattered(Exception):
    """The pixels of a picture are not all in one piece of memory."""


class Picture(Protocol):
    @property
    def size(self) -> tuple[int, int]: ...

    def __arrow_c_array__(self) -> tuple[object, object]: ...


@dataclass(frozen=True, slots=True)
class Pixels:
    """At an address, row by row without gaps: `size` (width, height) of them, of `channels` bytes (1 or 4)."""

    address: int
    size: tuple[int, int]
    channels: int


class ArrowArray(ctypes.Structure):
    pass  # it has pointers to its like


ArrowArray._fields_ = [
    ("length", ctypes.c_int64),
    ("null_count", ctypes.c_int64),
    ("offset", ctypes.c_int64),
    ("n_buffers", ctypes.c_int64),
    ("n_children", ctypes.c_int64),
    ("buffers", ctypes.POINTER(ctypes.c_void_p)),
    ("children", ctypes.POINTER(ctypes.POINTER(ArrowArray))),
    ("dictionary", ctypes.c_void_p),
    ("release", ctypes.c_void_p),
    ("private_data", ctypes.c_void_p),
]

array_in = ctypes.pythonapi.PyCapsule_GetPointer
array_in.argtypes = [ctypes.py_object, ctypes.c_char_p]
array_in.restype = ctypes.POINTER(ArrowArray)


@contextmanager
def pixels_of(picture: Picture) -> Iterator[Pixels]:
    """Of 8 bits a channel, for as long as the context lasts. Raises Scattered."""
    try:
        _schema, capsule = picture.__arrow_c_array__()
    except ValueError as error:
        raise Scattered(str(error)) from None
    array = array_in(capsule, b"arrow_array").contents
    values = array.children[0].contents if array.n_children else array
    yield Pixels(values.buffers[1], picture.size, values.length // array.length)
