"""Large pictures for slow readers: what the server holds for them."""

import asyncio
import random
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import Any, cast

import pytest

from proxy.cache.renditions.memory import MemoryStore
from proxy.demo.files import DemoFile, Family
from proxy.demo.pictures import sample
from proxy.formats import Format
from proxy.media import Rendition
from proxy.metrics import Metrics
from proxy.web.door import Room, room_within
from proxy.web.files import LARGE_BYTES, QUICK_BYTES, Pace
from proxy.web.outgoing import PIECE_BYTES, Outgoing
from tests.site import Site, path_of
from tests.web.test_connections import calling, everything, get

LARGE = path_of(sample("coffee"), "w-900,f-png")
READERS = 100
FILM = DemoFile.named(Family.ASSET, "film.bin", None, random.Random(1).randbytes(8 * 2**20))
FILM_PATH = path_of(FILM)


class Line:
    """A connection that only notes that it was ended."""

    def __init__(self) -> None:
        self.aborted = False

    def abort(self) -> None:
        self.aborted = True


async def until(reached: Callable[[], bool]) -> None:
    """It tells nobody."""
    async with asyncio.timeout(30):
        while not reached():  # noqa: ASYNC110
            await asyncio.sleep(0.001)


async def with_films(site: Site) -> Outgoing:
    """Stored; and what is held for those who take them."""
    site.pim.add(FILM)
    assert (await site.get(FILM_PATH)).content == FILM.content
    await site.originals.flights.settle()
    return site.server.public.outgoing


def connections_of(site: Site) -> dict[Any, asyncio.Transport]:
    connections: dict[Any, asyncio.Transport] = cast(Any, site.server.runners[0].server)._connections
    return connections


def outgoing_of(budget: int, metrics: Metrics | None = None) -> Outgoing:
    return Outgoing(metrics or Metrics(), budget, most_files=10)


def add(outgoing: Outgoing, body: bytes) -> Line:
    line = Line()
    outgoing.add(line, body, cast(Any, line))
    return line


def test_readers_of_one_body_hold_it_once() -> None:
    outgoing, body = outgoing_of(100), bytes(60)

    lines = [add(outgoing, body) for _ in range(50)]

    assert outgoing.held == 60
    for line in lines:
        assert not line.aborted
        outgoing.drop(line, body)
    assert (outgoing.held, outgoing.sending) == (0, {})


def test_beyond_the_budget_the_longest_readers_go() -> None:
    metrics = Metrics()
    outgoing = outgoing_of(100, metrics)

    lines = [add(outgoing, bytes([number]) * 40) for number in range(4)]

    assert [line.aborted for line in lines] == [True, True, False, False]
    assert outgoing.held == 80
    assert metrics.registry.get_sample_value("media_proxy_connections_dropped_total", {"reason": "memory"}) == 2


def test_the_many_readers_of_one_picture_are_left_alone() -> None:
    outgoing, popular = outgoing_of(100), bytes(10)
    many = [add(outgoing, popular) for _ in range(50)]

    others = [add(outgoing, bytes([number]) * 40) for number in range(4)]

    assert not any(line.aborted for line in many)
    assert [line.aborted for line in others] == [True, True, False, False]


def test_one_body_above_the_budget_is_sent_alone() -> None:
    outgoing = outgoing_of(100)
    body = bytes(1000)
    small, huge = add(outgoing, bytes(10)), add(outgoing, body)

    assert (small.aborted, huge.aborted) == (True, False)
    outgoing.drop(huge, body)
    assert outgoing.held == 0


def test_what_memory_holds_anyway_counts_from_when_it_does_no_more() -> None:
    outgoing, size = outgoing_of(3 * PIECE_BYTES), 2 * PIECE_BYTES
    memory: MemoryStore[Rendition] = MemoryStore(4 * size, lambda it: len(it.body), Metrics())
    outgoing.watch(memory)
    pictures = [Rendition(bytes([number]) * size, Format.PNG, 1, 1, 0, negotiated=False) for number in range(6)]
    lines = []

    for number, picture in enumerate(pictures[:3]):
        memory.put(str(number), picture)
        lines.append(add(outgoing, picture.body))
    assert (outgoing.held, outgoing.beside) == (3 * size, 0)

    for number, picture in enumerate(pictures[3:]):
        memory.put(str(3 + number), picture)  # there is room for three, and the overhead of none
    assert [line.aborted for line in lines] == [True, True, False]
    assert (outgoing.held, outgoing.beside) == (size, size)

    memory.put("anew", pictures[2])
    assert (outgoing.held, outgoing.beside) == (size, 0)
    outgoing.drop(lines[2], pictures[2].body)
    assert (outgoing.held, outgoing.beside, len(outgoing.kept)) == (0, 0, len(memory.entries))


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


async def test_slow_readers_of_files_hold_a_piece_each_and_it_counts(site: Site) -> None:
    outgoing = await with_films(site)

    async with AsyncExitStack() as stack:
        lines = [await stack.enter_async_context(calling(site, receive_bytes=4096)) for _ in range(12)]
        for _, writer in lines:
            writer.write(get(FILM_PATH))
        await until(lambda: len(outgoing.sending) == len(lines))
        unsent = [line.get_write_buffer_size() for line in connections_of(site).values()]
        held = outgoing.held
        outgoing.budget = 6 * PIECE_BYTES
        _, last = await stack.enter_async_context(calling(site, receive_bytes=4096))
        last.write(get(FILM_PATH))
        await until(lambda: site.counted("connections_dropped_total", reason="memory") >= 6)
        assert (await site.get(LARGE)).status_code == 200

    assert held <= len(lines) * PIECE_BYTES
    assert max(unsent) <= PIECE_BYTES


def test_who_takes_a_file_fast_gets_larger_pieces_until_he_no_longer_does() -> None:
    pace = Pace()
    before = pace.piece_bytes

    pace.took(QUICK_BYTES - 1, 0.0)
    almost = pace.piece_bytes
    pace.took(1, 0.0)
    fast = pace.piece_bytes
    pace.took(1, 1.0)

    assert (before, almost, fast, pace.piece_bytes) == (PIECE_BYTES, PIECE_BYTES, LARGE_BYTES, PIECE_BYTES)


async def test_the_pieces_of_a_file_are_all_there_in_order(site: Site) -> None:
    await with_films(site)

    async with calling(site) as (reader, writer):
        writer.write(get(FILM_PATH) + get(LARGE, "Connection: close"))
        answer = await everything(reader)

    assert answer.partition(b"\r\n\r\n")[2].startswith(FILM.content)
    assert answer.endswith((await site.get(LARGE)).content)


async def test_more_files_than_there_are_descriptors_for_are_refused(site: Site) -> None:
    outgoing = await with_films(site)
    outgoing.most_files = 2

    async with AsyncExitStack() as stack:
        for _ in range(2):
            _, writer = await stack.enter_async_context(calling(site, receive_bytes=4096))
            writer.write(get(FILM_PATH))
        await until(lambda: outgoing.files == 2)
        refused, picture = await site.get(FILM_PATH), await site.get(LARGE)
    await until(lambda: outgoing.files == 0)

    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "2")
    assert picture.status_code == 200
    assert site.counted("overloads_total", queue="files") == 1
    assert (await site.get(FILM_PATH)).status_code == 200


@pytest.mark.parametrize(
    ("connections", "descriptors", "room"),
    [(1000, 2000, Room(1000, 1000)), (1000, 1600, Room(1000, 600)), (1000, 1000, Room(750, 250)), (9, 1, Room(1, 1))],
)
def test_there_are_descriptors_for_what_is_let_in(connections: int, descriptors: int, room: Room) -> None:
    assert room_within(connections, descriptors) == room


async def test_slow_readers_of_one_picture_hold_no_copy_each(site: Site) -> None:
    size = len((await site.get(LARGE)).content)
    outgoing = site.server.public.outgoing

    async with AsyncExitStack() as stack:
        for _ in range(READERS):
            _, writer = await stack.enter_async_context(calling(site, receive_bytes=4096))
            writer.write(get(LARGE) * 40)
        await until(lambda: sum(len(it.readers) for it in outgoing.sending.values()) == READERS)
        unsent = [line.get_write_buffer_size() for line in connections_of(site).values()]

    assert outgoing.held == size
    assert max(unsent) < 4 * PIECE_BYTES < size
