"""Large answers on their way to slow readers: nobody holds a copy, and what all of them hold together is bounded."""

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from proxy.cache.renditions.memory import MemoryStore
from proxy.errors import Overloaded
from proxy.media import Rendition
from proxy.metrics import Metrics

PIECE_BYTES = 64 * 1024
BESIDE_BYTES = 64 * 2**20  # of bodies that are being sent and that memory does not hold anyway
FILES_RETRY_SECONDS = 2


@dataclass(slots=True)
class Sending:
    """One body and who takes it."""

    body: bytes
    readers: dict[object, asyncio.Transport | None]


class Outgoing:
    """Bodies being sent, each counted once, in the order in which they began to be, and files that are.

    Beyond the `budget` in bytes of those that memory does not hold anyway those go that the fewest wait for, of these
    the one that has taken longest: to cut off the many readers of one picture frees no more than to cut off one.
    """

    def __init__(self, metrics: Metrics, budget: int, most_files: int) -> None:
        self.metrics = metrics
        self.budget = budget
        self.most_files = most_files
        self.files = 0
        self.sending: dict[int, Sending] = {}  # by the identity of the body
        self.kept: Counter[int] = Counter()  # bodies that memory holds, the same way
        self.held = 0  # bytes
        self.beside = 0  # of these, what memory does not hold

    # What memory tells.

    def watch(self, memory: MemoryStore[Rendition]) -> None:
        memory.on_enter, memory.on_leave = lambda it: self.entered(it.body), lambda it: self.left(it.body)

    def entered(self, body: bytes) -> None:
        if len(body) <= PIECE_BYTES:
            return
        self.kept[id(body)] += 1
        if self.kept[id(body)] == 1 and id(body) in self.sending:
            self.beside -= len(body)

    def left(self, body: bytes) -> None:
        """It may be on its way still, and then counts."""
        if len(body) <= PIECE_BYTES:
            return
        self.kept[id(body)] -= 1
        if self.kept[id(body)] == 0:
            del self.kept[id(body)]
            if id(body) in self.sending:
                self.beside += len(body)
                self.keep_to_the_budget(self.sending[id(body)])

    # What is sent.

    @contextmanager
    def file(self) -> Iterator[None]:
        """Around the sending of a file, which holds a descriptor beside that of the connection; raises Overloaded."""
        if self.files >= self.most_files:
            self.metrics.overloaded("files")
            raise Overloaded("too many files are being sent", retry_after_seconds=FILES_RETRY_SECONDS)
        self.files += 1
        try:
            yield
        finally:
            self.files -= 1

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
            if id(body) not in self.kept:
                self.beside += len(body)
        mine.readers[reader] = transport
        self.keep_to_the_budget(mine)

    def keep_to_the_budget(self, newest: Sending) -> None:
        while self.beside > self.budget:
            others = (it for it in self.sending.values() if it is not newest and id(it.body) not in self.kept)
            victim = min(others, key=lambda it: len(it.readers), default=None)
            if victim is None:
                return
            self.cut_off(victim)

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
            if id(body) not in self.kept:
                self.beside -= len(body)


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
