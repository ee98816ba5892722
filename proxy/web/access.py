"""One line for each answer: what was asked, what was given, how long it took."""

import logging
import random
import re

from proxy.imagekit.signature import SCHEMES
from proxy.metrics import Metrics
from proxy.slices import LogSettings
from proxy.web.answer import Answer
from proxy.web.log_lines import ACCESS, gathered_lines

log = logging.getLogger(ACCESS)
TARGET_CHARACTERS = 2000
SIGNATURES = re.compile(rf"(?<=[?&])((?:{'|'.join(scheme.signature for scheme in SCHEMES)})=)[^&]*")


class AccessLog:
    """Lines for all answers, for errors, or for none; the metrics count all of them."""

    def __init__(self, settings: LogSettings, metrics: Metrics) -> None:
        self.wants_all = settings.access == "all"
        self.wants_errors = settings.access != "off"
        self.metrics = metrics
        self.lines = gathered_lines()

    def wants(self, status: int) -> bool:
        return (self.wants_all or (self.wants_errors and status >= 400)) and log.isEnabledFor(logging.INFO)

    def answered(self, answer: Answer) -> None:
        """Counted, and written where it is wanted."""
        self.metrics.answered(answer.status, answer.tier, answer.milliseconds / 1000)
        if self.wants(answer.status):
            self.write(answer)

    def write(self, answer: Answer) -> None:
        """Past the machinery of logging where all lines are ours: it takes longer than to put a line together."""
        if self.lines is None:
            log.info("%s", answer)
        else:
            self.lines.tell(answer)


def printable(target: str) -> str:
    """A viewer's words, in one line and of bounded length, without a signature that would be good for others, too."""
    cut = target[:TARGET_CHARACTERS]
    if "-s=" in cut:  # so that most lines cost no more
        cut = SIGNATURES.sub(r"\1***", cut)
    return cut if cut.isascii() and cut.isprintable() else ascii(cut)[1:-1]


def new_request_id() -> str:
    """To find a line by, not to keep a secret."""
    return f"{random.getrandbits(64):016x}"
