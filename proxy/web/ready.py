"""Answers that are ready: what a URL was answered with from memory is sent again without reading the URL anew.

Only where nothing but the target, the host and `Accept` can change the answer, and only as long as memory holds the
very rendition that it was made of: a purge, an eviction or a new drawing ends it by itself.
"""

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import web
from aiohttp.http import HttpVersion11

from proxy.delivery.delivered import CacheStatus, Delivered, Lifetime
from proxy.imagekit.signature import good_until
from proxy.imagekit.url import ReadUrl
from proxy.media import MediaPath, MediaRequest, Rendition
from proxy.web.endpoints import Gate

MOST = 8192  # answers, two or three kilobytes each beside their pictures
LONGEST = 2048  # characters of a target with its host and `Accept`
NOT_COMMON = {"Content-Type", "Server-Timing", "X-Request-Id"}  # to all answers
FOUND = b"HTTP/1.1 200 OK\r\nContent-Type: %b\r\nContent-Length: %d\r\n%b"
UNMODIFIED = b"HTTP/1.1 304 Not Modified\r\n"

Asked = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Ready:
    """`found` and `unmodified` begin an answer, but for the lines that each has of its own. `paths` may be blocked,
    `until` is when a signature expires, in seconds of the wall clock. The counts are of what the URL says in vain.
    """

    gate: Gate
    key: str
    rendition: Rendition
    etag: str
    found: bytes
    unmodified: bytes
    paths: frozenset[str]
    until: float
    ignored: int
    fallbacks: int
    snapped: int

    def holds(self, clock: Callable[[], float]) -> bool:
        delivery = self.gate.delivery
        return (
            delivery.originals.blocklist.allows(self.paths)
            and (self.until == math.inf or clock() <= self.until)
            and delivery.renditions.holds(self.key, self.rendition)
        )


class ReadyAnswers:
    """The most recently used."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self.clock = clock
        self.answers: OrderedDict[Asked, Ready] = OrderedDict()

    def find(self, request: web.BaseRequest) -> Ready | None:
        """None where the URL has to be read."""
        asked = asked_by(request)
        found = self.answers.get(asked)
        if found is None or not is_plain(request):
            return None
        if not found.holds(self.clock):
            del self.answers[asked]
            return None
        self.answers.move_to_end(asked)
        return found

    def learn(
        self, request: web.BaseRequest, gate: Gate, url: ReadUrl, delivered: Delivered, response: web.StreamResponse
    ) -> None:
        """From an answer that was put together from the URL itself."""
        rendition = delivered.what
        if not isinstance(rendition, Rendition) or not is_lasting(url, delivered):
            return
        asked = asked_by(request)
        if sum(map(len, asked)) > LONGEST:
            return
        self.answers[asked] = Ready(
            gate=gate,
            key=gate.delivery.key_of(url.request),
            rendition=rendition,
            etag=response.headers["ETag"],
            found=FOUND % (rendition.format.mime.encode(), len(rendition.body), lines_of(response)),
            unmodified=UNMODIFIED + lines_of(response),
            paths=files_of(url.request),
            until=good_until(request.raw_path),
            ignored=len(url.ignored),
            fallbacks=len(url.fallbacks),
            snapped=len(url.snapped),
        )
        if len(self.answers) > MOST:
            self.answers.popitem(last=False)


def asked_by(request: web.BaseRequest) -> Asked:
    """All that the answer depends on, as it came."""
    headers = request.headers
    return request.raw_path, headers.get("Host", ""), ",".join(headers.getall("Accept", ()))


def is_plain(request: web.BaseRequest) -> bool:
    """A connection that stays open for the next request, of which nothing unusual has to be said."""
    return request.method in {"GET", "HEAD"} and request.version == HttpVersion11 and request.keep_alive


def is_lasting(url: ReadUrl, delivered: Delivered) -> bool:
    """Whether everybody who asks for this gets it, until memory has lost it."""
    from_memory = delivered.cache is CacheStatus.HIT and delivered.tier == "memory"
    return from_memory and delivered.lifetime is Lifetime.LASTING and not url.is_default and not url.hints.headers


def files_of(request: MediaRequest) -> frozenset[str]:
    plan = request.plan
    layers = (MediaPath.parse_any(source) for source in (*plan.layer_sources, *plan.font_sources))
    return frozenset(map(str, (request.path, *layers)))


def lines_of(response: web.StreamResponse) -> bytes:
    lines = [f"{name}: {value}\r\n" for name, value in response.headers.items() if name not in NOT_COMMON]
    return "".join(lines).encode()
