"""`GET /v1/metadata?url=`: ImageKit's facts about a picture, by its address."""

import re
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler

from proxy.deadline import Deadline
from proxy.delivery.inspecting import inspect_delivered, inspect_stored
from proxy.errors import BadRequest, NoSuchPath
from proxy.imagekit.default_image import or_default
from proxy.imagekit.url import ReadUrl
from proxy.web.api_answers import answer, telling_errors
from proxy.web.endpoints import Endpoints, Gate
from proxy.web.guard import allow
from proxy.web.house import House

METADATA_PATH = "/v1/metadata"
ABSOLUTE = re.compile(r"\Ahttps?://[^/?#]+/", re.IGNORECASE)
WANTED = "expected url to be the absolute address of a picture of this server, percent-encoded"
HELP = "See docs/metadata.md."


def metadata_handler(house: House) -> Handler:
    async def metadata(request: web.Request) -> web.StreamResponse:
        return answer(await facts_for(request, house))

    return telling_errors(metadata, HELP)


async def facts_for(request: web.Request, house: House) -> dict[str, Any]:
    """Raises a ProxyError."""
    accept = ",".join(request.headers.getall("Accept", ()))
    gate, url = read_address(request.query.get("url", ""), accept, house.endpoints)
    allow(request, gate.endpoint)
    deadline = Deadline.after(house.settings.request_timeout_seconds)
    return await or_default(url, lambda url: inspect(gate, url, deadline))


def read_address(address: str, accept: str, endpoints: Endpoints) -> tuple[Gate, ReadUrl]:
    """Whoever may ask here needs no signature. Raises BadRequest for what is no address of ours."""
    if not ABSOLUTE.match(address):
        raise BadRequest(WANTED)
    try:
        gate, remainder = endpoints.find(address, {})
        return gate, gate.read(remainder, accept, trusted=True)
    except NoSuchPath:
        raise BadRequest(f"{WANTED}; no endpoint has this one") from None


async def inspect(gate: Gate, url: ReadUrl, deadline: Deadline) -> dict[str, Any]:
    url = await gate.file_of(url, deadline)
    look = inspect_delivered if url.transformed else inspect_stored
    return await look(gate.delivery, url.request, deadline)
