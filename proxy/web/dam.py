"""A sync with a DAM, as the server sees it: notifications on the public port, links by hand on the admin port.

What is behind it is `proxy.sync`, which is built by whoever starts the server, and only where it is configured.
"""

import json
from collections.abc import Mapping
from typing import Protocol

from aiohttp import web

from proxy.errors import MethodNotAllowed
from proxy.slices import AbuseSettings
from proxy.web.api_answers import answer, telling_errors
from proxy.web.blocklist_api import for_the_operator
from proxy.web.guard import API
from proxy.web.sync.routes import SyncPages
from proxy.web.sync.side import SyncSide
from proxy.web.webhook import EventDoor

MOST_BYTES = 4 * 2**20  # of one notification, which may tell of many assets
LINK_PATH = API + "sync/cloudinary/link"
HELP = 'expected {"asset_id": "...", "sku": "...", "family": "...", "attribute": "..."}'


class Dam(Protocol):
    """`events_path` is empty where no events are taken."""

    events_path: str

    @property
    def side(self) -> SyncSide:
        """What the status page is made of."""

    async def open(self) -> None: ...

    async def close(self) -> None: ...

    async def receive(self, headers: Mapping[str, str], body: bytes) -> None:
        """Once it returns, the event is safe. Raises ProxyError."""

    async def link(self, document: object) -> tuple[int, dict[str, str]]: ...


class DamWebhook(EventDoor):
    """Read as Akeneo's are, within the same limits."""

    def __init__(self, dam: Dam, clients: AbuseSettings) -> None:
        super().__init__(clients)
        self.dam = dam

    def is_at(self, target: str) -> bool:
        return bool(self.dam.events_path) and target.partition("?")[0].rstrip("/") == self.dam.events_path.rstrip("/")

    async def receive(self, request: web.BaseRequest) -> None:
        if request.method != "POST":
            raise MethodNotAllowed("expected POST")
        await self.dam.receive(request.headers, await self.body_of(request, MOST_BYTES))


def join_dam(app: web.Application, dam: Dam) -> None:
    async def link(request: web.Request) -> web.Response:
        for_the_operator(request)
        try:
            document = json.loads(await request.read())
        except (ValueError, RecursionError):
            document = None
        status, facts = await dam.link(document)
        return answer(facts, status)

    SyncPages(dam.side).join(app)
    app.router.add_post(LINK_PATH, telling_errors(link, HELP))
