"""What a request is answered with, and whence it came."""

import time
from dataclasses import dataclass, field
from enum import StrEnum

from proxy.cache.originals.spool import Spool
from proxy.media import Original, Rendition


class CacheStatus(StrEnum):
    HIT = "HIT"
    MISS = "MISS"
    STALE = "STALE"


class Lifetime(StrEnum):
    """How long the same URL gives the same bytes."""

    LASTING = "lasting"  # codes never change content
    CHANGING = "changing"  # a file that may change takes part
    STOPGAP = "stopgap"  # something was missing that may come at any moment


@dataclass(frozen=True, slots=True)
class Delivered:
    """A drawn picture, a stored file, or a file that is still on its way.

    `tier` names the tier of the cache that had it, or says `none`.
    """

    what: Rendition | Original | Spool
    cache: CacheStatus
    tier: str = "none"
    stages: dict[str, float] = field(default_factory=dict)
    lifetime: Lifetime = Lifetime.LASTING


class Stopwatch:
    """Seconds by stage, for `Server-Timing`."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self.since = time.perf_counter()

    def lap(self, stage: str) -> None:
        now = time.perf_counter()
        self.laps[stage] = now - self.since
        self.since = now
