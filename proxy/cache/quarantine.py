"""Files that end workers: after several failures nothing is drawn of them for a while, and longer each time."""

import logging
import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from proxy.errors import Quarantined
from proxy.metrics import Metrics

log = logging.getLogger("proxy.cache")
LIMIT = 10_000  # files with a record
FAILURES = 3  # of different renditions: one that asks too much says nothing against the file
REMEMBERED_SECONDS = 3600.0
FIRST_PAUSE_SECONDS = 60.0
LONGEST_PAUSE_SECONDS = 6 * 3600.0
GROWTH = 4


@dataclass(slots=True)
class Record:
    """`failed` holds the keys of the renditions that have failed, `until` ends the present pause."""

    last: float
    failed: set[str] = field(default_factory=set)
    pause_seconds: float = 0.0
    until: float = 0.0


class Quarantine:
    """Records by file. A pause that is over gives the file one try; a success wipes its record out."""

    def __init__(self, metrics: Metrics, clock: Callable[[], float] = time.monotonic) -> None:
        self.metrics = metrics
        self.clock = clock
        self.records: OrderedDict[str, Record] = OrderedDict()
        metrics.watch_quarantine(self.count)

    def count(self) -> int:
        """How many files are in it at the moment."""
        now = self.clock()
        return sum(now < record.until for record in self.records.values())

    def check(self, file: str) -> None:
        """Raises Quarantined."""
        record = self.records.get(file)
        left = record.until - self.clock() if record is not None else 0.0
        if left > 0:
            self.metrics.refusal_remembered(Quarantined.status)
            raise Quarantined("this picture has ended workers, and rests", retry_after_seconds=math.ceil(left))

    def failed(self, file: str, rendition: str, path: str) -> None:
        """A worker crashed on it, or ran out of time; `path` is for the log."""
        record = self.record_of(file)
        record.failed.add(rendition)
        now = self.clock()
        if now < record.until or (len(record.failed) < FAILURES and not record.pause_seconds):
            return  # those that failed together count as one
        record.pause_seconds = min(record.pause_seconds * GROWTH or FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS)
        record.until = now + record.pause_seconds
        self.metrics.quarantined()
        log.error(
            "%s is in quarantine for %d seconds: it has ended workers again and again", path, record.pause_seconds
        )

    def record_of(self, file: str) -> Record:
        now = self.clock()
        record = self.records.pop(file, None)
        if record is None or now - max(record.last, record.until) > REMEMBERED_SECONDS:
            record = Record(now)
        record.last = now
        self.records[file] = record
        if len(self.records) > LIMIT:
            self.records.popitem(last=False)
        return record

    def succeeded(self, file: str) -> None:
        self.records.pop(file, None)

    def pardon(self, chosen: Callable[[str], bool]) -> None:
        """Forget every file with such a name."""
        for file in [file for file in self.records if chosen(file)]:
            del self.records[file]
