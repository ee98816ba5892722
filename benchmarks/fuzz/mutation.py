"""Spoiled seeds, for where there is no fuzzer that watches the code: one seed of chance gives the same inputs again."""

from collections.abc import Iterator, Sequence
from random import Random

from benchmarks.mutated_files import CHANGES

LONGEST = 65_536


def mutations(seeds: Sequence[bytes], seed: int) -> Iterator[bytes]:
    """The seeds as they are, then spoiled ones without an end."""
    yield from seeds
    chance = Random(seed)
    while True:
        content = bytearray(chance.choice(seeds))
        for _ in range(chance.choice((1, 1, 2, 3, 8))):
            chance.choice((*CHANGES, cross))(content, chance) if chance.random() < 0.8 else cross_with(
                content, chance.choice(seeds), chance
            )
        yield bytes(content[:LONGEST])


def cross(content: bytearray, chance: Random) -> None:
    """Two parts change places."""
    middle = chance.randrange(len(content) + 1)
    content[:] = content[middle:] + content[:middle]


def cross_with(content: bytearray, other: bytes, chance: Random) -> None:
    """The rest of another seed."""
    content[chance.randrange(len(content) + 1) :] = other[chance.randrange(len(other) + 1) :]
