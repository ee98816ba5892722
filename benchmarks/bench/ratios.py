"""The arithmetic of the report: samples of interleaved rounds, and ratios with their spread. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median, quantiles


@dataclass(frozen=True, slots=True)
class Sample:
    """One peer's part of one round. `latencies` are in seconds, where they were taken."""

    requests: int
    seconds: float
    cpu_seconds: float = 0.0
    peak_bytes: int = 0
    latencies: tuple[float, ...] = ()

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.requests / self.seconds

    @property
    def cpu_milliseconds(self) -> float:
        """A request."""
        return 1000 * self.cpu_seconds / self.requests


@dataclass(frozen=True, slots=True)
class Spread:
    """The median and the quartiles."""

    low: float
    middle: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread":
        """Raises ValueError without values."""
        if not values:
            raise ValueError("a spread of nothing")
        if len(values) == 1:
            return cls(values[0], values[0], values[0])
        low, _, high = quantiles(values, n=4, method="inclusive")
        return cls(low, median(values), high)

    def __str__(self) -> str:
        return f"{figure(self.middle)} ({figure(self.low)} to {figure(self.high)})"


def figure(value: float) -> str:
    """Three digits that count, no more."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


@dataclass(slots=True)
class Result:
    """One cell: per peer, a sample for each round, in order; what the checks found; and facts that are no rates."""

    cell: str
    samples: dict[str, list[Sample]] = field(default_factory=dict)
    ssim: dict[str, float] = field(default_factory=dict)
    wrong: dict[str, str] = field(default_factory=dict)
    facts: dict[str, float] = field(default_factory=dict)

    def add(self, peer: str, sample: Sample) -> None:
        self.samples.setdefault(peer, []).append(sample)

    def each(self, peer: str, measure: Callable[[Sample], float]) -> Spread:
        return Spread.of([measure(sample) for sample in self.samples[peer]])

    def rate_ratio(self, one: str, other: str) -> Spread | None:
        """How many times the rate of the other, round by round; None if either was not measured."""
        return ratio(self.rates(one), self.rates(other))

    def rates(self, peer: str) -> list[float]:
        return [sample.rate for sample in self.samples.get(peer, [])]

    def cpu(self, peer: str) -> list[float]:
        return [sample.cpu_milliseconds for sample in self.samples.get(peer, [])]


def ratio(these: Sequence[float], those: Sequence[float]) -> Spread | None:
    """Of values taken side by side, pair by pair: what else the machine did in a round hits both.

    None if one of the two was not measured. Raises ValueError if the rounds do not match.
    """
    if not these or not those:
        return None
    pairs = list(zip(these, those, strict=True))
    if not all(below for _, below in pairs):
        return None
    return Spread.of([above / below for above, below in pairs])


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` (0-1) of the values do not exceed."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, int(share * len(ranked)))]
