"""Answers that are ready: what a URL was answered with from memory is sent again without reading the URL anew.

Only where nothing but the target, the host and `Accept` can change the answer, and only as long as memory holds the
same bytes: a purge, an eviction or a new drawing ends it by itself.
"""

import math
import re
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
SPLITS = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
UNMODIFIED = b"HTTP/1.1 304 Not Modified\r\n"

Asked = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Ready:
    """`found` and `unmodified` begin an answer, but for the lines that each has of its own. `paths` may be blocked,
    `until` is when a signature expires, in seconds of the wall clock. The counts are of what the URL says in vain.

    The picture is not in here: memory alone decides what it keeps.
    """

    gate: Gate
    key: str
    etag: str
    found: bytes
    unmodified: bytes
    paths: frozenset[str]
    until: float
    ignored: int
    fallbacks: int
    snapped: int

    def picture(self, clock: Callable[[], float]) -> Rendition | None:
        """None if this is no answer any more."""
        delivery = self.gate.delivery
        if not delivery.originals.blocklist.allows(self.paths):
            return None
        if self.until != math.inf and clock() > self.until:
            return None
        return delivery.renditions.peek_same(self.key, self.etag)


class ReadyAnswers:
    """The most recently used."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self.clock = clock
        self.answers: OrderedDict[Asked, Ready] = OrderedDict()

    def find(self, request: web.BaseRequest) -> tuple[Ready, Rendition] | None:
        """None where the URL has to be read."""
        asked = asked_by(request)
        ready = self.answers.get(asked)
        if ready is None or not is_plain(request):
            return None
        picture = ready.picture(self.clock)
        if picture is None:
            del self.answers[asked]
            return None
        self.answers.move_to_end(asked)
        return ready, picture

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
        until, lines = good_until(request.raw_path), lines_of(response)
        if until <= self.clock() or lines is None:
            return
        self.answers[asked] = Ready(
            gate=gate,
            key=gate.delivery.key_of(url.request),
            etag=rendition.etag,
            found=FOUND % (rendition.content.mime.encode(), len(rendition.body), lines),
            unmodified=UNMODIFIED + lines,
            paths=files_of(url.request),
            until=until,
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


def lines_of(response: web.StreamResponse) -> bytes | None:
    """None where a line is none: aiohttp, which looks for that, does not see what is written at once."""
    lines = [f"{name}: {value}" for name, value in response.headers.items() if name not in NOT_COMMON]
    if any(SPLITS.search(line) for line in lines):
        return None
    return "".join(f"{line}\r\n" for line in lines).encode()
