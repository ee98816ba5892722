"""The public port: pictures, health, and nothing else."""

import logging
import time

from aiohttp import web

from proxy.deadline import Deadline
from proxy.delivery.admission import FREE, Admission
from proxy.delivery.delivered import Delivered
from proxy.errors import MethodNotAllowed, NoSuchPath, ProxyError
from proxy.imagekit.default_image import or_default
from proxy.imagekit.hints import read_hints
from proxy.imagekit.placeholders import Wanted
from proxy.imagekit.url import ReadUrl
from proxy.media import Rendition
from proxy.metrics import Metrics
from proxy.settings import Settings
from proxy.web.access import AccessLog, new_request_id, printable
from proxy.web.addressed import at_address, is_redirected, redirect, resolved
from proxy.web.answer import Answer
from proxy.web.budget import Budgets, Charge
from proxy.web.endpoints import Endpoints, Gate
from proxy.web.health import Health
from proxy.web.lists.answering import TIER, Lists
from proxy.web.outgoing import BESIDE_BYTES, Outgoing
from proxy.web.ready import Ready, ReadyAnswers
from proxy.web.ready_response import ReadyResponse
from proxy.web.responses import Responses, error_response, once_more, preflight, varies
from proxy.web.webhook import EventDoor, Webhook

log = logging.getLogger("proxy.web")
VIEWER_LEFT = 499  # as nginx logs it; no viewer sees it
INTERNAL = "/-/"
VARIES = web.RequestKey("varies", tuple[str, ...])  # an error, too, may be this viewer's alone


class PublicServer:
    """Called by aiohttp's low-level server with each request: no router and no middleware on the way of a hit."""

    def __init__(
        self,
        settings: Settings,
        endpoints: Endpoints,
        health: Health,
        access: AccessLog,
        metrics: Metrics,
        *,
        webhook: Webhook,
        dam: EventDoor | None = None,
    ) -> None:
        self.settings = settings
        self.endpoints = endpoints
        self.health = health
        self.access = access
        self.metrics = metrics
        self.webhook = webhook
        self.doors: list[EventDoor] = [webhook] if dam is None else [webhook, dam]
        self.budgets = Budgets(metrics)
        self.ready = ReadyAnswers()
        self.outgoing = Outgoing(metrics, BESIDE_BYTES, settings.max_connections)
        self.lists = Lists(metrics, self.outgoing)
        self.responses = {gate: Responses(gate.endpoint, self.outgoing) for gate in endpoints.gates}

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        since = time.perf_counter()
        request_id = new_request_id()
        ready = self.ready.find(request)
        if ready is not None:
            return self.answer_at_once(request, *ready, request_id, since)
        response = None
        try:
            response = await self.answer(request, request_id, since)
            return response
        finally:
            self.tell(request, response, request_id, time.perf_counter() - since, request.get(TIER, "none"))

    def tell(
        self,
        request: web.BaseRequest,
        response: web.StreamResponse | None,
        request_id: str,
        seconds: float,
        tier: str,
    ) -> None:
        """To the metrics, and to the access log where it wants to know. Without a response the viewer has left before
        there was one.
        """
        status = response.status if response else VIEWER_LEFT
        self.metrics.answered(status, tier, seconds)
        if self.access.wants(status):
            self.access.write(line_of(request, response, request_id, seconds, tier))

    def answer_at_once(
        self, request: web.BaseRequest, ready: Ready, picture: Rendition, request_id: str, since: float
    ) -> web.StreamResponse:
        self.note(ready.ignored, ready.fallbacks, ready.snapped)
        seconds = time.perf_counter() - since
        response = ReadyResponse(
            ready, picture, request, request_id=request_id, seconds=seconds, outgoing=self.outgoing
        )
        self.tell(request, response, request_id, seconds, "memory")
        return response

    async def answer(self, request: web.BaseRequest, request_id: str, since: float) -> web.StreamResponse:
        try:
            response = await self.route(request, since)
        except ProxyError as error:
            response = error_response(error, request.get(VARIES, ()))
        except Exception:
            log.exception("a fault of ours, request %s", request_id)
            response = error_response(ProxyError("a fault of ours; the log knows more"))
        if not response.prepared:
            response.headers["X-Request-Id"] = request_id
        return response

    async def route(self, request: web.BaseRequest, since: float) -> web.StreamResponse:
        for door in self.doors:
            if door.is_at(request.raw_path):
                return await door.answer(request)
        if request.method == "OPTIONS":
            return preflight()
        if request.method not in {"GET", "HEAD"}:
            raise MethodNotAllowed("expected GET, HEAD or OPTIONS")
        target = request.raw_path
        if target.startswith(INTERNAL):
            return self.internal(target.partition("?")[0])
        return await self.media(request, target, since)

    def internal(self, path: str) -> web.Response:
        match path:
            case "/-/health/live":
                return self.health.live_response()
            case "/-/health/ready":
                return self.health.ready_response()
        raise NoSuchPath("no such path")

    async def media(self, request: web.BaseRequest, target: str, since: float) -> web.StreamResponse:
        gate, remainder = self.endpoints.find(target, request.headers)
        ready = self.lists.ready.find(gate, remainder)
        if ready is not None:
            self.note_words(ready.words)
            return self.lists.at_once(request, ready, since)
        hints = read_hints(request.headers, self.settings.render.max_output_side)
        accept = ",".join(request.headers.getall("Accept", ()))
        url = gate.read_any(remainder, accept, hints)
        if not isinstance(url, ReadUrl):
            return await self.many(request, gate, remainder, url, since)
        request[VARIES] = varies(url)
        self.note_words(url)
        deadline = Deadline.after(self.settings.request_timeout_seconds)
        return await or_default(url, lambda url: self.deliver(request, gate, url, deadline, since))

    async def many(
        self, request: web.BaseRequest, gate: Gate, remainder: str, wanted: Wanted, since: float
    ) -> web.StreamResponse:
        for url in [url for url in wanted.values() if isinstance(url, ReadUrl)][:1]:  # they share their words
            self.note_words(url)
        return await self.lists.answer(
            request,
            gate,
            remainder,
            wanted,
            responses=self.responses[gate],
            admit=lambda: self.admission_of(request, gate),
            timeout_seconds=self.settings.request_timeout_seconds,
            since=since,
        )

    def note_words(self, url: ReadUrl) -> None:
        if log.isEnabledFor(logging.DEBUG):  # a URL may hold hundreds
            for word in url.ignored:
                log.debug("ignored %s: %s", printable(word.text), word.why)
        self.note(len(url.ignored), len(url.fallbacks), len(url.snapped))

    def note(self, ignored: int, fallbacks: int, snapped: int) -> None:
        """What of a URL has no effect, or only a simpler one."""
        if ignored:
            self.metrics.parameters_ignored(ignored)
        if fallbacks:
            self.metrics.parameters_fell_back(fallbacks)
        if snapped:
            self.metrics.sizes_snapped()

    async def deliver(
        self, request: web.BaseRequest, gate: Gate, url: ReadUrl, deadline: Deadline, since: float
    ) -> web.StreamResponse:
        found = None
        if url.entry is not None:
            found = await resolved(gate, url.entry, deadline, self.admission_of(request, gate))
        if found is not None:
            if is_redirected(gate, found):
                return redirect(gate, self.endpoints.find(request.raw_path, request.headers)[1], found)
            url = url.of_file(found.path)
        responses = self.responses[gate]
        admission = self.admission_of(request, gate)

        async def respond() -> tuple[Delivered, web.StreamResponse]:
            delivered = at_address(found, await gate.delivery.deliver(url.request, deadline, admission))
            request[TIER] = delivered.tier
            return delivered, await responses.respond(request, url, delivered, time.perf_counter() - since)

        delivered, response = await once_more(respond)
        self.ready.learn(request, gate, url, delivered, response)
        if isinstance(delivered.what, Rendition):
            gate.recent.note(url.request.path)
        return response

    def admission_of(self, request: web.BaseRequest, gate: Gate) -> Admission:
        abuse = gate.endpoint.abuse
        return FREE if abuse.new_renditions_per_minute is None else Charge(self.budgets, request, abuse)


def line_of(
    request: web.BaseRequest, response: web.StreamResponse | None, request_id: str, seconds: float, tier: str
) -> Answer:
    return Answer(
        request_id,
        request.method,
        printable(request.raw_path),
        response.status if response else VIEWER_LEFT,
        "HIT" if isinstance(response, ReadyResponse) else response.headers.get("X-Cache", "-") if response else "-",
        tier,
        0 if request.method == "HEAD" else size_of(response),
        round(seconds * 1000, 1),
    )


def size_of(response: web.StreamResponse | None) -> int:
    if isinstance(response, ReadyResponse):
        return len(response.picture)
    if isinstance(response, web.Response):
        return len(response.body) if isinstance(response.body, bytes) else 0
    return response.body_length if response and response.prepared else 0
