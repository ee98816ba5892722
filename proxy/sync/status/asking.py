"""A person asks for a run: of one of the jobs, or of the one that takes up a certain asset."""

import math
from collections.abc import Callable

from proxy.sync.outcomes import DataError, Reason
from proxy.sync.schedule.inbox import Wish
from proxy.sync.schedule.jobs import RETRY, WINDOW, Job
from proxy.sync.state.rows import Seen
from proxy.sync.state.state import State

LONGEST_MINUTES = 10_080


class Asking:
    """Stored before it is answered; whoever runs the schedule takes it up within seconds."""

    def __init__(self, state: State, jobs: list[Job], now: Callable[[], float]) -> None:
        self.state = state
        self.jobs = jobs
        self.now = now

    async def run(self, command: str, credential: str) -> Wish:
        """Of a job of the schedule. Raises DataError for what is none, and the errors of the state."""
        return await self.stored(self.wish_for(self.job_of(command, credential)))

    async def asset(self, system: str, asset: str, flow: str = "") -> Wish:
        """The run that deals with this failed asset again, of this flow where several have failed: the command itself
        where a person called it, else the job. Raises DataError for one that has not failed.
        """
        failed = [seen for seen in await self.state.failed_of(system, asset) if flow in ("", seen.last.flow)]
        if not failed:
            raise DataError(Reason.UNKNOWN_ASSET, asset, "an asset whose last attempt failed")
        seen = failed[-1]
        subject = seen.last.subject
        if subject.arguments:
            return await self.stored(Wish(seen.last.flow, subject.credential, subject.arguments, self.now()))
        job = self.job_that_takes_up(seen)
        window = (WINDOW, str(self.minutes_back_to(seen))) if job.flow.system == "bynder" else ()
        return await self.stored(self.wish_for(job, *window))

    def job_of(self, command: str, credential: str) -> Job:
        for job in self.jobs:
            if job.command == command and credential in ("", job.credential):
                return job
        raise DataError(Reason.WRONG_VALUE, command, "one of " + ", ".join(job.name for job in self.jobs))

    def job_that_takes_up(self, seen: Seen) -> Job:
        """Raises DataError where nothing of the schedule does."""
        of_cloudinary = seen.last.subject.system == "cloudinary"
        return self.job_of(RETRY if of_cloudinary else seen.last.flow, seen.last.subject.credential)

    def minutes_back_to(self, seen: Seen) -> int:
        """Wrong data stretches no window: it has to reach back to before the first attempt, an hour at least."""
        return min(LONGEST_MINUTES, math.ceil((self.now() - seen.first_at) / 60) + 60)

    def wish_for(self, job: Job, *more: str) -> Wish:
        return Wish(job.command, job.credential, (*job.arguments, *more), self.now())

    async def stored(self, wish: Wish) -> Wish:
        await wish.store(self.state)
        return wish
