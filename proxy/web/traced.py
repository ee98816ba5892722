"""The public port with traces: stands before it only where they are switched on."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from aiohttp import web

from proxy.tracing.spans import Attributes, Span, entered
from proxy.web.access import printable
from proxy.web.lists.answering import TIER
from proxy.web.public import INTERNAL, PublicServer
from proxy.web.ready_response import ReadyResponse

if TYPE_CHECKING:
    from proxy.tracing.tracer import Tracer

TRACE_HEADERS = ("traceparent", "tracestate")
SERVER_FAULT = 500


class TracedServer:
    def __init__(self, public: PublicServer, tracer: "Tracer") -> None:
        self.public = public
        self.tracer = tracer

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.raw_path.startswith(INTERNAL):
            return await self.public(request)
        own = self.tracer.begin("request", trace_headers(request.headers), facts_of(request))
        if own is None:
            return await self.public(request)
        with entered(own):
            response = await self.public(request)
            tell(own, request, response)
            return response


def trace_headers(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: headers[name] for name in TRACE_HEADERS if name in headers}


def facts_of(request: web.BaseRequest) -> Attributes:
    """Without the query: a signature may stand there."""
    path = request.raw_path.partition("?")[0]
    return {"http.request.method": request.method, "url.path": printable(path)}


def tell(own: Span, request: web.BaseRequest, response: web.StreamResponse) -> None:
    ready = isinstance(response, ReadyResponse)
    facts: dict[str, str | int] = {
        "http.response.status_code": response.status,
        "media_proxy.tier": "memory" if ready else request.get(TIER, "none"),
    }
    if ready:
        facts["media_proxy.cache"] = "HIT"
    elif "X-Cache" in response.headers:
        facts["media_proxy.cache"] = response.headers["X-Cache"]
    if not ready and "X-Request-Id" in response.headers:
        facts["media_proxy.request_id"] = response.headers["X-Request-Id"]
    own.put(facts)
    if response.status >= SERVER_FAULT:
        own.fail(str(response.status))
