"""The low-level server of a port: how many connections there may be, and how long they may do nothing."""

import asyncio
import logging
import resource
from collections.abc import Awaitable, Callable
from dataclasses import astuple, dataclass
from typing import Any, cast

from aiohttp import web
from aiohttp.web_protocol import RequestHandler

from proxy.metrics import Metrics
from proxy.settings import Settings
from proxy.web.access import AccessLog
from proxy.web.protocol import MAX_FIELD, MAX_FIELDS, MAX_TARGET, Protocol

log = logging.getLogger("proxy.web")
KEEP_ALIVE_SECONDS = 75.0  # longer than a CDN's, so that it is the CDN who closes
LINGERING_SECONDS = 2.0  # for a body that nobody has asked for to end
DESCRIPTORS_OF_OURS = 512  # files that are stored, workers, Akeneo, operators
FILES_SHARE = 4  # of the others: files that are sent, where there is no descriptor for each connection's
LOOKS = 4  # in the shortest time limit


class Door(web.Server):
    """Where there is no place for a newcomer, those who wait for nothing make room.

    One look at all connections now and then finds the stuck ones: no timer for each of them, and no word of it on the
    way of a hit.
    """

    def __init__(
        self,
        handler: Callable[[web.BaseRequest], Awaitable[web.StreamResponse]],
        access: AccessLog,
        settings: Settings,
        metrics: Metrics,
        *,
        most: int,
        bodies: bool = False,
        **factory: Any,
    ) -> None:
        self.options: dict[str, Any] = {
            "max_line_size": MAX_TARGET,
            "max_field_size": MAX_FIELD,
            "max_headers": MAX_FIELDS,
            "keepalive_timeout": KEEP_ALIVE_SECONDS,
            "lingering_time": LINGERING_SECONDS,
            "auto_decompress": False,  # nobody reads bodies, be they bombs
            "access_log": None,
        }
        super().__init__(handler, handler_cancellation=True, **factory)  # a viewer who left waits for nothing
        self.access = access
        self.metrics = metrics
        self.send_seconds = settings.send_timeout_seconds
        self.header_seconds = settings.header_timeout_seconds
        self.most = most
        self.bodies = bodies

    def __call__(self) -> RequestHandler:
        return Protocol(self, loop=self._loop, access=self.access, bodies=self.bodies, **self.options)

    @property
    def open(self) -> int:
        """How many connections there are."""
        return len(self._connections)

    def connection_made(self, handler: RequestHandler, transport: asyncio.Transport) -> None:
        super().connection_made(handler, transport)
        if len(self._connections) > self.most:
            self.make_room(transport)

    def make_room(self, newcomer: asyncio.Transport) -> None:
        """A tenth at once, the oldest first: to look for them takes a while."""
        staying = [protocol for protocol in self.protocols if not protocol.leaving]
        if len(staying) <= self.most:
            return
        idle = [protocol for protocol in staying if protocol.idle][: max(1, self.most // 10)]
        for protocol in idle:
            self.metrics.connection_dropped("idle")
            protocol.force_close()
        if not idle:
            self.metrics.connection_dropped("full")
            newcomer.abort()

    async def watch(self) -> None:
        while True:
            await asyncio.sleep(min(self.send_seconds, self.header_seconds) / LOOKS)
            self.look(self._loop.time())

    def look(self, now: float) -> None:
        """Drop who sends no request to its end, and who takes nothing of an answer."""
        for handler, transport in list(self._connections.items()):
            protocol = cast(Protocol, handler)
            if protocol.head_since is not None and protocol.idle and now - protocol.head_since >= self.header_seconds:
                self.metrics.connection_dropped("header")
                protocol.force_close()
            unsent = transport.get_write_buffer_size()
            if unsent == 0 or unsent != protocol.unsent:
                protocol.unsent, protocol.stuck_since = unsent, now
            elif now - protocol.stuck_since >= self.send_seconds:
                self.metrics.connection_dropped("send")
                transport.abort()

    @property
    def protocols(self) -> list[Protocol]:
        return [cast(Protocol, handler) for handler in self._connections]


@dataclass(frozen=True, slots=True)
class Room:
    """How many there may be at once; a file that is being sent takes a descriptor beside that of its connection."""

    connections: int
    files: int


def room_for(connections: int) -> Room:
    """When the limit on open files is raised as far as that takes and the system allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * connections + DESCRIPTORS_OF_OURS
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return Room(connections, connections)
    allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    room = room_within(connections, allowed - DESCRIPTORS_OF_OURS)
    if room.files < connections:
        log.info("room for %d connections and %d files: the limit on open files is %d", *astuple(room), allowed)
    return room


def room_within(connections: int, descriptors: int) -> Room:
    """All connections that are wanted, but for a share of what there is for files."""
    files = max(1, descriptors // FILES_SHARE, descriptors - connections)
    return Room(max(1, min(connections, descriptors - files)), min(connections, files))
