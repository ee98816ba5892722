"""Spans on their way out: a bounded queue and a thread of its own. No request waits for whoever collects them."""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress

from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

log = logging.getLogger("proxy.tracing")
MOST = 4096  # spans that wait
BATCH = 512
PAUSE_SECONDS = 2.0
SAME_LINE_SECONDS = 60.0


class Outbox(SpanProcessor):
    """`dropped` is told the reason and the number of spans that are lost: `queue`, `export` or `shutdown`."""

    def __init__(
        self,
        exporter: SpanExporter,
        dropped: Callable[[str, int], None],
        most: int = MOST,
        pause_seconds: float = PAUSE_SECONDS,
    ) -> None:
        self.exporter = exporter
        self.dropped = dropped
        self.most = most
        self.pause_seconds = pause_seconds
        self.spans: deque[ReadableSpan] = deque()
        self.news = threading.Event()
        self.closing = False
        self.given_up = False
        self.thread = threading.Thread(target=self.run, name="traces", daemon=True)
        self.thread.start()

    def on_end(self, span: ReadableSpan) -> None:
        """In the event loop's thread."""
        if self.closing or len(self.spans) >= self.most:
            self.dropped("shutdown" if self.closing else "queue", 1)
            return
        self.spans.append(span)
        if len(self.spans) >= BATCH:
            self.news.set()

    def run(self) -> None:
        while not self.closing:
            self.news.wait(self.pause_seconds)
            self.news.clear()
            self.send()
        self.send()

    def send(self) -> None:
        while not self.given_up and (batch := self.next()):
            if not self.is_taken(batch):
                self.dropped("export", len(batch))

    def next(self) -> list[ReadableSpan]:
        """Each span goes to one taker, also where two threads take."""
        batch: list[ReadableSpan] = []
        with suppress(IndexError):
            while len(batch) < BATCH:
                batch.append(self.spans.popleft())
        return batch

    def is_taken(self, batch: list[ReadableSpan]) -> bool:
        try:
            return self.exporter.export(batch) is SpanExportResult.SUCCESS
        except Exception:
            log.exception("a batch of spans cannot be sent")
            return False

    def close(self, seconds: float) -> None:
        """What waits is sent, as far as the time goes; blocks."""
        self.closing = True
        self.news.set()
        self.thread.join(seconds)
        self.given_up = True
        while lost := self.next():
            self.dropped("shutdown", len(lost))
        self.exporter.shutdown()


class OnceAMinute(logging.Filter):
    """An outage of the collector is one line a minute."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self.clock = clock
        self.said_at = float("-inf")

    def filter(self, record: logging.LogRecord) -> bool:
        loudly = self.clock() - self.said_at >= SAME_LINE_SECONDS
        if loudly:
            self.said_at = self.clock()
        return loudly
