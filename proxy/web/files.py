"""Stored files with their ranges, and files that are still on their way."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from aiohttp import HttpVersion11, web

from proxy.cache.originals.spool import Spool
from proxy.errors import OriginBroken
from proxy.media import Original
from proxy.opening import open_in_thread
from proxy.web.access import printable
from proxy.web.conditions import Span, Unsatisfiable, matches_strongly, wanted_span
from proxy.web.headers import NO_STORE
from proxy.web.outgoing import PIECE_BYTES, Outgoing

log = logging.getLogger("proxy.web")
QUICK_SECONDS = 0.02
QUICK_BYTES = 4 * 2**20
LARGE_BYTES = 256 * 1024


async def send_file(
    request: web.BaseRequest, original: Original, headers: dict[str, str], outgoing: Outgoing
) -> web.StreamResponse:
    """The file, or the range that is asked for; raises FileNotFoundError and Overloaded before anything is sent.

    Read in threads: uvloop has no `sendfile`.
    """
    headers = {**headers, "Accept-Ranges": "bytes"}
    try:
        span = span_of(request, original)
    except Unsatisfiable:
        return unsatisfiable(original.size, headers)
    response = opening(span, original.size, headers)
    with outgoing.file(), await open_in_thread(lambda: open_stored(original.file)) as source:
        pace = Pace()
        return await send(request, response, pieces(source, span or Span(0, original.size), pace), outgoing, pace)


def open_stored(file: Path) -> IO[bytes]:
    """Raises FileNotFoundError, also where its directory is none any more."""
    try:
        return file.open("rb")
    except NotADirectoryError as error:
        raise FileNotFoundError(*error.args) from None


def unsatisfiable(size: int, headers: dict[str, str]) -> web.Response:
    """Nothing of the file's own headers may be remembered with it."""
    told = {"Content-Range": f"bytes */{size}", "Cache-Control": NO_STORE, "ik-error": "EINVAL - no such range"}
    kept = {name: value for name, value in headers.items() if name not in {"ETag", "Content-Type"}}
    return web.Response(status=416, headers=kept | told)


def span_of(request: web.BaseRequest, original: Original) -> Span | None:
    wanted = request.headers.get("Range")
    known = request.headers.get("If-Range")
    if (
        wanted is None
        or request.method != "GET"
        or (known is not None and not matches_strongly(known, original.digest))
    ):
        return None
    return wanted_span(wanted, original.size)


def opening(span: Span | None, size: int, headers: dict[str, str]) -> web.StreamResponse:
    if span is None:
        response = web.StreamResponse(headers=headers)
        response.content_length = size
        return response
    content_range = f"bytes {span.start}-{span.stop - 1}/{size}"
    response = web.StreamResponse(status=206, headers={**headers, "Content-Range": content_range})
    response.content_length = span.length
    return response


@dataclass(slots=True)
class Pace:
    """How many bytes are read at a time: more for a viewer who has taken more in a row, each piece at once, than the
    buffers of the systems between can hold, since each costs a turn of a thread.
    """

    quickly: int = 0  # bytes

    @property
    def piece_bytes(self) -> int:
        return LARGE_BYTES if self.quickly >= QUICK_BYTES else PIECE_BYTES

    def took(self, size: int, seconds: float) -> None:
        self.quickly = self.quickly + size if seconds < QUICK_SECONDS else 0


async def pieces(source: IO[bytes], span: Span, pace: Pace) -> AsyncIterator[bytes]:
    """Raises OriginBroken if the stored file is shorter than its record says, which only a broken disk explains."""
    source.seek(span.start)
    left = span.length
    while left:
        chunk = await asyncio.to_thread(source.read, min(pace.piece_bytes, left))
        if not chunk:
            raise OriginBroken("a stored file has become shorter")
        left -= len(chunk)
        yield chunk


async def send_spool(
    request: web.BaseRequest, spool: Spool, headers: dict[str, str], outgoing: Outgoing
) -> web.StreamResponse:
    """A file as it comes from Akeneo. If that breaks off, so does the connection: never a clean end.

    HTTP/1.0 has no other sign of an end than that of the connection, so such a viewer waits for the length.
    """
    if request.version < HttpVersion11 and spool.length is None:
        await spool.whole()
    response = web.StreamResponse(headers=headers)
    response.content_length = spool.size if spool.ended else spool.length
    with outgoing.file():
        return await send(request, response, spool.follow(), outgoing, Pace())


async def send(
    request: web.BaseRequest,
    response: web.StreamResponse,
    chunks: AsyncIterator[bytes],
    outgoing: Outgoing,
    pace: Pace,
) -> web.StreamResponse:
    if request.method == "HEAD":
        return response
    try:
        await response.prepare(request)
        await write(request, response, chunks, outgoing, pace)
        await response.write_eof()
    except ConnectionError:
        log.debug("%s: the viewer has left", printable(request.raw_path))
    except (OriginBroken, OSError) as error:
        log.warning("%s: broken off: %s", printable(request.raw_path), error.__cause__ or error)
        if request.transport is not None:
            request.transport.abort()
    return response


async def write(
    request: web.BaseRequest,
    response: web.StreamResponse,
    chunks: AsyncIterator[bytes],
    outgoing: Outgoing,
    pace: Pace,
) -> None:
    """No chunk is read before the viewer has taken the last one, so that there is one for each viewer and no more."""
    transport = request.transport
    if transport is None:
        raise ConnectionResetError("the viewer has left")
    transport.set_write_buffer_limits(0)
    try:
        async for chunk in chunks:
            began = time.monotonic()
            with outgoing.holding(chunk, transport):
                await response.write(chunk)
                await request.writer.drain()
            pace.took(len(chunk), time.monotonic() - began)
    finally:
        if not transport.is_closing():
            transport.set_write_buffer_limits()
