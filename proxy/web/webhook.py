"""Akeneo's webhooks on the public port: signed, read whole within limits, answered before they are worked on."""

import asyncio
from urllib.parse import unquote

from aiohttp import web

from proxy.errors import BadRequest, BodyTooLarge, MethodNotAllowed, ProxyError, SignatureRefused, TooManyEvents
from proxy.freshness.desk import Desk
from proxy.freshness.signature import way_of
from proxy.web.headers import NO_STORE, PUBLIC
from proxy.web.protocol import Protocol
from proxy.web.responses import error_response

EVENTS_PATH = "/-/events/akeneo"
MOST_BYTES = 4 * 2**20  # of one body: ten whole products
MOST_HELD = 32 * 2**20  # of all that are being read
BODY_SECONDS = 5.0
LATER_SECONDS = 10
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


class Webhook:
    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.held = 0  # bytes
        self.body_seconds = BODY_SECONDS

    def is_at(self, target: str) -> bool:
        """Only where somebody may send events; else there is no such path."""
        return bool(self.desk.senders) and f"{target.partition('?')[0]}/".startswith(f"{EVENTS_PATH}/")

    async def answer(self, request: web.BaseRequest) -> web.Response:
        try:
            if request.method != "HEAD":  # the Event Platform asks with it whether somebody is there
                await self.receive(request)
        except MethodNotAllowed as error:
            response = error_response(error)
            response.headers["Allow"] = "HEAD, POST"
            return response
        except ProxyError as error:
            return error_response(error)
        return web.Response(text="accepted\n", headers={**PUBLIC, "Cache-Control": NO_STORE})

    async def receive(self, request: web.BaseRequest) -> None:
        """Nothing is parsed before its signature is known to be right."""
        if request.method != "POST":
            raise MethodNotAllowed("expected POST")
        if way_of(request.headers) is None:
            self.desk.refuse("unsigned")
            raise SignatureRefused("expected a signed event")
        body = await self.body_of(request)
        name = unquote(request.raw_path.partition("?")[0].removeprefix(EVENTS_PATH).strip("/"))
        way, senders = self.desk.of(request.headers, body, name)
        if way is None or not senders:
            raise SignatureRefused("expected a signed event")
        if not self.desk.accept(way, senders, body):
            raise TooManyEvents("too many events at once", retry_after_seconds=LATER_SECONDS)

    async def body_of(self, request: web.BaseRequest) -> bytes:
        """Raises BodyTooLarge, TooManyEvents, BadRequest."""
        if request.headers.get("Expect", "").lower() == "100-continue":
            await request.writer.write(CONTINUE)
            request.writer.output_size = 0
        parts: list[bytes] = []
        try:
            async with asyncio.timeout(self.body_seconds):
                async for part in request.content.iter_any():
                    self.hold(part, parts)
        except TimeoutError:
            raise BadRequest("expected the whole event") from None
        finally:
            self.held -= sum(map(len, parts))
        if isinstance(request.protocol, Protocol):
            request.protocol.head_since = None  # what came last was no beginning of another request
        return b"".join(parts)

    def hold(self, part: bytes, parts: list[bytes]) -> None:
        self.held += len(part)
        parts.append(part)
        if sum(map(len, parts)) > MOST_BYTES:
            raise BodyTooLarge("expected a smaller event")
        if self.held > MOST_HELD:
            raise TooManyEvents("too many events at once", retry_after_seconds=LATER_SECONDS)
