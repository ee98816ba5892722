"""The admin port: metrics, and facts about pictures.

On loopback it asks no token, so it answers only to loopback's own names.
"""

import hmac

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from proxy.metrics import Metrics
from proxy.setting_types import plain
from proxy.settings import LOOPBACK, Settings
from proxy.web.explain_api import EXPLAIN_PATH, explain_handler
from proxy.web.headers import NO_STORE, PUBLIC
from proxy.web.house import House
from proxy.web.metadata import METADATA_PATH, metadata_handler

METRICS_PATH = "/-/metrics"
METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def admin_app(settings: Settings, metrics: Metrics, house: House) -> web.Application:
    async def expose(_: web.Request) -> web.Response:
        headers = {"Cache-Control": NO_STORE, "Content-Type": METRICS_TYPE}
        return web.Response(body=metrics.expose(), headers=headers)

    app = web.Application(middlewares=[guard(settings)])
    app.on_response_prepare.append(without_versions)
    app.router.add_get(METRICS_PATH, expose)
    app.router.add_get(METADATA_PATH, metadata_handler(house))
    app.router.add_get(EXPLAIN_PATH, explain_handler(house))
    return app


async def without_versions(_: web.Request, response: web.StreamResponse) -> None:
    response.headers["Server"] = PUBLIC["Server"]


def guard(settings: Settings) -> Middleware:
    """Lets in who knows the token; without a token, only who calls us by a loopback name (DNS rebinding)."""
    token = plain(settings.admin_token)

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        open_to_all = settings.admin_open_metrics and request.path == METRICS_PATH
        if token and not open_to_all and not knows(request, token):
            raise web.HTTPUnauthorized(headers={"WWW-Authenticate": "Bearer"})
        if not token and not open_to_all and host_of(request) not in LOOPBACK:
            raise web.HTTPForbidden(text="expected to be called by a loopback name\n")
        if is_foreign(request):
            raise web.HTTPForbidden(text="expected to be called from the same origin\n")
        return await handler(request)

    return check


def knows(request: web.Request, token: str) -> bool:
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    return scheme.lower() == "bearer" and hmac.compare_digest(given.strip().encode(errors="replace"), token.encode())


def host_of(request: web.Request) -> str:
    """The name alone: `[::1]:8081` and `localhost:8081` without port and brackets."""
    host = request.headers.get("Host", "")
    return host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0].lower()


def is_foreign(request: web.Request) -> bool:
    """A page of another site calls us from a browser."""
    origin = request.headers.get("Origin")
    return origin is not None and origin.partition("://")[2] != request.headers.get("Host", "")
