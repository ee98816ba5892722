"""The first terms of a picture's cosine transform, channel by channel; for pictures of a thousand pixels."""

import math
from collections.abc import Sequence
from functools import lru_cache
from operator import mul

Channel = Sequence[float]  # row by row
Waves = tuple[tuple[float, ...], ...]


@lru_cache(maxsize=256)
def waves(length: int, terms: int, centred: bool) -> Waves:
    """Those of a side, lowest first: at the middle of each pixel if `centred`, else at its beginning."""
    shift = 0.5 if centred else 0.0
    return tuple(tuple(math.cos(math.pi * k * (at + shift) / length) for at in range(length)) for k in range(terms))


def terms(channel: Channel, width: int, across: Waves, down: Waves) -> list[list[float]]:
    """By wave down, then across: how much of it a pixel has in the mean."""
    rows = [channel[start : start + width] for start in range(0, len(channel), width)]
    partial = [[sum(map(mul, row, wave)) for row in rows] for wave in across]
    return [[sum(map(mul, column, wave)) / len(channel) for column in partial] for wave in down]
