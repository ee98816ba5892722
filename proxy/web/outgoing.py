"""Large answers on their way to slow readers: nobody holds a copy, and what all of them hold together is bounded."""

import asyncio
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from aiohttp import web

from proxy.metrics import Metrics

PIECE_BYTES = 64 * 1024
BUDGET_BYTES = 64 * 2**20  # of different bodies that are being sent


class Outgoing:
    """Bodies being sent, each counted once. Beyond the budget those go who have been taking theirs longest."""

    def __init__(self, metrics: Metrics, budget: int = BUDGET_BYTES) -> None:
        self.metrics = metrics
        self.budget = budget
        self.readers: OrderedDict[object, tuple[bytes, asyncio.Transport | None]] = OrderedDict()
        self.count: dict[int, int] = {}  # readers, by the identity of the body
        self.held = 0  # bytes

    @contextmanager
    def holding(self, body: bytes, transport: asyncio.Transport | None) -> Iterator[None]:
        reader = object()
        self.add(reader, body, transport)
        try:
            yield
        finally:
            self.drop(reader)

    def add(self, reader: object, body: bytes, transport: asyncio.Transport | None) -> None:
        self.readers[reader] = (body, transport)
        before = self.count.get(id(body), 0)
        self.count[id(body)] = before + 1
        self.held += 0 if before else len(body)
        while self.held > self.budget and len(self.readers) > 1:
            oldest, (_, slow) = next(iter(self.readers.items()))
            self.drop(oldest)
            self.metrics.connection_dropped("memory")
            if slow is not None:
                slow.abort()

    def drop(self, reader: object) -> None:
        body, _ = self.readers.pop(reader, (None, None))
        if body is None:
            return
        self.count[id(body)] -= 1
        if not self.count[id(body)]:
            del self.count[id(body)]
            self.held -= len(body)


class Body(web.Response):
    """Bytes at hand. aiohttp writes a body at once, on Python 3.11 as a copy for each reader who does not take it."""

    def __init__(self, body: bytes, headers: Mapping[str, str], outgoing: Outgoing) -> None:
        super().__init__(body=body, headers=headers)
        self.bytes = body
        self.outgoing = outgoing

    async def write_eof(self, data: bytes = b"") -> None:
        if len(self.bytes) <= PIECE_BYTES or self._must_be_empty_body or self._eof_sent:
            await super().write_eof(data)
            return
        with self.outgoing.holding(self.bytes, self.transport()):
            for piece in pieces_of(self.bytes):
                await self.write(piece)
            await web.StreamResponse.write_eof(self)

    def transport(self) -> Any:
        return None if self._req is None else self._req.transport


def pieces_of(body: bytes) -> Iterator[memoryview]:
    view = memoryview(body)
    for start in range(0, len(view), PIECE_BYTES):
        yield view[start : start + PIECE_BYTES]
