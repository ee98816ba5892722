"""Stored files with their ranges, and files that are still on their way."""

import asyncio
import logging
from typing import IO

from aiohttp import web

from proxy.cache.spool import Spool
from proxy.errors import OriginBroken
from proxy.media import Original
from proxy.web.conditions import Span, Unsatisfiable, matches_strongly, wanted_span

log = logging.getLogger("proxy.web")
CHUNK_BYTES = 256 * 1024


async def send_file(request: web.BaseRequest, original: Original, headers: dict[str, str]) -> web.StreamResponse:
    """The file, or the range that is asked for; raises FileNotFoundError before anything is sent.

    Read in threads: uvloop has no `sendfile`.
    """
    headers = {**headers, "Accept-Ranges": "bytes"}
    try:
        span = span_of(request, original)
    except Unsatisfiable:
        return web.Response(status=416, headers={**headers, "Content-Range": f"bytes */{original.size}"})
    source = await asyncio.to_thread(open, original.file, "rb")
    try:
        response = opening(span, original.size, headers)
        await response.prepare(request)
        if request.method != "HEAD":
            await copy(source, span or Span(0, original.size), response)
        await response.write_eof()
        return response
    finally:
        await asyncio.to_thread(source.close)


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


async def copy(source: IO[bytes], span: Span, response: web.StreamResponse) -> None:
    source.seek(span.start)
    left = span.length
    while left:
        chunk = await asyncio.to_thread(source.read, min(CHUNK_BYTES, left))
        if not chunk:
            raise EOFError("a stored file has become shorter while it was sent")
        left -= len(chunk)
        await response.write(chunk)


async def send_spool(request: web.BaseRequest, spool: Spool, headers: dict[str, str]) -> web.StreamResponse:
    """A file as it comes from Akeneo. If that breaks off, so does the connection: never a clean end."""
    response = web.StreamResponse(headers=headers)
    response.content_length = spool.length
    if request.method == "HEAD":
        return response
    await response.prepare(request)
    try:
        async for chunk in spool.follow():
            await response.write(chunk)
    except OriginBroken as error:
        log.warning("%s: broken off after %s bytes: %s", spool.name, spool.written, error.__cause__)
        abort(request)
        return response
    await response.write_eof()
    return response


def abort(request: web.BaseRequest) -> None:
    if request.transport is not None:
        request.transport.abort()
