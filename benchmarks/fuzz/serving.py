"""Our server in this process, so that a fuzzer sees its code, with a pretend Akeneo and real workers."""

import logging
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from benchmarks.fuzz.target import Broken
from proxy.demo.pictures import sample_files
from proxy.demo.pim import DemoPim
from tests.site import Site, running

LOST = ("crash", "timeout", "memory", "fault")


class Complaints(logging.Handler):
    """Tracebacks in the log are faults of ours, whatever the viewer got."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info:
            self.lines.append(logging.Formatter().format(record))


@asynccontextmanager
async def serving() -> AsyncIterator[tuple[Site, Complaints]]:
    complaints = Complaints()
    logging.getLogger().addHandler(complaints)
    try:
        with tempfile.TemporaryDirectory() as directory:
            async with (
                DemoPim(sample_files()) as pim,
                running(pim, Path(directory), render={"workers": 1, "max_output_side": 2000}) as site,
            ):
                yield site, complaints
    finally:
        logging.getLogger().removeHandler(complaints)


def judge(site: Site, complaints: Complaints) -> None:
    """Raises Broken for what the last request has done beyond its answer."""
    if complaints.lines:
        raise Broken(complaints.lines.pop())
    lost = [reason for reason in LOST if site.counted("worker_restarts_total", reason=reason)]
    if lost:
        raise Broken(f"a worker was lost: {lost}")
