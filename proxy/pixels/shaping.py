"""Letters that belong together, each with its font and direction; runs of them, measured and drawn."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import groupby
from unicodedata import bidirectional, category, normalize

from PIL import Image, ImageDraw

from proxy.pixels.bidi import SHAPES, from_left, levels
from proxy.pixels.fonts import BrokenFont, Face, Fonts

# They have done their work when the levels are known, or never had any for a picture: a font may draw boxes for them.
INVISIBLE = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff0-\ufffb\U000e0000-\U000e007f]"
)
SURROGATE = re.compile(r"[\ud800-\udfff]")
JOINER = "\u200d"
MAY_BREAK = "\u200b"  # a space of no width, as Thai is written with between words
MISSING = "\ufffd"  # the sign for a character that cannot be shown; the boxes of many fonts are empty
SKIN_TONE = range(0x1F3FB, 0x1F400)
REGION = range(0x1F1E6, 0x1F200)  # letters of which two are a flag
JOINING = re.compile(r"[\u200c\u200d\ufe00-\ufe0f\U000e0100-\U000e01ef]")  # seen in what they do to others
FORCE = {0: "\u202d", 1: "\u202e"}  # LRO, RLO
UNFORCE = "\u202c"


@dataclass(frozen=True, slots=True)
class Cluster:
    """What a reader takes for one letter: with its accents, or joined by a joiner. Never broken. Without a text it is
    a space of no width.
    """

    text: str
    level: int
    face: Face

    @property
    def is_space(self) -> bool:
        return not self.text or (self.text.isspace() and self.text not in "\u00a0\u2007\u202f")


@dataclass(frozen=True, slots=True)
class Run:
    """Letters of one font and one direction, in the order of reading."""

    text: str
    level: int
    face: Face

    def advance(self, size: int) -> float:
        """Raises BrokenFont."""
        with freetype():
            return self.face.at(size).getlength(self.shaped, direction=self.direction)

    def draw(self, pen: ImageDraw.ImageDraw, at: tuple[float, float], size: int, stroke: int) -> None:
        """Raises BrokenFont."""
        with freetype():
            font = self.face.at(size)
            pen.text(at, self.shaped, fill=255, font=font, anchor="ls", stroke_width=stroke, direction=self.direction)

    @property
    def direction(self) -> str | None:
        if not SHAPES:
            return None
        return "rtl" if self.level % 2 else "ltr"

    @property
    def shaped(self) -> str:
        """Letters that an override has turned around would be turned back by raqm."""
        against = ("L",) if self.level % 2 else ("R", "AL")
        if SHAPES and any(bidirectional(letter) in against for letter in self.text):
            return FORCE[self.level % 2] + self.text + UNFORCE
        return self.text


@contextmanager
def freetype() -> Iterator[None]:
    """What FreeType and raqm raise about a font with broken letters in it."""
    try:
        yield
    except (OSError, ValueError, Image.DecompressionBombError) as error:
        raise BrokenFont(str(error)) from error


def paragraphs(text: str) -> list[str]:
    """In composed letters, which more fonts have; at least one."""
    return [normalize("NFC", SURROGATE.sub("\ufffd", part)).replace("\t", " ") for part in text.splitlines()] or [""]


def clusters(paragraph: str, fonts: Fonts) -> list[Cluster]:
    found: list[Cluster] = []
    known: dict[str, tuple[str, Face]] = {}
    for text, level in split(paragraph):
        before = found[-1].face if found else fonts[0]
        if not text or (text.isspace() and ord(text[0]) in before.covers):
            letters, face = text, before  # words of one font stay one run
        else:
            letters, face = known.get(text) or known.setdefault(text, written_in(text, fonts))
        found.append(Cluster(letters, level, face))
    return found


def written_in(text: str, fonts: Fonts) -> tuple[str, Face]:
    """How a cluster is written, and in which font; if none has it, in plain letters, as fi for its ligature."""
    face = face_for(text, fonts)
    if ord(text[0]) not in face.covers:
        text = normalize("NFKC", text)
        face = face_for(text, fonts)
    return drawable(text, face), face


def split(paragraph: str) -> Iterator[tuple[str, int]]:
    """Clusters with their levels."""
    text, at = "", 0
    for letter, level in zip(paragraph, levels(paragraph), strict=True):
        if letter == MAY_BREAK and text:
            yield text, at
            yield "", at
            text = ""
        if INVISIBLE.match(letter) or (not text and JOINING.match(letter)):
            continue
        if text and belongs(letter, text):
            text += letter
            continue
        if text:
            yield text, at
        text, at = letter, level
    if text:
        yield text, at


def belongs(letter: str, text: str) -> bool:
    """An accent, a joiner, a pictogram behind one, its colour of skin, the second letter of a flag."""
    kind = category(letter)
    if kind[0] == "M" or JOINING.match(letter):
        return True
    if ord(letter) in REGION:
        return len(text) == 1 and ord(text) in REGION
    return (kind == "So" and text[-1] == JOINER) or (ord(letter) in SKIN_TONE and category(text[0]) == "So")


def face_for(text: str, fonts: Fonts) -> Face:
    """The first that has all of it, else its first letter, else the sign for what is missing."""
    codes = [ord(letter) for letter in JOINING.sub("", text)]
    for wanted in (codes, codes[:1], [ord(MISSING)]):
        for face in fonts:
            if all(code in face.covers for code in wanted):
                return face
    return fonts[0]


def drawable(text: str, face: Face) -> str:
    """Without accents that the font lacks, and without joiners where nothing knows how to join."""
    if ord(text[0]) not in face.covers:
        return " " if text.isspace() else MISSING
    others = text[1:] if SHAPES else JOINING.sub("", text[1:])
    return text[0] + "".join(letter for letter in others if ord(letter) in face.covers or JOINING.match(letter))


def runs(line: Sequence[Cluster]) -> list[Run]:
    """In the order of reading."""
    groups = groupby(line, lambda cluster: (cluster.level, cluster.face))
    return [Run("".join(cluster.text for cluster in group), level, face) for (level, face), group in groups]


def visual_runs(line: Sequence[Cluster]) -> list[Run]:
    """From left to right."""
    return from_left(runs(line))


@dataclass(frozen=True, slots=True)
class Ruler:
    """Measures letters of one size, each run once: to shape one takes about a millisecond, however short it is."""

    size: int
    known: dict[tuple[str, int, int], float] = field(default_factory=dict)  # by text, direction and face

    def advance(self, line: Sequence[Cluster]) -> float:
        """Raises BrokenFont."""
        return sum(map(self.measured, runs(line)))

    def measured(self, run: Run) -> float:
        """Raises BrokenFont."""
        key = run.text, run.level % 2, id(run.face)
        if key not in self.known:
            self.known[key] = run.advance(self.size)
        return self.known[key]
