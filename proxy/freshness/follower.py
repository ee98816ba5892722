"""The changes of one connection, from wherever they are told: what they mean is done here and nowhere else."""

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import tzinfo

from proxy.errors import OriginBroken, OriginMisconfigured, ProxyError
from proxy.freshness.common import Common
from proxy.freshness.cursor import Cursor
from proxy.freshness.inbox import Inbox
from proxy.freshness.polling import Poll, TooMany
from proxy.freshness.refreshing import Refresher
from proxy.freshness.things import Change, Kind
from proxy.metrics import Metrics

log = logging.getLogger("proxy.freshness")
FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 60.0
MOST_TRIES = 20
ITS_OWN = (OriginBroken, OriginMisconfigured)  # what Akeneo may say of one thing and of no other
EAGER_SHARE = 0.5  # of the interval: a replica does not poll so soon after another one


@dataclass(frozen=True, slots=True)
class Pace:
    """`poll_seconds` None: only when something was missed. `zone` is that of the PIM's clock."""

    poll_seconds: float | None
    zone: tzinfo
    pause_seconds: float = FIRST_PAUSE_SECONDS


class Follower:
    def __init__(
        self,
        name: str,
        refresher: Refresher,
        cursor: Cursor,
        *,
        common: Common,
        pace: Pace,
        metrics: Metrics,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.name = name
        self.refresher = refresher
        self.cursor = cursor
        self.common = common
        self.pace = pace
        self.metrics = metrics
        self.clock = clock
        self.inbox = Inbox()
        self.working: Change | None = None
        self.forbidden: set[str] = set()  # lists
        self.due = asyncio.Event()  # a look that cannot wait for the interval
        if pace.poll_seconds is not None:
            metrics.freshness.watch_polling(name, pace.poll_seconds, lambda: clock() - cursor.since)
        metrics.watch_queue(f"events {name}", lambda: len(self.inbox), lambda: self.working is not None)

    async def open(self) -> None:
        """Before anything is heard."""
        await asyncio.to_thread(self.cursor.load, self.clock())
        if self.pace.poll_seconds is not None:
            await asyncio.to_thread(self.cursor.save)  # a restart before the first look must know where we began
        if self.cursor.missed is not None or self.is_late():
            self.due.set()

    # -- events --

    def has_room_for(self, change: Change) -> bool:
        return len(self.inbox) < self.inbox.most or change.thing.key in self.inbox.waiting

    def hear(self, change: Change) -> None:
        """Addresses are forgotten at once. What finds no place is looked for by polling."""
        self.refresher.forget(change.thing)
        if not self.inbox.put(change):
            self.miss(change.at)

    def miss(self, at: float) -> None:
        if self.cursor.missed is None:
            log.warning("%s: more events than can be worked on: Akeneo will be asked what has changed", self.name)
        self.cursor.miss(at)
        self.due.set()

    async def work(self) -> None:
        """A PIM that fails is asked again after growing pauses; meanwhile changes wait, and join each other."""
        pause = self.pace.pause_seconds
        while True:
            change = self.working = await self.inbox.take()
            fault = await self.refreshed(change)
            self.working = None
            if fault is None:
                pause = self.pace.pause_seconds
                continue
            self.again(change, fault)
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)

    def again(self, change: Change, fault: Exception) -> None:
        """Unless that was tried in vain too often: what is wrong with one thing alone would never end. Whatever else
        may be wrong with Akeneo passes.
        """
        tries = change.tries + isinstance(fault, ITS_OWN)
        if tries >= MOST_TRIES:
            self.metrics.freshness.thing_refreshed(str(change.thing.kind), "given_up")
            log.warning("%s: %s %s is given up: %s", self.name, change.thing.kind, change.thing, fault)
        elif not self.inbox.put(replace(change, ids=frozenset(), tries=tries)):  # the others know of the events
            self.miss(change.at)

    async def refreshed(self, change: Change) -> Exception | None:
        """Why it is to be done again, if it is."""
        kind = str(change.thing.kind)
        try:
            if change.ids and not await self.common.is_first(self.cursor.name, change.ids):
                self.metrics.freshness.thing_refreshed(kind, "elsewhere")
                return None
            outcome = await self.refresher.refresh(change)
            self.metrics.freshness.thing_refreshed(kind, outcome)
            log.debug("%s: %s %s: %s", self.name, kind, change.thing, outcome)
        except (ProxyError, OSError) as error:
            self.metrics.freshness.thing_refreshed(kind, "failed")
            log.info("%s: %s %s was not refreshed yet: %s", self.name, kind, change.thing, error)
            return error
        except Exception:  # the next one may be better
            self.metrics.freshness.thing_refreshed(kind, "failed")
            log.exception("a fault of ours while a change was worked on")
        return None

    # -- polling --

    async def poll_regularly(self) -> None:
        pause = self.pace.pause_seconds
        while True:
            interval = self.pace.poll_seconds
            try:
                async with asyncio.timeout(interval):
                    await self.due.wait()
            except TimeoutError:
                pass
            self.due.clear()
            if await self.polled():
                pause = self.pace.pause_seconds
            else:
                await asyncio.sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
                self.due.set()

    async def polled(self) -> bool:
        """False if it is to be done again."""
        async with self.common.duty(f"poll {self.cursor.name}") as ours:
            start = self.clock()
            await self.cursor.catch_up(start)
            missed = self.cursor.missed
            if missed is None and (not ours or self.is_fresh(start)):
                self.metrics.freshness.polled(self.name, "elsewhere")
                return True
            if not ours:
                return False  # what we have missed, another one does not look for
            return await self.look(missed, start)

    def is_late(self) -> bool:
        """Whether a look was due while this server was down."""
        return self.pace.poll_seconds is not None and self.clock() - self.cursor.since >= self.pace.poll_seconds

    def is_fresh(self, now: float) -> bool:
        """Whether another replica has looked a moment ago."""
        return 0 <= now - self.cursor.since < (self.pace.poll_seconds or 0) * EAGER_SHARE

    async def look(self, missed: float | None, start: float) -> bool:
        since = self.cursor.since if self.pace.poll_seconds is not None or missed is None else missed
        if missed is not None:
            await asyncio.to_thread(self.cursor.save)  # it may take a while, and we may be killed meanwhile
        known = frozenset(self.cursor.lists)
        poll = Poll(self.refresher.catalogue, min(since, missed or since), self.pace.zone, known)
        outcome = "failed"
        try:
            await poll.each(self.see)
            outcome = "forbidden" if poll.is_blind else "done"
        except TooMany:
            log.warning("%s: too much has changed: all addresses are forgotten", self.name)
            self.refresher.forget_all()
            outcome = "too_many"
        except (ProxyError, OSError) as error:
            log.warning("%s: what has changed could not be asked: %s", self.name, error)
        except Exception:
            log.exception("a fault of ours while polling %s", self.name)
        self.metrics.freshness.polled(self.name, outcome)
        self.tell_forbidden(poll)
        self.cursor.lists |= poll.read
        if outcome in {"done", "too_many"}:
            await self.cursor.move(start, missed)
            await asyncio.to_thread(self.cursor.save)
        # Rights come back by a hand of somebody's: the interval will do, where there is one.
        return outcome != "failed" and (outcome != "forbidden" or self.pace.poll_seconds is not None)

    def tell_forbidden(self, poll: Poll) -> None:
        """Once, until the list can be read again."""
        for name in sorted(poll.forbidden - self.forbidden):
            log.warning(
                "%s: the connection's role may not read the list of %s: its changes are missed", self.name, name
            )
        self.forbidden = (self.forbidden | poll.forbidden) - poll.read

    async def see(self, change: Change) -> None:
        """Of a poll, which sees what it has seen before as well."""
        holdings, codes = self.refresher.holdings, change.codes or frozenset()
        if holdings.covers(change.thing, change.at, codes):
            return
        if change.thing.kind is Kind.ENTITY and holdings.has(change.thing, codes):
            return  # it has no time of its own
        self.refresher.forget(change.thing)
        self.metrics.freshness.thing_refreshed(str(change.thing.kind), await self.refresher.refresh(change))

    # -- the end --

    async def leave(self) -> None:
        """What nobody has worked on is looked for after the next start."""
        left = [change.at for change in (self.working, *self.inbox.changes()) if change is not None]
        if left:
            self.cursor.miss(min(left))
            await asyncio.to_thread(self.cursor.save)
