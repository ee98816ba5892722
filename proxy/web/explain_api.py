"""`GET /v1/explain?url=`: what `media-proxy explain --json` prints, from the server's own point of view."""

from aiohttp import web
from aiohttp.typedefs import Handler

from proxy.delivery.delivery import Delivery
from proxy.errors import BadRequest, NoSuchPath, ProxyError
from proxy.explain.explanation import Explainer
from proxy.media import MediaRequest, Original
from proxy.pixels.geometry import Size
from proxy.pixels.job import Inspection
from proxy.web.guard import allow
from proxy.web.house import House
from proxy.web.metadata import answer, refusal

EXPLAIN_PATH = "/v1/explain"
ON_ITS_SIDE = range(5, 9)  # EXIF orientations


def explain_handler(house: House) -> Handler:
    async def explain(request: web.Request) -> web.StreamResponse:
        """`accept` stands for the viewer's header; the caller's own is taken without it."""
        accept = request.query.get("accept", ",".join(request.headers.getall("Accept", ())))
        try:
            gate, remainder = house.endpoints.find(request.query.get("url", ""), {})
        except NoSuchPath:
            return refusal(BadRequest("expected url to be an address of this server, percent-encoded"))
        allow(request, gate.endpoint)
        measure = Measure(gate.delivery)
        return answer(await Explainer(gate.endpoint, gate.delivery, measure).explain(remainder, accept))

    return explain


class Measure:
    """The size of an original, seen in a worker."""

    def __init__(self, delivery: Delivery) -> None:
        self.drawing = delivery.drawing

    async def __call__(self, original: Original, request: MediaRequest) -> Size | None:
        if original.content.picture is None or request.plan.page is not None:
            return None
        try:
            facts = await self.drawing.renderers.inspect(
                Inspection(original.file, original.content, self.drawing.limits)
            )
        except (ProxyError, FileNotFoundError):
            return None  # what is wrong with it is told when it is drawn
        size = Size(facts["width"], facts["height"])
        orientation = facts["exif"].get("image", {}).get("Orientation", 1)
        return size.swapped if request.plan.orient and orientation in ON_ITS_SIDE else size
