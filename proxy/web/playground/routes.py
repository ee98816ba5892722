"""The playground at the root of the admin port, and the API behind it."""

from aiohttp import web

from proxy.web.house import House
from proxy.web.playground.endpoints_api import EndpointsApi
from proxy.web.playground.files import static_handlers
from proxy.web.playground.preview import Preview
from proxy.web.playground.sign_api import SignApi


def join_playground(app: web.Application, house: House) -> None:
    for path, handler in static_handlers().items():
        app.router.add_get(path, handler)
    for api in (EndpointsApi(house), Preview(house), SignApi(house)):
        api.join(app)
