"""Asking Akeneo what has changed since a moment. Deleted things are not seen by it."""

import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Set
from contextlib import aclosing
from datetime import UTC, datetime, tzinfo
from typing import TypeAlias, TypeVar

from proxy.catalogue.catalogue import Catalogue
from proxy.catalogue.entries import Asset, Entry, Product, ProductModel, Record, ReferenceEntity
from proxy.catalogue.pages import Page
from proxy.catalogue.paths import EntryFilter, ProductFilter
from proxy.errors import MediaForbidden, NotFound
from proxy.freshness.looking import codes
from proxy.freshness.things import Change, Kind, Thing

log = logging.getLogger("proxy.freshness")
T = TypeVar("T")
Tell: TypeAlias = Callable[[T], Awaitable[None]]
PRODUCTS = "products"
OVERLAP_SECONDS = 300.0  # clocks differ, and a search sees a change a moment late
MOST_PAGES = 500  # of one list
PAGE_ITEMS = 25  # products on a page: it is read on the event loop


class TooMany(Exception):
    """More has changed than is gone through one by one."""


class Poll:
    """One look at the changes of one connection. `zone` is that of the PIM's clock; `known` are the lists that could be
    read before. Afterwards `read` are those that could be now, `forbidden` those that the role may not see.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        since: float,
        zone: tzinfo,
        known: Set[str] = frozenset(),
        *,
        most_pages: int = MOST_PAGES,
    ) -> None:
        self.catalogue = catalogue
        self.after = datetime.fromtimestamp(max(0.0, since - OVERLAP_SECONDS), UTC)
        self.zone = zone
        self.chosen = ProductFilter(updated_since=self.after, limit=PAGE_ITEMS, zone=zone)
        self.most_pages = most_pages
        self.known = known
        self.read: set[str] = set()
        self.forbidden: set[str] = set()

    @property
    def is_blind(self) -> bool:
        """To what it should see: products, and what it has seen before."""
        return bool(self.forbidden & (self.known | {PRODUCTS}))

    async def each(self, hear: Callable[[Change], Awaitable[None]]) -> None:
        """All that has changed. Raises TooMany, OriginError, Overloaded, DeadlineExceeded, and what `hear` raises."""

        async def tell(found: Entry) -> None:
            await hear(change_of(found))

        catalogue, entries = self.catalogue, EntryFilter(self.after, zone=self.zone)
        await self.products(tell)
        await self.walk("product-models", catalogue.product_models(self.chosen), tell)
        for family in await self.all_of("asset-families", catalogue.asset_families()):
            await self.walk(f"assets of {family.code}", catalogue.assets(family.code, entries), tell)
        for entity in await self.all_of("reference-entities", catalogue.reference_entities()):
            await tell(entity)
            await self.walk(f"records of {entity.code}", catalogue.records(entity.code, entries), tell)

    async def products(self, tell: Tell[Product]) -> None:
        """By uuid where the version has that. There is no Akeneo without products."""
        try:
            await self.walk(PRODUCTS, self.catalogue.products(self.chosen, by_uuid=True), tell, needed=True)
        except NotFound:
            await self.walk(PRODUCTS, self.catalogue.products(self.chosen), tell, needed=True)

    async def all_of(self, name: str, pages: AsyncGenerator[Page[T], None]) -> list[T]:
        found: list[T] = []

        async def tell(one: T) -> None:
            found.append(one)

        await self.walk(name, pages, tell)
        return found

    async def walk(self, name: str, pages: AsyncGenerator[Page[T], None], tell: Tell[T], needed: bool = False) -> None:
        """Nothing of what this edition has not, or this connection may not see. A list of one family, which may have
        been deleted a moment ago, may end; another one that was there does not.
        """
        try:
            await self.items(pages, tell)
            self.read.add(name)
        except MediaForbidden:
            self.forbidden.add(name)
        except NotFound as error:
            if needed or (name in self.known and " " not in name):
                raise
            log.debug("the list of %s is not there to be polled: %s", name, error)

    async def items(self, pages: AsyncGenerator[Page[T], None], tell: Tell[T]) -> None:
        count = 0
        async with aclosing(pages):
            async for page in pages:
                for item in page.items:
                    await tell(item)
                count += 1
                if count >= self.most_pages and page.next:
                    raise TooMany


def change_of(found: Entry) -> Change:
    updated = None if isinstance(found, ReferenceEntity) else found.updated
    return Change(thing_of(found), moment_of(updated), codes(found))


def thing_of(found: Entry) -> Thing:
    match found:
        case Product():
            return Thing(Kind.PRODUCT, found.identifier or "", uuid=found.uuid or "")
        case ProductModel():
            return Thing(Kind.MODEL, found.code)
        case Asset():
            return Thing(Kind.ASSET, found.code, found.family)
        case Record():
            return Thing(Kind.RECORD, found.code, found.entity)
        case ReferenceEntity():
            return Thing(Kind.ENTITY, found.code)


def moment_of(updated: str | None) -> float:
    """Of what has none, as versions before 6.0, the present state is what there is: never older than what is known."""
    try:
        found = datetime.fromisoformat(updated or "")
    except ValueError:
        return datetime.now(UTC).timestamp()
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
