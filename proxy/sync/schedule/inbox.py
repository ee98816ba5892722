"""What came in between the schedules: events of a DAM, and runs that a person asked for on the status page."""

import asyncio
import contextlib
import json
import logging
from argparse import Namespace
from collections.abc import Callable
from dataclasses import asdict, dataclass

from proxy.sync.flow import Flow
from proxy.sync.outcomes import BUSY, SyncError
from proxy.sync.schedule.jobs import WINDOW, flow_of, options_of, work_with
from proxy.sync.service import Service
from proxy.sync.state.rows import Event
from proxy.sync.state.state import State

log = logging.getLogger("proxy.sync")
ASKED = "asked"  # the system of these events
LOOK_SECONDS = 2.0
LEFT_SECONDS = 10.0  # a server works its own off within less
MOST = 10_000  # looked at: what waits for a long run is in the way of nothing else
KEPT_SECONDS = 86400.0  # a wish that was not met for so long is none any more
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

    @property
    def window(self) -> int:
        """In minutes; 0 without one."""
        return int(self.arguments[self.arguments.index(WINDOW) + 1]) if WINDOW in self.arguments else 0

    @property
    def key(self) -> tuple[str, ...]:
        """What it is a wish for. One run meets all of one key, with the longest of their windows."""
        at = self.arguments.index(WINDOW) if WINDOW in self.arguments else len(self.arguments)
        return (self.command, self.credential, *self.arguments[:at], *self.arguments[at + 2 :])


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
        for several in (await self.wishes()).values():
            if await self.fulfil(max((wish for _, wish in several), key=lambda wish: wish.window)):
                for event, _ in several:
                    await self.service.state.finish_event(event.id)
        if self.wake is not None:
            events = await self.service.state.new_events("cloudinary", 1)
            if events and events[0].received_at < self.service.now() - LEFT_SECONDS:
                self.wake()

    async def wishes(self) -> dict[tuple[str, ...], list[tuple[Event, Wish]]]:
        """By their keys, the oldest first. Those that are too old, or cannot be read, are let go."""
        found: dict[tuple[str, ...], list[tuple[Event, Wish]]] = {}
        for event in await self.service.state.new_events(ASKED, MOST):
            try:
                wish = Wish.read(event.body)
                is_kept = event.received_at >= self.service.now() - KEPT_SECONDS
                key = wish.key
            except (LookupError, TypeError, ValueError):  # of another version of ours
                is_kept = False
            if is_kept:
                found.setdefault(key, []).append((event, wish))
            else:
                log.warning("a run that was asked for is let go: %s", event.body.decode(errors="replace"))
                await self.service.state.finish_event(event.id)
        return found

    async def fulfil(self, wish: Wish) -> bool:
        """False as long as another run is at it. What fails has its row, and is asked for again by a person. Raises the
        errors of a state that cannot be written now.
        """
        try:
            flow = flow_of(wish.command, self.flows)
            options = options_of(flow, wish.arguments)
        except LookupError:  # of another version of ours
            log.error("there is no command %s", wish.command)
            return True
        try:
            return await self.run(flow, options, wish.credential) != BUSY
        except SyncError:
            raise
        except Exception:  # it would be in the way of all others for ever
            log.exception("a fault of ours, in a run that was asked for: %s", wish.command)
        return True

    async def run(self, flow: Flow, options: Namespace, credential: str) -> int:
        if self.stopping:
            return BUSY
        work = work_with(flow, options, self.service)
        self.idle.clear()
        try:
            is_alone = flow.is_alone(options)
            ended = await self.service.runner.run(flow.command, credential, work, is_alone=is_alone)
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
