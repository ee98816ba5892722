"""`GET /v1/preview?url=`: a picture as a viewer of the public port gets it, for who may not or cannot ask there.

Whoever may call the admin port needs no signature; hosts and firewalls of the public port do not matter.
"""

import time

from aiohttp import web

from proxy.deadline import Deadline
from proxy.delivery.delivered import Delivered
from proxy.errors import BadRequest, MediaMissing, MediaNotFound, NoSuchPath
from proxy.imagekit.hints import read_hints
from proxy.imagekit.url import ReadUrl
from proxy.web.api_answers import telling_errors
from proxy.web.endpoints import Gate
from proxy.web.guard import API, allow
from proxy.web.headers import NO_STORE
from proxy.web.house import House
from proxy.web.outgoing import BESIDE_BYTES, Outgoing
from proxy.web.responses import Responses

PREVIEW_PATH = API + "preview"
HELP = "See docs/playground.md."
EXPECTED = "expected url to be an address of this server, percent-encoded"
FOR_OTHERS = {"Access-Control-Allow-Origin", "Timing-Allow-Origin", "Vary", "Link"}
OWN = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class PreviewResponses(Responses):
    """The viewer's headers, but for what invites other sites and caches."""

    def headers(self, url: ReadUrl, delivered: Delivered, seconds: float) -> dict[str, str]:
        headers = super().headers(url, delivered, seconds)
        kept = {name: value for name, value in headers.items() if name not in FOR_OTHERS}
        return {**OWN, **kept, "Cache-Control": NO_STORE}  # each look is measured


class Preview:
    def __init__(self, house: House) -> None:
        self.house = house
        outgoing = Outgoing(house.metrics, BESIDE_BYTES)
        self.responses = {gate: PreviewResponses(gate.endpoint, outgoing) for gate in house.endpoints.gates}

    def join(self, app: web.Application) -> None:
        app.router.add_get(PREVIEW_PATH, telling_errors(self.show, HELP))

    async def show(self, request: web.Request) -> web.StreamResponse:
        """`accept` stands for the viewer's header, as it does for `/v1/explain`. Raises a ProxyError."""
        since = time.perf_counter()
        gate, url = self.read(request)
        deadline = Deadline.after(self.house.settings.request_timeout_seconds)
        try:
            return await self.deliver(request, gate, url, deadline, since)
        except (MediaNotFound, MediaMissing):
            default = url.default
            if default is None:
                raise
        return await self.deliver(request, gate, default, deadline, since)

    def read(self, request: web.Request) -> tuple[Gate, ReadUrl]:
        accept = request.query.get("accept", ",".join(request.headers.getall("Accept", ())))
        try:
            gate, remainder = self.house.endpoints.find(request.query.get("url", ""), {})
        except NoSuchPath:
            raise BadRequest(EXPECTED) from None
        allow(request, gate.endpoint)
        hints = read_hints(request.headers, self.house.settings.render.max_output_side)
        return gate, gate.read(remainder, accept, hints, trusted=True)

    async def deliver(
        self, request: web.Request, gate: Gate, url: ReadUrl, deadline: Deadline, since: float
    ) -> web.StreamResponse:
        responses = self.responses[gate]
        delivered = await gate.delivery.deliver(url.request, deadline)
        try:
            return await responses.respond(request, url, delivered, time.perf_counter() - since)
        except FileNotFoundError:  # evicted between being found and being opened
            delivered = await gate.delivery.deliver(url.request, deadline)
            return await responses.respond(request, url, delivered, time.perf_counter() - since)
