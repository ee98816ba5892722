"""The book of all answers: what came, what is known to be right, and each promise that was broken."""

import hashlib
from array import array
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from statistics import quantiles

from benchmarks.likeness import is_same_picture
from benchmarks.soak.catalogue import Ask

SHOWN = 50
NO_FAULT = "none"
UNCOMPARED = {"storm", "placeholder"}  # of those nothing is known but the status


@dataclass(frozen=True, slots=True)
class Answer:
    """`status` 0: none, or only a part of one. `seconds` until its last byte; `said` is `ik-error`, or why none came.

    `whole` says that the body is the picture or file itself, not a part of it and not an error's text; `steady` that no
    fault of the disk was under way when it was asked for, or since.
    """

    status: int
    seconds: float
    body: bytes = b""
    cache: str = ""
    said: str = ""
    etag: str = ""
    steady: bool = True

    @property
    def whole(self) -> bool:
        return self.status == 200


def digest(body: bytes) -> bytes:
    return hashlib.blake2b(body, digest_size=16).digest()


@dataclass(slots=True)
class Ledger:
    """`patience_seconds` is what any answer may take. `fault` is the one under way."""

    patience_seconds: float
    fault: str = NO_FAULT
    known: dict[tuple[str, str], bytes] = field(default_factory=dict)
    drawn: dict[tuple[str, str], bytes] = field(default_factory=dict)  # first answers taken for right
    etags: dict[tuple[str, str], str] = field(default_factory=dict)
    cached: set[tuple[str, str]] = field(default_factory=set)
    learned: list[Ask] = field(default_factory=list)  # pictures whose first answer was taken for right
    statuses: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))  # by fault
    purges: Counter[int] = field(default_factory=Counter)  # by status
    events: Counter[int] = field(default_factory=Counter)  # by status
    kinds: Counter[str] = field(default_factory=Counter)
    hits: defaultdict[str, "array[float]"] = field(default_factory=lambda: defaultdict(lambda: array("d")))
    slowest: float = 0.0
    broken: Counter[str] = field(default_factory=Counter)  # promises, by name
    shown: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        return self.kinds.total()

    def know(self, ask: Ask, body: bytes) -> None:
        """These bytes are right, wherever that is known from."""
        self.known[ask.name] = digest(body)

    def lose(self, *, all_but: frozenset[tuple[str, str]] = frozenset()) -> None:
        """A tier has been taken away: what it held is not known to be cached any more."""
        self.cached &= all_but

    def is_cached(self, ask: Ask) -> bool:
        return ask.name in self.cached

    def take(self, ask: Ask, answer: Answer, was_cached: bool) -> None:
        """`was_cached` when it was asked for. An answer that breaks a promise is written down and shown."""
        self.kinds[ask.kind] += 1
        self.statuses[self.fault][f"{answer.status} {answer.said}".strip()] += 1
        self.slowest = max(self.slowest, answer.seconds)
        if answer.seconds > self.patience_seconds:
            self.breach("late", ask, answer)
        if answer.status == 0 and not may_break_off(ask, was_cached):
            self.breach("no answer", ask, answer)
        elif answer.status and answer.status not in ask.right and must_answer(ask, was_cached, answer):
            self.breach("error though cached" if was_cached else "wrong status", ask, answer)
        if answer.status == 404 and 404 not in ask.right:
            self.breach("told that there is no such file", ask, answer)
        if answer.whole and 200 in ask.right and ask.kind not in UNCOMPARED:
            self.take_whole(ask, answer)

    def take_whole(self, ask: Ask, answer: Answer) -> None:
        if not self.is_right(ask, answer.body):
            self.breach("wrong bytes", ask, answer)
            return
        if ask.name not in self.etags:
            self.learned.append(ask)
        self.etags[ask.name] = answer.etag
        if answer.cache == "HIT":
            self.hits[self.fault].append(answer.seconds)
        elif answer.steady and not ask.purged:
            self.cached.add(ask.name)  # just made, so it was written to every tier

    def is_right(self, ask: Ask, body: bytes) -> bool:
        """A picture may have been drawn anew, from a larger decode; a file is the same to the byte."""
        if ask.name not in self.known:
            self.known[ask.name] = digest(body)
            self.drawn[ask.name] = body
        return self.known[ask.name] == digest(body) or is_same_picture(self.drawn.get(ask.name, b""), body)

    def take_part(self, ask: Ask, answer: Answer, part: bytes, was_cached: bool) -> None:
        """The answer to a range; `part` is what lies in it."""
        self.take(ask, answer, was_cached)
        if answer.status == 206 and answer.body != part:
            self.breach("wrong bytes", ask, answer)

    def breach(self, promise: str, ask: Ask, answer: Answer) -> None:
        self.broken[promise] += 1
        if len(self.shown) < SHOWN:
            said = f"{answer.status} {answer.cache} {answer.said}".strip()
            asked = f"{ask.kind} {ask.path} ({ask.accept})"
            line = f"{promise}: {said} after {answer.seconds:.2f} s, {asked} during {self.fault}"
            self.shown.append(line)
            print(f"BROKEN {line}", flush=True)

    def hit_milliseconds(self, fault: str | None = None) -> tuple[float, float]:
        """The median and the 99th percentile, of all if no fault is named; zeros where there was none."""
        parts = [self.hits[fault]] if fault is not None else self.hits.values()
        seconds = [one for part in parts for one in part]
        if len(seconds) < 2:
            return 0.0, 0.0
        cuts = quantiles(seconds, n=100)
        return cuts[49] * 1000, cuts[98] * 1000


def may_break_off(ask: Ask, was_cached: bool) -> bool:
    """A file that streams through while Akeneo breaks off ends with an aborted connection, never cleanly."""
    return ask.kind == "file" and not was_cached


def must_answer(ask: Ask, was_cached: bool, answer: Answer) -> bool:
    """What is cached, and what is refused by its address alone, depends on nobody. Others may fail, with an error."""
    return was_cached or ask.kind == "refused" or 0 < answer.status < 400
