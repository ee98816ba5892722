"""The main line: from a request to the bytes that answer it."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from proxy.cache.flights import Flight, Flights
from proxy.cache.originals.group import OriginGroup
from proxy.cache.originals.spool import Spool
from proxy.cache.purges.scope import PLACE_LENGTH, Scope
from proxy.cache.refusals import Refusals
from proxy.cache.renditions.renditions import Renditions
from proxy.cache.turns import NoTurns, Turns
from proxy.deadline import Deadline
from proxy.delivery.admission import FREE, Admission
from proxy.delivery.deferring import Deferring, for_now, is_final
from proxy.delivery.delivered import CacheStatus, Delivered, Stopwatch
from proxy.delivery.drawing import Drawing
from proxy.delivery.ingredients import FontMissing, lifetime_of
from proxy.delivery.stills import whole_for_still
from proxy.errors import BadRequest, LayerUndecodable, OverBudget, ProxyError, SourceTooLarge, Undecodable
from proxy.media import MediaRequest, Original, Rendition, entry_key
from proxy.metrics import Metrics
from proxy.pixels.job import ENGINE, is_drawn
from proxy.tracing.spans import span

REDRAW_SECONDS = 300.0
REDRAWS = 32  # renditions of an older engine that wait to be drawn anew; others wait for their next viewer
Making = Callable[[Flight[Delivered]], Awaitable[Delivered]]


class Delivery:
    def __init__(
        self,
        *,
        originals: OriginGroup,
        renditions: Renditions,
        refusals: Refusals,
        drawing: Drawing,
        metrics: Metrics,
        engine: int = ENGINE,
        turns: Turns | None = None,
    ) -> None:
        self.originals = originals
        self.larder = drawing.larder
        self.renditions = renditions
        self.refusals = refusals
        self.drawing = drawing
        self.metrics = metrics
        self.engine = engine
        self.turns = turns or NoTurns()
        self.flights: Flights[Delivered] = Flights("renditions", metrics)
        self.redraws: Flights[Delivered] = Flights("redraws", metrics)
        self.deferring = Deferring(self, renditions=renditions, refusals=refusals, turns=self.turns, metrics=metrics)

    async def deliver(self, request: MediaRequest, deadline: Deadline, admission: Admission = FREE) -> Delivered:
        """The answer to a request; raises a ProxyError where there is none."""
        try:
            return await self.deliver_pinned(await self.larder.pinned(request, deadline), deadline, admission)
        except FontMissing as error:
            return await self.deliver_pinned(
                await self.larder.pinned(request, deadline, error.sources), deadline, admission
            )

    async def deliver_pinned(self, request: MediaRequest, deadline: Deadline, admission: Admission) -> Delivered:
        key = self.key_of(request)
        found = self.renditions.peek(key)
        if found is not None:
            return self.answer_from_cache(key, request, found, "memory")
        if not request.defers_avif:
            return await self.share(key, self.work_of(key, request, admission), deadline, admission)
        if self.deferring.waits(key):
            return await self.deliver_meanwhile(key, request, deadline, admission)
        return await self.share(key, self.deferring_work_of(key, request, admission), deadline, admission)

    async def deliver_meanwhile(
        self, key: str, request: MediaRequest, deadline: Deadline, admission: Admission
    ) -> Delivered:
        """What viewers without AVIF get; where there is none, an older engine's AVIF may be there all the same."""
        try:
            return for_now(await self.deliver_pinned(request.without_avif, deadline, admission))
        except ProxyError:
            found = await self.renditions.find(key)
            if found is None:
                raise
            return self.answer_from_cache(key, request, *found)

    async def look(self, key: str, request: MediaRequest) -> Delivered | None:
        """What some cache has of a pinned request, whose AVIF is not deferred; raises what was refused before."""
        found = self.renditions.peek(key)
        if found is not None:
            return self.answer_from_cache(key, request, found, "memory")
        other = await self.renditions.find(key)
        if other is not None:
            return self.answer_from_cache(key, request, *other)
        self.refusals.check(key)
        return None

    async def make_missing(
        self, key: str, request: MediaRequest, deadline: Deadline, admission: Admission
    ) -> Delivered:
        """What `look` has not found a moment ago; raises a ProxyError."""
        found = self.renditions.peek(key)
        if found is not None:
            return self.answer_from_cache(key, request, found, "memory")
        self.refusals.check(key)

        async def work(flight: Flight[Delivered]) -> Delivered:
            with self.drawing.coming(request):
                return await self.make_in_turn(key, request, flight, admission)

        try:
            return await self.share(key, work, deadline, admission)
        except FontMissing as error:
            pinned = await self.larder.pinned(request, deadline, error.sources)
            return await self.deliver_pinned(pinned, deadline, admission)

    async def share(self, key: str, work: Making, deadline: Deadline, admission: Admission) -> Delivered:
        while True:
            try:
                return await self.flights.join(key, work, deadline)
            except OverBudget:  # of whoever has started it; another one of us starts it anew
                if admission.refused:
                    raise

    def key_of(self, request: MediaRequest) -> str:
        return entry_key(self.originals.name, request.path, request.identity)

    def answer_from_cache(self, key: str, request: MediaRequest, found: Rendition, tier: str) -> Delivered:
        """An older engine's picture is served while it is drawn anew."""
        lifetime = lifetime_of(request)
        if found.engine >= self.engine:  # a newer one's during an upgrade: replicas must not draw against each other
            return Delivered(found, self.status_of(request), tier, lifetime=lifetime)
        if request.defers_avif:
            self.deferring.start(key, request, self.engine)
        elif key not in self.redraws.under_way and len(self.redraws.under_way) < REDRAWS:
            self.redraws.start(key, self.redraw_of(key, request), Deadline.after(REDRAW_SECONDS))
        return Delivered(found, CacheStatus.STALE, tier, lifetime=lifetime)

    def status_of(self, request: MediaRequest) -> CacheStatus:
        """Of what is cached."""
        return CacheStatus.STALE if self.larder.is_stale(request) else CacheStatus.HIT

    def purge(self, scope: Scope) -> None:
        """What is under way goes to those who wait for it, and nowhere else."""
        for flights in (self.flights, self.redraws, self.deferring):
            flights.purge(lambda key: scope.spoils_rendition(key, self.originals.name))

    def work_of(self, key: str, request: MediaRequest, admission: Admission) -> Making:
        async def work(flight: Flight[Delivered]) -> Delivered:
            with self.drawing.coming(request):
                found = None if request.plan.original else await self.renditions.find(key)
                if found is not None:
                    return self.answer_from_cache(key, request, *found)
                self.refusals.check(key)  # not before: an older engine's picture is there though redrawing is refused
                return await self.make_in_turn(key, request, flight, admission)

        return work

    def deferring_work_of(self, key: str, request: MediaRequest, admission: Admission) -> Making:
        """What a viewer without AVIF would get, while the other one is drawn."""

        async def work(flight: Flight[Delivered]) -> Delivered:
            found = await self.renditions.find(key)
            if found is not None:
                return self.answer_from_cache(key, request, *found)
            delivered = await self.deliver_pinned(request.without_avif, flight.deadline, admission)
            if flight.purged or not isinstance(delivered.what, Rendition) or delivered.what.engine < self.engine:
                return for_now(delivered)
            if is_final(delivered.what, request):
                self.renditions.keep(key, delivered.what)
                return delivered
            self.deferring.start(key, request, self.engine)
            return for_now(delivered)

        return work

    async def make_in_turn(
        self, key: str, request: MediaRequest, flight: Flight[Delivered], admission: Admission
    ) -> Delivered:
        """Replicas that are asked for the same picture make it once; files as they are, each fetches for itself."""
        if request.plan.original:
            return await self.make(key, request, flight, admission)
        async with self.turns.turn(key, flight.deadline) as others:
            found = await self.renditions.find(key) if others else None
            if found is not None:
                return self.answer_from_cache(key, request, *found)
            return await self.make(key, request, flight, admission)

    async def plain(self, request: MediaRequest, deadline: Deadline) -> Rendition:
        """By the present engine, from the cache or drawn behind the viewers; raises Undecodable for a stored file."""
        key = self.key_of(request)
        found = self.renditions.peek(key)
        if found is None:
            found, _ = await self.renditions.find(key) or (None, "")
        if found is not None and found.engine >= self.engine:
            return found
        redrawn = await self.redraws.join(key, self.redraw_of(key, request), deadline)
        if not isinstance(redrawn.what, Rendition):
            raise Undecodable("the file is no picture")
        return redrawn.what

    async def draw_behind(self, key: str, request: MediaRequest, flight: Flight[None]) -> Rendition:
        """Kept nowhere."""
        self.refusals.check(key)
        drawn = await self.fetch_and_draw(key, request, flight, FREE, background=True)
        if not isinstance(drawn.what, Rendition):
            raise Undecodable("the file is no picture")
        return drawn.what

    def redraw_of(self, key: str, request: MediaRequest) -> Making:
        async def work(flight: Flight[Delivered]) -> Delivered:
            flight.begin()
            self.refusals.check(key)  # it was tried, and must fail again
            self.metrics.redrawn()
            return await self.make(key, request, flight, FREE, background=True)

        return work

    async def make(
        self,
        key: str,
        request: MediaRequest,
        flight: Flight[Delivered],
        admission: Admission,
        background: bool = False,
    ) -> Delivered:
        """Fetch the original if it is not here, draw, and keep what is drawn."""
        try:
            delivered = await self.fetch_and_draw(key, request, flight, admission, background)
            if isinstance(delivered.what, Rendition) and not flight.purged:
                self.renditions.keep(key, delivered.what)
            return delivered
        finally:
            if not flight.begun:
                admission.refund()
            if flight.purged:  # what it has found out may be wrong by now
                self.refusals.pardon(lambda other: other.startswith(key[:PLACE_LENGTH]))

    async def fetch_and_draw(
        self,
        key: str,
        request: MediaRequest,
        flight: Flight[Any],
        admission: Admission,
        background: bool,
    ) -> Delivered:
        watch = Stopwatch()
        with span("cache", {"media_proxy.tier": "originals"}) as looking:
            found = await self.originals.find(request.path)
            looking.put({"media_proxy.hit": found is not None})
        if not is_stored(found, request):
            admission.charge()  # before it costs Akeneo a call
        original = found or await self.originals.fetch_or_follow(request.path, flight.deadline)
        if request.plan.page is not None:
            limit = self.drawing.limits.max_source_bytes
            original = await whole_for_still(original, request.path, self.originals, limit, flight.deadline)
        watch.lap("disk" if found else "origin")
        if isinstance(original, Spool) or not is_drawn(original.content, request.plan):
            if request.plan.placeholder:
                raise Undecodable("the file is no picture")
            status, tier = (self.status_of(request), "disk") if found else (CacheStatus.MISS, "none")
            return Delivered(original, status, tier, watch.laps, lifetime_of(request))
        background = background or flight.deadline.is_background()  # asked now: a viewer may have joined meanwhile
        rendition, stages = await self.draw(key, request, original, flight, background)
        watch.lap("render")
        return Delivered(rendition, CacheStatus.MISS, stages=watch.laps | stages, lifetime=lifetime_of(request))

    async def draw(
        self, key: str, request: MediaRequest, original: Original, flight: Flight[Any], background: bool
    ) -> tuple[Rendition, dict[str, float]]:
        self.drawing.check(request)
        try:
            drawn = await self.drawing.draw(key, request, original, flight, background)
        except (BadRequest, SourceTooLarge, LayerUndecodable) as error:
            self.refusals.remember(key, error)
            raise
        rendition = replace(drawn.rendition, engine=self.engine, source=str(request.path))
        self.refusals.forget(key)  # earlier strikes were bad luck
        return rendition, drawn.stages

    async def close(self) -> None:
        """Let what is under way come to its end."""
        await self.deferring.close()
        await self.redraws.close()
        await self.flights.settle()
        await self.originals.close()


def is_stored(found: Original | None, request: MediaRequest) -> bool:
    """Whether a file is sent as it is: of one that is not here, only if the URL says so."""
    return request.plan.original or (found is not None and not is_drawn(found.content, request.plan))
