"""A worker that was taken over, and faults of our own: they cost an answer, and never a slot."""

import asyncio
import socket
from pathlib import Path
from typing import Any

import pytest

from proxy.errors import RenderCrashed
from proxy.metrics import Metrics
from proxy.pixels.pool import Renderers
from proxy.pixels.processes import Processes, Worker
from proxy.pixels.wire import HEADER, pack_facts
from proxy.slices import RenderSettings
from tests.pixels.test_pool import job_for, restarts

DRAWN = {"format": "png", "size": [1, 1], "engine": 1, "negotiated": False, "etag": "a", "told": False}
ANSWERS = {
    "memory that is no number": pack_facts({**DRAWN, "stages": {}, "reused": False, "memory": "x"}),
    "memory without end": pack_facts({**DRAWN, "stages": {}, "reused": False, "memory": float("inf")}),
    "no facts": HEADER.pack(2, 0) + b"[]",
    "no JSON": HEADER.pack(4, 0) + b"\xff\xfe\x00{",
    "more than it can hold": HEADER.pack(2, 2**32 - 1) + b"{}",
    "facts without end": HEADER.pack(2**32 - 1, 0),
}


class TakenOver(Processes):
    """The first worker says what a stranger wants it to say."""

    def __init__(self, answer: bytes) -> None:
        super().__init__(2**30)
        self.answer = answer
        self.stranger: socket.socket | None = None

    async def spawn(self) -> Worker:
        real = await super().spawn()
        if self.stranger is not None:
            return real
        real.writer.close()
        ours, self.stranger = socket.socketpair()
        self.stranger.sendall(self.answer)
        taken = Worker(real.process_id, *await asyncio.open_unix_connection(sock=ours), real.most_bytes)
        taken.sandbox = real.sandbox
        return taken

    async def close(self) -> None:
        assert self.stranger is not None
        self.stranger.close()
        await super().close()


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
async def test_whatever_a_worker_says_it_is_replaced(metrics: Metrics, tmp_path: Path, answer: bytes) -> None:
    renderers = Renderers(RenderSettings(workers=1, timeout_seconds=20), metrics, TakenOver(answer))
    await renderers.start()

    with pytest.raises(RenderCrashed):
        await renderers.render(job_for(tmp_path), lambda: None)
    drawn = await renderers.render(job_for(tmp_path), lambda: None)
    await renderers.close()

    assert drawn.rendition.width == 32
    assert restarts(metrics, "fault") == 1


async def test_a_fault_of_ours_does_not_end_a_slot(renderers: Renderers, metrics: Metrics, tmp_path: Path) -> None:
    def fail() -> Any:
        raise LookupError("a fault of ours")

    with pytest.raises(RenderCrashed):
        await renderers.render(job_for(tmp_path), fail)
    drawn = await renderers.render(job_for(tmp_path), lambda: None)

    assert drawn.rendition.width == 32
    assert (renderers.ready, renderers.running, renderers.under_way, renderers.line.reserved) == (1, 0, {}, 0)
    assert restarts(metrics, "fault") == 1
