"""Which characters a font has a glyph for."""

from bisect import bisect_right
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Protocol, Self

from PIL import ImageFont

NO_CHARACTER = "\uffff"  # no font has it, so it is drawn as the box for what is missing
PROBE_SIZE = 16


class Coverage(Protocol):
    def __contains__(self, code: int, /) -> bool: ...


@dataclass(frozen=True, slots=True)
class Ranges:
    """As in the index of the bundled fonts: `20-7E,A0`, in hexadecimal. `edges`: where it begins and where it ends."""

    edges: tuple[int, ...]

    @classmethod
    def parse(cls, text: str) -> Self:
        pairs = (part.partition("-") for part in text.split(","))
        return cls(tuple(chain.from_iterable((int(a, 16), int(b or a, 16) + 1) for a, _, b in pairs)))

    def __contains__(self, code: int, /) -> bool:
        return bisect_right(self.edges, code) % 2 == 1

    def __len__(self) -> int:
        return sum(self.edges[1::2]) - sum(self.edges[::2])


@dataclass(slots=True)
class Probed:
    """Of a font that nobody has indexed: what it does not have looks like what no font has."""

    font: ImageFont.FreeTypeFont
    missing: bytes
    known: dict[int, bool] = field(default_factory=dict)

    @classmethod
    def of(cls, path: Path) -> Self:
        """Raises OSError for what is no font."""
        font = ImageFont.truetype(str(path), PROBE_SIZE, layout_engine=ImageFont.Layout.BASIC)
        return cls(font, look(font, NO_CHARACTER))

    def __contains__(self, code: int, /) -> bool:
        if code not in self.known:
            self.known[code] = self.probe(chr(code))
        return self.known[code]

    def probe(self, letter: str) -> bool:
        try:
            return look(self.font, letter) != self.missing
        except OSError:
            return False  # a broken glyph is as good as none


def look(font: ImageFont.FreeTypeFont, letter: str) -> bytes:
    """Its pixels and its advance, as far as they tell one glyph from another."""
    mask = font.getmask(letter, mode="L")
    return b"%r %r " % (mask.size, font.getlength(letter)) + bytes(mask)
