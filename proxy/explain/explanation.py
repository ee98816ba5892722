"""What a URL means here: its endpoint, its plan step by step, what is ignored in it and why."""

import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Any

from proxy.address import EntryAddress
from proxy.addresses.addresses import Addresses
from proxy.addresses.lookups import NotKnown
from proxy.deadline import Deadline
from proxy.delivery.delivery import Delivery
from proxy.delivery.stills import check_still
from proxy.errors import InvalidTransformation, NoSuchPath, ProxyError, SignatureRefused
from proxy.formats import Format
from proxy.imagekit.default_image import or_default
from proxy.imagekit.hints import Hints
from proxy.imagekit.notes import Note
from proxy.imagekit.placeholders import read_any
from proxy.imagekit.reading import NO_HINTS
from proxy.imagekit.signature import claim_of, verify
from proxy.imagekit.url import ReadUrl
from proxy.media import Family, MediaPath, MediaRequest, Original
from proxy.pixels.font_names import bundled_name
from proxy.pixels.geometry import Size
from proxy.pixels.job import Limits, is_drawn
from proxy.pixels.stages import Way, look_ahead, merged
from proxy.plan.output import Output
from proxy.plan.plan import Plan
from proxy.plan.steps import Chain, Link
from proxy.plan.walk import font_families
from proxy.settings import Endpoint

LOOK_SECONDS = 10.0  # into a folder
NO_FAMILY = "there is no such font; the default one is taken"

Facts = dict[str, Any]
Measure = Callable[[Original, MediaRequest], Awaitable[Size | None]]


@dataclass(frozen=True, slots=True)
class Explainer:
    """`measure` tells the size of an original that is at hand, upright if the request turns it; `addresses`, without a
    call, which file an address was found to stand for.
    """

    endpoint: Endpoint
    delivery: Delivery
    measure: Measure
    addresses: Addresses

    async def explain(self, remainder: str, accept: str, hints: Hints = NO_HINTS, size: Size | None = None) -> Facts:
        """Plain values for JSON. `size` stands for that of an original which is not at hand."""
        facts: Facts = {"endpoint": facts_of(self.endpoint), "signature": verdict(self.endpoint, remainder)}
        try:
            read_any(self.endpoint, remainder, accept, hints)
        except ProxyError as error:
            facts["error"] = facts_of_error(error)  # the first thing wrong with it, in the order of a viewer's request
        try:
            url = read_any(self.endpoint, remainder, accept, hints, trusted=True)
        except ProxyError as error:
            return {"error": facts_of_error(error)} | facts
        if not isinstance(url, ReadUrl):
            return facts | {"list": {path: await self.facts_of_listed(one) for path, one in url.items()}}
        facts |= self.facts_of_url(url)
        try:
            if url.entry is not None:
                found = await self.found(url.entry)
                facts["address"] = facts_of_address(url.entry, found)
                if found is None:
                    return facts | {"cache": None} | self.facts_of_steps(url.request, url.request.plan.steps, size)
                url = url.of_file(found)
            return facts | await self.facts_of_cache(url, size)
        except ProxyError as error:
            return {"error": facts_of_error(error)} | facts

    async def found(self, entry: EntryAddress) -> MediaPath | None:
        """Raises MediaNotFound for what is known to hold no picture."""
        connections = [it.origin.name for it in self.delivery.originals.connections]
        try:
            return (await self.addresses.known(entry, connections)).path
        except NotKnown:
            return None

    def facts_of_url(self, url: ReadUrl) -> Facts:
        request = url.request
        return {
            "source": str(url.entry or request.path),
            "source_is_default_image": url.is_default,
            "plan": str(request.plan),
            "output": facts_of_output(request, request.plan.output),
            "layers": request.plan.layer_sources,
            "fonts": request.plan.font_sources,
            "default_image": url.default_image,
            "attachment": request.attachment,
            "varies_with": url.hints.vary,
            "snapped": url.snapped,
            "ignored": [{"part": note.text, "why": note.why} for note in (*url.ignored, *self.in_vain(url))],
            "simplified": [{"part": note.text, "why": note.why} for note in url.fallbacks]
            + [{"part": f"ff-{name}", "why": NO_FAMILY} for name in strange_families(request.plan)],
        }

    def in_vain(self, url: ReadUrl) -> Iterator[Note]:
        """A default image that no file can be."""
        if url.default_image is None:
            return
        default = url.default
        if default is None or (default.request.path.family is Family.FOLDER and self.endpoint.folder is None):
            yield Note(f"di-{url.default_image}", "no file of this endpoint can have this path")

    async def facts_of_listed(self, url: ReadUrl | ProxyError) -> Facts:
        """Of one picture of a list, what it is a placeholder of and where that is."""
        if isinstance(url, ProxyError):
            return {"error": facts_of_error(url)}
        try:
            request = await self.pinned(url)
            key = self.delivery.key_of(request)
            held = await self.holds(key)
        except ProxyError as error:
            return {"error": facts_of_error(error)}
        return {"source": str(request.path), "plan": str(request.plan), "cache": {"key": key, "rendition": held}}

    async def facts_of_cache(self, url: ReadUrl, size: Size | None) -> Facts:
        """Raises NoSuchPath, MediaNotFound for a folder's file, and what is wrong with a file that is at hand:
        InvalidTransformation, LimitExceeded, SourceTooLarge, Undecodable.
        """
        request = await self.pinned(url)
        original = await self.delivery.originals.find(request.path)
        as_stored = original is not None and not is_drawn(original.content, request.plan)
        if original is not None:
            if request.plan.page is not None and not request.plan.original:
                check_still(original.content)
            size = await self.measure(original, request) or size
        key = self.delivery.key_of(request)
        return {
            "cache": {
                "key": key,
                "original": original and {"type": original.content.mime, "bytes": original.size},
                "original_is_the_answer": as_stored,
                "rendition": await self.holds(key),
                "rendition_for_now": request.defers_avif
                and await self.holds(self.delivery.key_of(request.without_avif)),
            },
            **self.facts_of_steps(request, () if as_stored else request.plan.steps, size),
        }

    async def holds(self, key: str) -> bool:
        renditions = self.delivery.renditions
        return renditions.memory.peek(key) is not None or await renditions.find(key) is not None

    async def pinned(self, url: ReadUrl) -> MediaRequest:
        """Of the default image, where it is certain that it would be the answer."""
        deadline = Deadline.after(LOOK_SECONDS)
        return await or_default(url, lambda url: self.delivery.larder.pinned(url.request, deadline))

    def facts_of_steps(self, request: MediaRequest, links: Chain, size: Size | None) -> Facts:
        """With sizes as far as they are certain without pixels: trimming ends that. The branches that are taken until
        then have their word on the output.
        """
        if size is None:
            return {"steps": [facts_of_step(link) for link in links]}
        stages, rest = look_ahead(Way.into(links, size), self.limits)
        drawn = [facts_of_step(stage.step, stage.size) for stage in stages if links]
        return {
            "output": facts_of_output(request, merged(request.plan.output, rest.said)),
            "steps": [{"step": "original", "size": str(size)}, *drawn, *map(facts_of_step, rest.links)],
        }

    @property
    def limits(self) -> Limits:
        return self.delivery.drawing.limits


def verdict(endpoint: Endpoint, remainder: str) -> str:
    """A word on the signature."""
    signing = endpoint.signing
    claim = claim_of(remainder)
    try:
        if verify(remainder, signing.keys, signing.required):
            return "valid" if claim is None or claim.expiry is None else f"valid until {moment(claim.expiry)}"
    except SignatureRefused as error:
        return f"refused: {error.message}"
    return "none, and none is required" if claim is None else "not looked at: there is no key"


def moment(seconds: str) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(int(seconds)))


def facts_of(endpoint: Endpoint) -> Facts:
    return {
        "prefix": f"/{endpoint.prefix}",
        "host": endpoint.host,
        "connections": endpoint.connections,
        "folder": endpoint.folder is not None,
    }


def facts_of_output(request: MediaRequest, output: Output) -> Facts:
    """`output` is that of the request's plan, with what branches say of it."""
    negotiates = request.negotiates and output.negotiates
    avif = negotiates and Format.AVIF in request.accepts
    return {
        "format": "json" if request.plan.placeholder else output.format and str(output.format),
        "negotiated_among": sorted(map(str, request.accepts)) if negotiates else None,
        "avif_max_pixels": request.avif_max_pixels if avif else None,
        "avif_is_deferred": avif and request.defers_avif,
        "quality": output.quality or request.default_quality,
        "quality_is_default": output.quality is None,
    }


def facts_of_step(link: Link, size: Size | None = None) -> Facts:
    return {"step": str(link), "size": None if size is None else str(size)}


def facts_of_address(address: EntryAddress, found: MediaPath | None) -> Facts:
    return {
        "kind": str(address.entry.kind),
        "owner": address.entry.owner or None,
        "code": address.entry.code or None,
        "attribute": address.attribute or None,
        "position": address.position,
        "locale": address.locale,
        "scope": address.scope,
        "file": None if found is None else str(found),
    }


def facts_of_error(error: ProxyError) -> Facts:
    facts: Facts = {"status": error.status, "code": error.code, "message": error.message}
    if isinstance(error, InvalidTransformation):
        facts |= {"part": error.part, "expected": error.expected}
    if isinstance(error, NoSuchPath):
        facts["expected"] = "a media path such as media-files/1/2/a/b/12ab_mug.jpg"
    return facts


def strange_families(plan: Plan) -> list[str]:
    return [name for name in font_families(plan.steps) if bundled_name(name) is None]
