"""A circuit breaker: an Akeneo that is down is left alone, and asked by one call at a time whether it is back."""

import logging
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from proxy.akeneo.patience import Patience
from proxy.errors import OriginDown
from proxy.metrics import ConnectionMetrics

log = logging.getLogger("proxy.akeneo")

FAILURES = 6  # in a row, that mean more than bad luck
FILES = 3  # that they have to be about: one broken file is no outage
FIRST_PAUSE_SECONDS = 5
LONGEST_PAUSE_SECONDS = 60
SERVER_ERROR = 500


class Breaker:
    """Closed, calls pass and their outcomes are counted; open, they are refused at once; after a pause, one passes.

    Whoever answers with less than a 500 is there, whatever its file, our token or our hurry are like.
    """

    def __init__(self, metrics: ConnectionMetrics, clock: Callable[[], float]) -> None:
        self.metrics = metrics
        self.patience = Patience(FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS, clock)
        self.failures = 0
        self.failed_paths: set[str] = set()
        self.open = False
        self.probing = False
        metrics.circuit_is_open(False)

    def check(self) -> None:
        """Raises OriginDown if a call would be refused now."""
        if self.open and (self.probing or self.patience.remaining):
            self.metrics.refused()
            seconds = max(1, math.ceil(self.patience.remaining))
            raise OriginDown("Akeneo does not answer; it is left alone for a while", retry_after_seconds=seconds)

    @contextmanager
    def passing(self) -> Iterator[None]:
        """Around one call; raises OriginDown. Whoever gives up in the middle has learnt nothing."""
        self.check()
        probe = self.probing = self.open
        try:
            yield
        finally:
            if probe:
                self.probing = False

    def heard(self, path: str, status: int | None) -> None:
        """Told of every answer as it begins, and of every silence: `status` is None then."""
        if status is None or status >= SERVER_ERROR:
            self.failed(path)
        else:
            self.answered()

    def failed(self, path: str) -> None:
        self.failures += 1
        if len(self.failed_paths) < FILES:
            self.failed_paths.add(path)
        if self.open or (self.failures >= FAILURES and len(self.failed_paths) >= FILES):
            self.begin_pause()

    def begin_pause(self) -> None:
        if not self.open:
            log.error("Akeneo fails again and again: it is left alone, and asked now and then")
            self.metrics.circuit_is_open(True)
        self.open = True
        if not self.patience.remaining:
            self.patience.begin()

    def answered(self) -> None:
        if self.open:
            log.info("Akeneo is back")
            self.metrics.circuit_is_open(False)
        self.open = False
        self.failures = 0
        self.failed_paths.clear()
        self.patience = Patience(FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS, self.patience.clock)
