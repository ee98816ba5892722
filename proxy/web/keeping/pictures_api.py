"""`GET /v1/pictures?search=`: the entries of that name in the catalogue, each with its pictures."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from aiohttp import web

from proxy.catalogue.entries import Entry, Product, ProductModel
from proxy.deadline import Deadline
from proxy.errors import BadRequest, MediaForbidden, NoSuchPath, OriginRefused, ProxyError
from proxy.web.api_answers import answer, telling_errors
from proxy.web.endpoints import Gate
from proxy.web.guard import API, CALLER, allow
from proxy.web.house import House
from proxy.web.keeping.names import Name, names_for
from proxy.web.keeping.pictures import Picture, Showing, Shown
from proxy.web.keeping.shelf import Shelf

PICTURES_PATH = API + "pictures"
HELP = "See docs/keeping.md."
LONGEST = 255


class PicturesApi:
    """`shelves` by the names of their connections."""

    def __init__(self, house: House, shelves: Mapping[str, Shelf]) -> None:
        self.house = house
        self.shelves = shelves

    def join(self, app: web.Application) -> None:
        app.router.add_get(PICTURES_PATH, telling_errors(self.tell, HELP))

    async def tell(self, request: web.Request) -> web.StreamResponse:
        """`base` chooses an endpoint, `connection` one of its Akeneos; without it they are asked in its order until
        one knows the name. Raises BadRequest, and what Akeneo's trouble is if nothing could be found because of it.
        """
        text = request.query.get("search", "").strip()
        if not 0 < len(text) <= LONGEST:
            raise BadRequest(f"expected search to be an identifier or a code of at most {LONGEST} letters")
        connections = self.connections_for(request)
        deadline = Deadline.after(self.house.settings.request_timeout_seconds)
        troubles: list[tuple[str, ProxyError]] = []
        for connection in connections:
            entries = await self.search(connection, text, deadline, troubles)
            if entries:
                break
        if not entries and troubles:
            raise spoken(*troubles[0])
        said = dict.fromkeys(f"{what}: {spoken(what, error).message}" for what, error in troubles)
        return answer({"connection": connection, "entries": entries, "problems": list(said)})

    def connections_for(self, request: web.Request) -> Sequence[str]:
        gate = self.gate_for(request)
        connections = gate.endpoint.connections
        wanted = request.query.get("connection")
        if wanted and wanted not in connections:
            raise BadRequest("expected connection to be one of the endpoint's")
        if not connections:
            raise BadRequest("this endpoint has no Akeneo behind it")
        return [wanted] if wanted else connections

    def gate_for(self, request: web.Request) -> Gate:
        base = request.query.get("base")
        if base:
            try:
                gate, _ = self.house.endpoints.find(f"{base}/", {})
            except NoSuchPath:
                raise BadRequest("expected base to be the address of an endpoint") from None
            allow(request, gate.endpoint)
            return gate
        mine = [it for it in self.house.endpoints.by_endpoint.values() if request[CALLER].may_act_on(it.endpoint)]
        return next((gate for gate in mine if gate.endpoint.connections), mine[0])

    async def search(
        self, connection: str, text: str, deadline: Deadline, troubles: list[tuple[str, ProxyError]]
    ) -> list[dict[str, Any]]:
        shelf, names = self.shelves[connection], names_for(text)
        found = await asyncio.gather(*(shelf.find(name, deadline) for name in names), return_exceptions=True)
        entries = []
        for name, entry in zip(names, found, strict=True):
            if isinstance(entry, ProxyError):
                troubles.append((str(name), entry))
            elif isinstance(entry, BaseException):
                raise entry
            elif entry is not None:
                entries.append(facts_of(name, entry, await Showing(shelf, name, deadline).show(entry)))
        return entries


def spoken(what: str, error: ProxyError) -> ProxyError:
    """In words for who keeps a catalogue and no server."""
    told = error.again()
    if isinstance(error, MediaForbidden):
        told.message = f"The connection has no right to read it ({what}). Who keeps Akeneo's connections can grant it."
    elif isinstance(error, OriginRefused):
        told.message = f"{error.message}. Who runs this server has to set them right."
    return told


def facts_of(name: Name, entry: Entry, shown: Shown) -> dict[str, Any]:
    family = entry.family if isinstance(entry, Product | ProductModel) else None
    parent = entry.parent if isinstance(entry, Product | ProductModel) else None
    return {
        **facts_of_name(name),
        "family": family,
        "parent": parent,
        "pictures": [facts_of_picture(picture) for picture in shown.pictures],
        "more": shown.more,
        "problems": shown.problems,
        "sources": [facts_of_name(source) for source in dict.fromkeys(shown.sources)],
    }


def facts_of_picture(picture: Picture) -> dict[str, Any]:
    return {
        "attribute": picture.attribute,
        "locale": picture.locale,
        "scope": picture.scope,
        "path": str(picture.path) if picture.path else None,
        "name": picture.path.filename if picture.path else None,
        "link": picture.link,
        "asset": facts_of_name(picture.of) if picture.of else None,
        "inherited_from": picture.inherited_from,
    }


def facts_of_name(name: Name) -> dict[str, str]:
    return {"kind": str(name.kind), "owner": name.owner, "code": name.code}
