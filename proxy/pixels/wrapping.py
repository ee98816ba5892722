# ruff: noqa: RUF001
"""Where a paragraph may be broken into lines, and where it is. Each word is measured once."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from proxy.pixels.shaping import Cluster

Line = list[Cluster]
Measure = Callable[[Sequence[Cluster]], float]

# Ideographs, kana and their punctuation: a line may end between any two of them. Hangul has spaces.
FREE = ((0x2E80, 0x30FF), (0x3100, 0x312F), (0x3190, 0x9FFF), (0xF900, 0xFAFF), (0xFF01, 0xFF65), (0x20000, 0x3FFFF))
NEVER_FIRST = frozenset(
    "、。，．：；？！・…‥ー々〻ぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶ」』）】〉》〕］｝’”,.:;?!)]}%％"
)
HYPHENS = frozenset("-\u2010\u2013\u2014")
NEVER_LAST = frozenset("「『（【〈《〔［｛‘“([{$￥＄")


@dataclass(slots=True)
class Word:
    """What is never broken if a line has room for it, and the spaces behind it, which no line ends with."""

    letters: Line = field(default_factory=list)
    spaces: Line = field(default_factory=list)


def wrapped(paragraph: Line, width: float | None, measure: Measure) -> list[Line]:
    """Lines of at most that width, but for single letters that are wider; at least one."""
    if width is None:
        return [paragraph]
    lines: list[Line] = [[]]
    used, spaces = 0.0, Word().spaces
    for word in words(paragraph):
        wide, gap = measure(word.letters), measure(spaces)
        if lines[-1] and used + gap + wide <= width:
            lines[-1] += spaces + word.letters
            used += gap + wide
        elif word.letters:
            pieces = [word.letters] if wide <= width else broken(word.letters, width, measure)
            lines += pieces
            used = measure(pieces[-1]) if len(pieces) > 1 else wide
        spaces = word.spaces
    return lines[1:] or [[]]


def words(paragraph: Line) -> Iterator[Word]:
    word = Word()
    for cluster in paragraph:
        if cluster.is_space:
            word.spaces.append(cluster)
            continue
        if word.spaces or (word.letters and may_break(word.letters, cluster.text)):
            yield word
            word = Word()
        word.letters.append(cluster)
    yield word


def may_break(word: Line, after: str) -> bool:
    before = word[-1].text
    if before in HYPHENS:  # of a compound, not of a number or an option
        return len(word) > 1 and word[-2].text[0].isalpha() and after[0].isalpha()
    return (is_free(before) or is_free(after)) and after[0] not in NEVER_FIRST and before[0] not in NEVER_LAST


def is_free(text: str) -> bool:
    return any(first <= ord(text[0]) <= last for first, last in FREE)


def broken(letters: Line, width: float, measure: Measure) -> list[Line]:
    """A word wider than a line, or one of a language without spaces, breaks wherever it has to."""
    pieces: list[Line] = [[]]
    used = 0.0
    for letter in letters:
        wide = measure([letter])
        if pieces[-1] and used + wide > width:
            pieces.append([])
            used = 0.0
        pieces[-1].append(letter)
        used += wide
    return pieces
