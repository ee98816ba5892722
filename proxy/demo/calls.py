"""Who called, what they got, and how many calls were in flight at once: the ledger that tests read."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from proxy.demo.routes import Target


@dataclass(slots=True)
class Call:
    """One call. `status` is None until headers are out; `whole` tells that the answer got out uncut."""

    number: int
    method: str
    path: str
    query: str
    target: Target
    headers: Mapping[str, str]
    started_at: float
    status: int | None = None
    bytes_sent: int = 0
    whole: bool = False
    ended_at: float | None = None
    body: bytes = b""

    @property
    def kind(self) -> StrEnum:
        return self.target.kind

    @property
    def family(self) -> str | None:
        return self.target.family

    @property
    def code(self) -> str | None:
        return self.target.code

    @property
    def in_flight(self) -> bool:
        return self.ended_at is None


class CallLog:
    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock = clock
        self.calls: list[Call] = []
        self.in_flight = 0
        self.peak_in_flight = 0
        self._changed = asyncio.Event()

    def begin(self, method: str, path: str, query: str, target: Target, headers: Mapping[str, str]) -> Call:
        call = Call(len(self.calls) + 1, method, path, query, target, headers, self.clock())
        self.calls.append(call)
        self.in_flight += 1
        self.peak_in_flight = max(self.peak_in_flight, self.in_flight)
        self.tell()
        return call

    def end(self, call: Call) -> None:
        """Ending twice is harmless: the sender ends a call with its last byte, the server when all is done."""
        if call.ended_at is None:
            call.ended_at = self.clock()
            self.in_flight -= 1
            self.tell()

    def tell(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    async def until(self, condition: Callable[[], bool]) -> None:
        while not condition():
            await self._changed.wait()

    def reset(self) -> None:
        """Forget the past; calls still in flight keep counting as such."""
        self.calls = []
        self.peak_in_flight = self.in_flight
