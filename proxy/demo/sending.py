"""Plays an `Answer` over a connection, exactly as ill-mannered as it says."""

import socket
import struct
from typing import cast

from aiohttp import web

from proxy.demo.answers import Answer
from proxy.demo.calls import Call, CallLog

RESET_ON_CLOSE = struct.pack("ii", 1, 0)  # SO_LINGER: on, for no time


async def send(request: web.BaseRequest, answer: Answer, call: Call, log: CallLog) -> web.StreamResponse:
    for pause in answer.pauses_before_headers():
        await pause.wait()
    if answer.resets:
        reset(request)
        return web.Response(status=500)
    response = await send_headers(request, answer)
    call.status = answer.status
    if request.method != "HEAD":
        await send_body(response, answer, call)
    if answer.breaks_off:
        await break_off(request)
        return response
    # The client may call again as soon as it has the end, so the call is over just before it.
    call.whole = True
    log.end(call)
    await response.write_eof()
    return response


async def send_headers(request: web.BaseRequest, answer: Answer) -> web.StreamResponse:
    response = web.StreamResponse(status=answer.status, headers=answer.headers)
    if answer.sized:
        response.content_length = answer.announced_bytes
    else:
        response.enable_chunked_encoding()
    await response.prepare(request)
    return response


async def send_body(response: web.StreamResponse, answer: Answer, call: Call) -> None:
    for piece, pauses in answer.pieces():
        if piece:
            await response.write(piece)
            call.bytes_sent += len(piece)
        for pause in pauses:
            await pause.wait()
        if answer.between_chunks and call.bytes_sent < len(answer.body):
            await answer.between_chunks()


async def break_off(request: web.BaseRequest) -> None:
    """Ends the connection once everything written has left, and without the end that HTTP wants."""
    transport = request.transport
    if transport is None:
        return
    transport.set_write_buffer_limits(high=0)
    await request.writer.drain()
    transport.abort()


def reset(request: web.BaseRequest) -> None:
    """The client sees ECONNRESET instead of an end."""
    transport = request.transport
    if transport is None:
        return
    connection = cast(socket.socket, transport.get_extra_info("socket"))
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
    transport.abort()
