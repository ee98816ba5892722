"""The page of who keeps the catalogue, at `/catalogue` of the admin port, and the API behind it."""

from pathlib import Path

from aiohttp import web
from aiohttp.typedefs import Handler

from proxy.catalogue.catalogue import Catalogue
from proxy.origins.akeneo import AkeneoOrigin
from proxy.web.house import House
from proxy.web.keeping.pictures_api import PicturesApi
from proxy.web.keeping.refresh_api import RefreshApi
from proxy.web.keeping.shelf import Shelf
from proxy.web.static_files import static_handlers

DIRECTORY = Path(__file__).parent / "static"


def join_keeping(app: web.Application, house: House) -> None:
    for path, handler in keeping_files().items():
        app.router.add_get(path, handler)
    shelves = shelves_of(house)
    PicturesApi(house, shelves).join(app)
    RefreshApi(house, shelves).join(app)

    async def close(_: web.Application) -> None:
        for shelf in shelves.values():
            await shelf.close()

    app.on_cleanup.append(close)


def shelves_of(house: House) -> dict[str, Shelf]:
    origins = {name: originals.origin for name, originals in house.connections.items()}
    return {
        name: Shelf(Catalogue(origin.client), house.metrics)
        for name, origin in origins.items()
        if isinstance(origin, AkeneoOrigin)
    }


def keeping_files() -> dict[str, Handler]:
    return static_handlers(DIRECTORY, "/catalogue/", "/catalogue")
