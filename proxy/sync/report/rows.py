"""What the report tells of each asset."""

from dataclasses import dataclass
from datetime import UTC, datetime

from proxy.sync.state.rows import Seen

CUT = "cut"
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
    def of(cls, seen: Seen) -> "Row":
        subject, result = seen.last.subject, seen.last.result
        first, said = moment(seen.first_at), outcome_of(result.outcome, result.words) if result else CUT
        return cls(subject.asset, subject.name, subject.url, subject.product, first, str(seen.attempts), said)

    @property
    def cells(self) -> tuple[str, ...]:
        return (self.asset, self.name, self.url, self.product, self.first_seen, self.attempts, self.outcome)


def outcome_of(outcome: str, words: str) -> str:
    return f"{outcome}: {words}" if words else outcome


def moment(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M UTC")
