"""`POST /v1/pictures/refresh`: pictures are drawn anew, and what names them in the catalogue is looked up anew."""

import logging
from collections.abc import Mapping, Sequence
from typing import Annotated

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from proxy.address import Entry
from proxy.cache.purges.scope import Files
from proxy.deadline import Deadline
from proxy.delivery.purging import Wanted
from proxy.errors import BadRequest, NoSuchPath, NotFound, ProxyError
from proxy.media import MediaPath
from proxy.web.access import printable
from proxy.web.api_answers import answer, refusal, telling_errors
from proxy.web.endpoints import Gate
from proxy.web.guard import CALLER, Caller
from proxy.web.house import House
from proxy.web.keeping.names import Kind, Name
from proxy.web.keeping.pictures_api import HELP, PICTURES_PATH
from proxy.web.keeping.shelf import Shelf
from proxy.web.purge_targets import PurgeRefused, PurgeTargets, shown_at

log = logging.getLogger("proxy.web")

ASK_SECONDS = 15.0
EXPECTED = 'expected {"paths": ["media-files/...", ...], "sources": [...], "originals": true or false}'
Text = Annotated[str, StringConstraints(max_length=600)]


class Source(BaseModel):
    model_config = ConfigDict(extra="forbid")

    kind: Kind
    code: Text
    owner: Text = ""


class Order(BaseModel):
    """`sources` and `connection` as the search told them; with `originals` the files come from Akeneo once more."""

    model_config = ConfigDict(extra="forbid")

    paths: list[Text] = Field(default=[], max_length=200)
    sources: list[Source] = Field(default=[], max_length=200)
    connection: Text = ""
    originals: bool = False


class RefreshApi:
    def __init__(self, house: House, shelves: Mapping[str, Shelf]) -> None:
        self.house = house
        self.purger = house.purger
        self.targets = PurgeTargets(house.endpoints)
        self.shelves = shelves
        self.addresses = house.addresses

    def join(self, app: web.Application) -> None:
        app.router.add_post(f"{PICTURES_PATH}/refresh", telling_errors(self.refresh, HELP))

    async def refresh(self, request: web.Request) -> web.StreamResponse:
        """Done when the answer goes out. Raises BadRequest, Overloaded, OriginError if nothing would come instead."""
        order = read_order(await request.read())
        try:
            gates = self.gates_for(order, request[CALLER])
            names = [order.connection] if order.connection else connections_of(gates)
            for name in names:
                self.shelves[name].forget()
            await self.ask_first(order)
            entries = [Name(source.kind, source.code, source.owner).entry for source in order.sources]
            connections = [self.house.clients[name].settings.name for name in names]
            purge_id = await self.purger.purge(self.wanted(order, entries, connections, gates, request[CALLER]))
        except PurgeRefused as refused:
            return refusal(refused.status, refused.message, refused.help)
        except OSError:
            log.exception("cannot purge")
            return refusal(500, "The cache directory does not let itself be purged", "the log tells more; try again")
        for entry in entries:  # as well: what may hang below it is told by names only
            self.addresses.forget(entry, connections)
        return answer({"requestId": purge_id})

    def gates_for(self, order: Order, caller: Caller) -> list[Gate]:
        """Those of the caller, with the connection if one is named. Raises PurgeRefused, BadRequest."""
        gates = self.targets.allowed(self.house.endpoints.gates, caller)
        chosen = [gate for gate in gates if not order.connection or order.connection in gate.endpoint.connections]
        if not chosen:
            raise BadRequest("expected connection to be one of the endpoint's")
        return chosen

    async def ask_first(self, order: Order) -> None:
        """In an outage the shop lives on what is cached: that is not the time to forget it. Raises OriginError."""
        shelf = self.shelves.get(order.connection)
        if shelf is None or not order.sources:
            return
        first = order.sources[0]
        try:
            await shelf.find(Name(first.kind, first.code, first.owner), Deadline.after(ASK_SECONDS))
        except NotFound:
            return  # it may not be read any more, and Akeneo is there
        except ProxyError as error:
            told = error.again()
            told.message = f"{error.message}. Nothing is forgotten as long as that is so."
            raise told from None

    def wanted(
        self,
        order: Order,
        entries: Sequence[Entry],
        connections: Sequence[str],
        gates: Sequence[Gate],
        caller: Caller,
    ) -> Wanted:
        """The files at all endpoints that the caller may act on, as a purge by path, and the entries, which every
        replica looks up anew. Raises PurgeRefused, BadRequest.
        """
        try:
            paths = [MediaPath.parse(path) for path in order.paths]
        except NoSuchPath:
            raise BadRequest(EXPECTED) from None
        files = self.targets.made_from(paths, caller) if paths else Files((), ())
        places = {place for entry in entries for place in self.addresses.places_of(entry, connections)}
        linked = shown_at(places, gates)
        originals = {*files.originals, *linked.originals} if order.originals else places
        scope = Files(tuple(sorted({*files.renditions, *linked.renditions})), tuple(sorted(originals)))
        named = [*map(str, paths), *map(str, entries)]
        others = f" and {len(named) - 1} more" if len(named) > 1 else ""
        return Wanted(
            scope, "path" if paths else "address", printable(f"{named[0]}{others}" if named else ""), str(caller)
        )


def connections_of(gates: Sequence[Gate]) -> list[str]:
    return list(dict.fromkeys(name for gate in gates for name in gate.endpoint.connections))


def read_order(body: bytes) -> Order:
    try:
        return Order.model_validate_json(body)
    except ValidationError:
        raise BadRequest(EXPECTED) from None
