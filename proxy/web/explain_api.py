"""`GET /v1/explain?url=`: what `media-proxy explain --json` prints, from the server's own point of view."""

from aiohttp import web
from aiohttp.typedefs import Handler

from proxy.deadline import Deadline
from proxy.errors import BadRequest, NoSuchPath
from proxy.explain.explanation import Explainer
from proxy.explain.measure import Measure
from proxy.imagekit.hints import read_hints
from proxy.web.api_answers import answer, telling_errors
from proxy.web.guard import allow
from proxy.web.house import House

EXPLAIN_PATH = "/v1/explain"
HELP = "See docs/operating.md."


def explain_handler(house: House) -> Handler:
    async def explain(request: web.Request) -> web.StreamResponse:
        """`accept` stands for the viewer's header; the caller's own is taken without it, as are its client hints."""
        accept = request.query.get("accept", ",".join(request.headers.getall("Accept", ())))
        try:
            gate, remainder = house.endpoints.find(request.query.get("url", ""), {})
        except NoSuchPath:
            raise BadRequest("expected url to be an address of this server, percent-encoded") from None
        allow(request, gate.endpoint)
        deadline = Deadline.after(house.settings.request_timeout_seconds)
        explainer = Explainer(gate.endpoint, gate.delivery, Measure(gate.delivery, deadline), house.addresses)
        return answer(await explainer.explain(remainder, accept, read_hints(request.headers)))

    return telling_errors(explain, HELP)
