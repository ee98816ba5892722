"""`GET /v1/metadata?url=`: ImageKit's facts about a picture, by its address."""

import logging
import re
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler

from proxy.deadline import Deadline
from proxy.delivery.inspecting import inspect_delivered, inspect_stored
from proxy.errors import BadRequest, MediaMissing, MediaNotFound, NoSuchPath, ProxyError
from proxy.imagekit.url import ReadUrl
from proxy.media import MediaPath
from proxy.web.endpoints import Endpoints, Gate
from proxy.web.guard import allow
from proxy.web.headers import NO_STORE
from proxy.web.house import House

log = logging.getLogger("proxy.web")

METADATA_PATH = "/v1/metadata"
ABSOLUTE = re.compile(r"\Ahttps?://[^/?#]+/", re.IGNORECASE)
WANTED = "expected url to be the absolute address of a picture of this server, percent-encoded"
HELP = "See docs/metadata.md."


def metadata_handler(house: House) -> Handler:
    async def metadata(request: web.Request) -> web.StreamResponse:
        try:
            return answer(await facts_for(request, house))
        except ProxyError as error:
            return refusal(error)
        except web.HTTPException:
            raise
        except Exception:
            log.exception("a fault of ours at %s", METADATA_PATH)
            return refusal(ProxyError("a fault of ours; the log knows more"))

    return metadata


async def facts_for(request: web.Request, house: House) -> dict[str, Any]:
    """Raises a ProxyError."""
    accept = ",".join(request.headers.getall("Accept", ()))
    gate, url = read_address(request.query.get("url", ""), accept, house.endpoints)
    allow(request, gate.endpoint)
    deadline = Deadline.after(house.settings.request_timeout_seconds)
    try:
        return await inspect(gate, url, deadline)
    except (MediaNotFound, MediaMissing):
        if url.default_image is None:
            raise
        path = MediaPath.parse_any(url.default_image)
    return await inspect(gate, url.with_default(path), deadline)


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
    look = inspect_delivered if url.transformed else inspect_stored
    return await look(gate.delivery, url.request, deadline)


def answer(facts: dict[str, Any]) -> web.Response:
    return web.json_response(facts, headers={"Cache-Control": NO_STORE})


def refusal(error: ProxyError) -> web.Response:
    """An error in ImageKit's form; never to be remembered, since an operator asks to know how things are now."""
    headers = {"Cache-Control": NO_STORE}
    if error.retry_after_seconds is not None:
        headers["Retry-After"] = str(error.retry_after_seconds)
    return web.json_response({"message": error.message, "help": HELP}, status=error.status, headers=headers)
