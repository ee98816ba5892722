"""What came in between the schedules: events of a DAM, and runs that a person asked for on the status page."""

import asyncio
import contextlib
import json
import logging
from collections.abc import Callable
from dataclasses import asdict, dataclass

from proxy.sync.flow import Flow
from proxy.sync.outcomes import BUSY, SyncError
from proxy.sync.schedule.jobs import flow_of, work_of
from proxy.sync.service import Service
from proxy.sync.state.state import State

log = logging.getLogger("proxy.sync")
ASKED = "asked"  # the system of these events
LOOK_SECONDS = 2.0
LEFT_SECONDS = 10.0  # a server works its own off within less
PAUSE_SECONDS = 60.0  # after a fault


@dataclass(frozen=True, slots=True)
class Wish:
    """A run that somebody asked for at that time, in Unix seconds."""

    command: str
    credential: str
    arguments: tuple[str, ...]
    at: float

    async def store(self, state: State) -> bool:
        return await state.store_event(ASKED, json.dumps(asdict(self)).encode())

    @classmethod
    def read(cls, body: bytes) -> "Wish":
        found = json.loads(body)
        return cls(found["command"], found["credential"], tuple(found["arguments"]), found["at"])


class Inbox:
    """`wake` is called as long as events of Cloudinary wait that a server has stored, and left."""

    def __init__(self, service: Service, flows: tuple[Flow, ...], wake: Callable[[], object] | None = None) -> None:
        self.service = service
        self.flows = flows
        self.wake = wake
        self.rests_until = 0.0
        self.stopping = False
        self.idle = asyncio.Event()
        self.idle.set()

    async def watch(self) -> None:
        """For ever."""
        while True:
            try:
                await self.look()
            except SyncError as error:
                log.error("what came in is left for later: %s", error)
                self.rest()
            await self.service.sleep(LOOK_SECONDS)

    async def look(self) -> None:
        """Once through all that is there."""
        if self.service.clock() < self.rests_until:
            return
        for event in await self.service.state.new_events(ASKED):
            if await self.fulfil(Wish.read(event.body)):
                await self.service.state.finish_event(event.id)
        if self.wake is not None:
            events = await self.service.state.new_events("cloudinary", 1)
            if events and events[0].received_at < self.service.now() - LEFT_SECONDS:
                self.wake()

    async def fulfil(self, wish: Wish) -> bool:
        """False as long as another run is at it. What fails has its row, and is asked for again by a person."""
        try:
            return await self.run(wish) != BUSY
        except LookupError:  # of another version of ours
            log.error("there is no command %s", wish.command)
            return True

    async def run(self, wish: Wish) -> int:
        if self.stopping:
            return BUSY
        work = work_of(flow_of(wish.command, self.flows), wish.arguments, self.service)
        self.idle.clear()
        try:
            ended = await self.service.runner.run(wish.command, wish.credential, work)
        finally:
            self.idle.set()
        return ended.exit_code

    def rest(self) -> None:
        self.rests_until = self.service.clock() + PAUSE_SECONDS

    async def stop(self, seconds: float) -> None:
        """Nothing new begins; what runs has so long."""
        self.stopping = True
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.idle.wait()
