"""The main line: from a request to the bytes that answer it."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

from proxy.cache.flights import Flight, Flights
from proxy.cache.originals import Originals
from proxy.cache.refusals import Refusals
from proxy.cache.renditions import Renditions
from proxy.cache.spool import Spool
from proxy.deadline import Deadline
from proxy.errors import (
    BadRequest,
    LimitExceeded,
    NotFound,
    OriginBroken,
    RenderCrashed,
    RenderTimeout,
    SourceTooLarge,
    Undecodable,
)
from proxy.formats import Content, Format
from proxy.media import MediaPath, MediaRequest, Original, Rendition, key_of
from proxy.metrics import Metrics
from proxy.pixels.job import ENGINE, Drawn, Job, Limits, is_drawn
from proxy.pixels.pool import Renderers
from proxy.plan.plan import Plan
from proxy.plan.walk import layer_sources
from proxy.stills import whole_for_still

log = logging.getLogger("proxy.delivery")
REDRAW_SECONDS = 300.0
LAYER_SOURCES = 16  # originals that one URL may ask of Akeneo beside its own
REDRAWS = 32  # renditions of an older engine that wait to be drawn anew; others wait for their next viewer


class CacheStatus(StrEnum):
    HIT = "HIT"
    MISS = "MISS"
    STALE = "STALE"


@dataclass(frozen=True, slots=True)
class Delivered:
    """A drawn picture, a stored file, or a file that is still on its way; and whence it came.

    `tier` names the tier of the cache that had it, or says `none`.
    """

    what: Rendition | Original | Spool
    cache: CacheStatus
    tier: str = "none"
    stages: dict[str, float] = field(default_factory=dict)


class Stopwatch:
    """Seconds by stage, for `Server-Timing`."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self.since = time.perf_counter()

    def lap(self, stage: str) -> None:
        now = time.perf_counter()
        self.laps[stage] = now - self.since
        self.since = now


class Delivery:
    def __init__(
        self,
        *,
        originals: Originals,
        renditions: Renditions,
        refusals: Refusals,
        renderers: Renderers,
        limits: Limits,
        metrics: Metrics,
        engine: int = ENGINE,
    ) -> None:
        self.originals = originals
        self.renditions = renditions
        self.refusals = refusals
        self.renderers = renderers
        self.limits = limits
        self.metrics = metrics
        self.engine = engine
        self.flights: Flights[Delivered] = Flights("renditions", metrics)
        self.redraws: Flights[Delivered] = Flights("redraws", metrics)

    async def deliver(self, request: MediaRequest, deadline: Deadline) -> Delivered:
        """The answer to a request; raises a ProxyError where there is none."""
        key = key_of(self.originals.origin.name, request.identity)
        found = self.renditions.peek(key)
        if found is not None:
            return self.answer_from_cache(key, request, found, "memory")
        self.refusals.check(key)
        return await self.flights.join(key, self.work_of(key, request), deadline)

    def answer_from_cache(self, key: str, request: MediaRequest, found: Rendition, tier: str) -> Delivered:
        """An older engine's picture is served while it is drawn anew."""
        if found.engine == self.engine:
            return Delivered(found, CacheStatus.HIT, tier)
        if key not in self.redraws.under_way and len(self.redraws.under_way) < REDRAWS:
            self.redraws.start(key, self.redraw_of(key, request), Deadline.after(REDRAW_SECONDS))
        return Delivered(found, CacheStatus.STALE, tier)

    def work_of(self, key: str, request: MediaRequest) -> Callable[[Flight[Delivered]], Awaitable[Delivered]]:
        async def work(flight: Flight[Delivered]) -> Delivered:
            found = None if request.plan.original else await self.renditions.find(key)
            if found is not None:
                return self.answer_from_cache(key, request, *found)
            return await self.make(key, request, flight)

        return work

    def redraw_of(self, key: str, request: MediaRequest) -> Callable[[Flight[Delivered]], Awaitable[Delivered]]:
        async def work(flight: Flight[Delivered]) -> Delivered:
            flight.begin()
            self.refusals.check(key)  # it was tried, and must fail again
            self.metrics.redrawn()
            return await self.make(key, request, flight, background=True)

        return work

    async def make(
        self, key: str, request: MediaRequest, flight: Flight[Delivered], background: bool = False
    ) -> Delivered:
        """Fetch the original if it is not here, and draw."""
        watch = Stopwatch()
        found = await self.originals.find(request.path)
        if found is None:
            self.refusals.check(self.name_of(request.path))
        original = found or await self.fetch(request.path, flight.deadline)
        watch.lap("disk" if found else "origin")
        if request.plan.page is not None:
            original = await whole_for_still(original, request.path, self.originals, flight.deadline)
        if isinstance(original, Spool) or not is_drawn(original.content, request.plan):
            if found:
                return Delivered(original, CacheStatus.HIT, "disk", watch.laps)
            return Delivered(original, CacheStatus.MISS, stages=watch.laps)
        self.refusals.check(self.drawing_of(request))
        try:
            drawn = await self.draw(request, original, flight, background)
        except (BadRequest, SourceTooLarge) as error:
            self.refusals.remember(key, error)
            raise
        watch.lap("render")
        rendition = replace(drawn.rendition, engine=self.engine)
        self.renditions.keep(key, rendition)
        self.refusals.forget(key)  # earlier strikes were bad luck
        return Delivered(rendition, CacheStatus.MISS, stages=watch.laps | drawn.stages)

    async def fetch(self, path: MediaPath, deadline: Deadline) -> Original | Spool:
        try:
            return await self.originals.fetch_or_follow(path, deadline)
        except (NotFound, SourceTooLarge) as error:
            self.refusals.remember(self.name_of(path), error)
            raise

    def name_of(self, path: MediaPath) -> str:
        return f"{self.originals.origin.name}/{path}"

    def drawing_of(self, request: MediaRequest) -> str:
        """Under which a failed drawing is remembered: the file as it is stored is not concerned.

        A format without frames draws only the first of them, which may be good where a later one is not. So may be
        another page.
        """
        name, page, wanted = self.name_of(request.path), request.plan.page, request.plan.output.format
        if page is not None:
            return f"drawing of page {page} of {name}"
        still = wanted is not None and wanted.explicit not in {None, Format.WEBP}
        return f"{'still ' if still else ''}drawing of {name}"

    async def draw(
        self, request: MediaRequest, original: Original, flight: Flight[Delivered], background: bool
    ) -> Drawn:
        """A file that does not decode is fetched once more; an identical copy makes the verdict final."""

        layers = await self.gather_layers(request.plan, flight.deadline)

        async def render(original: Original) -> Drawn:
            job = Job(
                original.file,
                original.content,
                request.plan,
                request.accepts,
                request.default_quality,
                self.limits,
                layers,
            )
            return await self.renderers.render(job, flight.begin, background)

        try:
            try:
                return await render(original)
            except FileNotFoundError:
                log.info("original %s was evicted before it was drawn", request.path)
                original = await self.originals.get(request.path, flight.deadline)
                return await render(original)
        except (RenderCrashed, RenderTimeout) as error:
            self.refusals.strike(key_of(self.originals.origin.name, request.identity), error)
            raise
        except Undecodable as error:
            again = await self.fetch_again(request, original, error, flight.deadline)
        return await self.draw_second(again, render)

    async def gather_layers(self, plan: Plan, deadline: Deadline) -> tuple[tuple[str, Path, Content], ...]:
        """The originals of the pictures on the picture; raises NotFound if one is missing, LimitExceeded."""
        sources = layer_sources(plan)
        if len(sources) > LAYER_SOURCES:
            raise LimitExceeded(f"layers of at most {LAYER_SOURCES} different pictures are taken")
        originals = await asyncio.gather(*(self.originals.get(MediaPath.parse(source), deadline) for source in sources))
        return tuple(
            (source, original.file, original.content) for source, original in zip(sources, originals, strict=True)
        )

    async def fetch_again(
        self, request: MediaRequest, original: Original, error: Undecodable, deadline: Deadline
    ) -> Original:
        """Another copy than the one that does not decode; raises the error if Akeneo has no other.

        Known to be what Akeneo has, it is not fetched again until the pause is over.
        """
        key = self.drawing_of(request)
        self.refusals.check(key)  # another width may have found it out meanwhile
        original = await self.originals.find(request.path) or original
        if not original.confirmed or self.refusals.is_over(key):
            again = await self.originals.fetch_again(original, deadline)
            if not again.confirmed:
                return again
        self.refusals.remember(key, error, growing=True)
        raise error

    async def draw_second(self, again: Original, render: Callable[[Original], Awaitable[Drawn]]) -> Drawn:
        """It is the good one, or Akeneo cuts this file each time at another place."""
        try:
            return await render(again)
        except Undecodable:
            await self.originals.forget(again)
            raise OriginBroken("Akeneo sends this file incomplete", retry_after_seconds=5) from None

    async def close(self) -> None:
        await self.redraws.close()
        await self.flights.settle()
        await self.originals.close()
        await self.renditions.close()
