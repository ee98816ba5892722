"""One line for each answer: what was asked, what was given, how long it took."""

import json
import logging
import secrets
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from proxy.metrics import Metrics
from proxy.slices import LogSettings

log = logging.getLogger("proxy.access")
TARGET_CHARACTERS = 2000


@dataclass(frozen=True, slots=True)
class Answer:
    """What an access line tells; `bytes` counts the body, of a stream as far as it was sent."""

    request_id: str
    method: str
    target: str
    status: int
    cache: str
    tier: str
    bytes: int
    milliseconds: float

    def __str__(self) -> str:
        took = f"{self.milliseconds:.1f}ms"
        return f"{self.method} {self.target} {self.status} {self.cache} {self.bytes}B {took} {self.request_id}"


class AccessLog:
    """Lines for all answers, for errors, or for none; the metrics count all of them."""

    def __init__(self, settings: LogSettings, metrics: Metrics) -> None:
        self.wants_all = settings.access == "all"
        self.wants_errors = settings.access != "off"
        self.metrics = metrics

    def answered(self, answer: Answer) -> None:
        self.metrics.answered(answer.status, answer.tier, answer.milliseconds / 1000)
        if self.wants_all or (self.wants_errors and answer.status >= 400):
            log.info("%s", answer, extra={"answer": answer})


class JsonLines(logging.Formatter):
    """Every log line as one JSON object; an access line with its facts as fields."""

    def format(self, record: logging.LogRecord) -> str:
        facts: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
        }
        answer: Answer | None = getattr(record, "answer", None)
        facts |= asdict(answer) if answer else {"message": record.getMessage()}
        if record.exc_info:
            facts["exception"] = self.formatException(record.exc_info)
        return json.dumps(facts)


def printable(target: str) -> str:
    """A viewer's words, in one line and of bounded length."""
    cut = target[:TARGET_CHARACTERS]
    return cut if cut.isascii() and cut.isprintable() else ascii(cut)[1:-1]


def new_request_id() -> str:
    return secrets.token_hex(8)
