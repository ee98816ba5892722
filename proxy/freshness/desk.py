"""Where signed events come in: who may send them, which of them are new, and whether there is room."""

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from proxy.freshness.events import UNREADABLE, Event, read_events_api, read_platform
from proxy.freshness.follower import Follower
from proxy.freshness.signature import Way, is_signed
from proxy.metrics import Metrics

log = logging.getLogger("proxy.freshness")
TELL_SECONDS = 60.0
LARGE_BYTES = 64 * 2**10
MOST_REMEMBERED = 50_000  # ids of events; Akeneo sends one again for 35 minutes at most


@dataclass(frozen=True, slots=True)
class Sender:
    """A connection whose events are listened to."""

    follower: Follower
    secrets: tuple[str, ...]


class Desk:
    def __init__(
        self,
        senders: Mapping[str, Sender],
        metrics: Metrics,
        most_remembered: int = MOST_REMEMBERED,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.senders = senders
        self.metrics = metrics
        self.most_remembered = most_remembered
        self.clock = clock
        self.told_at = 0.0
        self.seen: OrderedDict[tuple[str, str, str], None] = OrderedDict()

    async def of(self, way: Way, headers: Mapping[str, str], body: bytes, name: str) -> list[Sender]:
        """Who has signed it: the connection of that name, or any if there is none. All secrets are always tried."""
        large = len(body) > LARGE_BYTES  # anybody may send it
        fitting = (
            await asyncio.to_thread(self.fitting, way, headers, body, name)
            if large
            else (self.fitting(way, headers, body, name))
        )
        if not fitting:
            self.refuse(str(way))
        return fitting

    def fitting(self, way: Way, headers: Mapping[str, str], body: bytes, name: str) -> list[Sender]:
        named = [it for key, it in self.senders.items() if name in ("", key)]
        return [it for it in named if self.has_signed(it, way, headers, body)]

    def refuse(self, way: str) -> None:
        """The log is told now and then only: anybody may send this."""
        self.metrics.freshness.event_came(way, "none", "refused")
        if self.clock() - self.told_at >= TELL_SECONDS:
            self.told_at = self.clock()
            log.warning("an event was refused, since no secret of ours has signed it, or too long ago (%s)", way)

    def has_signed(self, sender: Sender, way: Way, headers: Mapping[str, str], body: bytes) -> bool:
        now = self.clock()
        return any([is_signed(way, secret, headers, body, now) for secret in sender.secrets])  # noqa: C419 (each time as long)

    async def accept(self, way: Way, senders: Sequence[Sender], body: bytes) -> bool:
        """False if there is no room and the sender will try again; an event that is not taken is not known either."""
        large = len(body) > LARGE_BYTES  # ten whole products take a while to be read, and viewers wait meanwhile
        events = await asyncio.to_thread(self.read, way, body) if large else self.read(way, body)
        accepted = [self.take(way, event, [it.follower for it in senders]) for event in events]
        return all(accepted)

    def read(self, way: Way, body: bytes) -> list[Event]:
        """A signed body that we do not understand is no fault of the sender's, which would be shut out for it."""
        try:
            return read_platform(body) if way is Way.PLATFORM else read_events_api(body)
        except ValueError as error:
            log.warning("a signed event cannot be read: %s", error)
            return [Event("", UNREADABLE)]

    def take(self, way: Way, event: Event, followers: Sequence[Follower]) -> bool:
        outcome = self.outcome_of(way, event, followers)
        self.metrics.freshness.event_came(str(way), event.type, outcome)
        if outcome == "accepted" and event.at is not None:
            self.metrics.freshness.event_was_late(str(way), max(0.0, self.clock() - event.at))
        return outcome != "full"

    def outcome_of(self, way: Way, event: Event, followers: Sequence[Follower]) -> str:
        change = event.change
        if change is None:
            return UNREADABLE if event.type == UNREADABLE else "ignored"
        followers = [it for it in followers if (it.name, str(way), event.id) not in self.seen]
        if not followers:
            return "duplicate"
        room = all(follower.has_room_for(change) for follower in followers)
        if not room and way is Way.PLATFORM:
            return "full"
        for follower in followers:
            self.remember(follower.name, way, event.id)
            follower.hear(change)
        return "accepted" if room else "to_be_polled"

    def remember(self, name: str, way: Way, event_id: str) -> None:
        """Two Akeneos may call theirs the same: each connection has ids of its own."""
        self.seen[name, str(way), event_id] = None
        while len(self.seen) > self.most_remembered:
            self.seen.popitem(last=False)
