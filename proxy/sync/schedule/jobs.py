"""What the schedule runs, as the settings have it: flows of the table of commands, with their options and times."""

import argparse
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from apscheduler.triggers.cron import CronTrigger

from proxy.sync.flow import Flow
from proxy.sync.outcomes import Tally
from proxy.sync.service import Service
from proxy.sync.settings.bynder import Intervals
from proxy.sync.settings.cron import Cron
from proxy.sync.settings.settings import SyncConfiguration
from proxy.sync.shell import loaded
from proxy.sync.state.rows import Run, RunResult

RETRY = "cloudinary retry"
WINDOW = "--max_updated_time_in_minutes"
REPORT = "report"
BYNDER = ("update-properties", "update-mapped-properties", "import-assets")
AGAIN_SECONDS = 900.0
AHEAD_SECONDS = 120.0  # of another's clock; what began later than that began when a clock was wrong
EARLY_SHARE = 0.1  # of an interval: a start is noted a little after its time


@dataclass(frozen=True, slots=True)
class Job:
    """One flow with the options of its command, `when` it is due: by a Cron, or every so many seconds."""

    flow: Flow
    when: Cron | float
    credential: str = ""
    arguments: tuple[str, ...] = ()
    again_seconds: float | None = None  # after a passing fault, where the next time is far

    @property
    def command(self) -> str:
        return self.flow.command

    @property
    def name(self) -> str:
        return f"{self.command} {self.credential}".strip()

    @property
    def trigger(self) -> CronTrigger:
        assert isinstance(self.when, Cron)
        return CronTrigger(**self.when.fields, timezone=UTC)

    def next_start(self, last: Run | None, now: float) -> float | None:
        """Unix seconds, in the past for a run that was missed or cut; None: never again."""
        if last is not None and (last.result in (None, RunResult.CUT) or last.started_at > now + AHEAD_SECONDS):
            return now
        if last is not None and last.result is RunResult.TRANSIENT and self.again_seconds is not None:
            return last.started_at + self.again_seconds
        if isinstance(self.when, Cron):
            return self.next_time(now if last is None else last.started_at)
        return now if last is None else last.started_at + self.when * (1 - EARLY_SHARE)

    def next_time(self, since: float) -> float | None:
        """The first time of the Cron after that moment."""
        after = datetime.fromtimestamp(since, UTC) + timedelta(microseconds=1)
        found = self.trigger.get_next_fire_time(None, after)
        return None if found is None else found.timestamp()

    def is_due(self, last: Run | None, now: float) -> bool:
        start = self.next_start(last, now)
        return start is not None and start <= now

    def work(self, service: Service) -> Callable[[Tally], Awaitable[None]]:
        return work_with(self.flow, options_of(self.flow, self.arguments), service)


def options_of(flow: Flow, arguments: tuple[str, ...]) -> argparse.Namespace:
    """As a shell would read them. Raises LookupError for what it would not take."""
    parser = argparse.ArgumentParser(flow.command, exit_on_error=False, add_help=False)
    flow.arguments(parser)
    try:
        options, others = parser.parse_known_args(list(arguments))
    except (argparse.ArgumentError, SystemExit):
        raise LookupError(flow.command) from None
    if others:
        raise LookupError(flow.command)
    return options


def work_with(flow: Flow, options: argparse.Namespace, service: Service) -> Callable[[Tally], Awaitable[None]]:
    """As a shell would run it with these options."""
    work = loaded(flow.work)

    async def working(tally: Tally) -> None:
        if flow.system == "bynder":  # its portals, and with them their pace, are those of the whole process
            await work(service, options, tally)
            return
        async with service.for_one_run() as inner:
            await work(inner, options, tally)

    return working


def flow_of(command: str, flows: tuple[Flow, ...]) -> Flow:
    """Raises LookupError."""
    return {flow.command: flow for flow in flows}[command]


def jobs_of(settings: SyncConfiguration, flows: tuple[Flow, ...]) -> list[Job]:
    jobs = []
    if settings.cloudinary is not None:
        jobs.append(Job(flow_of(RETRY, flows), settings.cloudinary.retry.schedule))
        if settings.cloudinary.report is not None:
            jobs.append(
                Job(flow_of(REPORT, flows), daily(settings.cloudinary.report.time), again_seconds=AGAIN_SECONDS)
            )
    if settings.bynder is not None:
        for credential in settings.bynder.credentials:
            jobs += bynder_jobs(credential, settings.bynder.schedule, flows)
    return jobs


def bynder_jobs(credential: str, intervals: Intervals, flows: tuple[Flow, ...]) -> list[Job]:
    """The window of a run is left at its default: it reaches back to the last good one anyway."""
    minutes = {name: getattr(intervals, f"{name.replace('-', '_')}_minutes") for name in BYNDER}
    arguments = ("--credential_code", credential)
    return [
        Job(flow_of(f"bynder {name}", flows), 60.0 * every, credential, arguments)
        for name, every in minutes.items()
        if every is not None
    ]


def daily(at: time) -> Cron:
    return Cron.parse(f"{at.minute} {at.hour} * * ? *")
