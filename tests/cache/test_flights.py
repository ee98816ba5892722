"""Equal work is done once, and everybody who waits for it waits on his own terms."""

import asyncio

import pytest

from proxy.cache.flights import Flight, Flights
from proxy.deadline import Deadline
from proxy.errors import DeadlineExceeded, MediaNotFound
from proxy.metrics import Metrics
from tests.cache.bench import Clock, counted


class Work:
    """Counts its starts and waits to be let go; may begin, and may fail."""

    def __init__(self, begins: bool = False, error: Exception | None = None) -> None:
        self.begins = begins
        self.error = error
        self.starts = 0
        self.ends = 0
        self.cancelled = 0
        self.started = asyncio.Event()
        self.go = asyncio.Event()
        self.flight: Flight[str] | None = None

    async def __call__(self, flight: Flight[str]) -> str:
        self.starts += 1
        self.flight = flight
        if self.begins:
            flight.begin()
        self.started.set()
        try:
            await self.go.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        self.ends += 1
        if self.error is not None:
            raise self.error
        return f"result {self.starts}"


@pytest.fixture
def flights(metrics: Metrics) -> Flights[str]:
    return Flights("test", metrics)


def soon(clock: Clock, seconds: float = 30) -> Deadline:
    return Deadline.after(seconds, clock)


async def turns(count: int = 10) -> None:
    """Lets everything run that can run."""
    for _ in range(count):
        await asyncio.sleep(0)


async def leave(viewer: "asyncio.Task[str]") -> None:
    viewer.cancel()
    await asyncio.gather(viewer, return_exceptions=True)


async def test_all_who_ask_for_the_same_get_the_result_of_one_flight(
    flights: Flights[str], clock: Clock, metrics: Metrics
) -> None:
    work = Work()
    viewers = [asyncio.create_task(flights.join("key", work, soon(clock))) for _ in range(50)]
    await work.started.wait()
    work.go.set()

    assert await asyncio.gather(*viewers) == ["result 1"] * 50
    assert work.starts == 1
    assert counted(metrics, "flights_joined_total", flight="test") == 49


async def test_different_keys_are_different_work(flights: Flights[str], clock: Clock) -> None:
    work = Work()
    work.go.set()

    await asyncio.gather(*(flights.join(key, work, soon(clock)) for key in "abc"))

    assert work.starts == 3


async def test_a_flight_that_has_landed_is_not_joined(flights: Flights[str], clock: Clock) -> None:
    work = Work()
    work.go.set()

    first = await flights.join("key", work, soon(clock))
    second = await flights.join("key", work, soon(clock))

    assert (first, second) == ("result 1", "result 2")
    assert not flights.under_way


async def test_an_error_reaches_everybody(flights: Flights[str], clock: Clock) -> None:
    work = Work(error=MediaNotFound("no such file"))
    viewers = [asyncio.create_task(flights.join("key", work, soon(clock))) for _ in range(5)]
    await work.started.wait()
    work.go.set()

    results = await asyncio.gather(*viewers, return_exceptions=True)

    assert [type(result) for result in results] == [MediaNotFound] * 5
    assert work.starts == 1


async def test_a_failed_flight_is_not_remembered(flights: Flights[str], clock: Clock) -> None:
    work = Work(error=MediaNotFound("no such file"))
    work.go.set()
    with pytest.raises(MediaNotFound):
        await flights.join("key", work, soon(clock))

    work.error = None

    assert await flights.join("key", work, soon(clock)) == "result 2"


async def test_a_viewer_whose_time_is_up_leaves_while_the_others_wait(flights: Flights[str], clock: Clock) -> None:
    work = Work()
    patient = asyncio.create_task(flights.join("key", work, soon(clock)))
    await work.started.wait()

    with pytest.raises(DeadlineExceeded) as error:
        await flights.join("key", work, soon(clock, 0))
    work.go.set()

    assert await patient == "result 1"
    assert error.value.retry_after_seconds


async def test_a_deadline_that_passes_while_one_waits_is_kept(flights: Flights[str], clock: Clock) -> None:
    work = Work()
    deadline = soon(clock, 0.001)
    hasty = asyncio.create_task(flights.join("key", work, deadline))
    patient = asyncio.create_task(flights.join("key", work, soon(clock)))
    await work.started.wait()

    clock.now += 1

    with pytest.raises(DeadlineExceeded):
        await hasty
    work.go.set()
    assert await patient == "result 1"


async def test_a_deadline_that_is_moved_back_while_one_waits_is_kept_too(flights: Flights[str], clock: Clock) -> None:
    work = Work()
    deadline = soon(clock, 0.001)
    viewer = asyncio.create_task(flights.join("key", work, deadline))
    await work.started.wait()
    deadline.extend(soon(clock))

    clock.now += 1
    await turns()
    work.go.set()

    assert await viewer == "result 1"


async def test_what_is_ready_is_given_even_if_the_time_is_up(flights: Flights[str], clock: Clock) -> None:
    work = Work()
    work.go.set()
    viewer = asyncio.create_task(flights.join("key", work, soon(clock, 5)))
    await work.started.wait()

    clock.now += 10

    assert await viewer == "result 1"


async def test_the_work_may_take_as_long_as_the_most_patient_waits(flights: Flights[str], clock: Clock) -> None:
    work = Work()
    deadlines = [soon(clock, seconds) for seconds in (10, 30, 5)]
    viewers = [asyncio.create_task(flights.join("key", work, deadline)) for deadline in deadlines]
    await work.started.wait()
    await turns()
    work.go.set()
    await asyncio.gather(*viewers)

    assert work.flight is not None
    assert work.flight.deadline.remaining() == 30
    assert [deadline.remaining() for deadline in deadlines] == [10, 30, 5]


async def test_work_within_work_learns_that_somebody_more_patient_has_come(clock: Clock, metrics: Metrics) -> None:
    outer: Flights[str] = Flights("outer", metrics)
    inner: Flights[str] = Flights("inner", metrics)
    work = Work()

    async def around(flight: Flight[str]) -> str:
        return await inner.join("key", work, flight.deadline)

    first = asyncio.create_task(outer.join("key", around, soon(clock, 10)))
    await work.started.wait()
    second = asyncio.create_task(outer.join("key", around, soon(clock, 30)))
    await turns()
    assert work.flight is not None
    remaining = work.flight.deadline.remaining()
    work.go.set()
    await asyncio.gather(first, second)

    assert remaining == 30


async def test_work_that_has_not_begun_is_dropped_when_the_last_one_leaves(flights: Flights[str], clock: Clock) -> None:
    work = Work()
    viewers = [asyncio.create_task(flights.join("key", work, soon(clock))) for _ in range(2)]
    await work.started.wait()

    await leave(viewers[0])
    assert work.cancelled == 0
    await leave(viewers[1])
    await flights.settle()

    assert work.cancelled == 1
    assert not flights.under_way


async def test_work_that_has_begun_goes_on_for_the_next_one(flights: Flights[str], clock: Clock) -> None:
    work = Work(begins=True)
    viewer = asyncio.create_task(flights.join("key", work, soon(clock)))
    await work.started.wait()

    await leave(viewer)
    second = asyncio.create_task(flights.join("key", work, soon(clock)))
    await turns()
    work.go.set()

    assert await second == "result 1"
    assert (work.starts, work.cancelled) == (1, 0)


async def test_work_that_has_begun_ends_even_if_nobody_comes(flights: Flights[str], clock: Clock) -> None:
    work = Work(begins=True)
    viewer = asyncio.create_task(flights.join("key", work, soon(clock)))
    await work.started.wait()
    await leave(viewer)

    work.go.set()
    await flights.settle()

    assert work.ends == 1


async def test_one_who_leaves_takes_nothing_from_one_who_stays(flights: Flights[str], clock: Clock) -> None:
    work = Work()
    viewers = [asyncio.create_task(flights.join("key", work, soon(clock))) for _ in range(3)]
    await work.started.wait()

    await leave(viewers[0])
    await leave(viewers[2])
    work.go.set()

    assert await viewers[1] == "result 1"


async def test_who_comes_while_abandoned_work_is_being_dropped_gets_work_of_his_own(
    flights: Flights[str], clock: Clock
) -> None:
    abandoned, fresh = Work(), Work()
    fresh.go.set()
    tidied = asyncio.Event()

    async def untidy(flight: Flight[str]) -> str:
        try:
            return await abandoned(flight)
        finally:
            await tidied.wait()

    first = asyncio.create_task(flights.join("key", untidy, soon(clock)))
    await abandoned.started.wait()
    await leave(first)
    second = asyncio.create_task(flights.join("key", fresh, soon(clock)))
    await turns()
    tidied.set()
    result = (await asyncio.gather(second, return_exceptions=True))[0]
    await flights.settle()

    assert result == "result 1"


async def test_work_that_was_started_for_nobody_runs_to_its_end(flights: Flights[str], clock: Clock) -> None:
    work = Work()
    flights.start("key", work, soon(clock))
    await work.started.wait()
    work.go.set()

    await flights.settle()

    assert (work.ends, flights.under_way) == (1, {})


async def test_an_error_that_nobody_waits_for_is_no_scandal(flights: Flights[str], clock: Clock) -> None:
    work = Work(error=MediaNotFound("no such file"))
    work.go.set()
    flights.start("key", work, soon(clock))

    await flights.settle()

    assert not flights.under_way


async def test_closing_ends_all_work_begun_or_not(flights: Flights[str], clock: Clock) -> None:
    begun, waiting = Work(begins=True), Work()
    viewers = [
        asyncio.create_task(flights.join("begun", begun, soon(clock))),
        asyncio.create_task(flights.join("waiting", waiting, soon(clock))),
    ]
    await asyncio.gather(begun.started.wait(), waiting.started.wait())

    await flights.close()
    await asyncio.gather(*viewers, return_exceptions=True)

    assert (begun.cancelled, waiting.cancelled) == (1, 1)
    assert not flights.under_way


async def test_closing_waits_until_the_work_has_tidied_up(flights: Flights[str], clock: Clock) -> None:
    work = Work(begins=True)
    tidied = []

    async def tidy(flight: Flight[str]) -> str:
        try:
            return await work(flight)
        finally:
            await turns()
            tidied.append(True)

    flights.start("key", tidy, soon(clock))
    await work.started.wait()

    await flights.close()

    assert tidied == [True]


async def test_settling_waits_for_work_that_starts_meanwhile(flights: Flights[str], clock: Clock) -> None:
    second = Work()
    second.go.set()

    async def first(flight: Flight[str]) -> str:
        flights.start("second", second, flight.deadline)
        return "first"

    flights.start("first", first, soon(clock))

    await flights.settle()

    assert second.ends == 1


async def test_what_has_ended_is_not_boarded_though_it_has_not_landed(flights: Flights[str]) -> None:
    """A task is put away a turn of the loop after its end; who comes in between wants a flight of his own."""

    async def fail(_: Flight[str]) -> str:
        raise ValueError

    async def work(_: Flight[str]) -> str:
        return "done"

    first = flights.board("key", fail, Deadline.after(5))
    await asyncio.wait([first.task])
    flights.under_way["key"] = first  # as it is until its landing

    assert await flights.join("key", work, Deadline.after(5)) == "done"
