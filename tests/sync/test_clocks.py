"""A clock that was set, or that is wrong, ends no lease of its host and stops no schedule."""

from pathlib import Path

import pytest

from proxy.sync.command import FLOWS
from proxy.sync.leases import Leases
from proxy.sync.living import this_process
from proxy.sync.outcomes import LeaseHeld
from proxy.sync.schedule.jobs import Job, flow_of
from proxy.sync.settings.cron import Cron
from proxy.sync.state.rows import Run, RunResult
from proxy.sync.state.state import State

FLOW = flow_of("cloudinary retry", FLOWS)


class Clock:
    """Somebody sets it; `steady` goes its way."""

    def __init__(self) -> None:
        self.now, self.steady = 1_000_000.0, 500.0


async def test_a_clock_that_is_set_forward_ends_no_lease_of_this_host(tmp_path: Path) -> None:
    clock = Clock()
    state = State(tmp_path / "state", lambda: clock.now, steady=lambda: clock.steady)
    async with state, Leases(state).hold("run"):
        clock.now += 3600
        with pytest.raises(LeaseHeld):
            async with Leases(state).hold("run"):
                raise AssertionError
        clock.steady += 121  # and no heartbeat: it hangs
        async with Leases(state).hold("run"):
            pass


async def test_a_lease_of_another_host_ends_by_the_clock_that_both_have(tmp_path: Path) -> None:
    clock = Clock()
    async with State(tmp_path / "state", lambda: clock.now, steady=lambda: clock.steady) as state:
        assert await state.acquire_lease("run", "elsewhere/boot/pid:1:2:x")
        clock.steady -= 400  # of a host that was started later
        clock.now += 119
        assert not await state.acquire_lease("run", f"{this_process()}:x")
        clock.now += 1
        assert await state.acquire_lease("run", f"{this_process()}:x")


def a_run(started_at: float) -> Run:
    return Run(1, FLOW.command, "", started_at, started_at + 1, RunResult.OK, {}, "")


async def test_the_last_run_is_the_newest_whatever_the_clock_was_then(tmp_path: Path) -> None:
    clock = Clock()
    async with State(tmp_path / "state", lambda: clock.now) as state:
        for now in (9_000_000.0, 1_000_000.0):
            clock.now = now
            await state.end_run(await state.begin_run("report"), RunResult.OK, {})
        last = await state.last_run("report")

        assert last is not None
        assert last.started_at == await state.last_successful_start("report") == 1_000_000.0
        assert [run.started_at for run in await state.last_runs()] == [1_000_000.0, 9_000_000.0]


@pytest.mark.parametrize("when", [300.0, Cron.parse("0 10 * * ? *")])
def test_a_run_that_is_still_to_come_was_begun_by_a_wrong_clock_and_stops_no_schedule(when: Cron | float) -> None:
    job, now = Job(FLOW, when), 1_772_452_800.0  # noon

    assert job.is_due(a_run(now + 365 * 86_400), now)
    assert not job.is_due(a_run(now + 60), now)  # of another host, whose clock is ahead a little
