"""Failures worth remembering for a while: no such file, no picture, more than is allowed."""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from proxy.errors import ProxyError
from proxy.metrics import Metrics

LIMIT = 10_000  # a crawler of random codes must not fill the memory
LONGEST_SECONDS = 6 * 3600.0
GROWTH = 4


@dataclass(slots=True)
class Refusal:
    error: ProxyError
    until: float
    pause_seconds: float


class Refusals:
    """Errors by key, each for its `keep_seconds`; with `growing`, for longer each time it happens again."""

    def __init__(self, metrics: Metrics, clock: Callable[[], float] = time.monotonic) -> None:
        self.metrics = metrics
        self.clock = clock
        self.entries: OrderedDict[str, Refusal] = OrderedDict()

    def check(self, key: str) -> None:
        """Raises the remembered error while its time has not passed."""
        refusal = self.entries.get(key)
        if refusal is not None and self.clock() < refusal.until:
            self.metrics.refusal_remembered(refusal.error.status)
            raise refusal.error.with_traceback(None)

    def remember(self, key: str, error: ProxyError, growing: bool = False) -> None:
        if not error.keep_seconds:
            return
        known = self.entries.pop(key, None)
        pause = float(error.keep_seconds)
        if growing and known is not None:
            pause = min(known.pause_seconds * GROWTH, LONGEST_SECONDS)
        self.entries[key] = Refusal(error, self.clock() + pause, pause)
        if len(self.entries) > LIMIT:
            self.entries.popitem(last=False)

    def forget(self, key: str) -> None:
        self.entries.pop(key, None)
