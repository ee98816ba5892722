"""How log lines look, and how they come to standard error: those of many answers in one go."""

import asyncio
import json
import logging
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TextIO

from proxy.web.log_writer import LogWriter

if TYPE_CHECKING:
    from proxy.web.access import Answer

TEXT = "%(asctime)s %(levelname)s %(name)s %(message)s"
GATHER_SECONDS = 0.05
MOST_GATHERED = 1000  # lines
UNUSED = ("logThreads", "logProcesses", "logMultiprocessing", "logAsyncioTasks")  # what no line of ours tells


def set_up(level: str, format: str, stream: TextIO, on_lost: Callable[[int], None]) -> None:
    """To a stream that is a file, as text or as a JSON object a line; `on_lost` hears of lines that nobody reads."""
    for fact in UNUSED:
        setattr(logging, fact, False)
    handler = GatheredLines(stream, on_lost)
    handler.setFormatter(JsonLines() if format == "json" else TextLines(TEXT))
    logging.basicConfig(level=level.upper(), handlers=[handler])
    for quiet in ("httpx", "httpcore"):
        logging.getLogger(quiet).setLevel(logging.WARNING)  # they tell of every call at level info


class TextLines(logging.Formatter):
    """The time is put into words once a second."""

    second, words = 0, ""

    def format(self, record: logging.LogRecord) -> str:
        """An access line the short way."""
        answer = getattr(record, "answer", None)
        if answer is None:
            return super().format(record)
        return f"{self.formatTime(record)} {record.levelname} {record.name} {answer}"

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802
        second = int(record.created)
        if second != self.second:
            self.second, self.words = second, time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(second))
        return f"{self.words},{record.msecs:03.0f}"


class JsonLines(logging.Formatter):
    """Every log line as one JSON object; an access line with its facts as fields."""

    def format(self, record: logging.LogRecord) -> str:
        facts: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
        }
        answer: Answer | None = getattr(record, "answer", None)
        facts |= answer.facts if answer else {"message": record.getMessage()}
        if record.exc_info:
            facts["exception"] = self.formatException(record.exc_info)
        return json.dumps(facts)


class GatheredLines(logging.Handler):
    """Lines of answers wait for those that follow within `GATHER_SECONDS`, others are handed over at once, in order.

    Nobody waits for who reads them: what there is no room for is lost, which a later line tells.
    """

    def __init__(self, stream: TextIO, on_lost: Callable[[int], None]) -> None:
        super().__init__()
        self.writer = LogWriter(stream, on_lost)
        self.on_lost = on_lost
        self.gathered: list[str] = []
        self.lost = 0
        self.gathering = threading.RLock()  # threads write lines, too

    def emit(self, record: logging.LogRecord) -> None:
        try:
            line = self.format(record)
            with self.gathering:
                self.gathered.append(line)
            if not hasattr(record, "answer") or len(self.gathered) >= MOST_GATHERED:
                self.hand_over()
            elif len(self.gathered) == 1:
                asyncio.get_running_loop().call_later(GATHER_SECONDS, self.hand_over)
        except Exception:  # as logging has it
            self.handleError(record)

    def hand_over(self) -> None:
        with self.gathering:
            lines, self.gathered = self.gathered, []
            if not lines:
                return
            told = [self.format(loss_of(self.lost))] if self.lost else []
            if self.writer.put("\n".join([*told, *lines]) + "\n"):
                self.lost = 0
            else:
                self.lost += len(lines)
                self.on_lost(len(lines))

    def flush(self) -> None:
        """When the process ends, by `logging.shutdown`."""
        self.hand_over()
        self.writer.flush()

    def close(self) -> None:
        self.writer.close()
        super().close()


def flush() -> None:
    """Before an end without `logging.shutdown`; waits for no more than a moment."""
    for handler in logging.getLogger().handlers:
        handler.flush()


def loss_of(lines: int) -> logging.LogRecord:
    words = "%d log lines were lost: nobody read them"
    return logging.LogRecord(__name__, logging.WARNING, __file__, 0, words, (lines,), None)
