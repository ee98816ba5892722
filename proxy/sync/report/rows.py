"""What the report tells of each asset."""

import math
from dataclasses import dataclass
from datetime import UTC, datetime

from proxy.sync.state.rows import Seen

CUT, RUNNING = "cut", "running"
HEADS = ("Asset id", "Public id", "URL", "SKU", "First seen", "Attempts", "Last outcome")


@dataclass(frozen=True, slots=True)
class Row:
    """All as text, in the order of HEADS."""

    asset: str
    name: str
    url: str
    product: str
    first_seen: str
    attempts: str
    outcome: str

    @classmethod
    def of(cls, seen: Seen, *, running_since: float = math.inf) -> "Row":
        """What began since that time, and has no result, is not done yet."""
        subject, result = seen.last.subject, seen.last.result
        open_word = RUNNING if seen.last.at >= running_since else CUT
        first, said = moment(seen.first_at), outcome_of(result.outcome, result.words) if result else open_word
        return cls(subject.asset, subject.name, subject.url, subject.product, first, str(seen.attempts), said)

    @property
    def cells(self) -> tuple[str, ...]:
        return (self.asset, self.name, self.url, self.product, self.first_seen, self.attempts, self.outcome)


def outcome_of(outcome: str, words: str) -> str:
    return f"{outcome}: {words}" if words else outcome


def moment(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M UTC")
