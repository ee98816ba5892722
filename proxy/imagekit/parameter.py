"""A row of the table of parameters, and how what it says compares with ImageKit."""

from dataclasses import dataclass
from enum import Enum

from proxy.errors import InvalidTransformation
from proxy.imagekit.syntax import Param, shown
from proxy.imagekit.values import Reader, Unwelcome

BOOLEAN = "true or false"
COLOR = "RRGGBB, RRGGBBAA with AA an opacity from 00 to 99, or a colour name in lower case"
RADIUS = "pixels, four of them joined by _ (clockwise from the top left), or max"
FLIP = "h, v or h_v"


class Part(Enum):
    """What a parameter speaks about: a step's frame, its look, its other fields, what holds for the whole plan, or,
    of a layer, its content, its position, its text.
    """

    FRAME = "frame"
    LOOK = "look"
    STEP = "step"
    OUTPUT = "output"
    PLAN = "plan"
    CONTENT = "content"
    POSITION = "position"
    TEXT = "text"


class Turn(Enum):
    """`rt-auto` turns no step, but the whole plan, by the picture's EXIF orientation."""

    UPRIGHT = "auto"


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a parameter compares with ImageKit's of the same name; the compatibility page is made of these."""

    word: str
    note: str = ""

    def __str__(self) -> str:
        return f"{self.word}: {self.note}" if self.note else self.word


SAME = Verdict("same")


def documented(note: str) -> Verdict:
    """The same as far as ImageKit tells; the note says what is done where it does not."""
    return Verdict("same as documented", note)


def differs(how: str) -> Verdict:
    return Verdict("**differs**", how)


def unsupported(why: str) -> Verdict:
    return Verdict("**not supported**", why)


@dataclass(frozen=True, slots=True)
class Parameter:
    """`accepts` completes the sentence "expected ...". `variables` are those that an expression of it may name; None:
    those that mean something at its place.
    """

    key: str
    part: Part
    field: str
    read: Reader
    about: str
    accepts: str
    verdict: Verdict = SAME
    variables: frozenset[str] | None = None

    def value(self, param: Param) -> object:
        try:
            return self.read(param.value)
        except Unwelcome:
            raise InvalidTransformation(shown(param.text), self.accepts) from None
