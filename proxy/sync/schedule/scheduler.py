"""Starts what is due. The runs of the state decide, so that two schedules on one state start nothing twice."""

import asyncio
import logging
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.interval import IntervalTrigger

from proxy.sync.outcomes import BUSY, LEFT, SyncError
from proxy.sync.schedule.jobs import Job
from proxy.sync.service import Service
from proxy.sync.settings.cron import Cron
from proxy.sync.state.runs import LEASE_SECONDS

log = logging.getLogger("proxy.sync")
LOOK_AGAIN_SECONDS = LEASE_SECONDS + 10  # by then whoever was killed has lost its lease


class Scheduler:
    """`start` looks at every job at once: what was missed while nobody was there is made up once."""

    def __init__(self, service: Service, jobs: list[Job]) -> None:
        self.service = service
        self.jobs = jobs
        self.running: set[asyncio.Task[object]] = set()
        self.stopping = False
        self.clockwork = AsyncIOScheduler(timezone=UTC)

    def start(self) -> None:
        for job in self.jobs:
            self.clockwork.add_job(
                self.look, trigger_of(job), [job], id=job.name, coalesce=True, max_instances=1, misfire_grace_time=None
            )
            self.once(job, 0)
        self.clockwork.start()

    def once(self, job: Job, seconds: float) -> None:
        """One more look at it, besides its times."""
        at = datetime.now(UTC) + timedelta(seconds=seconds)
        self.clockwork.add_job(
            self.look, "date", [job], run_date=at, id=f"once:{job.name}", replace_existing=True, misfire_grace_time=None
        )

    async def look(self, job: Job) -> None:
        """Runs it if it is due; never raises, since nobody would hear of it."""
        task = asyncio.current_task()
        assert task is not None
        if self.stopping:
            return
        self.running.add(task)
        try:
            last = await self.service.state.last_run(job.command, job.credential)
            if job.is_due(last, self.service.now()):
                await self.run(job)
        except SyncError as error:
            log.error("%s: not run: %s", job.name, error)
        except Exception:
            log.exception("%s: a fault of ours", job.name)
        finally:
            self.running.discard(task)

    async def run(self, job: Job) -> None:
        ended = await self.service.runner.run(job.command, job.credential, job.work(self.service))
        if ended.exit_code == BUSY:
            self.once(job, LOOK_AGAIN_SECONDS)
        elif ended.exit_code == LEFT and job.again_seconds is not None:
            self.once(job, job.again_seconds)

    async def stop(self, seconds: float) -> None:
        """Nothing new begins; what runs has so long, then it is cut: the next start goes on with it."""
        self.stopping = True
        running = set(self.running)
        if running:
            _, late = await asyncio.wait(running, timeout=seconds)
            for task in late:
                log.warning("cutting off a run that is not done after %g seconds", seconds)
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        if self.clockwork.running:
            self.clockwork.shutdown(wait=False)


def trigger_of(job: Job) -> BaseTrigger:
    return job.trigger if isinstance(job.when, Cron) else IntervalTrigger(seconds=job.when, timezone=UTC)
