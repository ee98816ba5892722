"""All that `sync run` does: what is due, what came in, and now and then what is old is forgotten."""

import asyncio
import logging
from types import TracebackType
from typing import Self

from proxy.sync.flow import Flow
from proxy.sync.outcomes import SyncError
from proxy.sync.schedule.inbox import Inbox
from proxy.sync.schedule.jobs import jobs_of
from proxy.sync.schedule.scheduler import Scheduler
from proxy.sync.service import Service

log = logging.getLogger("proxy.sync")
KEPT_SECONDS = 90 * 86400.0  # of events and attempts
DAY_SECONDS = 86400.0


class Engine:
    """`async with Engine(service, flows):` with an open service; leaving it ends in order, within a limit."""

    def __init__(self, service: Service, flows: tuple[Flow, ...]) -> None:
        self.service = service
        self.scheduler = Scheduler(service, jobs_of(service.settings, flows))
        self.inbox = Inbox(service, flows)
        self.watching: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        self.scheduler.start()
        self.watching = [asyncio.create_task(self.inbox.watch()), asyncio.create_task(self.forget())]
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: object, where: TracebackType | None) -> None:
        seconds = self.service.settings.schedule.stop_seconds
        self.inbox.stopping = True
        await asyncio.gather(self.scheduler.stop(seconds), ended_in(self.watching, seconds, self.inbox))

    async def forget(self) -> None:
        while True:
            before = self.service.now() - KEPT_SECONDS
            try:
                await self.service.state.forget_events(before)
                await self.service.state.forget_attempts(before)
            except SyncError as error:
                log.warning("nothing old is forgotten: %s", error)
            await self.service.sleep(DAY_SECONDS)


async def ended_in(tasks: list["asyncio.Task[None]"], seconds: float, inbox: Inbox) -> None:
    """A run of the inbox has as long as those of the schedule."""
    waiting = asyncio.ensure_future(inbox.idle.wait())
    await asyncio.wait([waiting], timeout=seconds)
    for task in (waiting, *tasks):
        task.cancel()
    await asyncio.gather(waiting, *tasks, return_exceptions=True)
