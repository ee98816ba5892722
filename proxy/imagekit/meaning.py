"""What the words of a target mean, whatever the picture and the viewer; the ones last used are remembered.

A shop uses few transformations for thousands of pictures, and to read one takes longer than everything else that is
done about a request before its picture is looked for.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import NamedTuple

from proxy.formats import Format
from proxy.imagekit.accept import ALL_NAMED, enabled
from proxy.imagekit.hints import Hints, UsedHints
from proxy.imagekit.ladder import snapped
from proxy.imagekit.notes import Note
from proxy.imagekit.reading import NO_HINTS, NO_NAMES, read_plan
from proxy.plan.output import OutputFormat
from proxy.plan.plan import Plan
from proxy.plan.steps import Chain, Choice
from proxy.slices import OutputSettings

MOST = 512  # meanings of an endpoint: a few kilobytes each, 26 at most
LONGEST = 256  # characters of a transformation that is remembered


class Words(NamedTuple):
    """All of a request that counts: the raw values of `tr:` in the path and of `tr=` in the query, the hints.

    `free`: whoever has signed it may ask for sizes that are not on the ladder.
    """

    path: str
    query: str = ""
    thumbnail: bool = False
    hints: Hints = NO_HINTS
    free: bool = False


@dataclass(frozen=True, slots=True)
class Meaning:
    """A complete plan. `formats` are those that may be chosen for a viewer who names them; the rest as in `ReadUrl`."""

    plan: Plan
    formats: frozenset[Format]
    default_quality: int
    hints: UsedHints
    ignored: tuple[Note, ...]
    fallbacks: tuple[Note, ...]
    default_image: str | None
    named: bool
    snapped: tuple[str, ...]
    avif_max_pixels: int
    defers_avif: bool


@dataclass(frozen=True, slots=True)
class Dialect:
    """What an endpoint's settings add to the words."""

    output: OutputSettings
    names: Mapping[str, str] = field(default_factory=lambda: NO_NAMES)
    named_only: bool = False
    ladder: Sequence[int] = ()

    def meaning(self, words: Words) -> Meaning:
        """Raises InvalidTransformation, LimitExceeded."""
        reading = read_plan(words.path, words.query, self.names, self.named_only, words.hints)
        plan = self.complete(reading.plan, words.thumbnail)
        formats = enabled(ALL_NAMED, plan.output, self.output, sharpens(plan.steps))
        changes: tuple[str, ...] = ()
        if self.ladder and not words.free and not reading.named:
            plan, changes = snapped(plan, self.ladder)
        used, quality = self.saving(plan, reading.hints, words.hints)
        return Meaning(
            plan,
            formats if plan.negotiates else frozenset(),
            quality,
            used,
            reading.ignored,
            reading.fallbacks,
            reading.default_image,
            reading.named,
            changes,
            self.output.avif_max_pixels,
            self.output.defer_avif,
        )

    def complete(self, plan: Plan, thumbnail: bool) -> Plan:
        """A page means something for a thumbnail only, and there the first is meant if none is named."""
        if plan.original:
            return plan
        unsaid = OutputFormat.AUTO if self.output.auto_format else OutputFormat.SAME
        page = (plan.page or 1) if thumbnail else None
        return replace(plan.with_defaults(unsaid, self.output.auto_orient), page=page)

    def saving(self, plan: Plan, used: UsedHints, hints: Hints) -> tuple[UsedHints, int]:
        """The hints that took part, and the quality to take where the plan names none."""
        quality, sparing = self.output.quality, self.output.save_data_quality
        if sparing is None or not plan.leaves_quality_open:
            return used, quality
        return used.saving_data(), min(quality, sparing) if hints.save_data else quality


class Meanings:
    """Those of one endpoint, the most recently used. What is refused is read each time."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.remembered = lru_cache(MOST)(dialect.meaning)

    def of(self, words: Words) -> Meaning:
        """Raises InvalidTransformation, LimitExceeded."""
        if len(words.path) + len(words.query) > LONGEST:
            return self.dialect.meaning(words)
        return self.remembered(words)


def sharpens(links: Chain) -> bool:
    """Whether an unsharp mask is asked for, be it on a condition."""
    return any(
        sharpens(link.then.links) or sharpens(link.otherwise.links)
        if isinstance(link, Choice)
        else link.look.unsharp is not None
        for link in links
    )
