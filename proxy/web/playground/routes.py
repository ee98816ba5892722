"""The playground at the root of the admin port, and the API behind it."""

from pathlib import Path

from aiohttp import web
from aiohttp.typedefs import Handler

from proxy.web.house import House
from proxy.web.playground.endpoints_api import EndpointsApi
from proxy.web.playground.preview import Preview
from proxy.web.playground.sign_api import SignApi
from proxy.web.static_files import static_handlers

DIRECTORY = Path(__file__).parent / "static"


def join_playground(app: web.Application, house: House) -> None:
    for path, handler in playground_files().items():
        app.router.add_get(path, handler)
    for api in (EndpointsApi(house), Preview(house), SignApi(house)):
        api.join(app)


def playground_files() -> dict[str, Handler]:
    return static_handlers(DIRECTORY, "/playground/", "/")
