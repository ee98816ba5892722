"""The walk over the lists of a catalogue, page by page, into a state that outlives us."""

from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Set
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from proxy.commands.catalogue.options import KINDS
from proxy.commands.catalogue.server import CATALOGUE, Failed, Server
from proxy.commands.catalogue.state import NOWHERE, Place, State

PRODUCTS, MODELS, ASSETS, RECORDS = KINDS
KIND = {"products": "product", "product-models": "model", "assets": "asset", "records": "record"}
SHORT = {"assets": "asset-families", "records": "reference-entities"}  # what tells that there is such a list
CLOCKS_DIFFER = timedelta(minutes=10)
SHOWN = {"products", "assets"}  # what a model lacks its variants lack, too, unless it is theirs to have it
ABSENT = 404  # a list that this edition of Akeneo does not have
FORBIDDEN = "EACCES"  # says another 404: one that we may not read


@dataclass(frozen=True, slots=True)
class Chosen:
    """`families` are those of products and models."""

    kinds: tuple[str, ...] = KINDS
    families: tuple[str, ...] = ()
    locales: tuple[str, ...] = ()
    channel: str | None = None
    uuids: bool = False

    @property
    def words(self) -> dict[str, Any]:
        words = {"families": list(self.families), "locales": list(self.locales), "channel": self.channel}
        return {**words, "uuids": self.uuids}


@dataclass(slots=True)
class Walk:
    """`told` is called after each page. `troubles`: lists that could not be read to their end, and why."""

    server: Server
    state: State
    chosen: Chosen
    connections: tuple[str, ...]
    told: Callable[[], None] = lambda: None
    main: bool = False  # whether entries without a main picture are looked for
    troubles: list[str] = field(default_factory=list)
    images: dict[tuple[str, str], str | None] = field(default_factory=dict)  # attributes, by connection and family
    collections: dict[str, set[str]] = field(default_factory=dict)  # attributes with assets, by connection

    async def go(self) -> None:
        """Raises Refused. A walk that an earlier run began is walked again from then on: what has changed meanwhile in
        the lists that were read by then is older than what the next run looks back to.
        """
        await self.once()
        if self.state.is_behind:
            self.troubles.clear()
            self.state.again(now())
            await self.once()
        self.state.walked(whole=not self.troubles)

    async def once(self) -> None:
        for connection in self.connections:
            await self.walk_connection(connection)

    async def walk_connection(self, connection: str) -> None:
        kinds = self.chosen.kinds
        if self.main and PRODUCTS in kinds:
            await self.learn(connection)
        if MODELS in kinds:
            await self.walk_list(connection, "product-models")
        if PRODUCTS in kinds:
            await self.walk_list(connection, "products")
        if ASSETS in kinds:
            async for family in self.entries(connection, "asset-families"):
                await self.walk_list(connection, "assets", family["code"], family["image"])
        if RECORDS in kinds:
            async for entity in self.entries(connection, "reference-entities"):
                name = f"{connection} entity {entity['code']}"
                self.state.read(name, places_of("reference entity", entity), None)
                await self.walk_list(connection, "records", entity["code"])

    async def learn(self, connection: str) -> None:
        """What shows a product: the main attribute of its family, else any file, or any asset."""
        async for family in self.entries(connection, "families"):
            self.images[connection, family["code"]] = family["image"]
        attributes = [it async for it in self.entries(connection, "attributes")]
        self.collections[connection] = {it["code"] for it in attributes if it["collection"]}

    async def entries(self, connection: str, name: str) -> AsyncIterator[dict[str, Any]]:
        """Of a short list, from its beginning each time."""
        at: str | None = None
        while True:
            page = await self.page(connection, name, at)
            for entry in page["entries"]:
                yield entry
            at = page["next"]
            if at is None:
                if not page.get("broken"):
                    self.state.pay(key_of(connection, name, ""))
                return

    async def walk_list(self, connection: str, name: str, of: str = "", image: str | None = None) -> None:
        key = key_of(connection, name, of)
        at, ended = self.state.place_in(key)
        while not ended:
            page = await self.page(connection, name, at, of)
            if page.get("broken"):
                return
            self.state.read(key, self.places(connection, name, of, image, page["entries"]), page["next"])
            at, ended = page["next"], page["next"] is None
            if ended:
                self.state.pay(key)
            self.told()

    def places(
        self, connection: str, name: str, of: str, image: str | None, entries: Iterable[dict[str, Any]]
    ) -> Iterator[Place]:
        for entry in entries:
            named = {**entry, "code": f"{of}/{entry['code']}"} if of else entry
            yield from places_of(KIND[name], named)
            if self.main and name in SHOWN:
                main = image if name == "assets" else self.images.get((connection, entry["family"] or ""))
                if lacks(entry, main, self.collections.get(connection, set())):
                    yield Place(NOWHERE, KIND[name], named["code"], main or "")

    async def page(self, connection: str, name: str, at: str | None, of: str = "") -> dict[str, Any]:
        """An empty one of a list that is not there; a trouble is one that cannot be read, or that was there before."""
        body = self.chosen.words | {"connection": connection, "list": name, "of": of, "at": at}
        key = key_of(connection, name, of)
        since = self.state.since_of(key, *([key_of(connection, SHORT[name], "")] if of else []))
        try:
            page = await self.server.ask(CATALOGUE, body | {"since": since})
        except Failed as failure:
            is_broken = failure.status != ABSENT or failure.code == FORBIDDEN or self.state.has_met(key)
            if is_broken:
                self.state.owe(key, since)
                self.troubles.append(f"the list of {f'{of} ' if of else ''}{name} of {connection}: {failure.message}")
            return {"entries": [], "next": None, "broken": is_broken}
        if page["entries"]:
            self.state.meet(key)
        return page


def now() -> str:
    """From when on a walk that begins may miss changes: the PIM's clock may be behind ours."""
    return moment_of(datetime.now(UTC) - CLOCKS_DIFFER)


def moment_of(time: datetime) -> str:
    """As a state has it."""
    return time.astimezone(UTC).isoformat(timespec="seconds")


def key_of(connection: str, name: str, of: str) -> str:
    return " ".join((connection, name, of)).strip()


def places_of(kind: str, entry: dict[str, Any]) -> Iterator[Place]:
    for path, attribute, locale, scope in entry["files"]:
        yield Place(path, kind, entry["code"], attribute, locale or "", scope or "")


def lacks(entry: dict[str, Any], main: str | None, collections: Set[str]) -> bool:
    """Where nobody has said which attribute shows it, any file or asset will do."""
    if main is not None:
        return main not in entry["attributes"]
    return not entry["files"] and collections.isdisjoint(entry["attributes"])
