"""Which bytes a slot holds: recorded by us, and told by the name of the file, should we have forgotten."""

import re
from dataclasses import dataclass
from hashlib import sha256
from typing import Self

from proxy.sync.bynder.documents import Medium

ODD = re.compile(r"[^A-Za-z0-9]+")
SLUG_LENGTH = 30  # Akeneo cuts long names at their end, where ours tells most
DERIVATIVE_LENGTH = 14
NAME = re.compile(
    r"__(?P<media>[0-9A-Fa-f]{32})__(?P<derivative>[A-Za-z0-9_]+?)_v(?P<version>[0-9A-Za-z]+)\.[A-Za-z0-9]+$"
)


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """`media` is the id without its dashes, in lower case; `derivative` as far as a file name can hold it."""

    media: str
    derivative: str
    version: str

    @classmethod
    def of(cls, medium: Medium, derivative: str) -> Self:
        return cls(plain(medium.id), short(derivative), medium.version)

    @classmethod
    def named(cls, code: str) -> Self | None:
        """Of a media code; None if it is not one of our files."""
        found = NAME.search(code)
        return cls(found["media"].lower(), found["derivative"], found["version"]) if found else None

    def __str__(self) -> str:
        return f"{self.media}__{self.derivative}_v{self.version}"


def plain(id: str) -> str:
    return ODD.sub("", id).lower()


def short(derivative: str) -> str:
    clean = ODD.sub("_", derivative).strip("_") or "file"
    if len(clean) <= DERIVATIVE_LENGTH:
        return clean
    return clean[: DERIVATIVE_LENGTH - 8] + sha256(derivative.encode()).hexdigest()[:8]


def file_name(medium: Medium, derivative: str, extension: str) -> str:
    """`runner-side__8D1E4F60...__original_v2.jpg`"""
    slug = ODD.sub("-", medium.name).strip("-").lower()[:SLUG_LENGTH].strip("-") or "asset"
    mark = Fingerprint.of(medium, derivative)
    return f"{slug}__{ODD.sub('', medium.id)}__{mark.derivative}_v{mark.version}.{extension}"


def id_of(name: str) -> str | None:
    """Bynder's id in the name of a file of ours, with its dashes; as it was spelled there."""
    found = NAME.search(name)
    if found is None:
        return None
    bare = found["media"]
    return "-".join((bare[:8], bare[8:12], bare[12:16], bare[16:]))
