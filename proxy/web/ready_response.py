"""A ready answer on its way: one piece of bytes, past aiohttp's own putting together of headers."""

import asyncio
import time
from email.utils import formatdate

from aiohttp import web
from aiohttp.abc import AbstractStreamWriter

from proxy.media import Rendition
from proxy.web.conditions import matches
from proxy.web.outgoing import PIECE_BYTES, Outgoing, pieces_of
from proxy.web.ready import Ready

OWN = 'Date: {date}\r\nServer-Timing: cache;desc="HIT", total;dur={milliseconds:.1f}\r\nX-Request-Id: {id}\r\n\r\n'


class ReadyResponse(web.StreamResponse):
    """To a request whose connection stays open."""

    def __init__(
        self,
        ready: Ready,
        picture: Rendition,
        request: web.BaseRequest,
        *,
        request_id: str,
        seconds: float,
        outgoing: Outgoing,
    ) -> None:
        same = has(ready, request)
        super().__init__(status=304 if same else 200)
        self.outgoing = outgoing
        self.picture = b"" if same or request.method == "HEAD" else picture.body
        own = OWN.format(date=date_line(), milliseconds=seconds * 1000, id=request_id)
        self.head = (ready.unmodified if same else ready.found) + own.encode()

    @property
    def prepared(self) -> bool:
        return True

    @property
    def keep_alive(self) -> bool:
        return True

    @property
    def body_length(self) -> int:
        return len(self.picture)

    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter | None:
        """Raises ConnectionResetError if the viewer has left."""
        transport = request.transport
        if transport is None or transport.is_closing():
            raise ConnectionResetError("the viewer has left")
        request.writer.output_size = len(self.head)  # an error must not begin a second answer within this one
        if len(self.picture) <= PIECE_BYTES:
            transport.writelines([self.head, self.picture])
            await request.writer.drain()
        else:
            transport.write(self.head)
            await self.send_in_pieces(transport, request.writer)
        return None

    async def send_in_pieces(self, transport: asyncio.Transport, writer: AbstractStreamWriter) -> None:
        with self.outgoing.holding(self.picture, transport):
            for piece in pieces_of(self.picture):
                transport.write(piece)
                await writer.drain()
                if transport.is_closing():
                    raise ConnectionResetError("the viewer has left")

    async def write_eof(self, data: bytes = b"") -> None:
        """All was written at once."""


def has(ready: Ready, request: web.BaseRequest) -> bool:
    """Whether the viewer has the picture already."""
    validator = request.headers.get("If-None-Match")
    if validator is None:
        return False
    return matches(validator, ready.etag)


class Clock:
    """The date as HTTP has it, put together once a second."""

    def __init__(self) -> None:
        self.second = 0
        self.text = ""


CLOCK = Clock()


def date_line() -> str:
    now = int(time.time())
    if now != CLOCK.second:
        CLOCK.second, CLOCK.text = now, formatdate(now, usegmt=True)
    return CLOCK.text
