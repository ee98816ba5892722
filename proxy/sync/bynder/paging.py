"""The list of changed media, page by page, so that none is skipped that changes meanwhile."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass

from proxy.sync.bynder.documents import Medium

LIMIT = 100


@dataclass(frozen=True, slots=True)
class Listed:
    """One page; `cursor` leads to the next where Bynder gives one."""

    media: list[Medium]
    cursor: str = ""


Ask = Callable[[Mapping[str, str]], Awaitable[Listed]]


async def walk(ask: Ask, query: Mapping[str, str], since: str) -> AsyncIterator[Medium]:
    """Each medium that was changed since then, once.

    What changes moves to the end, and the rest moves up: the second page of a list would lack one. So a list goes on
    from the last moment seen, by its first page; only a page of a single moment has a second one.
    """
    known: set[str] = set()
    place = {"dateModified": since, "orderBy": "dateModified asc", "page": "1"}
    while True:
        listed = await ask({**query, **place, "limit": str(LIMIT)})
        for medium in listed.media:
            if medium.id not in known:
                known.add(medium.id)
                yield medium
        following = after(place, listed)
        if following is None:
            return
        place = following


def after(place: Mapping[str, str], listed: Listed) -> dict[str, str] | None:
    if listed.cursor:
        return {"orderBy": "dateModified asc", "cursor": listed.cursor}
    if "cursor" in place or len(listed.media) < LIMIT:
        return None
    first, last = listed.media[0].modified, listed.media[-1].modified
    if first == last:
        return {**place, "page": str(int(place["page"]) + 1)}
    return {**place, "dateModified": last, "page": "1"}
