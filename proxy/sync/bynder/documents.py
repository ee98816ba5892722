"""Bynder's documents as a sync needs them: media, and the metaproperties with their options."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from proxy.sync.outcomes import TransientError

YES = {"1", "true", "yes"}
LAST_DAY = datetime.max.replace(tzinfo=UTC)
LONGEST_NUMBER = 18  # digits
OF_OPTIONS = ("select", "autocomplete")


@dataclass(frozen=True, slots=True)
class Item:
    """A file of a medium: the original of one version, or a derivative."""

    id: str
    type: str
    version: str
    active: bool


@dataclass(frozen=True, slots=True)
class Medium:
    """`version` is empty where a document does not tell it, `items` None where it has none of them: read it whole.
    `due` are metaproperties that we have set here and that Bynder is still to be told of.
    """

    id: str
    name: str
    archived: bool
    created: datetime
    modified: str
    extension: str
    size: int | None
    version: str
    thumbnails: Mapping[str, str] = field(repr=False)
    items: tuple[Item, ...] | None = field(repr=False)
    properties: Mapping[str, Any] = field(repr=False)
    due: frozenset[str] = frozenset()

    def texts(self, name: str, known: Collection[str] = ()) -> tuple[str, ...]:
        """The values of a metaproperty, by its name: a list, or a text with commas; in its order, each once. `known`
        are the names of its options, which may have commas of their own.
        """
        return several(self.properties.get(name), known)

    def text(self, name: str) -> str:
        """The same as one text, commas and all."""
        value = self.properties.get(name)
        parts = value if isinstance(value, list) else [value]
        return ",".join(str(part) for part in parts if part is not None)


@dataclass(slots=True)
class Metaproperty:
    """`options` are ids by name; one that is made meanwhile is added."""

    id: str
    name: str
    type: str
    multi: bool
    in_api: bool
    options: dict[str, str] = field(default_factory=dict)

    @property
    def is_select(self) -> bool:
        return self.type.startswith(OF_OPTIONS)


Schema = Mapping[str, Metaproperty]


def is_yes(value: object) -> bool:
    """Booleans come as `true`, `1` and `"1"`."""
    return str(value).strip().lower() in YES


def several(value: object, known: Collection[str] = ()) -> tuple[str, ...]:
    """Of a list or a text with commas; the commas within a `known` word are its own, the longest is taken first."""
    parts = [str(part).strip() for part in (value if isinstance(value, list) else [value]) if part is not None]
    words = (word.strip() for part in parts for word in ([part] if part in known else split(part, known)))
    return tuple(dict.fromkeys(word for word in words if word))


def split(text: str, known: Collection[str]) -> Iterator[str]:
    pieces = text.split(",")
    longest = max((word.count(",") for word in known), default=0) + 1
    while pieces:
        lengths = range(min(longest, len(pieces)), 1, -1)
        taken = next((length for length in lengths if ",".join(pieces[:length]).strip() in known), 1)
        yield ",".join(pieces[:taken])
        del pieces[:taken]


def whole(value: object) -> int | None:
    """A number as text or as such, without a sign; None for anything else, and for one that is absurdly long."""
    text = str(value).strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER else None


def read_medium(found: object) -> Medium:
    """Raises TransientError for a document that is none."""
    if not isinstance(found, dict) or not isinstance(found.get("id"), str):
        raise TransientError("media", "documents with an id")
    items = read_items(found.get("mediaItems"))
    thumbnails = found.get("thumbnails")
    size = found.get("fileSize")
    properties = {name.removeprefix("property_"): found[name] for name in found if name.startswith("property_")}
    return Medium(
        found["id"],
        str(found.get("name") or ""),
        is_yes(found.get("archive")),
        moment(found.get("dateCreated")),
        str(found.get("dateModified") or ""),
        next(iter(several(found.get("extension"))), ""),
        whole(size),
        version_of(found, items),
        {name: str(url) for name, url in thumbnails.items() if url} if isinstance(thumbnails, dict) else {},
        items,
        properties,
    )


def read_items(found: object) -> tuple[Item, ...] | None:
    if not isinstance(found, list):
        return None
    items = [item for item in found if isinstance(item, dict)]
    return tuple(
        Item(
            str(item.get("id") or ""),
            str(item.get("type") or ""),
            str(item.get("version") or ""),
            is_yes(item.get("active", "version" not in item)),  # what tells neither has only one version
        )
        for item in items
    )


def version_of(found: Mapping[str, Any], items: tuple[Item, ...] | None) -> str:
    """The active one; where nobody says so, a mark of the file that is there."""
    if found.get("activeVersion"):
        return str(found["activeVersion"])
    if items is None:
        return ""
    numbers = [number for item in items if item.active and (number := whole(item.version)) is not None]
    if numbers:
        return str(max(numbers))
    mark = f"{found.get('idHash') or ''}{found.get('fileSize') or ''}"
    return sha256(mark.encode()).hexdigest()[:8] if mark else ""


def moment(text: object) -> datetime:
    """Unknown is later than everything known."""
    try:
        at = datetime.fromisoformat(str(text))
    except ValueError:
        return LAST_DAY
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def read_schema(found: object) -> dict[str, Metaproperty]:
    """By name; raises TransientError."""
    if not isinstance(found, dict):
        raise TransientError("metaproperties", "an object by name")
    return {name: read_metaproperty(name, one) for name, one in found.items() if isinstance(one, dict)}


def read_metaproperty(name: str, found: Mapping[str, Any]) -> Metaproperty:
    options = found.get("options")
    named = {
        str(option["name"]): str(option["id"])
        for option in (options if isinstance(options, list) else ())
        if isinstance(option, dict) and option.get("name") and option.get("id") and is_yes(option.get("active", 1))
    }
    flags = is_yes(found.get("isMultiselect")), is_yes(found.get("isApiField"))
    return Metaproperty(str(found.get("id") or ""), name, str(found.get("type") or ""), *flags, named)
