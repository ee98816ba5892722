"""The status page of a sync on the admin port, the same as JSON, and a button that asks for a run."""

import json
from collections.abc import Mapping
from pathlib import Path

from aiohttp import web

from proxy.web.api_answers import answer, refusal, telling_errors
from proxy.web.guard import API, CALLER
from proxy.web.headers import NO_STORE
from proxy.web.sync.side import SyncSide

PAGE = "/sync"
STATUS = API + "sync/status"
RETRY = API + "sync/retry"
HELP = "docs/sync.md"
EXPECTED = "expected command (and credential), or system and asset (and flow), as JSON or as a form"
POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
HEADERS = {
    "Cache-Control": NO_STORE,
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",  # a form tells its origin only where the referrer may be told
    "X-Content-Type-Options": "nosniff",
}
FORM = "application/x-www-form-urlencoded"


class SyncPages:
    def __init__(self, side: SyncSide) -> None:
        self.side = side
        self.style = (Path(__file__).parent / "style.css").read_bytes()

    def join(self, app: web.Application) -> None:
        app.router.add_get(PAGE, telling_errors(self.page, HELP))
        app.router.add_get(PAGE + "/style.css", self.stylesheet)
        app.router.add_get(STATUS, telling_errors(self.status, HELP))
        app.router.add_post(RETRY, telling_errors(self.retry, HELP))

    async def page(self, request: web.Request) -> web.Response:
        status, html = await self.side.page()
        return web.Response(status=status, text=html, content_type="text/html", charset="utf-8", headers=HEADERS)

    async def stylesheet(self, request: web.Request) -> web.Response:
        return web.Response(body=self.style, content_type="text/css", charset="utf-8", headers=HEADERS)

    async def status(self, request: web.Request) -> web.Response:
        operators_only(request)
        status, facts = await self.side.status()
        return answer(facts, status)

    async def retry(self, request: web.Request) -> web.Response:
        """Stored when the answer goes out. A form is led back to the page."""
        operators_only(request)
        is_form = request.content_type == FORM
        try:
            wanted = await request.post() if is_form else json.loads(await request.read())
        except (ValueError, RecursionError):
            return refusal(400, "Invalid JSON", EXPECTED)
        except web.HTTPRequestEntityTooLarge:
            return refusal(413, "Request too large", EXPECTED)
        if not isinstance(wanted, Mapping) or not all(isinstance(value, str) for value in wanted.values()):
            return refusal(400, "Not understood", EXPECTED)
        status, facts = await self.side.ask({name: str(value) for name, value in wanted.items()})
        if is_form and status < 400:
            return web.Response(status=303, headers={**HEADERS, "Location": PAGE})
        return answer(facts, status)


def operators_only(request: web.Request) -> None:
    """A private key opens pictures, not the sync. Raises HTTPForbidden."""
    if request[CALLER].key is not None:
        raise web.HTTPForbidden(text="expected the admin token\n")
