"""Slow, broken and silent viewers, with raw sockets: they cost a connection for a while, and nobody else anything."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from proxy.demo.files import DemoFile, Family
from proxy.demo.pictures import sample
from proxy.web.admin import MOST_CONNECTIONS
from proxy.web.door import Door
from proxy.web.protocol import MAX_FIELD, MAX_HEAD, MAX_TARGET
from tests.site import Site, client_of, path_of
from tests.web.conftest import Start

COFFEE = path_of(sample("coffee"), "w-60")
Line = tuple[asyncio.StreamReader, asyncio.StreamWriter]
CROWD = 1000


@asynccontextmanager
async def calling(site: Site, receive_bytes: int | None = None) -> AsyncIterator[Line]:
    """A viewer of few manners; with `receive_bytes`, one that takes no more than these and what is on the way."""
    line = socket.socket()
    line.setblocking(False)
    if receive_bytes is not None:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
    await asyncio.get_running_loop().sock_connect(line, ("127.0.0.1", site.server.port))
    reader, writer = await asyncio.open_connection(sock=line, limit=1024 if receive_bytes else 2**20)
    try:
        yield reader, writer
    finally:
        writer.close()


async def say(site: Site, *pieces: bytes) -> bytes:
    """Everything that comes back until the server ends the connection."""
    async with calling(site) as (reader, writer):
        for piece in pieces:
            writer.write(piece)
        return await everything(reader)


async def everything(reader: asyncio.StreamReader) -> bytes:
    """To its end, be that a clean one or not."""
    got = bytearray()
    try:
        while piece := await reader.read(65536):
            got += piece
    except ConnectionError:
        pass
    return bytes(got)


def get(path: str, *headers: str, version: str = "1.1") -> bytes:
    return "\r\n".join([f"GET {path} HTTP/{version}", "Host: a", *headers, "", ""]).encode()


def status(answer: bytes) -> bytes:
    return answer.partition(b"\r\n")[0]


async def healthy(site: Site) -> bool:
    return (await site.get(COFFEE)).status_code == 200


# -- what comes --


@pytest.mark.parametrize("beginning", [b"G", b"GET / HTTP/1.1\r\nHost: a\r\nX-Slow: ", b"\r\n", get("/")[:-1]])
async def test_a_request_that_never_comes_whole_is_not_waited_for(start: Start, beginning: bytes) -> None:
    site = await start(header_timeout_seconds=0.1)

    assert await say(site, beginning) == b""
    assert site.counted("connections_dropped_total", reason="header") == 1
    assert await healthy(site)


async def test_a_byte_now_and_then_does_not_make_the_time_longer(start: Start) -> None:
    site = await start(header_timeout_seconds=0.1)

    async with calling(site) as (reader, writer):
        writer.write(b"GET / HTTP/1.1\r\nX-Slow: ")
        ended = asyncio.ensure_future(reader.read())
        while not ended.done():
            writer.write(b"x")
            await asyncio.wait([ended], timeout=0.01)

    assert site.counted("connections_dropped_total", reason="header") == 1


async def test_the_next_request_has_its_own_time(start: Start) -> None:
    site = await start(header_timeout_seconds=0.1)

    answer = await say(site, get("/-/health/live"), b"GET /")

    assert status(answer) == b"HTTP/1.1 200 OK"
    assert site.counted("connections_dropped_total", reason="header") == 1


OVERSIZED = [
    (get("/" + "a" * (MAX_TARGET + 1)), 414),
    (get("/" + "a" * (MAX_TARGET - 100), "Connection: close"), 400),
    (get("/", f"X-Long: {'a' * (MAX_FIELD + 1)}"), 431),
    (get("/", f"{'a' * (MAX_FIELD + 1)}: b"), 431),
    (get("/", *(f"X-{number}: a" for number in range(300))), 431),
    (get("/", *(f"X-{number}: {'a' * 10_000}" for number in range(100))), 431),
]


@pytest.mark.parametrize(("request_bytes", "expected"), OVERSIZED, ids=range(len(OVERSIZED)))
async def test_what_is_too_large_is_told_and_ended(start: Start, request_bytes: bytes, expected: int) -> None:
    site = await start(header_timeout_seconds=1)

    answer = await say(site, request_bytes)

    assert status(answer)[9:12] == str(expected).encode()
    assert b"aiohttp" not in answer.lower()
    assert b"ik-error: ELIMIT" in answer
    assert await healthy(site)


async def test_fields_that_add_up_are_refused_before_they_are_whole(site: Site) -> None:
    async with calling(site) as (reader, writer):
        writer.write(b"GET / HTTP/1.1\r\n")
        for number in range(MAX_HEAD // 8000 + 1):
            writer.write(f"X-{number}: {'a' * 8000}\r\n".encode())
            await writer.drain()
        answer = await everything(reader)

    assert status(answer) == b"HTTP/1.1 431 Request Header Fields Too Large"
    assert site.counted("requests_total", status="431", tier="none") == 1


GARBAGE = [
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(200) + b"\r\n\r\n",  # TLS
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"SSH-2.0-OpenSSH_9.9\r\n\r\n",
    b"GET\r\n\r\n",
    b"GET / HTTP/9.9\r\n\r\n",
    b"\x00" * 50 + b"\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
]


@pytest.mark.parametrize("garbage", GARBAGE, ids=range(len(GARBAGE)))
async def test_what_is_no_http_is_a_bad_request(site: Site, garbage: bytes) -> None:
    answer = await say(site, garbage)

    assert status(answer)[9:] == b"400 Bad Request"
    assert b"Traceback" not in answer
    assert await healthy(site)


async def test_a_body_is_not_read(site: Site) -> None:
    head = get(COFFEE, "Content-Length: 1000000000", "Content-Encoding: gzip")

    answer = await say(site, head, b"\x1f\x8b\x08" + bytes(1000))

    assert status(answer) == b"HTTP/1.1 200 OK"


async def test_an_old_client_is_answered_and_the_connection_ended(site: Site) -> None:
    answer = await say(site, get(COFFEE, version="1.0"))

    assert status(answer) == b"HTTP/1.0 200 OK"


async def test_requests_in_a_row_are_answered_in_their_order(site: Site) -> None:
    paths = ["/-/health/live", "/nowhere", COFFEE]

    answer = await say(site, *map(get, paths), get("/robots.txt", "Connection: close"))

    statuses = [part.partition(b"\r\n")[0] for part in answer.split(b"HTTP/1.1 ")[1:]]
    assert [int(text[:3]) for text in statuses] == [200, 404, 200, 404]


# -- what goes --


@pytest.fixture
async def film(site: Site) -> str:
    """A file far larger than what sockets hold, stored."""
    file = DemoFile.named(Family.PRODUCT, "film.mp4", "video/mp4", b"\x00\x00\x00\x18ftypmp42" + bytes(24_000_000))
    site.pim.add(file)
    await site.get(path_of(file))
    return path_of(file)


async def test_who_takes_nothing_is_dropped(site: Site, film: str, start: Start) -> None:
    await site.delivery.renditions.close()
    impatient = await start(send_timeout_seconds=0.2)

    async with calling(impatient, receive_bytes=4096) as (_, writer):
        writer.write(get(film))
        while not impatient.counted("connections_dropped_total", reason="send"):  # noqa: ASYNC110 (it tells nobody)
            await asyncio.sleep(0.01)
    assert await healthy(impatient)


async def test_a_slow_reader_costs_no_more_than_a_piece_of_the_file(site: Site, film: str) -> None:
    async with calling(site, receive_bytes=4096) as (_, writer):
        writer.write(get(film))
        most = await most_unsent(site)

    assert most < 1_000_000


async def most_unsent(site: Site) -> int:
    """Bytes that wait in the server for one viewer, at most, from when there are some on."""
    door = site.server.runners[0].server
    assert isinstance(door, Door)
    seen = [0]
    while not seen[-1] or len(seen) < 100:
        await asyncio.sleep(0.001)  # for the other side, until it is full
        seen.append(max(transport.get_write_buffer_size() for transport in door._connections.values()))
    return max(seen)


async def test_who_asks_on_and_on_without_reading_is_not_answered_without_end(site: Site) -> None:
    page = path_of(sample("coffee"), "w-600,f-png")
    await site.get(page)

    async with calling(site, receive_bytes=4096) as (_, writer):
        writer.write(get(page) * 500)
        most = await most_unsent(site)

    assert most < 4_000_000


# -- how many --


async def test_a_thousand_silent_viewers_are_in_nobody_s_way(site: Site) -> None:
    lines = [await asyncio.open_connection("127.0.0.1", site.server.port) for _ in range(CROWD)]
    for _, writer in lines[::2]:
        writer.write(b"GET /")

    assert await healthy(site)
    assert site.counted("connections") >= CROWD
    for _, writer in lines:
        writer.close()


async def test_the_idle_make_room_for_newcomers(start: Start) -> None:
    site = await start(max_connections=10)
    lines = [await asyncio.open_connection("127.0.0.1", site.server.port) for _ in range(10)]

    assert await healthy(site)
    assert await lines[0][0].read() == b""
    assert site.counted("connections_dropped_total", reason="idle") == 1
    for _, writer in lines:
        writer.close()


async def test_who_is_served_is_not_thrown_out_for_a_newcomer(site: Site, film: str, start: Start) -> None:
    full = await start(max_connections=2)

    async with calling(full, receive_bytes=4096) as one, calling(full, receive_bytes=4096) as other:
        for _, writer in (one, other):
            writer.write(get(film))
        for reader, _ in (one, other):
            await reader.readline()
        newcomer = await say(full, get("/-/health/live"))

    assert newcomer == b""
    assert full.counted("connections_dropped_total", reason="full") == 1


# -- the admin port has the same door --


async def test_the_admin_port_tells_what_is_no_http_in_our_words(site: Site) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", site.server.admin_port)
    writer.write(b"NONSENSE\r\n\r\n")
    answer = await everything(reader)
    writer.close()

    assert b" 400 " in status(answer)
    assert b"\r\nServer: media-proxy\r\n" in answer
    assert b"aiohttp" not in answer.lower()


async def test_silent_operators_make_room_for_others(site: Site) -> None:
    lines = [await asyncio.open_connection("127.0.0.1", site.server.admin_port) for _ in range(MOST_CONNECTIONS)]

    async with client_of(site.admin_url) as operator:
        assert (await operator.get("/-/metrics")).status_code == 200
    assert await lines[0][0].read() == b""
    for _, writer in lines:
        writer.close()


async def test_an_operators_request_that_never_comes_whole_is_not_waited_for(start: Start) -> None:
    site = await start(header_timeout_seconds=0.2)
    reader, writer = await asyncio.open_connection("127.0.0.1", site.server.admin_port)
    writer.write(b"POST /v1/files/purge HTTP/1.1\r\nHost: loc")

    assert await everything(reader) == b""
    writer.close()


async def test_an_operators_connection_stays_open_after_a_body(site: Site) -> None:
    """The end of a body is no beginning of a head."""
    reader, writer = await asyncio.open_connection("127.0.0.1", site.server.admin_port)
    writer.write(b"POST /v1/files/purge HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}")
    assert b" 400 " in await reader.readline()

    door = site.server.runners[1].server
    assert isinstance(door, Door)
    door.look(asyncio.get_running_loop().time() + 1000)

    assert site.counted("connections_dropped_total", reason="header") == 0
    writer.close()
