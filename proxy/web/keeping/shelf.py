"""One connection's catalogue for who searches it: a few calls at once, and what they said remembered for a moment."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

from proxy.cache.fresh import Fresh, Windows
from proxy.catalogue.catalogue import Catalogue
from proxy.catalogue.entries import Entry
from proxy.catalogue.structure import AssetFamily, Attribute
from proxy.deadline import Deadline
from proxy.errors import MediaNotFound
from proxy.metrics import Metrics
from proxy.web.keeping.names import Kind, Name

T = TypeVar("T")
AT_ONCE = 2  # of the four calls that Akeneo allows: viewers of the shop are waiting as well
CALL_SECONDS = 10.0
MOST, MOST_STRUCTURE = 200, 2000  # documents that are remembered
# Long enough for who types and looks about, short enough for who has just changed something.
WINDOWS = Windows(lifetime=15.0, while_revalidate=0.0, if_error=0.0, patience=2 * CALL_SECONDS)
STRUCTURE = replace(WINDOWS, lifetime=300.0)  # attributes and families hardly change


class Shelf:
    """All but `find` raise MediaNotFound; all raise MediaForbidden, OriginError, Overloaded, DeadlineExceeded."""

    def __init__(self, catalogue: Catalogue, metrics: Metrics, clock: Callable[[], float] = time.monotonic) -> None:
        self.catalogue = catalogue
        self.places = asyncio.Semaphore(AT_ONCE)
        self.memory: Fresh[Any] = Fresh("keeping", WINDOWS, metrics, limit=MOST, clock=clock)
        self.structure: Fresh[Any] = Fresh("keeping", STRUCTURE, metrics, limit=MOST_STRUCTURE, clock=clock)

    async def find(self, name: Name, deadline: Deadline) -> Entry | None:
        """None if Akeneo has no such thing."""

        async def ask(until: Deadline) -> Entry | None:
            try:
                return await self.read(name, until)
            except MediaNotFound:
                return None

        return await self.remembered(self.memory, repr(name), ask, deadline)

    async def read(self, name: Name, deadline: Deadline) -> Entry:
        catalogue = self.catalogue
        match name.kind:
            case Kind.PRODUCT:
                return await catalogue.product(name.code, deadline)
            case Kind.PRODUCT_UUID:
                return await catalogue.product_by_uuid(name.code, deadline)
            case Kind.MODEL:
                return await catalogue.product_model(name.code, deadline)
            case Kind.ASSET:
                return await catalogue.asset(name.owner, name.code, deadline)
            case Kind.RECORD:
                return await catalogue.record(name.owner, name.code, deadline)
        return await catalogue.reference_entity(name.code, deadline)

    async def attribute(self, code: str, deadline: Deadline) -> Attribute:
        ask = partial(self.catalogue.attribute, code)
        return await self.remembered(self.structure, f"attribute {code}", ask, deadline)

    async def asset_family(self, code: str, deadline: Deadline) -> AssetFamily:
        ask = partial(self.catalogue.asset_family, code)
        return await self.remembered(self.structure, f"family {code}", ask, deadline)

    async def asset_attributes(self, family: str, deadline: Deadline) -> dict[str, Attribute]:
        ask = partial(self.catalogue.asset_attributes, family)
        return await self.remembered(self.structure, f"attributes of {family}", ask, deadline)

    async def remembered(
        self, memory: Fresh[Any], key: str, ask: Callable[[Deadline], Awaitable[T]], deadline: Deadline
    ) -> T:
        async def call(_: Deadline) -> T:
            async with self.places:
                return await ask(Deadline.after(CALL_SECONDS, self.catalogue.client.clock))

        found: T = (await memory.get(key, call, deadline)).value
        return found

    def forget(self) -> None:
        """All entries: somebody has changed something."""
        self.memory.forget(lambda _: True)

    async def close(self) -> None:
        await self.memory.close()
        await self.structure.close()
