"""What `media-proxy warm` and `audit` have the server do: `POST /v1/warm`, `inspect`, `thumbnail` and `catalogue`.

The server does it with its own connections, caches and workers, so that there is one queue to Akeneo and one writer of
each cache, and as background work, so that viewers go first. The command keeps the list of what is done.
"""

import asyncio
import base64
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from proxy.deadline import Deadline
from proxy.delivery.errand_facts import has_failed
from proxy.delivery.errands import Errands
from proxy.delivery.warming import PASSING, look_at, warm
from proxy.errors import Overloaded, ProxyError, Undecodable
from proxy.imagekit.reading import read_plan
from proxy.media import MediaRequest, Rendition
from proxy.metrics import Metrics
from proxy.web.api_answers import answer, telling_errors
from proxy.web.background_asked import Asked, read_asked
from proxy.web.catalogue_pages import CataloguePages
from proxy.web.guard import API, allow
from proxy.web.house import House

NAMES = ("warm", "inspect", "thumbnail", "catalogue")
THUMBNAIL = read_plan("w-160,h-160,c-at_max,bg-FFFFFF,f-jpg,q-70").plan
SECONDS = 300.0  # for one file with all its renditions
MOST = 16  # under way; the queues behind are the viewers'
FULL_SECONDS = 2
HELP = "See docs/warm.md."

Work = Callable[[Asked, Deadline], Awaitable[dict[str, Any]]]


class BackgroundApi:
    """What has begun is done to its end, though the command be killed: nothing is fetched for nothing."""

    def __init__(self, house: House) -> None:
        self.endpoints = house.endpoints
        self.pages = CataloguePages(house)
        self.metrics: Metrics = house.metrics
        self.emptied = house.purger.emptied
        self.errands = Errands()

    def join(self, app: web.Application) -> None:
        for name, work in zip(NAMES, (self.warm, self.inspect, self.thumbnail, self.pages.page), strict=True):
            app.router.add_post(API + name, telling_errors(self.handler(name, work), HELP))
        app.on_cleanup.append(self.close)

    def handler(self, name: str, work: Work) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def handle(request: web.Request) -> web.StreamResponse:
            asked = read_asked(await request.read(), self.endpoints)
            allow(request, asked.gate.endpoint)
            if len(self.errands.tasks) >= MOST:
                self.metrics.worked_behind(name, "again")
                raise Overloaded("too much is asked for in the background", retry_after_seconds=FULL_SECONDS)
            deadline = Deadline.after(SECONDS, background=True)
            return answer(await self.errands.run(self.counted(name, work(asked, deadline))))

        return handle

    async def counted(self, name: str, work: Awaitable[dict[str, Any]]) -> dict[str, Any]:
        try:
            facts = await work
        except ProxyError as error:
            self.metrics.worked_behind(name, "again" if isinstance(error, PASSING) else "failed")
            raise
        self.metrics.worked_behind(name, "failed" if has_failed(facts) else "done")
        return facts

    async def warm(self, asked: Asked, deadline: Deadline) -> dict[str, Any]:
        """Without a path the words are checked, the connections told, and what has all done anew: the engine that
        draws, and when everything was purged.
        """
        if asked.path is None:
            asked.check()
            delivery = asked.gate.delivery
            emptied = await asyncio.to_thread(self.emptied.at, delivery.originals.name)
            connections = list(asked.gate.endpoint.connections)
            return {"connections": connections, "engine": delivery.engine, "emptied": emptied}
        return await warm(asked.gate.delivery, asked.path, asked.requests(asked.path), deadline)

    async def inspect(self, asked: Asked, deadline: Deadline) -> dict[str, Any]:
        return await look_at(asked.gate.delivery, asked.a_path, deadline)

    async def thumbnail(self, asked: Asked, deadline: Deadline) -> dict[str, Any]:
        """Raises Undecodable for what is no picture."""
        drawn = (await asked.gate.delivery.deliver(MediaRequest(asked.a_path, THUMBNAIL), deadline)).what
        if not isinstance(drawn, Rendition):
            raise Undecodable("the file is no picture")
        return {"mime": drawn.content.mime, "data": base64.b64encode(drawn.body).decode()}

    async def close(self, _: web.Application) -> None:
        await self.errands.close()
