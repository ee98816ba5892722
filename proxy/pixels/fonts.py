"""The fonts of a text in order of preference: its own file or family, our default, one for each other script."""

from dataclasses import dataclass, field
from functools import cache, lru_cache
from itertools import chain
from pathlib import Path

from PIL import ImageFont

from proxy.pixels.coverage import Coverage, Probed, Ranges
from proxy.pixels.font_names import DEFAULT, FOLDER, bundled_name, folded, index

MAX_FONT_BYTES = 20_000_000  # a shop's own font; CJK fonts have about 10 MB
SCRIPTS = (
    "notosans",
    "notosanshebrew",
    "notosansarabic",
    "notosansthai",
    "notosansdevanagari",
    "notoemoji",  # in front of signs, some of which are emoji without their modifiers
    "notosanssymbols",
    "notosanssymbols2",
    "droidsansfallback",
)


@dataclass(frozen=True, slots=True)
class Face:
    """A file of one style. `stamp` tells a file from one that was at its path before."""

    path: Path
    covers: Coverage = field(compare=False, repr=False)
    bold: bool = False
    italic: bool = False
    stamp: tuple[int, int] = (0, 0)

    def at(self, size: int) -> ImageFont.FreeTypeFont:
        return opened_font(self.path, size, self.stamp)


@dataclass(frozen=True, slots=True)
class Family:
    """A bundled one; `faces` has several files a style, which share the characters among them."""

    name: str
    source: str
    licence: str
    faces: tuple[Face, ...]

    def styled(self, bold: bool, italic: bool) -> tuple[Face, ...]:
        """Its own bold or italic letters if it has any; whoever draws thickens or slants the others."""
        for style in ((bold, italic), (False, italic), (bold, False)):
            found = tuple(face for face in self.faces if (face.bold, face.italic) == style)
            if found:
                return found
        return tuple(face for face in self.faces if not face.bold and not face.italic)


Fonts = tuple[Face, ...]


class BrokenFont(Exception):
    """FreeType has opened it, and cannot draw its letters."""


@cache
def families() -> dict[str, Family]:
    """What is bundled, by folded name."""
    found = {}
    for folder, about in index().items():
        faces = tuple(
            Face(
                FOLDER / folder / entry["file"],
                Ranges.parse(entry["covers"]),
                bold="bold" in entry["style"],
                italic="italic" in entry["style"],
            )
            for entry in about["files"]
        )
        found[folded(about["family"])] = Family(about["family"], about["source"], about["licence"], faces)
    return found


@lru_cache(maxsize=128)
def fonts_of(family: str | None, bold: bool, italic: bool) -> Fonts:
    """The family, then what stands in for the letters that it lacks."""
    wanted = bundled_name(family or "") or DEFAULT
    found = [families()[name] for name in dict.fromkeys((wanted, DEFAULT, *SCRIPTS))]
    faces = [*(family.styled(bold, italic) for family in found), *(family.styled(False, False) for family in found)]
    return tuple(dict.fromkeys(chain.from_iterable(faces)))  # bold letters may be fewer than regular ones


def own_face(path: Path) -> Face | None:
    """A font that was fetched; None for what is none, or too large to be one. Raises FileNotFoundError: it was evicted
    and has to be fetched again.
    """
    try:
        facts = path.stat()
        if facts.st_size > MAX_FONT_BYTES:
            return None
        return probed_face(path, (facts.st_mtime_ns, facts.st_size))
    except (FileNotFoundError, NotADirectoryError):
        raise
    except OSError:
        return None


@lru_cache(maxsize=8)
def probed_face(path: Path, stamp: tuple[int, int]) -> Face:
    return Face(path, Probed.of(path), stamp=stamp)


@lru_cache(maxsize=48)  # each may hold a file open, of which a worker may have few
def opened_font(path: Path, size: int, stamp: tuple[int, int]) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(path), size)
