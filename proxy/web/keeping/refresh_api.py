"""`POST /v1/pictures/refresh`: pictures are drawn anew, and what names them in the catalogue is looked up anew."""

import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from proxy.cache.purges.scope import Files
from proxy.deadline import Deadline
from proxy.delivery.purging import Wanted
from proxy.errors import BadRequest, NoSuchPath, NotFound, ProxyError
from proxy.media import MediaPath
from proxy.web.api_answers import answer, refusal, telling_errors
from proxy.web.guard import CALLER, Caller
from proxy.web.house import House
from proxy.web.keeping.forgetting import Forgetting, forget_all
from proxy.web.keeping.names import Kind, Name
from proxy.web.keeping.pictures_api import HELP, PICTURES_PATH
from proxy.web.keeping.shelf import Shelf
from proxy.web.purge_targets import PurgeRefused, PurgeTargets

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
    def __init__(self, house: House, shelves: Mapping[str, Shelf], addresses: Forgetting) -> None:
        self.purger = house.purger
        self.targets = PurgeTargets(house.endpoints)
        self.shelves = shelves
        self.addresses = addresses

    def join(self, app: web.Application) -> None:
        app.router.add_post(f"{PICTURES_PATH}/refresh", telling_errors(self.refresh, HELP))

    async def refresh(self, request: web.Request) -> web.StreamResponse:
        """Done when the answer goes out. Raises BadRequest, Overloaded, OriginError if nothing would come instead."""
        order = read_order(await request.read())
        for shelf in self.shelves.values():
            shelf.forget()
        await self.ask_first(order)
        try:
            wanted = self.wanted(order, request[CALLER]) if order.paths else None
            purge_id = await self.purger.purge(wanted) if wanted else None
        except PurgeRefused as refused:
            return refusal(refused.status, refused.message, refused.help)
        except OSError:
            log.exception("cannot purge")
            return refusal(500, "The cache directory does not let itself be purged", "the log tells more; try again")
        forget_all(self.addresses, (Name(source.kind, source.code, source.owner) for source in order.sources))
        return answer({"requestId": purge_id})

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

    def wanted(self, order: Order, caller: Caller) -> Wanted:
        """At all endpoints that the caller may act on, as a purge by path. Raises PurgeRefused, BadRequest."""
        try:
            paths = [MediaPath.parse(path) for path in order.paths]
        except NoSuchPath:
            raise BadRequest(EXPECTED) from None
        scope: Files = self.targets.made_from(paths, caller)
        kept = scope if order.originals else replace(scope, originals=())
        others = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
        return Wanted(kept, "path", f"{paths[0]}{others}", str(caller))


def read_order(body: bytes) -> Order:
    try:
        return Order.model_validate_json(body)
    except ValidationError:
        raise BadRequest(EXPECTED) from None
