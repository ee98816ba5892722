"""Texts that were in order once."""

from collections.abc import Callable
from urllib.parse import quote

from benchmarks.storm.dice import Dice

LETTERS = ",:-_/%&=?+#@ .0189NabelixZ~'\"<>\\\x00\r\n\x7fäß\u202e😀"

Mutation = Callable[[str, str, Dice], str]


def cut(text: str, dice: Dice) -> tuple[str, str, str]:
    """Before, a part, and behind it."""
    start, end = sorted((dice.whole(0, len(text)), dice.whole(0, len(text))))
    return text[:start], text[start:end], text[end:]


def flip(text: str, _: str, dice: Dice) -> str:
    at = dice.whole(0, max(0, len(text) - 1))
    return text[:at] + dice.one(LETTERS) + text[at + 1 :]


def insert(text: str, _: str, dice: Dice) -> str:
    at = dice.whole(0, len(text))
    return text[:at] + "".join(dice.some(LETTERS, 3)) + text[at:]


def delete(text: str, _: str, dice: Dice) -> str:
    at = dice.whole(0, len(text))
    return text[:at] + text[at + dice.one([1, 1, 2, 5, 30]) :]


def duplicate(text: str, _: str, dice: Dice) -> str:
    before, part, after = cut(text, dice)
    return before + part * dice.one([2, 2, 3]) + after


def repeat(text: str, _: str, dice: Dice) -> str:
    """Deep and long things."""
    before, part, after = cut(text, dice)
    return (before + part[:12] * dice.one([30, 300]) + after)[:12_000]


def splice(text: str, other: str, dice: Dice) -> str:
    return text[: dice.whole(0, len(text))] + other[dice.whole(0, len(other)) :]


def encode(text: str, _: str, dice: Dice) -> str:
    before, part, after = cut(text, dice)
    return before + quote(part, safe=dice.one(["", ",:", "/"])) + after


def truncate(text: str, _: str, dice: Dice) -> str:
    return text[: dice.whole(0, len(text))]


def swap(text: str, _: str, dice: Dice) -> str:
    mark = dice.one(",:-_")
    parts = text.split(mark)
    dice.random.shuffle(parts)
    return mark.join(parts)


MUTATIONS: tuple[Mutation, ...] = (flip, flip, insert, delete, duplicate, repeat, splice, encode, truncate, swap)


def mutated(text: str, other: str, dice: Dice) -> str:
    for _ in range(dice.one([1, 1, 1, 2, 4])):
        text = dice.one(MUTATIONS)(text, other, dice)
    return text
