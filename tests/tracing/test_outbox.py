"""The queue of spans is bounded, and what is lost is counted."""

import logging
import threading
from collections import Counter
from collections.abc import Sequence

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from proxy.tracing.outbox import BATCH, OnceAMinute, Outbox

NEVER = 3600.0  # by itself


class Held(SpanExporter):
    """Each batch waits until it is let go."""

    def __init__(self, fails: bool = False) -> None:
        self.fails = fails
        self.begun, self.release = threading.Event(), threading.Event()
        self.taken = 0

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        self.begun.set()
        self.release.wait()
        if self.fails:
            raise RuntimeError
        self.taken += len(spans)
        return SpanExportResult.SUCCESS

    def shutdown(self) -> None:
        self.release.set()


def span() -> ReadableSpan:
    return ReadableSpan("span")


def test_what_does_not_fit_is_dropped_and_counted() -> None:
    exporter, dropped = Held(), Counter[str]()
    outbox = Outbox(exporter, lambda reason, count: dropped.update({reason: count}), BATCH, NEVER)
    for _ in range(BATCH):
        outbox.on_end(span())
    exporter.begun.wait()

    for _ in range(BATCH + 3):
        outbox.on_end(span())
    exporter.release.set()
    outbox.close(30)

    assert dropped == {"queue": 3}
    assert exporter.taken == 2 * BATCH


def test_what_is_not_sent_in_time_at_the_end_is_counted() -> None:
    exporter, dropped = Held(), Counter[str]()
    outbox = Outbox(exporter, lambda reason, count: dropped.update({reason: count}), pause_seconds=NEVER)
    for _ in range(BATCH + 2):
        outbox.on_end(span())
    exporter.begun.wait()
    waiting = len(outbox.spans)

    outbox.close(0)
    outbox.on_end(span())
    outbox.thread.join()

    assert dropped == {"shutdown": waiting + 1}


def test_an_exporter_that_raises_loses_its_batch_alone() -> None:
    exporter, dropped = Held(fails=True), Counter[str]()
    outbox = Outbox(exporter, lambda reason, count: dropped.update({reason: count}), pause_seconds=NEVER)
    exporter.release.set()

    outbox.on_end(span())
    outbox.close(30)

    assert dropped == {"export": 1}


def test_an_outage_is_one_line_a_minute() -> None:
    now = [0.0]
    lines, record = OnceAMinute(lambda: now[0]), logging.makeLogRecord({})

    said = [lines.filter(record), lines.filter(record)]
    now[0] = 61

    assert [*said, lines.filter(record)] == [True, False, True]
