"""How log lines look, and how they come to standard error: those of many answers in one go."""

import asyncio
import json
import logging
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TextIO

from proxy.web.answer import Answer
from proxy.web.log_writer import LogWriter

TEXT = "%(asctime)s %(levelname)s %(name)s %(message)s"
ACCESS, LEVEL = "proxy.access", "INFO"  # of an answer's line
GATHER_SECONDS = 0.05
MOST_GATHERED = 1000  # lines
UNUSED = ("logThreads", "logProcesses", "logMultiprocessing", "logAsyncioTasks")  # what no line of ours tells


def set_up(level: str, format: str, stream: TextIO, on_lost: Callable[[int], None]) -> None:
    """To a stream that is a file, as text or as a JSON object a line; `on_lost` hears of lines that nobody reads."""
    for fact in UNUSED:
        setattr(logging, fact, False)
    handler = GatheredLines(stream, JsonLines() if format == "json" else TextLines(TEXT), on_lost)
    logging.basicConfig(level=level.upper(), handlers=[handler])
    for quiet in ("httpx", "httpcore"):
        logging.getLogger(quiet).setLevel(logging.WARNING)  # they tell of every call at level info


def gathered_lines() -> "GatheredLines | None":
    """Where all lines go, if they were set up here."""
    return next((handler for handler in logging.getLogger().handlers if isinstance(handler, GatheredLines)), None)


class TextLines(logging.Formatter):
    """The time is put into words once a second."""

    second, words = 0, ""

    def line(self, answer: Answer) -> str:
        return f"{self.time_in_words(time.time())} {LEVEL} {ACCESS} {answer}"

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802
        return self.time_in_words(record.created)

    def time_in_words(self, created: float) -> str:
        second = int(created)
        if second != self.second:
            self.second, self.words = second, time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(second))
        return f"{self.words},{int((created - second) * 1000):03d}"


class JsonLines(logging.Formatter):
    """Every log line as one JSON object; an access line with its facts as fields."""

    def line(self, answer: Answer) -> str:
        return json.dumps(facts_of(time.time(), LEVEL, ACCESS) | answer.facts)

    def format(self, record: logging.LogRecord) -> str:
        facts = facts_of(record.created, record.levelname, record.name) | {"message": record.getMessage()}
        if record.exc_info:
            facts["exception"] = self.formatException(record.exc_info)
        return json.dumps(facts)


def facts_of(created: float, level: str, logger: str) -> dict[str, object]:
    told = datetime.fromtimestamp(created, UTC).isoformat(timespec="milliseconds")
    return {"time": told, "level": level, "logger": logger}


class GatheredLines(logging.Handler):
    """Lines of answers wait for those that follow within `GATHER_SECONDS`, others are handed over at once, in order.

    Nobody waits for who reads them: what there is no room for is lost, which a later line tells.
    """

    def __init__(self, stream: TextIO, lines: TextLines | JsonLines, on_lost: Callable[[int], None]) -> None:
        super().__init__()
        self.setFormatter(lines)
        self.lines = lines
        self.writer = LogWriter(stream, on_lost)
        self.on_lost = on_lost
        self.gathered: list[str] = []
        self.lost = 0
        self.gathering = threading.RLock()  # threads write lines, too

    def tell(self, answer: Answer) -> None:
        """From the event loop."""
        line = self.lines.line(answer)
        with self.gathering:
            self.gathered.append(line)
            count = len(self.gathered)
        if count == 1:
            asyncio.get_running_loop().call_later(GATHER_SECONDS, self.hand_over)
        elif count >= MOST_GATHERED:
            self.hand_over()

    def emit(self, record: logging.LogRecord) -> None:
        try:
            line = self.format(record)
            with self.gathering:
                self.gathered.append(line)
            self.hand_over()
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
