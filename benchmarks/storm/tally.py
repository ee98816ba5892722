"""What came of it: answers by status, failures, the slowest, and the verdict."""

import re
import time
from collections import Counter
from dataclasses import dataclass, field

from benchmarks.storm.client import Answer
from benchmarks.storm.shots import Shot

RENDER_LIMIT_SECONDS = 10.0  # the setting's default
MARGIN_SECONDS = 1.0
SHOWN_FAILURES = 200
SLOWEST = 10
STAGE = re.compile(r"(decode|draw|encode);dur=([\d.]+)")
LOST = ("crash", "timeout", "memory", "fault")  # an old worker's retirement is none of these


@dataclass(slots=True)
class Tally:
    statuses: Counter[int] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    slowest: list[tuple[float, str]] = field(default_factory=list)  # by the time in the worker
    begun: float = field(default_factory=time.monotonic)

    @property
    def count(self) -> int:
        return self.statuses.total()

    @property
    def rate(self) -> float:
        return self.count / (time.monotonic() - self.begun)

    def take(self, shot: Shot, answer: Answer) -> None:
        self.statuses[answer.status] += 1
        late = answer.seconds > RENDER_LIMIT_SECONDS + MARGIN_SECONDS
        if answer.status == 0 or answer.status >= 500 or late:
            line = f"{answer.status} in {answer.seconds:.1f} s {answer.said} {shot}"
            self.failures.append(line)
            if len(self.failures) <= SHOWN_FAILURES:
                print(f"FAILURE {line}", flush=True)
        seconds = sum(float(found[1]) for found in STAGE.findall(answer.timing)) / 1000
        if len(self.slowest) < SLOWEST or seconds > self.slowest[-1][0]:
            self.slowest = sorted([*self.slowest, (seconds, str(shot))], reverse=True)[:SLOWEST]

    def progress(self) -> str:
        by_status = " ".join(f"{status}:{count}" for status, count in sorted(self.statuses.items()))
        return f"{self.count} URLs, {self.rate:.0f}/s, {len(self.failures)} failures; {by_status}"


def verdict(tally: Tally, restarts: dict[str, int], faults: list[bytes]) -> list[str]:
    """What is wrong, if anything."""
    lost = {reason: count for reason, count in restarts.items() if reason in LOST and count}
    found = [f"{len(tally.failures)} failures"] if tally.failures else []
    found += [f"workers lost: {lost}"] if lost else []
    return [*found, *([f"{len(faults)} faults in the log, the first: {faults[0]!r}"] if faults else [])]
