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
STAGES = re.compile(r"(?:decode|draw|encode);dur=([\d.]+)")
RENDER = re.compile(r"render;dur=([\d.]+)")  # from the end of the queue on, so with the wait in it
LOST = ("crash", "timeout", "memory", "fault")  # an old worker's retirement is none of these
NO_ANSWER, LATE = "no answer", "late"


@dataclass(slots=True)
class Tally:
    """`failures`: how many of which kind, by a status from 500 on, `NO_ANSWER` or `LATE`."""

    statuses: Counter[int] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)
    slowest: list[tuple[float, str]] = field(default_factory=list)  # by the time in the worker
    longest_wait: float = 0.0
    begun: float = field(default_factory=time.monotonic)

    @property
    def count(self) -> int:
        return self.statuses.total()

    @property
    def rate(self) -> float:
        return self.count / (time.monotonic() - self.begun)

    def take(self, shot: Shot, answer: Answer) -> None:
        self.statuses[answer.status] += 1
        drawn, waited = times_of(answer.timing)
        self.longest_wait = max(self.longest_wait, waited)
        if drawn and (len(self.slowest) < SLOWEST or drawn > self.slowest[-1][0]):
            self.slowest = sorted([*self.slowest, (drawn, str(shot))], reverse=True)[:SLOWEST]
        kind = failure_of(answer, waited)
        if kind is not None:
            self.failures[kind] += 1
            if self.failures.total() <= SHOWN_FAILURES:
                print(f"FAILURE {kind}: {answer.status} in {answer.seconds:.1f} s {answer.said} {shot}", flush=True)

    def progress(self) -> str:
        by_status = " ".join(f"{status}:{count}" for status, count in sorted(self.statuses.items()))
        return f"{self.count} URLs, {self.rate:.0f}/s, {self.failures.total()} failures; {by_status}"


def times_of(timing: str) -> tuple[float, float]:
    """Seconds in a worker, and those of waiting for one; of what was drawn, else 0."""
    found = RENDER.search(timing) if timing else None
    if found is None:
        return 0.0, 0.0
    drawn = sum(map(float, STAGES.findall(timing))) / 1000
    return drawn, max(0.0, float(found[1]) / 1000 - drawn)


def failure_of(answer: Answer, waited: float) -> str | None:
    """None for an answer as it should be. Whoever waited for others' pictures was not slow by that."""
    if answer.status == 0:
        return NO_ANSWER
    if answer.status >= 500:
        return str(answer.status)
    return LATE if answer.seconds - waited > RENDER_LIMIT_SECONDS + MARGIN_SECONDS else None


def verdict(tally: Tally, restarts: dict[str, int], faults: list[bytes]) -> list[str]:
    """What is wrong, if anything."""
    lost = {reason: count for reason, count in restarts.items() if reason in LOST and count}
    found = [f"{count} x {kind}" for kind, count in sorted(tally.failures.items())]
    found += [f"workers lost: {lost}"] if lost else []
    return [*found, *([f"{len(faults)} faults in the log, the first: {faults[0]!r}"] if faults else [])]
