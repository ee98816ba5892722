"""How log lines look, and how they come to standard error: those of many answers in one go."""

import asyncio
import json
import logging
import threading
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from proxy.web.access import Answer

TEXT = "%(asctime)s %(levelname)s %(name)s %(message)s"
GATHER_SECONDS = 0.05
MOST_GATHERED = 1000  # lines
UNUSED = ("logThreads", "logProcesses", "logMultiprocessing", "logAsyncioTasks")  # what no line of ours tells


def set_up(level: str, format: str, stream: TextIO) -> None:
    """To a stream, as text or as a JSON object a line."""
    for fact in UNUSED:
        setattr(logging, fact, False)
    handler = GatheredLines(stream)
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


class GatheredLines(logging.StreamHandler[TextIO]):
    """Lines of answers wait for those that follow within `GATHER_SECONDS`, all others are written at once, in order."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__(stream)
        self.gathered: list[str] = []
        self.writing = threading.RLock()  # threads write lines, too

    def emit(self, record: logging.LogRecord) -> None:
        try:
            line = self.format(record)
            with self.writing:
                self.gathered.append(line)
            if not hasattr(record, "answer") or len(self.gathered) >= MOST_GATHERED:
                self.flush()
            elif len(self.gathered) == 1:
                asyncio.get_running_loop().call_later(GATHER_SECONDS, self.flush)
        except Exception:  # as logging has it: a full disk must not stop the server
            self.handleError(record)

    def flush(self) -> None:
        """Also when the process ends, by `logging.shutdown`."""
        with self.writing:
            lines, self.gathered = self.gathered, []
            if lines and not self.stream.closed:
                self.stream.write("\n".join(lines) + "\n")
                self.stream.flush()
