"""Large pictures for slow readers: what the server holds for them."""

import asyncio
from contextlib import AsyncExitStack
from typing import Any, cast

import pytest

from proxy.demo.pictures import sample
from proxy.metrics import Metrics
from proxy.web.outgoing import PIECE_BYTES, Outgoing
from tests.site import Site, path_of
from tests.web.test_connections import calling, everything, get

LARGE = path_of(sample("coffee"), "w-900,f-png")
READERS = 100


class Line:
    """A connection that only notes that it was ended."""

    def __init__(self) -> None:
        self.aborted = False

    def abort(self) -> None:
        self.aborted = True


def add(outgoing: Outgoing, body: bytes) -> Line:
    line = Line()
    outgoing.add(line, body, cast(Any, line))
    return line


def test_readers_of_one_body_hold_it_once() -> None:
    outgoing, body = Outgoing(Metrics(), budget=100), bytes(60)

    lines = [add(outgoing, body) for _ in range(50)]

    assert outgoing.held == 60
    for line in lines:
        assert not line.aborted
        outgoing.drop(line, body)
    assert (outgoing.held, outgoing.sending) == (0, {})


def test_beyond_the_budget_the_longest_readers_go() -> None:
    metrics = Metrics()
    outgoing = Outgoing(metrics, budget=100)

    lines = [add(outgoing, bytes([number]) * 40) for number in range(4)]

    assert [line.aborted for line in lines] == [True, True, False, False]
    assert outgoing.held == 80
    assert metrics.registry.get_sample_value("media_proxy_connections_dropped_total", {"reason": "memory"}) == 2


def test_the_many_readers_of_one_picture_are_left_alone() -> None:
    outgoing, popular = Outgoing(Metrics(), budget=100), bytes(10)
    many = [add(outgoing, popular) for _ in range(50)]

    others = [add(outgoing, bytes([number]) * 40) for number in range(4)]

    assert not any(line.aborted for line in many)
    assert [line.aborted for line in others] == [True, True, False, False]


def test_one_body_above_the_budget_is_sent_alone() -> None:
    outgoing = Outgoing(Metrics(), budget=100)
    body = bytes(1000)
    small, huge = add(outgoing, bytes(10)), add(outgoing, body)

    assert (small.aborted, huge.aborted) == (True, False)
    outgoing.drop(huge, body)
    assert outgoing.held == 0


async def test_a_large_picture_comes_whole(site: Site) -> None:
    first, second = await site.get(LARGE), await site.get(LARGE)

    assert len(first.content) > 4 * PIECE_BYTES
    assert first.content == second.content
    assert (second.headers["X-Cache"], int(second.headers["Content-Length"])) == ("HIT", len(first.content))
    assert "X-Request-Id" in second.headers


@pytest.mark.parametrize("version", ["1.0", "1.1"])
async def test_so_it_does_to_a_slow_reader(site: Site, version: str) -> None:
    picture = (await site.get(LARGE)).content

    async with calling(site, receive_bytes=4096) as (reader, writer):
        writer.write(get(LARGE, "Connection: close", version=version))
        answer = await everything(reader)

    assert answer.partition(b"\r\n\r\n")[2] == picture


async def test_slow_readers_of_one_picture_hold_no_copy_each(site: Site) -> None:
    size = len((await site.get(LARGE)).content)
    public = site.server.runners[0].server
    outgoing = next(iter(cast(Any, public).request_handler.responses.values())).outgoing

    async with AsyncExitStack() as stack:
        for _ in range(READERS):
            _, writer = await stack.enter_async_context(calling(site, receive_bytes=4096))
            writer.write(get(LARGE) * 40)
        while sum(len(it.readers) for it in outgoing.sending.values()) < READERS:  # noqa: ASYNC110 (it tells nobody)
            await asyncio.sleep(0.001)
        unsent = [line.get_write_buffer_size() for line in cast(Any, public)._connections.values()]

    assert outgoing.held == size
    assert max(unsent) < 4 * PIECE_BYTES < size
