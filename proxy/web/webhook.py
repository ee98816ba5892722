"""Akeneo's webhooks on the public port: signed, read whole within limits, answered before they are worked on."""

import asyncio
from abc import ABC, abstractmethod
from collections import Counter
from urllib.parse import unquote

from aiohttp import web

from proxy.errors import BadRequest, BodyTooLarge, MethodNotAllowed, ProxyError, SignatureRefused, TooManyEvents
from proxy.freshness.desk import LARGE_BYTES, Desk
from proxy.freshness.signature import Way, way_of
from proxy.slices import AbuseSettings
from proxy.web.clients import client_of
from proxy.web.headers import NO_STORE, PUBLIC
from proxy.web.protocol import Protocol
from proxy.web.responses import error_response

EVENTS_PATH = "/-/events/akeneo"
MOST_BYTES = {
    Way.EVENTS_API: 4 * 2**20,  # of one body: ten whole products
    Way.PLATFORM: 256 * 2**10,  # one event, of ids; a delta has the values that changed
}
MOST_HELD = 32 * 2**20  # of all large ones that are being read
MOST_HELD_SMALL = 16 * 2**20  # of all small ones
MOST_LARGE = 2  # at once, of one client
MOST_SMALL = 64
BODY_SECONDS = 5.0
LATER_SECONDS = 10
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


class EventDoor(ABC):
    """Takes bodies of strangers within limits; whoever comes after it says what they are."""

    def __init__(self, clients: AbuseSettings) -> None:
        self.clients = clients
        self.held = 0  # bytes of large bodies
        self.held_small = 0
        self.large: Counter[int] = Counter()  # by client
        self.small: Counter[int] = Counter()
        self.body_seconds = BODY_SECONDS

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

    @abstractmethod
    def is_at(self, target: str) -> bool: ...

    @abstractmethod
    async def receive(self, request: web.BaseRequest) -> None:
        """Raises ProxyError."""

    async def body_of(self, request: web.BaseRequest, most: int) -> bytes:
        """Raises BodyTooLarge, TooManyEvents, BadRequest."""
        told = request.content_length or 0
        if told > most:
            raise BodyTooLarge("expected a smaller event")
        place = Place(self, client_of(request, self.clients))
        place.enter()
        try:
            if told > LARGE_BYTES:
                place.grow(told)
            await self.invite(request)
            async with asyncio.timeout(self.body_seconds):
                body = await whole(request, place, most)
        except TimeoutError:
            raise BadRequest("expected the whole event") from None
        finally:
            place.leave()
        if isinstance(request.protocol, Protocol):
            request.protocol.head_since = None  # what came last was no beginning of another request
        return body

    async def invite(self, request: web.BaseRequest) -> None:
        if request.headers.get("Expect", "").lower() == "100-continue":
            await request.writer.write(CONTINUE)
            request.writer.output_size = 0


class Webhook(EventDoor):
    """Of Akeneo."""

    def __init__(self, desk: Desk, clients: AbuseSettings) -> None:
        super().__init__(clients)
        self.desk = desk

    def is_at(self, target: str) -> bool:
        """Only where somebody may send events; else there is no such path."""
        return bool(self.desk.senders) and f"{target.partition('?')[0]}/".startswith(f"{EVENTS_PATH}/")

    async def receive(self, request: web.BaseRequest) -> None:
        """Nothing is parsed before its signature is known to be right."""
        if request.method != "POST":
            raise MethodNotAllowed("expected POST")
        way = way_of(request.headers)
        if way is None:
            self.desk.refuse("unsigned")
            raise SignatureRefused("expected a signed event")
        body = await self.body_of(request, MOST_BYTES[way])
        name = unquote(request.raw_path.partition("?")[0].removeprefix(EVENTS_PATH).strip("/"))
        senders = await self.desk.of(way, request.headers, body, name)
        if not senders:
            raise SignatureRefused("expected a signed event")
        if not await self.desk.accept(way, senders, body):
            raise too_many()


class Place:
    """What one body that is being read holds. Real events are small, and whoever sends large ones shall not keep them
    out: the small share memory of their own. A client has a few of each kind at a time.
    """

    def __init__(self, door: EventDoor, client: int) -> None:
        self.door = door
        self.client = client
        self.held = 0  # bytes
        self.is_large = False

    def enter(self) -> None:
        """As a small one; raises TooManyEvents."""
        if self.door.small[self.client] >= MOST_SMALL:
            raise too_many()
        self.door.small[self.client] += 1

    def grow(self, size: int) -> None:
        """Raises TooManyEvents."""
        if size > LARGE_BYTES and not self.is_large:
            self.become_large()
        grown = max(0, size - self.held)
        self.held += grown
        if self.is_large:
            self.door.held += grown
        else:
            self.door.held_small += grown
        if self.door.held > MOST_HELD or self.door.held_small > MOST_HELD_SMALL:
            raise too_many()

    def become_large(self) -> None:
        if self.door.large[self.client] >= MOST_LARGE:
            raise too_many()
        held = self.held
        self.leave()
        self.is_large = True
        self.door.large[self.client] += 1
        self.door.held += held
        self.held = held

    def leave(self) -> None:
        if self.is_large:
            self.door.held -= self.held
            left(self.door.large, self.client)
        else:
            self.door.held_small -= self.held
            left(self.door.small, self.client)
        self.held = 0


def left(clients: Counter[int], client: int) -> None:
    clients[client] -= 1
    if not clients[client]:
        del clients[client]


def too_many() -> TooManyEvents:
    return TooManyEvents("too many events at once", retry_after_seconds=LATER_SECONDS)


async def whole(request: web.BaseRequest, place: Place, most: int) -> bytes:
    """Raises BodyTooLarge, TooManyEvents."""
    body = bytearray()
    async for part in request.content.iter_any():
        body += part
        if len(body) > most:
            raise BodyTooLarge("expected a smaller event")
        place.grow(len(body))
    return bytes(body)
