"""Run as a program: the compiled functions, on memory whose neighbours may not be touched. A read or a write beyond
ends the process. `python -m tests.native.guarded LIBRARY CASES`

What the functions reserve themselves a sanitizer watches, whose runtime has to be loaded first (`LD_PRELOAD`): a
library of `compile_library(path, "-O1", "-g", "-fsanitize=address,undefined")`.
"""

import ctypes
import mmap
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

from proxy.native import library
from proxy.native.arrow import Pixels
from proxy.native.library import Filter, Window, merge, resample

SIDES = (1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 47, 63, 64, 65, 100, 129, 200)
SCALES = (0.005, 0.01, 0.3, 0.5, 0.9, 1.0, 1.1, 1.5, 2.0, 3.3, 7.0, 12.0, 40.0, 200.0)
PAGE = mmap.PAGESIZE
NO_ACCESS, READ_AND_WRITE = 0, mmap.PROT_READ | mmap.PROT_WRITE

libc = ctypes.CDLL(None, use_errno=True)


@contextmanager
def guarded(size: int, *, at_end: bool) -> Iterator[int]:
    """The address of so many bytes, right before a page that cannot be accessed, or right behind one."""
    inner = (size + PAGE - 1) // PAGE * PAGE
    with mmap.mmap(-1, inner + 2 * PAGE) as memory:
        view = (ctypes.c_char * len(memory)).from_buffer(memory)
        start = ctypes.addressof(view)
        protect(start, NO_ACCESS)
        protect(start + PAGE + inner, NO_ACCESS)
        yield start + PAGE + (inner - size if at_end else 0)
        protect(start, READ_AND_WRITE)
        protect(start + PAGE + inner, READ_AND_WRITE)
        del view


def protect(page: int, access: int) -> None:
    if libc.mprotect(ctypes.c_void_p(page), ctypes.c_size_t(PAGE), access):
        raise OSError(ctypes.get_errno(), "mprotect")


def window_along(side: int, chance: Random) -> tuple[float, float]:
    start = chance.choice((0.0, chance.uniform(0, side), float(chance.randrange(side)), side - 1e-6))
    end = chance.choice((float(side), side + 1e-9, chance.uniform(start, side), start + 1e-4))
    return (start, min(end, side + 1e-9)) if end > start else (0.0, float(side))


def scale_once(chance: Random) -> None:
    width, height, channels = chance.choice(SIDES), chance.choice(SIDES), chance.choice((1, 4))
    across, down = window_along(width, chance), window_along(height, chance)
    window: Window = (across[0], down[0], across[1], down[1])
    wide, high = (result_for(end - start, chance) for start, end in (across, down))
    at_end = chance.random() < 0.7
    with (
        guarded(width * height * channels, at_end=at_end) as source,
        guarded(wide * high * channels, at_end=at_end) as result,
    ):
        ctypes.memmove(source, chance.randbytes(width * height * channels), width * height * channels)
        taken, given = Pixels(source, (width, height), channels), Pixels(result, (wide, high), channels)
        resample(taken, window, chance.choice(list(Filter)), given)


def result_for(length: float, chance: Random) -> int:
    return max(1, min(300, round(length / chance.choice(SCALES))))


def unfilter_once(chance: Random) -> None:
    size, width, height = chance.randint(1, 4), chance.choice(SIDES), chance.randint(1, 6)
    row = width * size
    at_end = chance.random() < 0.7
    content = b"".join(bytes([chance.choice((0, 1, 2, 3, 4, 4, 4))]) + chance.randbytes(row) for _ in range(height))
    handed = width * height * (4 if size == 3 else size)
    with (
        guarded(len(content), at_end=at_end) as rows,
        guarded(row, at_end=at_end) as zeros,
        guarded(handed, at_end=at_end) as result,
    ):
        ctypes.memmove(rows, content, len(content))
        given = chance.choice((None, result))
        assert library.LIBRARY.unfilter(rows, height, row, size, ctypes.cast(zeros, ctypes.c_char_p), given) == height


def merge_once(chance: Random) -> None:
    size, at_end = (chance.choice(SIDES), chance.choice(SIDES)), chance.random() < 0.7
    pixels = size[0] * size[1]
    with (
        guarded(pixels, at_end=at_end) as brightness,
        guarded(pixels, at_end=at_end) as blues,
        guarded(pixels, at_end=at_end) as reds,
        guarded(4 * pixels, at_end=at_end) as result,
    ):
        grey, blue, red = (Pixels(plane, size, 1) for plane in (brightness, blues, reds))
        merge(grey, blue, red, Pixels(result, size, 4))


def main(path: str, cases: int) -> None:
    library.LIBRARY = library.opened(Path(path))
    chance = Random(1)
    for _ in range(cases):
        unfilter_once(chance)
    for _ in range(cases if library.LIBRARY.can_resample() else 0):
        scale_once(chance)
        merge_once(chance)
    sys.stdout.write(f"{cases} cases\n")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
