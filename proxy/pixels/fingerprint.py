"""A perceptual hash: pictures that look alike have hashes that differ in few bits, whatever their size and format."""

from collections.abc import Sequence
from functools import lru_cache
from math import cos, pi
from statistics import median

from PIL import Image

SIDE = 32  # of the small grey picture that is looked at
WAVES = 8  # the coarsest in each direction are kept
DIGITS = 4  # behind the point: less is noise of the arithmetic, which must not decide about a bit


def fingerprint(grey: Image.Image) -> str:
    """64 bits as 16 hex digits, of a picture of `SIDE` x `SIDE` in mode L.

    Each bit says whether a wave has more of the picture than the median wave has, row by row.
    """
    pixels = grey.tobytes()
    rows = [waves(pixels[start : start + SIDE]) for start in range(0, SIDE * SIDE, SIDE)]
    columns = [waves(column) for column in zip(*rows, strict=True)]
    strengths = [round(strength, DIGITS) for row in zip(*columns, strict=True) for strength in row]
    middle = median(strengths)
    bits = "".join("1" if strength > middle else "0" for strength in strengths)
    return f"{int(bits, 2):016x}"


def waves(line: Sequence[float]) -> list[float]:
    """How much of each wave is in a line: the discrete cosine transform, its first coefficients."""
    return [sum(value * factor for value, factor in zip(line, wave, strict=True)) for wave in table()]


@lru_cache(maxsize=1)
def table() -> list[list[float]]:
    return [[2 * cos(pi * wave * (2 * at + 1) / (2 * SIDE)) for at in range(SIDE)] for wave in range(WAVES)]
