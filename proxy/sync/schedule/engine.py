"""All that `sync run` does: what is due, and what came in."""

import asyncio
import logging
from types import TracebackType
from typing import Self

from proxy.sync.again import again_and_again
from proxy.sync.cloudinary.cloudinary import Cloudinary
from proxy.sync.flow import Flow
from proxy.sync.outcomes import TransientError
from proxy.sync.schedule.inbox import Inbox
from proxy.sync.schedule.jobs import jobs_of
from proxy.sync.schedule.scheduler import Scheduler
from proxy.sync.service import Service

log = logging.getLogger("proxy.sync")


class Engine:
    """`async with Engine(service, flows):` with an open service; leaving it ends in order, within a limit."""

    def __init__(self, service: Service, flows: tuple[Flow, ...]) -> None:
        self.service = service
        self.scheduler = Scheduler(service, jobs_of(service.settings, flows))
        self.cloudinary = Cloudinary.of(service) if service.settings.cloudinary is not None else None
        self.inbox = Inbox(service, flows, self.cloudinary.inbox.came.set if self.cloudinary else None)
        self.watching: list[asyncio.Task[None]] = []

    async def check(self) -> None:
        """Before it is entered: what nobody but an operator can put right is not begun. Raises ConfigurationError."""
        if self.cloudinary is None:
            return
        try:
            await self.cloudinary.check()
        except TransientError as error:
            log.warning("the fields of Cloudinary cannot be checked now, each run does it: %s", error)

    async def __aenter__(self) -> Self:
        self.scheduler.start()
        works = [self.inbox.watch, *([self.cloudinary.follow] if self.cloudinary else [])]
        self.watching = [asyncio.create_task(again_and_again(work, self.service.sleep)) for work in works]
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: object, where: TracebackType | None) -> None:
        """An event that is cut is still stored, and is worked off at the next start."""
        seconds = self.service.settings.schedule.stop_seconds
        await asyncio.gather(self.scheduler.stop(seconds), self.inbox.stop(seconds))
        for task in self.watching:
            task.cancel()
        await asyncio.gather(*self.watching, return_exceptions=True)
