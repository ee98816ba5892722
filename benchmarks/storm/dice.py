"""Chance with a seed: the same number of the same seed always makes the same URL."""

from collections.abc import Callable, Sequence
from random import Random
from typing import TypeVar

T = TypeVar("T")
OF_PICTURE = ("iw", "ih", "iar", "cw", "ch", "car")
OF_DRAWN_LAYER = ("bw", "bh", "bar")
ALL_VARIABLES = (*OF_PICTURE, *OF_DRAWN_LAYER, "idn")

# What no parameter expects, or only some do.
ODD = """
0 1 -1 N1 N5 NN5 2.5 -0.5 .5 5. 0.0000001 0.999999999 65535 65536 70000 999999999 1e5 1e999 99999999999999999999999
NaN inf auto true false True none null max N _ __ - . .. @@ ٣ ½ ① iw iw_div_0 iw_pow_iw h_v 00 007 +5 0x10 #fff FFF
FFFFFF100 red_5 $(id) ' " < > \\ {} [] | ^ ` ~ ; %00 %0A %0D%0A %ff %25 %zz % & = l-end if-end i-
"""
SILLY = ODD.split()


class Dice:
    """`silly`: how likely a value is odd where it stands; `large`: how likely a size is of the largest."""

    def __init__(self, seed: int, number: int) -> None:
        self.random = Random(f"{seed} {number}")
        self.silly = self.random.choice([0.0, 0.0, 0.0, 0.02, 0.1, 0.5])
        self.large = self.random.choice([0.0] * 18 + [0.05, 0.5])
        self.variables: tuple[str, ...] = OF_PICTURE  # that mean something where the text has come to

    def happens(self, share: float) -> bool:
        return self.random.random() < share

    def whole(self, lowest: int, highest: int) -> int:
        return self.random.randint(lowest, highest)

    def one(self, choices: Sequence[T]) -> T:
        return self.random.choice(choices)

    def some(self, choices: Sequence[T], most: int) -> list[T]:
        return [self.one(choices) for _ in range(self.whole(1, most))]

    def variable(self) -> str:
        return self.one(ALL_VARIABLES if self.happens(self.silly) else self.variables)

    def of(self, *makers: "Make") -> str:
        return self.one(makers)(self)

    def odd(self) -> str:
        return self.one(SILLY) if self.happens(0.8) else "".join(self.some(SILLY, 3))


Make = Callable[[Dice], str]
