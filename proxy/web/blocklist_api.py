"""The blocklist on the admin port: for the operator alone, not for who has a private key."""

import json
import logging
from datetime import UTC, datetime

from aiohttp import web

from proxy.cache.blocklist import NotKept
from proxy.delivery.purging import Wanted
from proxy.errors import NoSuchPath, Overloaded
from proxy.media import FAMILIES, MediaPath
from proxy.web.access import printable
from proxy.web.api_answers import answer, refusal
from proxy.web.guard import API, CALLER
from proxy.web.house import House
from proxy.web.purge_api import read_json
from proxy.web.purge_targets import PurgeRefused, PurgeTargets

log = logging.getLogger("proxy.web")
BLOCKLIST_PATH = API + "blocklist"
EXPECTED = 'expected one of {"path": "media-files/..."} and {"code": "..."}'


class BlocklistApi:
    def __init__(self, house: House) -> None:
        self.blocklist = house.blocklist
        self.purger = house.purger
        self.targets = PurgeTargets(house.endpoints)

    def join(self, app: web.Application) -> None:
        app.router.add_get(BLOCKLIST_PATH, self.tell)
        app.router.add_post(BLOCKLIST_PATH, self.block)
        app.router.add_delete(BLOCKLIST_PATH, self.unblock)

    async def tell(self, request: web.Request) -> web.Response:
        for_the_operator(request)
        entries = sorted(self.blocklist.blocked.items())
        return answer({"blocked": [{"path": path, "since": moment(it.at)} for path, it in entries]}, 200)

    async def block(self, request: web.Request) -> web.Response:
        for_the_operator(request)
        try:
            body = read_json(await request.read())
            paths = paths_in(body)
            wanted = self.targets.read(body, request[CALLER])
        except PurgeRefused as refused:
            return refusal(refused.status, refused.message, refused.help)
        kept = await self.purger.errands.run(self.block_and_purge(request, paths, wanted))
        return answer({"blocked": [str(path) for path in paths]}, 201) if kept else not_kept()

    async def block_and_purge(self, request: web.Request, paths: list[MediaPath], wanted: Wanted) -> bool:
        """First blocked, then purged: nobody fetches it in between. Both, though the caller hangs up."""
        kept = await self.settle(request, paths, blocked=True)
        try:
            await self.purger.do(wanted)
        except (OSError, Overloaded):  # nobody gets what is still there
            log.exception("cannot purge what was blocked: purge it before it is unblocked")
        return kept

    async def unblock(self, request: web.Request) -> web.Response:
        for_the_operator(request)
        try:
            paths = paths_in(read_json(await request.read()))
        except PurgeRefused as refused:
            return refusal(refused.status, refused.message, refused.help)
        kept = await self.purger.errands.run(self.settle(request, paths, blocked=False))
        return answer({"unblocked": [str(path) for path in paths]}, 200) if kept else not_kept()

    async def settle(self, request: web.Request, paths: list[MediaPath], blocked: bool) -> bool:
        """It holds when this returns; false if only until the next restart."""
        word = "blocked" if blocked else "unblocked"
        log.warning("%s by %s: %s", word, request[CALLER], printable(" ".join(map(str, paths))))
        try:
            await self.blocklist.change(paths, blocked)
        except NotKept:
            return False
        return True


def for_the_operator(request: web.Request) -> None:
    """Raises HTTPForbidden: a private key belongs to one endpoint, and a file may be shown by others."""
    if request[CALLER].key is not None:
        text = json.dumps({"message": "A private key does not open the blocklist.", "help": "expected the admin token"})
        raise web.HTTPForbidden(text=text, content_type="application/json")


def paths_in(body: object) -> list[MediaPath]:
    """Raises PurgeRefused. A code is that of all three families."""
    match body:
        case {"path": str(path), **others} if not others:
            texts, parse = [path.removeprefix("/")], MediaPath.parse_any
        case {"code": str(code), **others} if not others:
            texts, parse = [f"{family}/{code.removeprefix('/')}" for family in FAMILIES], MediaPath.parse
        case _:
            raise PurgeRefused("Invalid request", EXPECTED)
    try:
        return [parse(text) for text in texts]
    except NoSuchPath:
        raise PurgeRefused("Invalid path", EXPECTED) from None


def not_kept() -> web.Response:
    advice = "neither the cache directory nor Redis takes it, the log tells why; try again"
    return refusal(500, "It holds until the next restart only", advice)


def moment(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat(timespec="seconds")
