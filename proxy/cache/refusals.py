"""Failures worth remembering for a while: no such file, no picture, more than is allowed."""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from proxy.cache.quarantine import Quarantine
from proxy.errors import ProxyError
from proxy.metrics import Metrics

LIMIT = 10_000  # a crawler of random codes must not fill the memory
LONGEST_SECONDS = 6 * 3600.0
GROWTH = 4
STRIKES = 3
STRIKE_SECONDS = 60.0
STRIKES_END_SECONDS = 3600.0


@dataclass(slots=True)
class Refusal:
    error: ProxyError
    until: float
    pause_seconds: float


class Refusals:
    """Errors by key, each for its `keep_seconds`; with `growing`, for longer each time it happens again.

    What is kept is a bare copy: the error as it was raised holds on to the request and the files it met.
    """

    def __init__(self, metrics: Metrics, clock: Callable[[], float] = time.monotonic) -> None:
        self.metrics = metrics
        self.clock = clock
        self.entries: OrderedDict[str, Refusal] = OrderedDict()
        self.strikes: OrderedDict[str, tuple[int, float]] = OrderedDict()
        self.quarantine = Quarantine(metrics, clock)

    def check(self, key: str) -> None:
        """Raises the remembered error while its time has not passed."""
        try:
            self.look(key)
        except ProxyError as error:
            self.metrics.refusal_remembered(error.status)
            raise

    def look(self, key: str) -> None:
        """The same, for nobody's answer."""
        refusal = self.entries.get(key)
        if refusal is not None and self.clock() < refusal.until:
            raise refusal.error.again()

    def holds(self, key: str) -> bool:
        """Whether it is refused at the moment."""
        refusal = self.entries.get(key)
        return refusal is not None and self.clock() < refusal.until

    def is_over(self, key: str) -> bool:
        """Whether it was refused once, and its time has passed: worth another try from the beginning."""
        refusal = self.entries.get(key)
        return refusal is not None and self.clock() >= refusal.until

    def remember(self, key: str, error: ProxyError, growing: bool = False, seconds: float | None = None) -> None:
        """For `seconds`, or as long as the error says. Many that fail together count as one."""
        pause = float(error.keep_seconds) if seconds is None else seconds
        known = self.entries.get(key)
        if not pause or (known is not None and self.clock() < known.until):
            return
        if growing and known is not None:
            pause = min(known.pause_seconds * GROWTH, LONGEST_SECONDS)
        self.entries.pop(key, None)
        self.entries[key] = Refusal(error.again(), self.clock() + pause, pause)
        if len(self.entries) > LIMIT:
            self.entries.popitem(last=False)

    def strike(self, key: str, error: ProxyError) -> None:
        """What may have been bad luck: remembered from the third time within an hour, for longer each time."""
        count, last = self.strikes.pop(key, (0, self.clock()))
        count = 1 if self.clock() - last > STRIKES_END_SECONDS else count + 1
        self.strikes[key] = (count, self.clock())
        if len(self.strikes) > LIMIT:
            self.strikes.popitem(last=False)
        if count >= STRIKES:
            self.remember(key, error, growing=True, seconds=STRIKE_SECONDS)

    def pardon(self, chosen: Callable[[str], bool]) -> None:
        """Forget everything with such a key."""
        for key in [key for key in {*self.entries, *self.strikes} if chosen(key)]:
            self.forget(key)
        self.quarantine.pardon(chosen)

    def forget(self, key: str) -> None:
        self.entries.pop(key, None)
        self.strikes.pop(key, None)
