"""Whole lists that are ready: put together from memory, sent again as long as memory holds the same bytes."""

import math
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from proxy.delivery.delivered import CacheStatus, Lifetime
from proxy.errors import ProxyError
from proxy.imagekit.signature import good_until
from proxy.imagekit.url import ReadUrl
from proxy.media import Rendition
from proxy.web.endpoints import Gate
from proxy.web.lists.finding import Finder, Found
from proxy.web.ready import files_of

MOST = 64  # lists
LONGEST = 256 * 1024  # bytes of one with its URL: 16 MB in all

Asked = tuple[Gate, str]


@dataclass(frozen=True, slots=True)
class ReadyList:
    """`pictures` are keys and ETags, `paths` what may be blocked, `until` is when a signature expires."""

    body: bytes
    headers: dict[str, str]
    pictures: tuple[tuple[str, str], ...]
    paths: frozenset[str]
    until: float
    words: ReadUrl  # of the first: what is said of the words is said of all

    def holds(self, gate: Gate, now: float) -> bool:
        """A purge, a takedown, an eviction or a new drawing of any of them ends it."""
        delivery = gate.delivery
        if not delivery.originals.blocklist.allows(self.paths) or (self.until != math.inf and now > self.until):
            return False
        return all(delivery.renditions.peek_same(key, etag) is not None for key, etag in self.pictures)


class ReadyLists:
    """The most recently used."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self.clock = clock
        self.lists: OrderedDict[Asked, ReadyList] = OrderedDict()

    def find(self, gate: Gate, remainder: str) -> ReadyList | None:
        ready = self.lists.get((gate, remainder))
        if ready is None:
            return None
        if not ready.holds(gate, self.clock()):
            del self.lists[gate, remainder]
            return None
        self.lists.move_to_end((gate, remainder))
        return ready

    def learn(self, asked: Asked, finder: Finder, body: bytes, headers: dict[str, str]) -> None:
        found = list(finder.found.values())
        if not all(map(is_lasting, found)) or len(body) + len(asked[1]) > LONGEST:
            return
        urls = [one[0] for one in found if not isinstance(one, ProxyError)]
        self.lists[asked] = ReadyList(
            body,
            headers,
            tuple(pictures_of(finder)),
            files_of(urls[0].request).union(str(url.request.path) for url in urls),  # their layers are the same
            good_until(asked[1]),
            urls[0],
        )
        if len(self.lists) > MOST:
            self.lists.popitem(last=False)


def is_lasting(found: Found) -> bool:
    """Whether everybody who asks for this gets it, until memory has lost it."""
    if isinstance(found, ProxyError):
        return False
    url, delivered = found
    from_memory = delivered.cache is CacheStatus.HIT and delivered.tier == "memory"
    return from_memory and delivered.lifetime is Lifetime.LASTING and not (url.is_default or url.hints.headers)


def pictures_of(finder: Finder) -> Iterable[tuple[str, str]]:
    for path, one in finder.found.items():
        assert not isinstance(one, ProxyError)
        assert isinstance(one[1].what, Rendition)
        yield finder.keys[path], one[1].what.etag
