"""A person asks for a run: of one of the jobs, or of the one that takes up a certain asset."""

import math
from collections.abc import Callable

from proxy.sync.outcomes import DataError, Reason
from proxy.sync.schedule.inbox import Wish
from proxy.sync.schedule.jobs import RETRY, Job
from proxy.sync.state.rows import Seen
from proxy.sync.state.state import State

IMPORT = "bynder import-assets"
LONGEST_MINUTES = 10_080


class Asking:
    """Stored before it is answered; whoever runs the schedule takes it up within seconds."""

    def __init__(self, state: State, jobs: list[Job], now: Callable[[], float]) -> None:
        self.state = state
        self.jobs = jobs
        self.now = now

    async def run(self, command: str, credential: str) -> Wish:
        """Of a job of the schedule. Raises DataError for what is none, and the errors of the state."""
        job = self.job_of(command, credential)
        return await self.stored(job, job.arguments)

    async def asset(self, system: str, asset: str) -> Wish:
        """The run that deals with this failed asset again. Raises DataError for one that has not failed."""
        failed = {key_of(seen): seen for seen in await self.state.seen_since(0, failed_only=True)}
        seen = failed.get((system, asset))
        if seen is None:
            raise DataError(Reason.UNKNOWN_ASSET, asset, "an asset whose last attempt failed")
        job = self.job_that_takes_up(seen)
        minutes = self.minutes_back_to(seen)
        window = ("--max_updated_time_in_minutes", str(minutes)) if job.flow.system == "bynder" else ()
        return await self.stored(job, (*job.arguments, *window))

    def job_of(self, command: str, credential: str) -> Job:
        for job in self.jobs:
            if job.command == command and credential in ("", job.credential):
                return job
        raise DataError(Reason.WRONG_VALUE, command, "one of " + ", ".join(job.name for job in self.jobs))

    def job_that_takes_up(self, seen: Seen) -> Job:
        try:
            return self.job_of(seen.last.flow, "")
        except DataError:
            return self.job_of(RETRY if seen.last.subject.system == "cloudinary" else IMPORT, "")

    def minutes_back_to(self, seen: Seen) -> int:
        """Wrong data stretches no window: it has to reach back to before the first attempt, an hour at least."""
        return min(LONGEST_MINUTES, math.ceil((self.now() - seen.first_at) / 60) + 60)

    async def stored(self, job: Job, arguments: tuple[str, ...]) -> Wish:
        wish = Wish(job.command, job.credential, arguments, self.now())
        await wish.store(self.state)
        return wish


def key_of(seen: Seen) -> tuple[str, str]:
    return seen.last.subject.system, seen.last.subject.asset
