"""The other files that a picture is made of: pictures on it, and the fonts of its texts."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from proxy.cache.originals.group import OriginGroup
from proxy.deadline import Deadline
from proxy.delivery.delivered import Lifetime
from proxy.errors import Blocked, LimitExceeded, NotFound, SourceTooLarge
from proxy.formats import Content
from proxy.media import MediaPath, MediaRequest, Original
from proxy.plan.plan import Plan

T = TypeVar("T")
MOST = 16  # pictures, and as many fonts, that one URL may ask for beside its own
MISSING = "missing"  # the revision of a font that is not to be had


class FontMissing(Exception):
    """Found out while fetching it: what is drawn without the fonts of these `sources` is another rendition."""

    def __init__(self, sources: frozenset[str]) -> None:
        super().__init__(*sources)
        self.sources = sources


@dataclass(frozen=True, slots=True)
class Ingredients:
    layers: tuple[tuple[str, Path, Content], ...] = ()
    fonts: tuple[tuple[str, Path], ...] = ()


class Larder:
    """Finds out which revisions are meant, and fetches them."""

    def __init__(self, originals: OriginGroup) -> None:
        self.originals = originals

    async def pinned(
        self, request: MediaRequest, deadline: Deadline, without: frozenset[str] = frozenset()
    ) -> MediaRequest:
        """With the revision of everything that may change; raises NoSuchPath, MediaNotFound, LimitExceeded,
        DeadlineExceeded.

        A font that is not there is no error: the default one is taken for it, and for those in `without`.
        """
        path = await self.originals.pin(request.path, deadline)
        layers, fonts = layered(request.plan)
        if not layers and not fonts:
            return request if path is request.path else replace(request, path=path)
        paths = [path_of_layer(source) for source in layers]
        found = await together(of_layer(self.originals.pin, it, deadline) for it in paths)
        pins = [(source, it.revision) for source, it in zip(layers, found, strict=True)]
        wanted = [font for font in fonts if font not in without]
        revisions = dict(zip(wanted, await together(self.font_revision(it, deadline) for it in wanted), strict=True))
        pins += [(font, revisions.get(font, MISSING)) for font in fonts]
        return replace(request, path=path, revisions=tuple(pin for pin in pins if pin[1]))

    def is_stale(self, request: MediaRequest) -> bool:
        """Whether a revision that it is pinned to may have been replaced by now, and nobody can tell."""
        others = [MediaPath.parse_any(name) for name, revision in request.revisions if revision != MISSING]
        return any(map(self.originals.is_stale, (request.path, *others)))

    async def font_revision(self, source: str, deadline: Deadline) -> str:
        try:
            path = await self.originals.pin(MediaPath.parse_any(source), deadline)
            return MISSING if self.originals.is_known_to_be_missing(path) else path.revision
        except NotFound:
            return MISSING

    async def gather(self, request: MediaRequest, deadline: Deadline) -> Ingredients:
        """Raises NotFound if a layer's file is missing, FontMissing."""
        sources, fonts = layered(request.plan)
        revisions = dict(request.revisions)
        wanted = [font for font in fonts if revisions.get(font) != MISSING]
        paths = [self.path_of(request, name) for name in (*sources, *wanted)]
        layers = await together(of_layer(self.originals.get, it, deadline) for it in paths[: len(sources)])
        files = await together(self.font(path, deadline) for path in paths[len(sources) :])
        missing = frozenset(font for font, file in zip(wanted, files, strict=True) if file is None)
        if missing:
            raise FontMissing(missing)
        return Ingredients(
            tuple((source, it.file, it.content) for source, it in zip(sources, layers, strict=True)),
            tuple((font, it.file) for font, it in zip(wanted, files, strict=True) if it is not None),
        )

    def path_of(self, request: MediaRequest, source: str) -> MediaPath:
        """Of a layer or a font, in the revision that the request is pinned to."""
        return replace(MediaPath.parse_any(source), revision=dict(request.revisions).get(source, ""))

    async def font(self, path: MediaPath, deadline: Deadline) -> Original | None:
        """None if it is not to be had, or no font by its size."""
        try:
            return await self.originals.get(path, deadline)
        except (NotFound, SourceTooLarge):
            return None


def path_of_layer(source: str) -> MediaPath:
    try:
        return MediaPath.parse_any(source)
    except NotFound as error:
        raise error.about(source) from error


async def of_layer(find: Callable[[MediaPath, Deadline], Awaitable[T]], path: MediaPath, deadline: Deadline) -> T:
    """What is wrong with one file says with which: it might be taken for the picture below."""
    try:
        return await find(path, deadline)
    except Blocked:  # says the same of every file
        raise
    except (NotFound, SourceTooLarge) as error:
        raise error.about(str(path)) from error


async def together(work: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """All of it, or the first error; then nobody goes on for nothing. To name the work must not fail."""
    tasks = [asyncio.ensure_future(one) for one in work]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def layered(plan: Plan) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Sources of layers, and of fonts; raises LimitExceeded."""
    sources, fonts = plan.layer_sources, plan.font_sources
    if max(len(sources), len(fonts)) > MOST:
        raise LimitExceeded(f"at most {MOST} different pictures, and as many fonts, are taken into one")
    return sources, fonts


def lifetime_of(request: MediaRequest) -> Lifetime:
    """Of what is drawn from a pinned request."""
    revisions = [revision for _, revision in request.pins]
    if MISSING in revisions:
        return Lifetime.STOPGAP
    return Lifetime.CHANGING if revisions else Lifetime.LASTING
