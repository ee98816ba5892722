"""What is due is run once, what was missed is made up once, and a stop is in order."""

import argparse
import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from proxy.metrics import Metrics
from proxy.sync import command
from proxy.sync.flow import Flow
from proxy.sync.leases import Leases
from proxy.sync.outcomes import ConfigurationError, Outcome, Result, Tally
from proxy.sync.schedule.engine import Engine
from proxy.sync.schedule.inbox import ASKED, LEFT_SECONDS, Inbox, Wish
from proxy.sync.schedule.jobs import Job, daily, jobs_of
from proxy.sync.schedule.scheduler import Scheduler
from proxy.sync.service import Service
from proxy.sync.settings.cron import Cron
from proxy.sync.state.rows import Run, RunResult
from proxy.sync.state.state import State
from tests.sync.settled import BYNDER, CLOUDINARY, settled

NAMES = ("update-properties", "update-mapped-properties", "import-assets")
FLOWS = (
    Flow("cloudinary", "retry", "", f"{__name__}:work", command.add_dry_run),
    Flow("", "report", "", f"{__name__}:work", command.add_dry_run),
    *(Flow("bynder", name, "", f"{__name__}:work", command.add_window) for name in NAMES),
)
REPORT = {"recipients": "pim@example.com", "time": "10:30"}
SMTP = {"host": "mail.example.com", "sender": "pim@example.com"}


class Doing:
    """What the flows of this test do: they write down their options, and may be held or fail."""

    def __init__(self) -> None:
        self.seen: list[argparse.Namespace] = []
        self.began = asyncio.Event()
        self.may_end = asyncio.Event()
        self.may_end.set()
        self.error: Exception | None = None
        self.closed = 0


doing: Doing


@pytest.fixture(autouse=True)
def fresh() -> None:
    global doing  # noqa: PLW0603 - the flows are found by their names
    doing = Doing()


async def work(service: Service, options: argparse.Namespace, tally: Tally) -> None:
    async def closed() -> None:
        doing.closed += 1

    service.stack.push_async_callback(closed)
    doing.seen.append(options)
    doing.began.set()
    await doing.may_end.wait()
    tally.seen += 1
    tally.count(Result(Outcome.LINKED))
    if doing.error:
        raise doing.error


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def a_run(started_at: float, result: RunResult | None = RunResult.OK) -> Run:
    return Run(1, "cloudinary retry", "", started_at, started_at + 1, result, {}, "")


@asynccontextmanager
async def service_in(directory: Path, **parts: Any) -> AsyncIterator[Service]:
    async with Service(settled(directory, **parts), Metrics()) as service:
        yield service


async def ended_runs(state: State, count: int) -> list[Run]:
    async with asyncio.timeout(30):
        while len(done := [run for run in await state.last_runs() if run.result is not None]) < count:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    return done


# -- when --


@pytest.mark.parametrize(
    ("last", "now", "due"),
    [
        (None, "2026-03-02T10:00:00", False),  # a new installation waits for its first time
        ("2026-03-02T10:00:01", "2026-03-03T09:59:59", False),
        ("2026-03-02T10:00:01", "2026-03-03T10:00:00", True),
        ("2026-02-20T10:00:01", "2026-03-03T07:00:00", True),  # missed while nobody was there
        ("2026-03-03T10:00:00.01", "2026-03-03T10:00:00.5", False),  # another process was first
    ],
)
def test_a_daily_run_is_due_once_a_day_and_made_up_once(last: str | None, now: str, due: bool) -> None:
    job = Job(FLOWS[0], Cron.parse("0 10 * * ? *"))

    assert job.is_due(a_run(at(last)) if last else None, at(now)) is due


def test_a_run_that_was_killed_is_due_at_once() -> None:
    job, now = Job(FLOWS[0], Cron.parse("0 10 * * ? *")), at("2026-03-02T12:00:00")

    assert job.is_due(a_run(now - 60, None), now)
    assert job.is_due(a_run(now - 60, RunResult.CUT), now)
    assert not job.is_due(a_run(now - 60, RunResult.CONFIGURATION), now)  # one probe a schedule


@pytest.mark.parametrize(("since", "due"), [(None, True), (200.0, False), (299.9, True), (9000.0, True)])
def test_an_interval_is_due_from_start_to_start(since: float | None, due: bool) -> None:
    job = Job(FLOWS[2], 300.0)

    assert job.is_due(None if since is None else a_run(1_000_000.0 - since), 1_000_000.0) is due


def test_a_report_that_met_a_passing_fault_does_not_wait_for_tomorrow() -> None:
    job, start = Job(FLOWS[1], daily(datetime(2026, 1, 1, 10, 30).time()), again_seconds=900), at("2026-03-02T10:30:00")

    assert job.next_start(a_run(start, RunResult.TRANSIENT), start + 1) == start + 900
    assert job.next_start(a_run(start, RunResult.CONFIGURATION), start + 1) == at("2026-03-03T10:30:00")


@pytest.mark.parametrize(
    ("day", "fires"),
    [("1", "2026-03-08"), ("SUN", "2026-03-08"), ("2", "2026-03-09"), ("7", "2026-03-07"), ("MON-FRI", "2026-03-04")],
)
def test_days_of_the_week_are_those_of_the_six_fields(day: str, fires: str) -> None:
    """2026-03-03 is a Tuesday; 1 is Sunday here, and Tuesday to the scheduler."""
    job = Job(FLOWS[0], Cron.parse(f"0 10 ? * {day} *"))

    assert job.next_start(a_run(at("2026-03-03T10:00:00")), at("2026-03-03T11:00:00")) == at(f"{fires}T10:00:00")


def test_the_jobs_are_those_of_the_settings(tmp_path: Path) -> None:
    systems = {
        "cloudinary": {**CLOUDINARY, "report": REPORT},
        "bynder": {**BYNDER, "schedule": {"import_assets_minutes": 2, "update_properties_minutes": None}},
    }
    jobs = jobs_of(settled(tmp_path, smtp=SMTP, **systems), FLOWS)

    assert [(job.name, job.when) for job in jobs] == [
        ("cloudinary retry", Cron.parse("0 10 * * ? *")),
        ("report", Cron.parse("30 10 * * ? *")),
        ("bynder update-mapped-properties bynder", 1800.0),
        ("bynder import-assets bynder", 120.0),
    ]


# -- running --


async def test_what_is_due_is_run_with_its_credential_and_what_it_opened_is_closed(tmp_path: Path) -> None:
    only = {"update_properties_minutes": None, "update_mapped_properties_minutes": None}
    async with service_in(tmp_path, bynder={**BYNDER, "schedule": only}) as service:
        scheduler = Scheduler(service, jobs_of(service.settings, FLOWS))
        scheduler.start()
        [run] = await ended_runs(service.state, 1)
        await scheduler.stop(5)
        await service.runner.run("cloudinary retry", "", Job(FLOWS[0], 60.0).work(service))
        assert doing.closed == 1

    assert (run.command, run.credential, run.result) == ("bynder import-assets", "bynder", RunResult.OK)
    assert (doing.seen[0].credential_code, doing.seen[0].dry_run) == ("bynder", False)
    assert doing.closed == 2  # Bynder's with the service


async def test_it_goes_on_by_the_clock(tmp_path: Path) -> None:
    async with service_in(tmp_path) as service:
        scheduler = Scheduler(service, [Job(FLOWS[0], 0.05)])
        scheduler.start()
        await ended_runs(service.state, 3)
        await scheduler.stop(5)


async def test_two_schedules_on_one_state_run_nothing_twice(tmp_path: Path) -> None:
    async with service_in(tmp_path) as one, service_in(tmp_path) as other:
        job = Job(FLOWS[0], 3600.0)
        doing.may_end.clear()
        first = asyncio.create_task(Scheduler(one, [job]).look(job))
        await doing.began.wait()
        second = Scheduler(other, [job])
        await second.look(job)  # the lease is held

        doing.may_end.set()
        await first
        await second.look(job)  # by now it is not due any more
        assert len(await one.state.last_runs()) == len(doing.seen) == 1
        assert second.clockwork.get_jobs()[0].id == "once:cloudinary retry"  # a look for whoever may have been killed
        await second.stop(1)


async def test_a_configuration_error_is_one_loud_line_and_one_probe_a_schedule(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    doing.error = ConfigurationError("metadata field akeneo_status", "a field")
    async with service_in(tmp_path) as service:
        job = Job(FLOWS[0], Cron.parse("0 10 * * ? *"))
        await service.state.end_run(await service.state.begin_run("cloudinary retry"), RunResult.CUT, {})
        scheduler = Scheduler(service, [job])
        await scheduler.look(job)
        await scheduler.look(job)

    assert len(doing.seen) == 1
    assert [record.levelname for record in caplog.records if "akeneo_status" in record.message] == ["ERROR"]


async def test_a_fault_of_ours_does_not_end_the_schedule(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    doing.error = ValueError("unforeseen")
    async with service_in(tmp_path) as service:
        job = Job(FLOWS[0], 0.01)
        scheduler = Scheduler(service, [job])
        scheduler.start()
        await ended_runs(service.state, 2)
        await scheduler.stop(5)

    assert "a fault of ours" in caplog.text


async def test_a_stop_lets_a_run_finish(tmp_path: Path) -> None:
    async with service_in(tmp_path) as service:
        doing.may_end.clear()
        job = Job(FLOWS[0], 3600.0)
        scheduler = Scheduler(service, [job])
        scheduler.start()
        await doing.began.wait()
        stopping = asyncio.create_task(scheduler.stop(60))
        await asyncio.sleep(0)  # it has begun to wait
        doing.may_end.set()
        await stopping

        [run] = await service.state.last_runs()
        assert run.result is RunResult.OK


async def test_a_run_that_takes_too_long_is_cut_and_due_again(tmp_path: Path) -> None:
    async with service_in(tmp_path) as service:
        doing.may_end.clear()
        job = Job(FLOWS[0], 3600.0)
        scheduler = Scheduler(service, [job])
        scheduler.start()
        await doing.began.wait()
        await scheduler.stop(0.01)

        [run] = await service.state.last_runs()
        assert run.result is RunResult.CUT
        assert await service.state.leases() == []
        assert job.is_due(run, service.now())


# -- what comes in --


async def test_a_run_that_a_person_asked_for_is_run_once(tmp_path: Path) -> None:
    async with service_in(tmp_path, bynder=BYNDER) as service:
        arguments = ("--credential_code", "bynder", "--max_updated_time_in_minutes", "90")
        await Wish("bynder import-assets", "bynder", arguments, service.now()).store(service.state)
        inbox = Inbox(service, FLOWS)
        await inbox.look()
        await inbox.look()

        [options] = doing.seen
        assert options.max_updated_time_in_minutes == 90
        assert await service.state.new_events(ASKED) == []


async def test_what_was_asked_for_waits_while_another_run_is_at_it(tmp_path: Path) -> None:
    async with service_in(tmp_path) as service:
        await Wish("cloudinary retry", "", (), service.now()).store(service.state)
        inbox = Inbox(service, FLOWS)
        async with Leases(service.state).hold("run:cloudinary retry:"):
            await inbox.look()
        assert doing.seen == []
        await inbox.look()
        assert len(doing.seen) == 1


async def test_a_command_that_is_none_is_told_and_let_go(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with service_in(tmp_path) as service:
        await Wish("cloudinary dance", "", (), service.now()).store(service.state)
        await Inbox(service, FLOWS).look()

        assert await service.state.new_events(ASKED) == []
    assert "cloudinary dance" in caplog.text


async def test_events_that_a_server_left_wake_who_works_them_off(tmp_path: Path) -> None:
    woken: list[int] = []
    async with service_in(tmp_path) as service:
        service.now = lambda: time.time() + LEFT_SECONDS + 1
        inbox = Inbox(service, FLOWS, lambda: woken.append(1))
        await inbox.look()
        assert not woken
        await service.state.store_event("cloudinary", b"{}")
        await inbox.look()

    assert woken


async def test_the_engine_runs_what_is_due_and_what_was_asked_for_and_forgets_what_is_old(tmp_path: Path) -> None:
    async with service_in(tmp_path, bynder=BYNDER) as service:
        await Wish("report", "", (), service.now()).store(service.state)
        async with Engine(service, FLOWS):
            runs = await ended_runs(service.state, 4)

    assert sorted(run.command for run in runs) == [
        "bynder import-assets",
        *(f"bynder {n}" for n in NAMES[1::-1]),
        "report",
    ]
