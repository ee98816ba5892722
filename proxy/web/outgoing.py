"""Large answers on their way to slow readers: nobody holds a copy, and what all of them hold together is bounded."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from proxy.metrics import Metrics

PIECE_BYTES = 64 * 1024
BESIDE_BYTES = 64 * 2**20  # of bodies that are being sent and that memory does not hold anyway


@dataclass(slots=True)
class Sending:
    """One body and who takes it."""

    body: bytes
    readers: dict[object, asyncio.Transport | None]


class Outgoing:
    """Bodies being sent, each counted once, in the order in which they began to be.

    Beyond the `budget` in bytes those go that the fewest wait for, of these the one that has taken longest: to cut off
    the many readers of one picture frees no more than to cut off one.
    """

    def __init__(self, metrics: Metrics, budget: int) -> None:
        self.metrics = metrics
        self.budget = budget
        self.sending: dict[int, Sending] = {}  # by the identity of the body
        self.held = 0  # bytes

    @contextmanager
    def holding(self, body: bytes, transport: asyncio.Transport | None) -> Iterator[None]:
        reader = object()
        self.add(reader, body, transport)
        try:
            yield
        finally:
            self.drop(reader, body)

    def add(self, reader: object, body: bytes, transport: asyncio.Transport | None) -> None:
        mine = self.sending.get(id(body))
        if mine is None:
            mine = self.sending[id(body)] = Sending(body, {})
            self.held += len(body)
        mine.readers[reader] = transport
        while self.held > self.budget and len(self.sending) > 1:
            self.cut_off(min((it for it in self.sending.values() if it is not mine), key=lambda it: len(it.readers)))

    def cut_off(self, victim: Sending) -> None:
        for reader, transport in list(victim.readers.items()):
            self.drop(reader, victim.body)
            self.metrics.connection_dropped("memory")
            if transport is not None:
                transport.abort()

    def drop(self, reader: object, body: bytes) -> None:
        sending = self.sending.get(id(body))
        if sending is None or reader not in sending.readers:
            return
        del sending.readers[reader]
        if not sending.readers:
            del self.sending[id(body)]
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
