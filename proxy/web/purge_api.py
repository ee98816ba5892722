"""ImageKit's purge API on the admin port, and what goes beyond it."""

import json
import logging

from aiohttp import web

from proxy.errors import Overloaded
from proxy.web.api_answers import answer, refusal
from proxy.web.guard import API, CALLER
from proxy.web.house import House
from proxy.web.purge_targets import EXPECTED, PurgeRefused, PurgeTargets

log = logging.getLogger("proxy.web")
PATH = API + "files/purge"


class PurgeApi:
    def __init__(self, house: House) -> None:
        self.purger = house.purger
        self.targets = PurgeTargets(house.endpoints)

    def join(self, app: web.Application) -> None:
        app.router.add_post(PATH, self.create)
        app.router.add_get(PATH + "/{id}", self.tell)

    async def create(self, request: web.Request) -> web.Response:
        """Known files are purged when the answer goes out; what a wildcard names, behind it."""
        try:
            wanted = self.targets.read(read_json(await request.read()), request[CALLER])
            purge_id = await self.purger.purge(wanted)
        except PurgeRefused as refused:
            return refusal(refused.status, refused.message, refused.help)
        except web.HTTPRequestEntityTooLarge:
            return refusal(413, "Request too large", EXPECTED)
        except Overloaded as error:
            wait = {"Retry-After": str(error.retry_after_seconds or 1)}
            return refusal(error.status, error.message, "wait until some of them are Completed", wait)
        except OSError as error:
            log.error("cannot purge: %s", error)
            return refusal(500, "The cache directory does not let itself be purged", "the log tells more; try again")
        return answer({"requestId": purge_id}, 201)

    async def tell(self, request: web.Request) -> web.Response:
        """ImageKit's status, and beyond it how many entries were deleted by tier."""
        report = self.purger.reports.get(request.match_info["id"])
        if report is None:
            return refusal(404, "No such purge", "expected the requestId of a purge since the start of this server")
        return answer({"status": "Completed" if report.done else "Pending", "purged": dict(report.purged)})


def read_json(body: bytes) -> object:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise PurgeRefused("Invalid JSON", EXPECTED) from None
