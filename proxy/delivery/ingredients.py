"""The other files that a picture is made of: pictures on it, and the fonts of its texts."""

import asyncio
from dataclasses import dataclass, replace
from pathlib import Path

from proxy.cache.group import OriginGroup
from proxy.deadline import Deadline
from proxy.delivery.delivered import Lifetime
from proxy.errors import LimitExceeded, NotFound
from proxy.formats import Content
from proxy.media import MediaPath, MediaRequest
from proxy.plan.plan import Plan
from proxy.plan.walk import font_sources, layer_sources

MOST = 16  # pictures, and as many fonts, that one URL may ask for beside its own
MISSING = "missing"  # the revision of a font that is not to be had


class FontMissing(Exception):
    """Found out while fetching it: what is drawn without it is another rendition."""


@dataclass(frozen=True, slots=True)
class Ingredients:
    layers: tuple[tuple[str, Path, Content], ...] = ()
    fonts: tuple[tuple[str, Path], ...] = ()


class Larder:
    """Finds out which revisions are meant, and fetches them."""

    def __init__(self, originals: OriginGroup) -> None:
        self.originals = originals

    async def pinned(self, request: MediaRequest) -> MediaRequest:
        """With the revision of everything that may change; raises NoSuchPath, MediaNotFound, LimitExceeded.

        A font that is not there is no error: the default one is taken for it.
        """
        path = await self.originals.pin(request.path)
        layers, fonts = layered(request.plan)
        if not layers and not fonts:
            return request if path is request.path else replace(request, path=path)
        pins = [(source, (await self.originals.pin(MediaPath.parse_any(source))).revision) for source in layers]
        pins += [(font, await self.font_revision(font)) for font in fonts]
        return replace(request, path=path, revisions=tuple(pin for pin in pins if pin[1]))

    async def font_revision(self, source: str) -> str:
        try:
            path = await self.originals.pin(MediaPath.parse_any(source))
            return MISSING if self.originals.is_known_to_be_missing(path) else path.revision
        except NotFound:
            return MISSING

    async def gather(self, request: MediaRequest, deadline: Deadline) -> Ingredients:
        """Raises NotFound if a layer's file is missing, FontMissing."""
        sources, fonts = layered(request.plan)
        revisions = dict(request.revisions)
        wanted = [font for font in fonts if revisions.get(font) != MISSING]
        paths = [replace(MediaPath.parse_any(name), revision=revisions.get(name, "")) for name in (*sources, *wanted)]
        layers = await asyncio.gather(*(self.originals.get(path, deadline) for path in paths[: len(sources)]))
        try:
            files = await asyncio.gather(*(self.originals.get(path, deadline) for path in paths[len(sources) :]))
        except NotFound as error:
            raise FontMissing from error
        return Ingredients(
            tuple((source, it.file, it.content) for source, it in zip(sources, layers, strict=True)),
            tuple((font, it.file) for font, it in zip(wanted, files, strict=True)),
        )


def layered(plan: Plan) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Sources of layers, and of fonts; raises LimitExceeded."""
    sources, fonts = layer_sources(plan), font_sources(plan)
    if max(len(sources), len(fonts)) > MOST:
        raise LimitExceeded(f"at most {MOST} different pictures, and as many fonts, are taken into one")
    return sources, fonts


def lifetime_of(request: MediaRequest) -> Lifetime:
    """Of what is drawn from a pinned request."""
    revisions = [revision for _, revision in request.pins]
    if MISSING in revisions:
        return Lifetime.STOPGAP
    return Lifetime.CHANGING if revisions else Lifetime.LASTING
