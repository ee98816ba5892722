"""The list of changed media, page by page, so that none is skipped that changes meanwhile."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from proxy.sync.bynder.documents import Medium, moment
from proxy.sync.outcomes import TransientError

LIMIT = 100
MOST = 1000  # that Bynder gives
DENSE = timedelta(seconds=10)  # two pages have two seconds in common: of one that covers less, too much is known


@dataclass(frozen=True, slots=True)
class Listed:
    """One page; `cursor` leads to the next where Bynder gives one."""

    media: list[Medium]
    cursor: str = ""


Ask = Callable[[Mapping[str, str]], Awaitable[Listed]]


async def walk(ask: Ask, query: Mapping[str, str], since: str) -> AsyncIterator[Medium]:
    """Each medium that was changed since then, once. Raises TransientError for a list that does not get on.

    What changes moves to the end, and the rest moves up: the second page of a list would lack one. So a list goes on
    from the last moment seen, by its first page; only a page of a single moment, or one that tells nothing new, has a
    second one. Where very many have been changed at once, pages are larger.
    """
    known: set[str] = set()
    idle = 0  # pages in a row without anything new: there cannot be more of them than are filled by what is known
    place: dict[str, str] | None = {
        "dateModified": since,
        "orderBy": "dateModified asc",
        "page": "1",
        "limit": str(LIMIT),
    }
    while place is not None:
        if idle > len(known) // LIMIT + 1:
            raise TransientError("media", "a list that comes to its end")
        listed = await ask({**query, **place})
        new = {medium.id: medium for medium in listed.media if medium.id not in known}
        idle = 0 if new else idle + 1
        known |= new.keys()
        for medium in new.values():
            yield medium
        place = after(place, listed, is_new=bool(new))


def after(place: Mapping[str, str], listed: Listed, *, is_new: bool) -> dict[str, str] | None:
    if listed.cursor:
        return {"orderBy": "dateModified asc", "cursor": listed.cursor, "limit": place["limit"]}
    if "cursor" in place or len(listed.media) < LIMIT:  # a larger limit may be more than the portal gives
        return None
    first, last = listed.media[0].modified, listed.media[-1].modified
    begin = second_before(last)
    if first != last and begin != place["dateModified"] and is_new:
        return {**place, "dateModified": begin, "page": "1", "limit": limit_after(place, first, last)}
    if place["limit"] != str(MOST):
        return {**place, "page": "1", "limit": str(MOST)}
    return {**place, "page": str(int(place["page"]) + 1)}


def limit_after(place: Mapping[str, str], first: str, last: str) -> str:
    return str(MOST) if moment(last) - moment(first) < DENSE else place["limit"]


def second_before(text: str) -> str:
    """A filter that means later than, and not from, would leave out what was changed in the same second."""
    try:
        at = datetime.fromisoformat(text)
        before = (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC) - timedelta(seconds=1)
    except (ValueError, OverflowError):
        return text
    return f"{before:%Y-%m-%dT%H:%M:%SZ}"
