"""An original becomes a picture in the workers; a file that does not decode gets a second chance."""

import logging
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from proxy.cache.flights import Flight
from proxy.cache.originals.group import OriginGroup
from proxy.cache.refusals import Refusals
from proxy.deadline import Deadline
from proxy.delivery.extents import Extents
from proxy.delivery.ingredients import Larder
from proxy.errors import (
    LayerUndecodable,
    OriginBroken,
    Overloaded,
    ProxyError,
    RenderCrashed,
    RenderTimeout,
    Undecodable,
)
from proxy.formats import Format
from proxy.media import MediaPath, MediaRequest, Original, place_of
from proxy.pixels.gathering import Gathering
from proxy.pixels.job import SHARED, Drawn, Job, Limits
from proxy.pixels.pool import Renderers

log = logging.getLogger("proxy.delivery")
LOSSES = 3  # of an original between being found and being drawn, as with a small disk and many purges
Render = Callable[[Original], Awaitable[Drawn]]


class Drawing:
    def __init__(self, originals: OriginGroup, refusals: Refusals, renderers: Renderers, limits: Limits) -> None:
        self.originals = originals
        self.larder = Larder(originals)
        self.refusals = refusals
        self.renderers = renderers
        self.limits = limits
        self.gathering = Gathering()
        self.extents = Extents()

    def check(self, request: MediaRequest) -> None:
        """Raises Undecodable if the file was found to be no picture a short while ago, Quarantined."""
        self.refusals.quarantine.check(self.file_of(request))
        self.refusals.check(self.name_of(request))

    def file_of(self, request: MediaRequest) -> str:
        """The file whatever is drawn of it, under its place so that a purge finds it."""
        return f"{place_of(self.originals.name, request.path)} {request.path.revision}"

    def name_of(self, request: MediaRequest) -> str:
        """Under which a failed drawing is remembered: the file as it is stored is not concerned.

        A format without frames draws only the first of them, which may be good where a later one is not. So
        may be another page.
        """
        wanted = request.plan.output.format
        still = wanted is not None and wanted.explicit not in {None, Format.WEBP}
        part = request.plan.page or ("still" if still else "all")
        return f"{self.file_of(request)} {part}"

    async def draw(
        self, key: str, request: MediaRequest, original: Original, flight: Flight[Any], background: bool
    ) -> Drawn:
        """A file that does not decode is fetched once more; an identical copy makes the verdict final."""
        file = self.file_of(request)

        async def render(original: Original) -> Drawn:
            ingredients = await self.larder.gather(request, flight.deadline)
            files = [(original.file, original.content), *((path, content) for _, path, content in ingredients.layers)]
            extent, *others = await self.extents.of(files)
            job = Job(
                original.file,
                original.content,
                request.plan,
                request.accepts,
                request.default_quality,
                self.limits,
                ingredients.layers,
                ingredients.fonts,
                original.size,
                extent,
                tuple(others),
                request.avif_max_pixels,
            )
            with self.gathering.arrived(file):
                if not background and job.content.picture in SHARED and self.renderers.would_decode(job.source):
                    await self.gathering.complete(file)
                return await self.renderers.render(job, flight.begin, background, flight.deadline.remaining())

        with self.judging(key, request):
            try:
                return await self.draw_with_layers(request, original, render, flight.deadline)
            except Undecodable as error:
                again = await self.fetch_again(self.name_of(request), request.path, error, flight.deadline)
            return await self.draw_second(again, render)

    def coming(self, request: MediaRequest) -> AbstractContextManager[None]:
        """From a request that may have to be drawn until its answer."""
        return self.gathering.coming(self.file_of(request))

    @contextmanager
    def judging(self, key: str, request: MediaRequest) -> Iterator[None]:
        """What ends a worker is noted against the rendition, and against the file if there was no other file on it."""
        file = self.file_of(request)
        try:
            yield
        except (RenderCrashed, RenderTimeout) as error:
            self.refusals.strike(key, error)
            if not request.plan.layer_sources:
                self.refusals.quarantine.failed(file, key, str(request.path))
            raise
        except FileNotFoundError:
            raise Overloaded("the cache loses files faster than they are drawn", retry_after_seconds=2) from None
        else:
            self.refusals.quarantine.succeeded(file)

    async def draw_with_layers(
        self, request: MediaRequest, original: Original, render: Render, deadline: Deadline
    ) -> Drawn:
        """A layer's file, too, gets its second chance."""
        try:
            return await self.draw_first(request, original, render, deadline)
        except LayerUndecodable as error:
            path = self.larder.path_of(request, error.source)
            await self.fetch_again(f"{place_of(self.originals.name, path)} as a layer", path, error, deadline)
        return await self.draw_first(request, original, render, deadline)

    async def draw_first(self, request: MediaRequest, original: Original, render: Render, deadline: Deadline) -> Drawn:
        for _ in range(LOSSES):
            try:
                return await render(original)
            except FileNotFoundError:
                log.info("original %s was evicted or purged before it was drawn", request.path)
                original = await self.originals.get(request.path, deadline)
        return await render(original)

    async def draw_second(self, again: Original, render: Render) -> Drawn:
        """It is the good one, or Akeneo cuts this file each time at another place."""
        try:
            return await render(again)
        except FileNotFoundError:
            raise Overloaded("the cache loses files faster than they are drawn", retry_after_seconds=2) from None
        except Undecodable:
            await self.originals.forget(again)
            raise OriginBroken("Akeneo sends this file incomplete", retry_after_seconds=5) from None

    async def fetch_again(self, key: str, path: MediaPath, error: ProxyError, deadline: Deadline) -> Original:
        """Another copy than the one that does not decode; raises the error if Akeneo has no other.

        Known to be what Akeneo has, it is not fetched again until the pause is over; `key` remembers that.
        """
        self.refusals.check(key)  # another width may have found it out meanwhile
        original = await self.originals.get(path, deadline)
        if not original.confirmed or self.refusals.is_over(key):
            again = await self.originals.fetch_again(original, deadline)
            if not again.confirmed:
                return again
        self.refusals.remember(key, error, growing=True)
        raise error
