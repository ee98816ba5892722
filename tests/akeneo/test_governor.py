"""Never more calls at once than Akeneo takes, in order of arrival, and pauses that everybody shares."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from proxy.akeneo.governor import Governor
from proxy.deadline import Deadline
from proxy.demo.faults import Hold, Status
from proxy.errors import OriginBusy, Overloaded
from proxy.metrics import Metrics
from tests.akeneo.bench import JPEG, Bench, Clock, bench_with


class Hall:
    """A governor with two places and room for three who wait, and people who go through it."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.metrics = Metrics()
        self.governor = Governor(2, 3, self.metrics.of_connection("akeneo"), self.clock, self.clock.sleep)
        self.inside: list[str] = []
        self.release = asyncio.Event()

    async def visit(self, name: str, deadline: Deadline | None = None) -> None:
        async with self.governor.place(deadline or self.deadline()):
            self.inside.append(name)
            await self.release.wait()

    def deadline(self, seconds: float = 30) -> Deadline:
        return Deadline.after(seconds, self.clock)

    async def send(self, *names: str) -> list[asyncio.Task[None]]:
        tasks = [asyncio.create_task(self.visit(name)) for name in names]
        await settle()
        return tasks


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


@pytest.fixture
def hall() -> Hall:
    return Hall()


async def test_two_hundred_calls_are_never_more_than_four_at_once() -> None:
    async with bench_with(max_concurrency=4) as bench:
        bodies = await asyncio.gather(*(bench.fetch() for _ in range(200)))

        assert bodies == [JPEG] * 200
        assert bench.pim.peak_in_flight <= 4
        assert bench.clock.naps == []


async def test_the_limit_holds_through_token_renewals_faults_and_retries() -> None:
    async with bench_with(max_concurrency=4, expires_in=1) as bench:
        with bench.pim.misbehaving(Status(503, times=5), Status(429, times=3)):
            bodies = await asyncio.gather(*(bench.fetch() for _ in range(60)))

        assert bodies == [JPEG] * 60
        assert bench.pim.peak_in_flight <= 4


async def test_places_are_given_in_order_of_arrival(hall: Hall) -> None:
    tasks = await hall.send("a", "b", "c", "d", "e")
    assert hall.inside == ["a", "b"]
    assert (hall.governor.running, hall.governor.waiting) == (2, 3)

    hall.release.set()
    await asyncio.gather(*tasks)

    assert hall.inside == ["a", "b", "c", "d", "e"]
    assert (hall.governor.running, hall.governor.waiting) == (0, 0)


async def test_beyond_the_queue_one_is_refused_at_once(hall: Hall) -> None:
    tasks = await hall.send("a", "b", "c", "d", "e")

    with pytest.raises(Overloaded) as refused:
        await hall.visit("f")

    assert refused.value.retry_after_seconds == 1
    assert hall.metrics.registry.get_sample_value("media_proxy_overloads_total", {"queue": "akeneo"}) == 1
    assert hall.metrics.registry.get_sample_value("media_proxy_queue_depth", {"queue": "akeneo"}) == 3
    hall.release.set()
    await asyncio.gather(*tasks)


async def test_who_leaves_the_queue_is_passed_over(hall: Hall) -> None:
    tasks = await hall.send("a", "b", "c", "d")
    tasks[2].cancel()
    await settle()
    assert hall.governor.waiting == 1

    hall.release.set()
    await asyncio.gather(*tasks, return_exceptions=True)

    assert hall.inside == ["a", "b", "d"]
    assert hall.governor.running == 0


async def test_a_place_handed_to_one_who_just_left_goes_on_to_the_next(hall: Hall) -> None:
    tasks = await hall.send("a", "b", "c", "d")

    tasks[0].cancel()
    await asyncio.sleep(0)  # "a" gives its place to "c", which has not woken yet
    tasks[2].cancel()
    await settle()

    assert hall.inside == ["a", "b", "d"]
    hall.release.set()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert hall.governor.running == 0


async def test_an_error_inside_gives_the_place_back(hall: Hall) -> None:
    with suppress(ZeroDivisionError):
        async with hall.governor.place(hall.deadline()):
            raise ZeroDivisionError

    assert hall.governor.running == 0


async def test_nobody_waits_for_a_place_beyond_the_deadline(hall: Hall) -> None:
    tasks = await hall.send("a", "b")
    late = asyncio.create_task(hall.visit("late", Deadline.after(0.01)))

    with pytest.raises(OriginBusy):
        await late

    assert hall.governor.waiting == 0
    hall.release.set()
    await asyncio.gather(*tasks)


async def test_a_deadline_that_was_moved_back_meanwhile_counts(hall: Hall) -> None:
    tasks = await hall.send("a", "b")
    deadline = Deadline.after(0.01)
    patient = asyncio.create_task(hall.visit("patient", deadline))
    await settle()

    deadline.extend(Deadline.after(30))
    await asyncio.wait([patient], timeout=0.05)

    assert not patient.done()
    hall.release.set()
    await asyncio.gather(*tasks, patient)


async def test_a_deadline_that_is_over_takes_no_place(hall: Hall) -> None:
    with pytest.raises(OriginBusy):
        await hall.visit("late", hall.deadline(0))


async def test_a_pause_ends_the_wait_of_those_who_would_wait_in_vain(hall: Hall) -> None:
    tasks = await hall.send("a", "b")
    short = asyncio.create_task(hall.visit("short", hall.deadline(5)))
    long = asyncio.create_task(hall.visit("long", hall.deadline(50)))
    await settle()

    hall.governor.pause(10)

    with pytest.raises(OriginBusy) as busy:
        await short
    assert busy.value.retry_after_seconds == 10
    assert hall.governor.waiting == 1
    hall.release.set()
    await asyncio.gather(*tasks, long)
    assert hall.clock.naps == [10]


async def test_a_pause_longer_than_the_deadline_is_said_at_once(bench: Bench) -> None:
    error = await bench.fails(Status(429, retry_after=40))

    assert isinstance(error, OriginBusy)
    assert error.retry_after_seconds == 40
    assert bench.clock.naps == []
    assert bench.pim.downloads() == 1


async def test_a_429_pauses_those_who_come_later_too(bench: Bench) -> None:
    await bench.fetch()
    began = bench.clock.now
    with bench.pim.misbehaving(Status(429, retry_after=9, times=1)):
        await asyncio.gather(*(bench.fetch() for _ in range(20)))

    calls = bench.pim.calls[2:]
    sent_before_the_pause = [call for call in calls if call.started_at < began + 9]
    assert len(sent_before_the_pause) <= 4
    assert len(calls) == 21
    assert bench.counted("origin_pauses_total") == 1


async def test_new_calls_wait_for_the_end_of_a_pause(bench: Bench) -> None:
    await bench.fetch()
    bench.client.governor.pause(12)
    assert bench.origin.health.paused_until is not None

    await bench.fetch()

    assert bench.clock.naps == [12]
    assert bench.origin.health.paused_until is None


async def test_a_pause_may_be_told_as_a_date(bench: Bench) -> None:
    until = datetime.now(UTC) + timedelta(seconds=15)
    with bench.pim.misbehaving(Status(429, retry_after=until, times=1)):
        assert await bench.fetch() == JPEG

    (nap,) = bench.clock.naps
    assert 13 <= nap <= 15


async def test_pauses_without_a_length_grow_until_something_succeeds(bench: Bench) -> None:
    with bench.pim.misbehaving(Status(429, times=3)):
        await bench.fetch()
    assert bench.clock.naps == [1, 2, 4]

    with bench.pim.misbehaving(Status(429, times=1)):
        await bench.fetch()

    assert bench.clock.naps == [1, 2, 4, 1]


async def test_an_endless_pause_is_cut_short(bench: Bench) -> None:
    with bench.pim.misbehaving(Status(429, retry_after=1_000_000, times=1)):
        await bench.fetch(seconds=100)

    assert bench.clock.naps == [60]


async def test_a_pause_of_no_length_is_no_invitation_to_hammer(bench: Bench) -> None:
    with bench.pim.misbehaving(Status(429, retry_after=0, times=2)):
        await bench.fetch()

    assert bench.clock.naps == [1, 2]


async def test_calls_in_flight_together_that_all_meet_a_429_pause_once(bench: Bench) -> None:
    await bench.fetch()
    held = asyncio.Event()
    with bench.pim.misbehaving(Hold(held, times=4), Status(429, times=4)):
        calls = [asyncio.create_task(bench.fetch()) for _ in range(4)]
        await bench.pim.until(lambda: bench.pim.in_flight == 4)
        held.set()
        await asyncio.gather(*calls)

    assert bench.clock.now < 1000 + 2
