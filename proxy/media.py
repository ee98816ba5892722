"""What is asked, held and given: a path, a request, an original file, a rendition."""

import hashlib
import json
import re
from dataclasses import dataclass, replace
from enum import StrEnum
from json.encoder import encode_basestring_ascii
from pathlib import Path
from typing import Self

from proxy.errors import NoSuchPath
from proxy.formats import AVIF_MAX_PIXELS, JSON, Content, Format
from proxy.json_text import parsed
from proxy.plan.plan import Plan

# The only characters that Akeneo's route takes (akeneo-api, section 2.1); others are a 404 there, unseen.
CODE = re.compile(r"[A-Za-z0-9_.]+(?:/[A-Za-z0-9_.]+)*")
CLIMBING = re.compile(r"(?:\A|/)\.*(?:/|\Z)")
CODE_LENGTH = 512
SEAL_BYTES = 16
PLACE_BYTES, KEY_BYTES = 12, 20
STORED_NAME = re.compile(r"[0-9A-Za-z]{40}_(.+)")


class Family(StrEnum):
    """Akeneo's three media families, whose value is the first segment of our paths; and the files of a folder.

    No path begins with the others: files at links outside of the PIM, those of the asset manager of before 4.0, and
    addresses, which stand for a file that is not known yet. Nor does the name of a folder's file hold a backslash.
    """

    PRODUCT = "media-files"
    ASSET = "asset-media-files"
    REFERENCE_ENTITY = "reference-entities-media-files"
    FOLDER = "folder"
    LINK = "\\link"
    LEGACY = "\\legacy-assets"
    ADDRESS = "\\address"


CHANGING = frozenset({Family.FOLDER, Family.LINK, Family.LEGACY, Family.ADDRESS})
FAMILIES = {str(family): family for family in Family if family not in CHANGING}


@dataclass(frozen=True, slots=True)
class MediaPath:
    """A family and a media code. A code never changes content: every upload gets a new one.

    A file of a folder, `logos/new.png`, may change: `revision` says which of its contents is meant.
    """

    family: Family
    code: str
    revision: str = ""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `media-files/1/2/a/b/12ab_mug.jpg`, decoded and without a leading slash; raises NoSuchPath."""
        first, _, code = text.partition("/")
        family = FAMILIES.get(first)
        if family is None or len(code) > CODE_LENGTH or not CODE.fullmatch(code) or climbs(code):
            raise NoSuchPath("no such media path")
        return cls(family, code)

    @classmethod
    def parse_any(cls, text: str) -> Self:
        """The same, or the path of a file in a folder if it begins with no family; raises NoSuchPath."""
        if text.partition("/")[0] in FAMILIES:
            return cls.parse(text)
        if len(text) > CODE_LENGTH or not all(map(is_plain_name, text.split("/"))):
            raise NoSuchPath("no such media path")
        return cls(Family.FOLDER, text)

    @property
    def changes(self) -> bool:
        """Whether the same path may hold something else tomorrow."""
        return self.family in CHANGING

    @property
    def filename(self) -> str:
        """A name to save the file under; the code's last part without its forty hex digits."""
        last = self.code.rpartition("/")[2]
        match = STORED_NAME.fullmatch(last)
        return match[1] if match else last

    def __str__(self) -> str:
        """As it stands in a URL; the same for every revision."""
        return self.code if self.family is Family.FOLDER else f"{self.family}/{self.code}"


def climbs(code: str) -> bool:
    """Whether a segment is nothing but dots, or nothing at all."""
    return CLIMBING.search(code) is not None


def is_plain_name(segment: str) -> bool:
    """Of a folder's file: nothing hidden, nothing that climbs, nothing that a file system could take amiss."""
    return segment != "" and segment[0] != "." and "\\" not in segment and segment.isprintable()


@dataclass(frozen=True, slots=True)
class MediaRequest:
    """One wanted answer. `accepts` holds the formats that the viewer names and that are enabled here.

    `revisions` tells of other files that take part, and may change, which of their contents is meant.
    `avif_max_pixels` is what a picture may have to become AVIF without `f-avif`; `defers_avif`: until that is drawn,
    another format does.
    """

    path: MediaPath
    plan: Plan
    accepts: frozenset[Format] = frozenset()
    default_quality: int = 80
    attachment: bool = False
    revisions: tuple[tuple[str, str], ...] = ()
    avif_max_pixels: int = AVIF_MAX_PIXELS
    defers_avif: bool = False

    @property
    def without_avif(self) -> Self:
        """The same for a viewer that does not know AVIF."""
        return replace(self, accepts=self.accepts - {Format.AVIF}, defers_avif=False)

    @property
    def identity(self) -> str:
        """Everything of the URL that changes the bytes, and nothing else (design, decision 7).

        The engine's version is not in here: it stands in the rendition, so that an older one can still be
        served while it is drawn anew.
        """
        facts = [str(self.path), str(self.plan)]
        facts += [f"revision {name} {revision}" for name, revision in self.pins]
        if self.plan.leaves_quality_open:
            facts.append(f"quality {self.default_quality}")
        if self.plan.negotiates:
            facts.append("accepts " + " ".join(sorted(self.accepts)))
        if self.negotiates and Format.AVIF in self.accepts and self.avif_max_pixels != AVIF_MAX_PIXELS:
            facts.append(f"avif up to {self.avif_max_pixels} pixels")
        return "|".join(facts)

    @property
    def pins(self) -> tuple[tuple[str, str], ...]:
        return ((str(self.path), self.path.revision), *self.revisions) if self.path.revision else self.revisions

    @property
    def negotiates(self) -> bool:
        return self.plan.negotiates


@dataclass(frozen=True, slots=True)
class Original:
    """A whole file in the store. `origin` names whence it came, `digest` is over its bytes; `confirmed` after two
    identical copies.
    """

    origin: str
    path: MediaPath
    file: Path
    size: int
    digest: str
    content: Content
    confirmed: bool = False

    def pack(self) -> bytes:
        picture = self.content.picture
        facts = {
            "origin": self.origin,
            "path": [str(self.path.family), self.path.code, self.path.revision],
            "size": self.size,
            "digest": self.digest,
            "mime": self.content.mime,
            "picture": picture and str(picture),
            "confirmed": self.confirmed,
        }
        return seal(json.dumps(facts).encode())

    @classmethod
    def unpack(cls, packed: bytes, file: Path) -> Self:
        """Raises ValueError or KeyError on anything that `pack` has not written."""
        facts = parsed(unseal(packed))
        picture = facts["picture"] and Format(facts["picture"])
        content = Content(facts["mime"], picture)
        family, code, revision = facts["path"]
        path = MediaPath(Family(family), code, revision)
        return cls(facts["origin"], path, file, facts["size"], facts["digest"], content, facts["confirmed"])


@dataclass(frozen=True, slots=True)
class Rendition:
    """A drawn picture. `negotiated` says whether `Accept` took part, `engine` which version drew it.

    `source` is the path of its original, as text: it is purged with it. `told`: the body is JSON about the picture, in
    place of it.
    """

    body: bytes
    format: Format
    width: int
    height: int
    engine: int
    negotiated: bool
    etag: str = ""
    source: str = ""
    told: bool = False

    @property
    def content(self) -> Content:
        return Content(JSON) if self.told else Content.of(self.format)

    def pack(self) -> bytes:
        """A line of JSON with the facts, then the body."""
        facts = {
            "format": str(self.format),
            "width": self.width,
            "height": self.height,
            "engine": self.engine,
            "negotiated": self.negotiated,
            "etag": self.etag,
            "source": self.source,
            **({"told": True} if self.told else {}),
        }
        return seal(json.dumps(facts).encode() + b"\n" + self.body)

    @classmethod
    def unpack(cls, packed: bytes) -> Self:
        """Raises ValueError or KeyError if the bytes are not the ones that `pack` wrote."""
        head, _, body = unseal(packed).partition(b"\n")
        facts = parsed(head)
        picture = Format(facts["format"])
        size = (facts["width"], facts["height"])
        told = facts.get("told", False)
        return cls(body, picture, *size, facts["engine"], facts["negotiated"], facts["etag"], facts["source"], told)


def etag_of(body: bytes) -> str:
    """A strong validator, over the bytes as they are delivered."""
    return hashlib.blake2b(body, digest_size=16).hexdigest()


def seal(payload: bytes) -> bytes:
    """With a digest before it, so that not one damaged bit goes unnoticed."""
    return digest_of(payload) + payload


def unseal(sealed: bytes) -> bytes:
    """Raises ValueError if these are not the bytes that were sealed."""
    payload = sealed[SEAL_BYTES:]
    if digest_of(payload) != sealed[:SEAL_BYTES]:
        raise ValueError("the bytes are damaged")
    return payload


def digest_of(payload: bytes) -> bytes:
    return hashlib.blake2b(payload, digest_size=SEAL_BYTES).digest()


def key_of(*facts: str) -> str:
    """A key for what these facts describe: a hash, safe as a file name; no two lists of facts share one."""
    return hashlib.blake2b(listed(*facts), digest_size=KEY_BYTES).hexdigest()


def listed(*texts: str) -> bytes:
    """The same as `json.dumps`, which takes twice as long, makes of a list of them."""
    return f"[{', '.join(map(encode_basestring_ascii, texts))}]".encode()


def place_of(origin: str, path: MediaPath | str) -> str:
    """What the keys of everything made from a file begin with, so that it can be found and purged together."""
    return hashlib.blake2b(listed(origin, str(path)), digest_size=PLACE_BYTES).hexdigest()


def entry_key(origin: str, path: MediaPath, detail: str) -> str:
    """The key of one thing made from a file, or of one revision of the file itself."""
    return place_of(origin, path) + key_of(detail)
