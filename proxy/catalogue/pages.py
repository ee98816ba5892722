"""Lists, page by page: each tells where the next one is, so that a walk may go on after a restart."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from proxy.catalogue.paths import below, halved
from proxy.catalogue.shapes import broken, entry, items, mapping, optional
from proxy.errors import OriginTooLong

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """`at` and `next` are paths with their queries, below the base URL: a cursor to be stored. None ends the list;
    the last page may be empty.
    """

    items: tuple[T, ...] = field(repr=False)
    at: str
    next: str | None


async def walk(
    path: str,
    query: str,
    start: str | None,
    ask: Callable[[str], Awaitable[Any]],
    read: Callable[[object], T],
) -> AsyncGenerator[Page[T], None]:
    """All pages of the list at `path`, or those from the cursor `start` on. Raises OriginBroken, for a list that leads
    back to a page that it had, and for a cursor of another list, as well. Where a page is too long, it and those behind
    it have half as many items.
    """
    at: str | None = below(path, start) if start else f"{path}?{query}" if query else path
    seen: set[int] = set()
    while at is not None:
        if hash(at) in seen:
            raise broken("a page that was not there before")
        seen.add(hash(at))
        try:
            page = read_page(path, at, await ask(at), read)
        except OriginTooLong:
            at = halved(at)
            if at is None:
                raise
            continue
        yield page
        at = page.next


def read_page(path: str, at: str, found: object, read: Callable[[object], T]) -> Page[T]:
    document = entry(found)
    links = mapping(document.get("_links"), "_links")
    following = optional(mapping(links.get("next"), "next"), "href")
    listed = items(mapping(document.get("_embedded"), "_embedded").get("items"), "items")
    return Page(tuple(map(read, listed)), at, below(path, following) if following else None)
