"""The list of media: filters, order, pages, cursors."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from proxy.demo.bynder.model import Media

DEFAULT_LIMIT, MOST = 50, 1000
Query = Mapping[str, str]
Key = Callable[[Media], tuple[str, str]]


class Refused(Exception):
    def __init__(self, status: int, message: str, **more: object) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.more = more


@dataclass(frozen=True)
class Page:
    """`count` is that of all pages; `rest` comes after this one."""

    media: list[Media]
    count: int
    rest: list[Media]


def page_of(media: Iterable[Media], query: Query) -> Page:
    """Raises Refused."""
    chosen = ordered([one for one in media if is_wanted(one, query)], query.get("orderBy", "dateCreated desc"))
    start = (whole(query, "page", 1) - 1) * size_of(query)
    return cut(chosen[start:], len(chosen), query)


def cut(media: list[Media], count: int, query: Query) -> Page:
    size = size_of(query)
    return Page(media[:size], count, media[size:])


def size_of(query: Query) -> int:
    size = whole(query, "limit", DEFAULT_LIMIT)
    if size > MOST:
        raise Refused(400, f"limit may be at most {MOST}")
    return size


def ordered(media: list[Media], order: str) -> list[Media]:
    name, _, direction = order.partition(" ")
    keys: dict[str, Key] = {
        "dateModified": lambda one: (one.date_modified.isoformat(), one.id),
        "dateCreated": lambda one: (one.date_created.isoformat(), one.id),
        "name": lambda one: (one.name, one.id),
    }
    if name not in keys or direction not in ("", "asc", "desc"):
        raise Refused(400, f"Invalid orderBy {order}")
    return sorted(media, key=keys[name], reverse=direction == "desc")


def is_wanted(media: Media, query: Query) -> bool:
    """Without `archive=1` the archived ones do not show. Moments are compared in whole seconds, and included."""
    modified = media.date_modified.replace(microsecond=0)
    since, until = moment_of(query, "dateModified"), moment_of(query, "dateModifiedTo")
    return (
        media.archive == (query.get("archive") in ("1", "true"))
        and ("ids" not in query or media.id in query["ids"].split(","))
        and ("type" not in query or media.type in query["type"].split(","))
        and (since is None or modified >= since)
        and (until is None or modified <= until)
        and all(
            matches(media.properties.get(name.removeprefix("property_"), []), value)
            for name, value in query.items()
            if name.startswith("property_")
        )
    )


def matches(values: list[str], wanted: str) -> bool:
    """One of the values, or one of those that stand in a text with commas between them."""
    parts = {part.strip() for value in values for part in value.split(",")}
    return wanted in parts or wanted in values


def moment_of(query: Query, name: str) -> datetime | None:
    if not query.get(name):
        return None
    try:
        moment = datetime.fromisoformat(query[name])
    except ValueError:
        raise Refused(400, f"Invalid {name} {query[name]}") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def whole(query: Query, name: str, default: int) -> int:
    value = query.get(name, str(default))
    if not value.isdecimal() or not int(value):
        raise Refused(400, f"Invalid {name} {value}")
    return int(value)
