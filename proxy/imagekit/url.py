"""A whole URL, as it came over the wire -> what is asked for."""

import re
from dataclasses import dataclass, field, replace
from urllib.parse import unquote_plus, unquote_to_bytes

from proxy.address import ROOTS, EntryAddress
from proxy.errors import LimitExceeded, NoSuchPath
from proxy.formats import Format
from proxy.imagekit.accept import read_accept
from proxy.imagekit.hints import Hints, UsedHints
from proxy.imagekit.meaning import Meaning, Words
from proxy.imagekit.notes import Note
from proxy.imagekit.reading import NO_HINTS
from proxy.media import Family, MediaPath, MediaRequest
from proxy.plan.placeholder import placeholder_of

MAX_LENGTH = 8192
ORIGIN = re.compile(r"\Ahttps?://([^/?#]*)", re.IGNORECASE)  # of a target in absolute form, as proxies are sent
SLASHES = re.compile(r"/{2,}")
TRANSFORMATION = re.compile(r"tr(?::|%3[Aa])")
SEO = "ik-seo"
THUMBNAIL = "ik-thumbnail.jpg"
PLACEHOLDER = "mp-lqip.json"  # no media code has a dash
UNSAFE_IN_NAMES = re.compile(r'[\x00-\x1f\x7f-\x9f/\\"<>:|?*\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]+')
MAX_NAME = 150  # characters
NOTHING: frozenset[Format] = frozenset()
NOWHERE = MediaPath(Family.PRODUCT, "")  # no file can be there, or none has been named yet


@dataclass(frozen=True, slots=True)
class ReadUrl:
    """A request, and the parameters of its URL that have no effect, or only a simpler one.

    `default_image` is the path of the picture to take if there is none, `filename` the name to save it under;
    `transformed` says whether the URL asks for anything but the file itself, `named` whether it does so in names of the
    settings only; `snapped` holds sizes that have become other ones, as `300->320`. With an `entry`, the path of the
    request is an address: which file it stands for is to be found out.
    """

    request: MediaRequest
    ignored: tuple[Note, ...] = ()
    fallbacks: tuple[Note, ...] = ()
    default_image: str | None = None
    filename: str | None = None
    hints: UsedHints = field(default_factory=UsedHints)
    is_default: bool = False  # the picture asked for was missing
    transformed: bool = False
    named: bool = False
    snapped: tuple[str, ...] = ()
    entry: EntryAddress | None = None

    def of_file(self, path: MediaPath) -> "ReadUrl":
        """The same of the file that its address stands for."""
        return replace(self, request=replace(self.request, path=path), entry=None)

    @property
    def default(self) -> "ReadUrl | None":
        """The same for the default image, in place of the one that is missing; None if there is none to ask for."""
        try:
            path = MediaPath.parse_any(self.default_image or "")
        except NoSuchPath:
            return None
        return replace(self.of_file(path), default_image=None, is_default=True)


@dataclass(frozen=True, slots=True)
class Address:
    """A request target taken apart, its transformation not read yet. `remainder` is what a signature covers.

    `thumbnail`: a still of the file is asked for, whatever it is (`/ik-thumbnail.jpg`); `placeholder`: what is to be
    known of the picture (`/mp-lqip.json`).
    """

    path: MediaPath
    transformation: str
    arguments: dict[str, str]
    remainder: str
    thumbnail: bool = False
    placeholder: bool = False
    entry: EntryAddress | None = None

    def words(self, hints: Hints = NO_HINTS, free: bool = False) -> Words:
        return Words(self.transformation, self.arguments.get("tr", ""), self.thumbnail, hints, free)

    @property
    def transforms(self) -> bool:
        return bool(self.transformation or self.arguments.get("tr") or self.thumbnail or self.placeholder)


def locate(target: str, folder: bool = False, entries: bool = True) -> Address:
    """Take a raw request target apart; its path is NOWHERE if no file can have it. Raises NoSuchPath for an address
    that is none, InvalidTransformation for a locale or a scope that is none, or LimitExceeded if it is too long to look
    at.

    With a `folder` there are other files than Akeneo's; without `entries`, no addresses of them.
    """
    address, source = take_apart(target)
    entry = read_entry(source, address.arguments) if entries else None
    path = entry_path(entry) if entry else read_source("/".join(without_disguise(source)), folder)
    return replace(address, path=path, entry=entry)


def take_apart(target: str) -> tuple[Address, list[str]]:
    """The address of nothing yet, and the segments of its source. Raises LimitExceeded."""
    if len(target) > MAX_LENGTH:
        raise LimitExceeded(f"a URL may have at most {MAX_LENGTH} characters")
    _, local = without_origin(target)
    location, _, query = local.partition("?")
    segments, transformation = split_path(location)
    placeholder = segments[-1] == PLACEHOLDER
    segments = segments[:-1] if placeholder else segments
    thumbnail = segments[-1:] == [THUMBNAIL]
    source = segments[:-1] if thumbnail else segments
    remainder = local.removeprefix("/")
    return Address(NOWHERE, transformation, first_values(query), remainder, thumbnail, placeholder), source


def read_entry(segments: list[str], arguments: dict[str, str]) -> EntryAddress | None:
    """None for the path of a file. Behind `ik-seo/`, the last segment is a speaking name."""
    named = segments[1:-1] if segments[:1] == [SEO] else segments
    if named[:1] == [] or named[0] not in ROOTS:
        return None
    locale, scope = (unquote_plus(arguments.get(key, "")) for key in ("locale", "scope"))
    return EntryAddress.parse(named, locale, scope)


def entry_path(entry: EntryAddress) -> MediaPath:
    """That stands for a file which is not known yet."""
    return MediaPath(Family.ADDRESS, str(entry))


def without_origin(target: str) -> tuple[str, str]:
    """Host and port of a target in absolute form, or nothing, and the target without them and a fragment."""
    whole = target.partition("#")[0]
    origin = ORIGIN.match(whole)
    return (origin[1], whole[origin.end() :]) if origin else ("", whole)


def read_address(address: Address, accept: str, meaning: Meaning) -> ReadUrl:
    """What is asked for; `accept` is the viewer's header, `meaning` that of the address's words."""
    arguments = address.arguments
    attachment = arguments.get("ik-attachment") == "true"
    accepts = read_accept(accept) & meaning.formats if meaning.formats else NOTHING
    request = MediaRequest(
        address.path,
        meaning.plan,
        accepts,
        meaning.default_quality,
        attachment,
        avif_max_pixels=meaning.avif_max_pixels,
        defers_avif=meaning.defers_avif and Format.AVIF in accepts,
    )
    if address.placeholder:
        request = replace(request, plan=placeholder_of(meaning.plan), accepts=NOTHING, defers_avif=False)
    return ReadUrl(
        request,
        meaning.ignored,
        meaning.fallbacks,
        meaning.default_image,
        safe_name(arguments.get("ik-attachment-filename", "")) if attachment else None,
        meaning.hints,
        transformed=address.transforms,
        named=meaning.named,
        snapped=meaning.snapped,
        entry=address.entry,
    )


def split_path(location: str) -> tuple[list[str], str]:
    """Segments of the source path, still encoded, and the value of the one `tr:` segment before the file name."""
    single = SLASHES.sub("/", location) if "//" in location else location
    segments = single.removeprefix("/").split("/")
    for index, segment in enumerate(segments[:-1]):
        opening = TRANSFORMATION.match(segment)
        if opening:
            return segments[:index] + segments[index + 1 :], segment[opening.end() :]
    return segments, ""


def without_disguise(segments: list[str]) -> list[str]:
    """`ik-seo/{path without extension}/{any name}.{ext}` is `{path}.{ext}`."""
    if segments[:1] != [SEO]:
        return segments
    *path, name = segments[1:] or [""]
    _, dot, extension = name.rpartition(".")
    return [*path[:-1], f"{path[-1]}{dot}{extension}"] if path and dot else []


def read_source(encoded: str, folder: bool) -> MediaPath:
    try:
        plain = "%" not in encoded and encoded.isascii()
        decoded = encoded if plain else unquote_to_bytes(encoded).decode()
        return MediaPath.parse_any(decoded) if folder else MediaPath.parse(decoded)
    except (UnicodeError, NoSuchPath):
        return NOWHERE


def first_values(query: str) -> dict[str, str]:
    """Raw values by key; of a repeated key the first counts. Cache busters and the like are never looked at."""
    values: dict[str, str] = {}
    for pair in query.split("&"):
        key, _, value = pair.partition("=")
        values.setdefault(key, value)
    return values


def safe_name(encoded: str) -> str | None:
    """A name to save a file under, without what a header or a file system could take amiss."""
    name = UNSAFE_IN_NAMES.sub("_", unquote_plus(encoded)).strip(" .")[:MAX_NAME].rstrip(" .")
    return name or None
