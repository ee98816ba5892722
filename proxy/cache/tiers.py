"""Which tiers fail at the moment: counted each time, told once when it begins and once when it ends."""

import logging

from proxy.metrics import Metrics

log = logging.getLogger("proxy.cache")


class TierAway(OSError):
    """Of a tier that comes back by itself, with all that it had: what it could not be told has to be told it then."""


class Tiers:
    def __init__(self, metrics: Metrics) -> None:
        self.metrics = metrics
        self.failing: dict[str, str] = {}

    def failed(self, tier: str, operation: str, error: OSError) -> None:
        self.metrics.cache_failed(tier, operation)
        if tier not in self.failing:
            log.error("cache tier %s: cannot %s, serving without it: %s", tier, operation, error)
        self.failing[tier] = f"cannot {operation}: {error.strerror or error}"

    def worked(self, tier: str) -> None:
        if self.failing.pop(tier, None) is not None:
            log.info("cache tier %s works again", tier)
