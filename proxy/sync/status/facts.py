"""How a sync stands, as plain values: for the page, for `GET /v1/sync/status` and for `media-proxy sync status`."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from proxy.sync.schedule.inbox import ASKED
from proxy.sync.schedule.jobs import Job
from proxy.sync.state.rows import Run, Seen
from proxy.sync.state.state import State
from proxy.sync.status.words import in_words

RUNS = 20
FAILURES = 200
FAILURES_SECONDS = 7 * 86400.0
WAITING = 1000  # events, counted as far as that
SYSTEMS = ("cloudinary", "bynder")
Facts = dict[str, Any]


class Status:
    """All raise ConfigurationError and TransientError of the state."""

    def __init__(self, state: State, jobs: list[Job], now: Callable[[], float]) -> None:
        self.state = state
        self.jobs = jobs
        self.now = now

    async def facts(self) -> Facts:
        """JSON: `at`, `next_runs`, `runs`, `failures`, `leases`, `links`, `waiting`; times are ISO 8601 in UTC."""
        failed = await self.state.seen_since(self.now() - FAILURES_SECONDS, failed_only=True, limit=10_000)
        leases = await self.state.leases()
        return {
            "at": moment(self.now()),
            "next_runs": [await self.next_run(job) for job in self.jobs],
            "runs": [run_facts(run) for run in await self.state.last_runs(RUNS)],
            "failures": [failure_facts(seen) for seen in reversed(failed[-FAILURES:])],
            "failures_in_all": len(failed),
            "leases": [{"name": lease.name, "since": moment(lease.taken_at)} for lease in leases],
            "links": {system: await self.state.count_links(system) for system in SYSTEMS},
            "waiting": {
                "events": len(await self.state.new_events("cloudinary", WAITING)),
                "asked_for": len(await self.state.new_events(ASKED, WAITING)),
            },
        }

    async def next_run(self, job: Job) -> Facts:
        """`at` is in the past for what is due, and was not begun."""
        last = await self.state.last_run(job.command, job.credential)
        start = job.next_start(last, self.now())
        return {
            "command": job.command,
            "credential": job.credential,
            "at": None if start is None else moment(start),
            "last_result": None if last is None else result_of(last),
        }


def run_facts(run: Run) -> Facts:
    return {
        "id": run.id,
        "command": run.command,
        "credential": run.credential,
        "started_at": moment(run.started_at),
        "ended_at": None if run.ended_at is None else moment(run.ended_at),
        "result": result_of(run),
        "counts": run.counts,
        "words": run.words,
    }


def result_of(run: Run) -> str:
    """`running` is also what was killed, until another run of it has begun."""
    return "running" if run.result is None else str(run.result)


def failure_facts(seen: Seen) -> Facts:
    subject, result = seen.last.subject, seen.last.result
    return {
        "system": subject.system,
        "asset": subject.asset,
        "name": subject.name,
        "product": subject.product,
        "flow": seen.last.flow,
        "at": moment(seen.last.at),
        "first_at": moment(seen.first_at),
        "attempts": seen.attempts,
        "reason": str(result.reason or "") if result else "cut",
        "part": result.part if result else "",
        "expected": result.expected if result else "",
        "words": in_words(result),
    }


def moment(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")
