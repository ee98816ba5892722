"""The admin port: the playground, the catalogue's page, metrics, the purge API, and facts about pictures and URLs."""

from typing import Any

from aiohttp import web

from proxy.metrics import Metrics
from proxy.settings import Settings
from proxy.slices import LogSettings
from proxy.web.access import AccessLog
from proxy.web.background import BackgroundApi
from proxy.web.blocklist_api import BlocklistApi
from proxy.web.dam import Dam, join_dam
from proxy.web.door import Door
from proxy.web.explain_api import EXPLAIN_PATH, explain_handler
from proxy.web.guard import METRICS_PATH, guard
from proxy.web.headers import NO_STORE, PUBLIC
from proxy.web.house import House
from proxy.web.keeping.routes import join_keeping
from proxy.web.metadata import METADATA_PATH, metadata_handler
from proxy.web.playground.routes import join_playground
from proxy.web.purge_api import PurgeApi
from proxy.web.static_files import shared_handlers

MOST_BYTES = 65_536  # of what may be sent to it
MOST_CONNECTIONS = 256  # operators, their monitoring, the shop's purges


def admin_app(settings: Settings, metrics: Metrics, house: House, dam: Dam | None) -> web.Application:
    async def expose(request: web.Request) -> web.Response:
        body, content_type = metrics.expose(request.headers.get("Accept", ""))
        return web.Response(body=body, headers={"Cache-Control": NO_STORE, "Content-Type": content_type})

    app = web.Application(middlewares=[guard(settings)], client_max_size=MOST_BYTES)
    app.on_response_prepare.append(without_versions)
    app.router.add_get(METRICS_PATH, expose)
    app.router.add_get(METADATA_PATH, metadata_handler(house))
    app.router.add_get(EXPLAIN_PATH, explain_handler(house))
    PurgeApi(house).join(app)
    BlocklistApi(house).join(app)
    for path, handler in shared_handlers().items():
        app.router.add_get(path, handler)
    join_playground(app, house)
    BackgroundApi(house).join(app)
    join_keeping(app, house)
    if dam is not None:
        join_dam(app, dam)
    return app


def admin_door(app: web.Application, settings: Settings, metrics: Metrics) -> Door:
    """As the public port has one: an operator's broken script must not hold up the others."""
    silent = AccessLog(LogSettings(access="off"), metrics)
    handle: Any = app._handle  # it takes requests of the application's own making
    return Door(
        handle, silent, settings, metrics, most=MOST_CONNECTIONS, bodies=True, request_factory=app._make_request
    )


class AdminRunner(web.AppRunner):
    """aiohttp's own builds its low-level server by itself."""

    __slots__ = ("door",)

    def __init__(self, app: web.Application, door: Door, **options: Any) -> None:
        super().__init__(app, **options)
        self.door = door

    async def _make_server(self) -> Door:
        await super()._make_server()  # the application starts
        return self.door


async def without_versions(_: web.Request, response: web.StreamResponse) -> None:
    response.headers["Server"] = PUBLIC["Server"]
