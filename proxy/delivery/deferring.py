"""AVIF takes long: it is drawn behind the viewers, who get the next best format until it is there.

What they get meanwhile is what viewers without AVIF get for good, and lies under the key of those. Under the key of
viewers with AVIF nothing is kept but the smaller of the two files, so that what is found there is final, in whichever
tier and by whichever replica.
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from proxy.cache.flights import Flight, Flights
from proxy.cache.purges.scope import PLACE_LENGTH
from proxy.cache.refusals import Refusals
from proxy.cache.renditions.renditions import Renditions
from proxy.cache.turns import Turns
from proxy.deadline import Deadline
from proxy.delivery.delivered import Delivered, Lifetime
from proxy.delivery.ingredients import FontMissing
from proxy.errors import DeadlineExceeded, LimitExceeded, Overloaded, ProxyError, SourceTooLarge
from proxy.formats import Format
from proxy.media import MediaRequest, Rendition
from proxy.metrics import Metrics

MOST = 32  # under way; others wait for their next viewer
PATIENCE_SECONDS = 10.0  # with the original, with another replica, and with the queue of the workers
PAUSE_SECONDS = 10.0  # after one that came to nothing; crashes make longer ones
MOST_PAUSES = 10_000


class Maker(Protocol):
    """What draws. Both raise ProxyError, FontMissing."""

    async def plain(self, request: MediaRequest, deadline: Deadline) -> Rendition:
        """Of a request that defers nothing, by the present engine, from the cache or drawn behind the viewers."""

    async def draw_behind(self, key: str, request: MediaRequest, flight: Flight[None]) -> Rendition:
        """Drawn, whatever the cache has, and kept nowhere."""


class Deferring:
    """Raises nothing: who asked first has his picture already, and the next viewer starts again what has failed."""

    def __init__(
        self,
        maker: Maker,
        *,
        renditions: Renditions,
        refusals: Refusals,
        turns: Turns,
        metrics: Metrics,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.maker = maker
        self.renditions = renditions
        self.refusals = refusals
        self.turns = turns
        self.metrics = metrics
        self.clock = clock
        self.flights: Flights[None] = Flights("deferred", metrics)
        self.pauses: OrderedDict[str, float] = OrderedDict()  # when they end, by key

    def waits(self, key: str) -> bool:
        """Whether it is being drawn, or is not to be tried now."""
        return key in self.flights.under_way or self.clock() < self.pauses.get(key, 0.0) or self.refusals.holds(key)

    def start(self, key: str, request: MediaRequest, engine: int) -> None:
        """Draw it behind the viewers, unless there is too much of that. `engine`: older pictures do not count."""
        if self.waits(key):
            return
        if len(self.flights.tasks) >= MOST:
            self.end(key, "dropped")
            return

        async def work(flight: Flight[None]) -> None:
            flight.begin()
            try:
                self.end(key, await self.settle(key, request, flight, engine))
            except (Overloaded, DeadlineExceeded):
                self.end(key, "dropped")
            except (ProxyError, FontMissing):
                self.end(key, "failed")
            finally:
                if flight.purged:  # what it has found out may be wrong by now
                    self.refusals.pardon(lambda other: other.startswith(key[:PLACE_LENGTH]))
                    self.pauses.pop(key, None)

        self.flights.start(key, work, Deadline.after(PATIENCE_SECONDS))

    async def settle(self, key: str, request: MediaRequest, flight: Flight[None], engine: int) -> str:
        """The outcome, for the metrics."""
        async with self.turns.turn(key, flight.deadline) as others:
            found = await self.renditions.find(key) if others else None
            if found is not None and found[0].engine >= engine:
                return "elsewhere"
            plain = await self.maker.plain(request.without_avif, flight.deadline)
            best = await self.smaller(plain, key, request, flight)
            if flight.purged:
                return "dropped"
            self.renditions.keep(key, best)
            return "avif" if best.format is Format.AVIF else "other"

    async def smaller(self, plain: Rendition, key: str, request: MediaRequest, flight: Flight[None]) -> Rendition:
        """The other one is final, too, where AVIF can never be."""
        if is_final(plain, request):
            return plain
        try:
            drawn = await self.maker.draw_behind(key, request, flight)
        except (LimitExceeded, SourceTooLarge):
            return plain
        return drawn if drawn.format is Format.AVIF and len(drawn.body) < len(plain.body) else plain

    def end(self, key: str, outcome: str) -> None:
        """Whatever came of it: where nothing can keep it, it must not be drawn all the time."""
        self.metrics.deferred(outcome)
        self.pauses.pop(key, None)
        self.pauses[key] = self.clock() + PAUSE_SECONDS
        if len(self.pauses) > MOST_PAUSES:
            self.pauses.popitem(last=False)

    def purge(self, chosen: Callable[[str], bool]) -> None:
        """What is under way is not kept."""
        self.flights.purge(chosen)
        for key in [key for key in self.pauses if chosen(key)]:
            del self.pauses[key]

    async def close(self) -> None:
        """What is given up is started again by the next viewer, of the next server too."""
        await self.flights.close()


def is_final(plain: Rendition, request: MediaRequest) -> bool:
    """Whether a picture drawn without AVIF is what viewers with AVIF get, too: that shows without drawing it."""
    too_large = plain.width * plain.height > request.avif_max_pixels
    return too_large or not plain.negotiated or is_moving(plain)


def is_moving(rendition: Rendition) -> bool:
    """A still GIF is never negotiated; an animated WebP has a flag in its head."""
    if rendition.format is Format.WEBP:
        return rendition.body[12:16] == b"VP8X" and bool(rendition.body[20] & 0b10)
    return rendition.format is Format.GIF


def for_now(delivered: Delivered) -> Delivered:
    """A stored file is what it is; a picture may become another one soon."""
    if not isinstance(delivered.what, Rendition):
        return delivered
    return replace(delivered, lifetime=Lifetime.STOPGAP)
