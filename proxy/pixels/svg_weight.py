"""How much of an SVG would be drawn: what is used ten times counts ten times, and a mark once for each corner."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from proxy.errors import SourceTooLarge

MAX_DEPTH = 200
MAX_ELEMENTS = 500_000  # as drawn
MAX_LETTERS = 50_000  # as drawn; shaping one takes longer than drawing a shape
USED = re.compile(r"url\(\s*[\"']?\s*#([^\"')\s]+)")
MARKED = re.compile(r"marker[\w-]*\s*:\s*url\(\s*[\"']?\s*#([^\"')\s]+)", re.IGNORECASE)
NUMBER = re.compile(r"[\d.]+")
WRITES = {"text", "tspan", "textPath"}


@dataclass(frozen=True, slots=True)
class Weight:
    elements: int = 0
    letters: int = 0

    def __add__(self, other: "Weight") -> "Weight":
        return Weight(self.elements + other.elements, self.letters + other.letters)

    def __mul__(self, times: int) -> "Weight":
        return Weight(self.elements * times, self.letters * times)


def weigh(root: Element) -> None:
    """References in a circle count once, resvg leaves them out. Raises SourceTooLarge, RecursionError."""
    named = {name: element for element in root.iter() if (name := element.get("id"))}
    sheets = "".join(element.text or "" for element in root.iter() if kind(element) == "style")
    scales = Scales(named)
    marks = set(MARKED.findall(sheets)) & named.keys()
    others = (set(USED.findall(sheets)) & named.keys()) - marks
    # A style sheet may mean any element, so it means all of them.
    every, corner = (total(scales.weight(named[name], 0) for name in names) for names in (others, marks))
    Scales(named, every, corner).weight(root, 0)


def total(weights: Iterable[Weight]) -> Weight:
    return sum(weights, Weight())


@dataclass(slots=True)
class Scales:
    """`every` is what style sheets add to each element, `corner` what they add to each corner of a line."""

    named: dict[str, Element]
    every: Weight = field(default_factory=Weight)
    corner: Weight = field(default_factory=Weight)
    known: dict[Element, Weight] = field(default_factory=dict)

    def weight(self, element: Element, depth: int) -> Weight:
        if element in self.known:
            return self.known[element]
        if depth > MAX_DEPTH:
            raise RecursionError
        self.known[element] = Weight()
        corners = corners_of(element)
        own = Weight(1, letters_of(element)) + self.every + self.corner * corners
        used = [
            (self.named[name], corners if marks else 1) for name, marks in references(element) if name in self.named
        ]
        followers = [*((child, 1) for child in element), *used]
        weights = (self.weight(follower, depth + 1) * times for follower, times in followers)
        self.known[element] = checked(own + total(weights))
        return self.known[element]


def checked(weight: Weight) -> Weight:
    if weight.elements > MAX_ELEMENTS:
        raise SourceTooLarge(f"the SVG draws more than {MAX_ELEMENTS} elements")
    if weight.letters > MAX_LETTERS:
        raise SourceTooLarge(f"the SVG draws more than {MAX_LETTERS} letters")
    return weight


def references(element: Element) -> Iterator[tuple[str, bool]]:
    """The ids that an element points to, and whether they are marks at its corners."""
    for name, value in element.attrib.items():
        key = name.rpartition("}")[2].lower()
        if key == "href" and value.strip().startswith("#"):
            yield value.strip()[1:], False
        elif "url(" in value:
            marks = set(MARKED.findall(value))
            yield from ((used, key.startswith("marker") or used in marks) for used in USED.findall(value))


def corners_of(element: Element) -> int:
    """Of a path or a polygon; what is no line has none."""
    return len(NUMBER.findall(element.get("d") or element.get("points") or "")) // 2


def letters_of(element: Element) -> int:
    inside = element.text or "" if kind(element) in WRITES else ""
    return len(inside) + sum(len(child.tail or "") for child in element) * (kind(element) in WRITES)


def kind(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]
