"""How Akeneo is, as far as our own calls have seen it; and the log lines that an operator needs, not a flood."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from proxy.errors import (
    NotFound,
    OriginBroken,
    OriginBusy,
    OriginError,
    OriginMisconfigured,
    OriginRefused,
    OriginTimeout,
    OriginUnreachable,
    ProxyError,
)
from proxy.metrics import ConnectionMetrics

log = logging.getLogger("proxy.akeneo")
SAME_LINE_SECONDS = 60
OK, UNKNOWN = "ok", "unknown"
OUTCOMES: list[tuple[type[OriginError], str]] = [
    (OriginBroken, "broken"),
    (OriginBusy, "busy"),
    (OriginMisconfigured, "misconfigured"),
    (OriginRefused, "refused"),
    (OriginTimeout, "timeout"),
    (OriginUnreachable, "unreachable"),
]


@dataclass(frozen=True, slots=True)
class Health:
    """`outcome` is `ok`, `unknown` before the first call, or one of OUTCOMES, and has been `since` then."""

    outcome: str = UNKNOWN
    since: datetime | None = None
    paused_until: datetime | None = None


class Watch:
    """Told the outcome of every try."""

    def __init__(self, metrics: ConnectionMetrics, clock: Callable[[], float] = time.monotonic) -> None:
        self.metrics = metrics
        self.clock = clock
        self.outcome = UNKNOWN
        self.since: datetime | None = None
        self.said_at: dict[str, float] = {}

    def answered(self) -> None:
        if self.outcome not in (OK, UNKNOWN):
            log.info("Akeneo answers again")
        self.turn(OK)

    def failed(self, error: ProxyError) -> None:
        """A file that is not there is a proper answer, though worth a line if it may be the operator's fault."""
        if isinstance(error, NotFound):
            self.answered()
            if notes_of(error):
                self.say(logging.WARNING, error)
            return
        loudly = isinstance(error, OriginRefused | OriginMisconfigured)
        self.turn(outcome_of(error))
        self.say(logging.ERROR if loudly else logging.WARNING, error)

    def turn(self, outcome: str) -> None:
        self.metrics.is_up(outcome == OK)
        if outcome != self.outcome:
            self.outcome, self.since = outcome, datetime.now(UTC)

    def say(self, level: int, error: ProxyError) -> None:
        """Each kind of trouble loudly once a minute, with the call that met it; the rest for debugging."""
        now = self.clock()
        loudly = now - self.said_at.get(error.message, float("-inf")) >= SAME_LINE_SECONDS
        if loudly:
            self.said_at[error.message] = now
        log.log(level if loudly else logging.DEBUG, "%s", "; ".join([error.message, *notes_of(error)]))


def outcome_of(error: ProxyError) -> str:
    return next((word for kind, word in OUTCOMES if isinstance(error, kind)), "broken")


def notes_of(error: ProxyError) -> list[str]:
    return list(getattr(error, "__notes__", []))
