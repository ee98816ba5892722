"""What was delivered -> an HTTP answer: validators, 304, cache headers, errors."""

from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

from aiohttp import web

from proxy.cache.originals.spool import Spool
from proxy.delivery.delivered import Delivered, Lifetime
from proxy.errors import MethodNotAllowed, NotFound, ProxyError
from proxy.formats import Content
from proxy.imagekit.url import ReadUrl
from proxy.media import FAMILIES, Family, MediaPath, MediaRequest, Original, Rendition
from proxy.settings import Endpoint
from proxy.web.conditions import matches
from proxy.web.files import send_file, send_spool
from proxy.web.headers import (
    NO_STORE,
    PUBLIC,
    canonical_link,
    content_headers,
    remembered_for,
    timing,
)
from proxy.web.outgoing import Body, Outgoing

T = TypeVar("T")
METHODS = "GET, HEAD, OPTIONS"
DAY = "86400"
STOPGAP_SECONDS = 60  # what is missing may come at any moment
CHANGING = "public, max-age=300, stale-while-revalidate=86400, stale-if-error=604800"  # design, section 4


class Responses:
    """Answers in the words of an endpoint's settings."""

    def __init__(self, endpoint: Endpoint, outgoing: Outgoing) -> None:
        self.outgoing = outgoing
        self.canonical_base_url = endpoint.canonical_base_url
        self.cache_control = {
            Lifetime.LASTING: endpoint.output.cache_control,
            Lifetime.CHANGING: CHANGING,
            Lifetime.STOPGAP: remembered_for(STOPGAP_SECONDS),
        }

    async def respond(
        self, request: web.BaseRequest, url: ReadUrl, delivered: Delivered, seconds: float
    ) -> web.StreamResponse:
        """Raises FileNotFoundError if a stored file was evicted meanwhile, and Overloaded, before anything is sent."""
        headers = self.headers(url, delivered, seconds)
        etag = etag_of(delivered)
        if etag is not None:
            headers["ETag"] = f'"{etag}"'
            if matches(request.headers.get("If-None-Match", ""), etag):
                return not_modified(headers)
        match delivered.what:
            case Rendition() as rendition:
                return Body(rendition.body, headers, self.outgoing)
            case Original() as original:
                return await send_file(request, original, headers, self.outgoing)
            case Spool() as spool:
                return await send_spool(request, spool, headers, self.outgoing)

    def lifetime_words(self, url: ReadUrl, delivered: Delivered) -> str:
        """For `Cache-Control`."""
        return self.cache_control[Lifetime.STOPGAP if url.is_default else delivered.lifetime]

    def headers(self, url: ReadUrl, delivered: Delivered, seconds: float) -> dict[str, str]:
        media = url.request
        headers = {
            **PUBLIC,
            "Cache-Control": self.lifetime_words(url, delivered),
            "X-Cache": str(delivered.cache),
            "Server-Timing": timing(delivered.cache, delivered.stages, seconds),
            **content_headers(content_of(delivered), url.filename or filename_of(media, delivered), media.attachment),
        }
        if url.snapped:
            headers["X-Snapped"] = ", ".join(url.snapped)
        if isinstance(delivered.what, Rendition):
            headers |= negotiation_headers(url, delivered.what)
        if self.canonical_base_url is not None and may_be_linked_to(media.path):
            headers["Link"] = canonical_link(self.canonical_base_url, media.path)
        return headers


def may_be_linked_to(path: MediaPath) -> bool:
    """Whether it has a path of its own here."""
    return path.family in (*FAMILIES.values(), Family.FOLDER)


async def once_more(answer: Callable[[], Awaitable[T]]) -> T:
    """Anew where a stored file was evicted between being found and being opened, which is before anything is sent."""
    try:
        return await answer()
    except FileNotFoundError:
        return await answer()


def negotiation_headers(url: ReadUrl, rendition: Rendition) -> dict[str, str]:
    """What of the request took part in the answer, and the density that came out of it."""
    varies = [*(["Accept"] if rendition.negotiated else []), *url.hints.vary]
    density = url.hints.content_dpr(rendition.width)
    asked = url.hints.accept_ch
    headers = {"Vary": ", ".join(varies)} if varies else {}
    headers |= {"Accept-CH": ", ".join(asked)} if asked else {}
    return headers | ({"Content-DPR": density} if density else {})


def filename_of(request: MediaRequest, delivered: Delivered) -> str:
    """The file's own; but a still of a document is no document, and what is told of a picture no picture."""
    own, what = request.path.filename, delivered.what
    if not isinstance(what, Rendition) or not (request.plan.page or what.told):
        return own
    return f"{own.rpartition('.')[0] or own}.{'json' if what.told else what.format}"


def content_of(delivered: Delivered) -> Content:
    what = delivered.what
    if isinstance(what, Rendition):
        return what.content
    assert what.content is not None  # a spool is delivered only once it knows
    return what.content


def etag_of(delivered: Delivered) -> str | None:
    """None while the last byte has not come."""
    match delivered.what:
        case Rendition(etag=etag):
            return etag
        case Original(digest=digest):
            return digest
    return None


def not_modified(headers: dict[str, str]) -> web.Response:
    """What RFC 9110 wants on a 304, and nothing about a body that is not there."""
    return web.Response(status=304, headers={name: value for name, value in headers.items() if name != "Content-Type"})


def varies(url: ReadUrl) -> tuple[str, ...]:
    """Headers that may decide whether this request can be answered at all."""
    return (*(["Accept"] if url.request.negotiates else []), *url.hints.vary)


def error_response(error: ProxyError, varies: Iterable[str] = ()) -> web.Response:
    """Status, `ik-error` as ImageKit has it, and how long a CDN may remember it."""
    headers = {
        **PUBLIC,
        "Cache-Control": remembered_for(error.keep_seconds),
        "ik-error": one_line(f"{error.code} - {error.message}"),
    }
    vary = ", ".join(varies)
    if vary and error.keep_seconds and not isinstance(error, NotFound):
        headers["Vary"] = vary
    if error.retry_after_seconds is not None:
        headers["Retry-After"] = str(error.retry_after_seconds)
    if isinstance(error, MethodNotAllowed):
        headers["Allow"] = METHODS
    return web.Response(status=error.status, text=f"{error.message}\n", headers=headers)


def one_line(text: str, limit: int = 500) -> str:
    """A header holds printable ASCII only: a viewer's own words may be in here."""
    return "".join(sign if " " <= sign <= "~" else "?" for sign in text)[:limit]


def preflight() -> web.Response:
    """OPTIONS: what may be asked, also from another site's script."""
    headers = {
        **PUBLIC,
        "Allow": METHODS,
        "Access-Control-Allow-Methods": METHODS,
        "Access-Control-Allow-Headers": "*",
        "Access-Control-Max-Age": DAY,
        "Cache-Control": NO_STORE,
    }
    return web.Response(status=204, headers=headers)
