"""What an audit finds: facts about pictures against what is wanted of them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from proxy.commands.catalogue.state import DONE, FAILED, NOWHERE, Place, State
from proxy.delivery.errand_facts import OURS

PICTURES = ("jpg", "jpeg", "png", "gif", "webp", "avif", "tif", "tiff", "bmp", "heic", "heif", "svg", "jfif")
TURNED = 5  # EXIF orientations from here on exchange width and height
GONE = {404, 410}


class Finding(StrEnum):
    MISSING = "missing"
    BROKEN = "broken"
    SMALL = "too small"
    SHAPE = "wrong shape"
    CMYK = "cmyk"
    DUPLICATE = "duplicate"


MEANING = {
    Finding.MISSING: "entries without a main picture, and files that Akeneo names and does not have",
    Finding.BROKEN: "files that cannot be drawn",
    Finding.SMALL: "fewer pixels than wanted",
    Finding.SHAPE: "another ratio of width to height than wanted",
    Finding.CMYK: "made for print; browsers show such colours differently, here they are converted",
    Finding.DUPLICATE: "the same bytes under several codes",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Pixels, a ratio of width to height, and by what share of it a picture may be off."""

    min_width: int = 0
    min_height: int = 0
    ratio: float | None = None
    tolerance: float = 0.02

    def sides(self, width: int, height: int) -> tuple[tuple[int, int, str], ...]:
        """What there is, what there should be, and its name."""
        return (width, self.min_width, "wide"), (height, self.min_height, "high")


@dataclass(frozen=True, slots=True)
class Found:
    """`path` is empty for an entry that has no file; `group` is the same for duplicates of each other."""

    finding: Finding
    path: str
    why: str
    places: tuple[Place, ...]
    facts: dict[str, Any] = field(default_factory=dict, repr=False)
    group: str = ""


def found_in(state: State, wanted: Wanted) -> Iterator[Found]:
    """All that one file or entry alone tells, in no order, and so no duplicates; where a file is named is left out."""
    yield from without_picture(state)
    yield from gone(state)
    for path, facts in state.facts(DONE):
        for finding, why in judged(path, facts, wanted):
            yield Found(finding, path, why, (), facts)


def without_picture(state: State) -> Iterator[Found]:
    for place in state.each_place(NOWHERE):
        why = f"nothing in its main attribute, {place.attribute}" if place.attribute else "no file at all"
        yield Found(Finding.MISSING, NOWHERE, why, (place,))


def gone(state: State) -> Iterator[Found]:
    """What Akeneo names and does not have; and what has too many bytes to be fetched."""
    for path, facts in state.facts(FAILED):
        status = facts["error"]["status"]
        if status < OURS:
            finding = Finding.MISSING if status in GONE else Finding.BROKEN
            yield Found(finding, path, facts["error"]["message"], (), facts)


def not_looked_at(state: State) -> list[dict[str, Any]]:
    failed = state.facts(FAILED)
    return [{"path": path, **facts["error"]} for path, facts in failed if facts["error"]["status"] >= OURS]


def judged(path: str, facts: dict[str, Any], wanted: Wanted) -> Iterator[tuple[Finding, str]]:
    """Of one file that is here."""
    if not facts["picture"]:
        if path.rpartition(".")[2].lower() in PICTURES:
            yield Finding.BROKEN, f"named as a picture, but it holds {facts['mime']}"
        return
    if "error" in facts:
        yield Finding.BROKEN, facts["error"]["message"]
        return
    width, height = seen(facts)
    few = [f"{least} {side}" for has, least, side in wanted.sides(width, height) if has < least]
    if facts["format"] != "svg" and few:
        yield Finding.SMALL, f"{width}x{height}, wanted at least {' and '.join(few)}"
    if wanted.ratio is not None and abs(width / height / wanted.ratio - 1) > wanted.tolerance:
        yield Finding.SHAPE, f"{width}x{height} is {width / height:.3g} to 1, wanted {wanted.ratio:.3g}"
    if facts["colorSpace"] == "cmyk":
        yield Finding.CMYK, "colours for print"


def seen(facts: dict[str, Any]) -> tuple[int, int]:
    """Upright."""
    sides: tuple[int, int] = (facts["width"], facts["height"])
    return (sides[1], sides[0]) if facts.get("orientation", 1) >= TURNED else sides
