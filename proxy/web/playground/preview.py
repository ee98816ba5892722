"""`GET /v1/preview?url=`: a picture as a viewer of the public port gets it, for who may not or cannot ask there.

Whoever may call the admin port needs no signature; hosts and firewalls of the public port do not matter.
"""

import time

from aiohttp import web

from proxy.deadline import Deadline
from proxy.delivery.admission import FREE
from proxy.delivery.delivered import Delivered
from proxy.errors import BadRequest, NoSuchPath
from proxy.imagekit.default_image import or_default
from proxy.imagekit.hints import read_hints
from proxy.imagekit.placeholders import Wanted
from proxy.imagekit.url import ReadUrl
from proxy.web.addressed import at_address
from proxy.web.api_answers import telling_errors
from proxy.web.endpoints import Gate
from proxy.web.guard import API, allow
from proxy.web.headers import NO_STORE
from proxy.web.house import House
from proxy.web.lists.answering import Lists
from proxy.web.outgoing import BESIDE_BYTES, Outgoing
from proxy.web.responses import Responses, once_more

PREVIEW_PATH = API + "preview"
MOST_FILES = 64  # at once
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
        return for_the_operator(super().headers(url, delivered, seconds))


class Preview:
    def __init__(self, house: House) -> None:
        self.house = house
        outgoing = Outgoing(house.metrics, BESIDE_BYTES, MOST_FILES)
        self.lists = Lists(house.metrics, outgoing)
        self.responses = {gate: PreviewResponses(gate.endpoint, outgoing) for gate in house.endpoints.gates}

    def join(self, app: web.Application) -> None:
        app.router.add_get(PREVIEW_PATH, telling_errors(self.show, HELP))

    async def show(self, request: web.Request) -> web.StreamResponse:
        """`accept` stands for the viewer's header, as it does for `/v1/explain`. Raises a ProxyError."""
        since = time.perf_counter()
        gate, remainder, url = self.read(request)
        if not isinstance(url, ReadUrl):
            return await self.show_list(request, gate, remainder, url, since)
        deadline = Deadline.after(self.house.settings.request_timeout_seconds)
        return await or_default(url, lambda url: self.deliver(request, gate, url, deadline, since))

    async def show_list(
        self, request: web.Request, gate: Gate, remainder: str, wanted: Wanted, since: float
    ) -> web.Response:
        response = await self.lists.answer(
            request,
            gate,
            remainder,
            wanted,
            responses=self.responses[gate],
            admit=lambda: FREE,
            timeout_seconds=self.house.settings.request_timeout_seconds,
            since=since,
        )
        headers = for_the_operator(dict(response.headers))
        response.headers.clear()
        response.headers.update(headers)
        return response

    def read(self, request: web.Request) -> tuple[Gate, str, ReadUrl | Wanted]:
        accept = request.query.get("accept", ",".join(request.headers.getall("Accept", ())))
        try:
            gate, remainder = self.house.endpoints.find(request.query.get("url", ""), {})
        except NoSuchPath:
            raise BadRequest(EXPECTED) from None
        allow(request, gate.endpoint)
        hints = read_hints(request.headers, self.house.settings.render.max_output_side)
        return gate, remainder, gate.read_any(remainder, accept, hints, trusted=True)

    async def deliver(
        self, request: web.Request, gate: Gate, url: ReadUrl, deadline: Deadline, since: float
    ) -> web.StreamResponse:
        """Of an address the file itself, where a viewer may be sent to it."""
        responses = self.responses[gate]
        found = None if url.entry is None else await gate.resolve(url.entry, deadline)
        shown = url if found is None else url.of_file(found.path)

        async def respond() -> web.StreamResponse:
            delivered = at_address(found, await gate.delivery.deliver(shown.request, deadline))
            return await responses.respond(request, shown, delivered, time.perf_counter() - since)

        return await once_more(respond)


def for_the_operator(headers: dict[str, str]) -> dict[str, str]:
    """Each look is measured."""
    kept = {name: value for name, value in headers.items() if name not in FOR_OTHERS}
    return {**OWN, **kept, "Cache-Control": NO_STORE}
