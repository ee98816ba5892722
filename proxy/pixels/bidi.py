"""Which letters run from right to left: the Unicode bidirectional algorithm, by the library that shapes them as well.

Pillow lays text out with raqm, which needs libfribidi from the system. Without it all letters stand alone and run to
the right.
"""

import ctypes
from collections.abc import Sequence
from itertools import groupby
from typing import Protocol, TypeVar

from PIL import features

from proxy.native.system import libraries

NEUTRAL = 0x40  # FRIBIDI_PAR_ON: the first strong letter decides about a paragraph
SHAPES = bool(features.check_feature("raqm") and features.check_feature("fribidi"))


class Levelled(Protocol):
    @property
    def level(self) -> int: ...


T = TypeVar("T", bound=Levelled)


FRIBIDI = next(libraries("fribidi"), None) if SHAPES else None


def levels(paragraph: str) -> list[int]:
    """Of each letter: even ones run to the right, odd ones to the left, higher ones inside of lower ones."""
    size = len(paragraph)
    found = (ctypes.c_int8 * size)()
    if FRIBIDI is None or paragraph.isascii():
        return list(found)
    letters = (ctypes.c_uint32 * size)(*map(ord, paragraph))
    base = ctypes.c_int32(NEUTRAL)
    done = FRIBIDI.fribidi_log2vis(letters, ctypes.c_int32(size), ctypes.byref(base), None, None, None, found)
    return list(found) if done else [0] * size


def from_left(parts: Sequence[T]) -> list[T]:
    """Rule L2: what is on a level is turned around, from the highest level down to the lowest odd one."""
    seen = list(parts)
    for level in range(max((part.level for part in seen), default=0), 0, -1):
        seen = turned(seen, level)
    return seen


def turned(parts: list[T], level: int) -> list[T]:
    groups = [(inside, list(group)) for inside, group in groupby(parts, lambda part: part.level >= level)]
    return [part for inside, group in groups for part in (reversed(group) if inside else group)]
