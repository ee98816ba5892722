"""What a purge takes away: known files by the beginning of their keys, or all whose path begins in a certain way.

`takes_...` tells it of an entry, whose path (`source`, as text) is known; `spoils_...` of work under way, of which the
key alone is known, and `may_take` of an entry of which no more is; `pardons` of a refusal's key. `covers` tells that it
takes all that another one takes.
"""

from dataclasses import dataclass
from functools import cached_property
from itertools import takewhile

from proxy.media import PLACE_BYTES, place_of

PLACE_LENGTH = 2 * PLACE_BYTES  # of the digits that the keys of everything made from one file begin with


@dataclass(frozen=True)
class Files:
    """What the keys of renditions and of originals begin with: all that is made from a file, or single ones."""

    renditions: tuple[str, ...]
    originals: tuple[str, ...]

    def takes_rendition(self, key: str, source: str) -> bool:
        return key.startswith(self.renditions)

    def takes_original(self, key: str, origin: str, source: str) -> bool:
        return key.startswith(self.originals)

    def spoils_rendition(self, key: str, group: str) -> bool:
        return key.startswith(self.renditions)

    def spoils_original(self, key: str, origin: str) -> bool:
        return key.startswith(self.originals)

    def may_take(self, key: str) -> bool:
        return key[:PLACE_LENGTH] in self.places

    def covers(self, other: "Scope") -> bool:
        return self == other

    def pardons(self, key: str) -> bool:
        """That a file is no picture is remembered by its place, whatever was to be drawn from it."""
        return key[:PLACE_LENGTH] in self.places

    @cached_property
    def places(self) -> frozenset[str]:
        return frozenset(beginning[:PLACE_LENGTH] for beginning in (*self.renditions, *self.originals))


@dataclass(frozen=True, slots=True)
class Below:
    """Everything of some origins whose path begins with `prefix`; all of it if that is empty.

    `groups` are the names of `OriginGroup`s, to which renditions belong; `origins` those of their members.
    """

    prefix: str
    groups: frozenset[str]
    origins: frozenset[str]

    def takes_rendition(self, key: str, source: str) -> bool:
        begins = source.startswith(self.prefix)
        return begins and any(key.startswith(place_of(group, source)) for group in self.groups)

    def takes_original(self, key: str, origin: str, source: str) -> bool:
        return origin in self.origins and source.startswith(self.prefix) and key.startswith(place_of(origin, source))

    def spoils_rendition(self, key: str, group: str) -> bool:
        """A key does not tell the path, so nothing that is under way is kept."""
        return group in self.groups

    def spoils_original(self, key: str, origin: str) -> bool:
        return origin in self.origins

    def may_take(self, key: str) -> bool:
        return True

    def covers(self, other: "Scope") -> bool:
        return isinstance(other, Below) and (
            other.prefix.startswith(self.prefix) and other.groups <= self.groups and other.origins <= self.origins
        )

    def joined(self, other: "Below") -> "Below":
        """One that takes all that either takes, and maybe more."""
        alike = takewhile(lambda pair: pair[0] == pair[1], zip(self.prefix, other.prefix, strict=False))
        return Below("".join(here for here, _ in alike), self.groups | other.groups, self.origins | other.origins)

    def pardons(self, key: str) -> bool:
        """A refusal does not tell its path either; to forget one too many costs a call."""
        return True


Scope = Files | Below
