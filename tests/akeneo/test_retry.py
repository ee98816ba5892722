"""A first try and up to three more, for faults that pass, as long as somebody waits."""

import asyncio

import pytest

from proxy.deadline import Deadline
from proxy.demo.faults import CutBody, Fault, Reset, Status
from proxy.errors import (
    MediaForbidden,
    MediaNotFound,
    OriginBroken,
    OriginBusy,
    OriginError,
    OriginMisconfigured,
    OriginTimeout,
    OriginUnreachable,
)
from proxy.origins.origin import Body
from tests.akeneo.bench import JPEG, SHOE, Bench, collect, path_of


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Status(500), OriginBroken),
        (Status(502, body="html"), OriginBroken),
        (Status(503, body="empty"), OriginBroken),
        (Status(422, 'Unable to fetch the file "x" from the filesystem.'), OriginBroken),
        (Status(408), OriginTimeout),
        (Status(429), OriginBusy),
        (Reset(), OriginBroken),
        (CutBody(1000), OriginBroken),
    ],
)
async def test_a_passing_fault_is_met_four_times_before_it_is_reported(
    bench: Bench, fault: Fault, error: type[OriginError]
) -> None:
    found = await bench.fails(fault)

    assert isinstance(found, error)
    assert bench.pim.downloads() == 4
    assert bench.counted("origin_retries_total", family="media-files") == 3


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Status(404, "Media file does not exist."), MediaNotFound),
        (Status(403), MediaForbidden),
        (Status(400), OriginMisconfigured),
        (Status(406), OriginMisconfigured),
    ],
)
async def test_what_does_not_pass_is_not_tried_again(bench: Bench, fault: Fault, error: type[Exception]) -> None:
    assert isinstance(await bench.fails(fault), error)

    assert bench.pim.downloads() == 1


async def test_the_last_try_may_succeed(bench: Bench) -> None:
    with bench.pim.misbehaving(Status(500, times=1), Status(503, times=1), Reset(times=1)):
        assert await bench.fetch() == JPEG

    assert bench.clock.naps == [0.5, 1, 2]
    assert bench.origin.health.outcome == "ok"


async def test_an_akeneo_that_is_down_is_unreachable_and_found_again(bench: Bench) -> None:
    await bench.fetch()
    async with bench.pim.down():
        error = await bench.fails()
    assert isinstance(error, OriginUnreachable)
    assert bench.counted("origin_up") == 0

    assert await bench.fetch() == JPEG

    assert bench.counted("origin_up") == 1


async def test_the_pause_is_as_long_as_the_server_wishes(bench: Bench) -> None:
    with bench.pim.misbehaving(Status(503, retry_after=11, times=1)):
        await bench.fetch()

    assert bench.clock.naps == [11]


async def test_no_try_begins_after_the_deadline(bench: Bench) -> None:
    error = await bench.fails(Status(500), seconds=1.2)

    assert isinstance(error, OriginBroken)
    assert error.retry_after_seconds == 5
    assert bench.clock.naps == [0.5]


async def test_a_deadline_moved_back_during_a_try_gives_more_tries(bench: Bench) -> None:
    deadline = bench.deadline(0.1)

    async def store(body: Body) -> bytes:
        deadline.extend(Deadline.after(30, bench.clock))
        return await collect(body)

    with bench.pim.misbehaving(CutBody(100, times=1)):
        assert await bench.origin.fetch(path_of(SHOE), store, deadline) == JPEG


async def test_each_try_has_a_fresh_body_and_what_store_finds_broken_is_tried_again(bench: Bench) -> None:
    tries: list[bytes] = []

    async def store(body: Body) -> int:
        tries.append(await collect(body))
        if len(tries) < 3:
            raise OriginBroken("the length is not that of the metadata")
        return len(tries)

    assert await bench.origin.fetch(path_of(SHOE), store, bench.deadline()) == 3
    assert tries == [JPEG] * 3


async def test_any_other_error_of_store_ends_it_at_once(bench: Bench) -> None:
    async def store(body: Body) -> None:
        await anext(body.chunks)
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        await bench.origin.fetch(path_of(SHOE), store, bench.deadline())

    assert bench.pim.downloads() == 1
    assert bench.client.governor.running == 0
    assert bench.counted("origin_calls_total", family="media-files", status="abandoned") == 1


async def test_a_dropped_download_gives_its_place_and_connection_back(bench: Bench) -> None:
    begun = asyncio.Event()

    async def store(body: Body) -> None:
        await anext(body.chunks)
        begun.set()
        await asyncio.Event().wait()

    for _ in range(6):
        begun.clear()
        call = asyncio.create_task(bench.origin.fetch(path_of(SHOE), store, bench.deadline()))
        await begun.wait()
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call

    assert bench.client.governor.running == 0
    assert await bench.fetch() == JPEG
