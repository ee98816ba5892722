"""One line for each answer: what was asked, what was given, how long it took."""

import logging
import random
import re
import time
from collections.abc import Mapping
from typing import NamedTuple

from proxy.imagekit.signature import SCHEMES
from proxy.metrics import Metrics
from proxy.slices import LogSettings

log = logging.getLogger("proxy.access")
TARGET_CHARACTERS = 2000
SIGNATURES = re.compile(rf"(?<=[?&])((?:{'|'.join(scheme.signature for scheme in SCHEMES)})=)[^&]*")


class Answer(NamedTuple):
    """What an access line tells; `bytes` counts the body, of a stream as far as it was sent."""

    request_id: str
    method: str
    target: str
    status: int
    cache: str
    tier: str
    bytes: int
    milliseconds: float

    @property
    def facts(self) -> dict[str, object]:
        return self._asdict()

    def __str__(self) -> str:
        took = f"{self.milliseconds:.1f}ms"
        return f"{self.method} {self.target} {self.status} {self.cache} {self.bytes}B {took} {self.request_id}"


class AccessLog:
    """Lines for all answers, for errors, or for none; the metrics count all of them."""

    def __init__(self, settings: LogSettings, metrics: Metrics) -> None:
        self.wants_all = settings.access == "all"
        self.wants_errors = settings.access != "off"
        self.metrics = metrics
        self.common = vars(logging.LogRecord(log.name, logging.INFO, __file__, 0, "%s", (), None))

    def wants(self, status: int) -> bool:
        return (self.wants_all or (self.wants_errors and status >= 400)) and log.isEnabledFor(logging.INFO)

    def answered(self, answer: Answer) -> None:
        """Counted, and written where it is wanted."""
        self.metrics.answered(answer.status, answer.tier, answer.milliseconds / 1000)
        if self.wants(answer.status):
            self.write(answer)

    def write(self, answer: Answer) -> None:
        """The record is made here: the logger would look through the stack for where it was called from."""
        log.handle(AnswerRecord(self.common, answer))


class AnswerRecord(logging.LogRecord):
    """Most of its facts are the same in each, and dearer than the line itself to find out."""

    def __init__(self, common: Mapping[str, object], answer: Answer) -> None:
        self.__dict__.update(common)
        self.created = now = time.time()
        self.msecs = now % 1 * 1000 // 1
        self.relativeCreated = 0.0
        self.args = (answer,)
        self.answer = answer


def printable(target: str) -> str:
    """A viewer's words, in one line and of bounded length, without a signature that would be good for others, too."""
    cut = target[:TARGET_CHARACTERS]
    if "-s=" in cut:  # so that most lines cost no more
        cut = SIGNATURES.sub(r"\1***", cut)
    return cut if cut.isascii() and cut.isprintable() else ascii(cut)[1:-1]


def new_request_id() -> str:
    """To find a line by, not to keep a secret."""
    return f"{random.getrandbits(64):016x}"
