"""One piece of work that waits for a worker, and what it weighs."""

import asyncio
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from proxy.pixels.job import Work

T = TypeVar("T")


@dataclass(eq=False, slots=True)
class Ticket(Generic[T]):
    """Work in the queue, at a predicted `price` in seconds and `memory` in bytes. `unpack` makes an answer out of a
    worker's facts and body. Cancelling `answer` takes the ticket out: nobody waits for it any more. `original` and what
    follows it: what `Shareable` wants to know.
    """

    lane: int
    number: int
    work: Work
    on_begin: Callable[[], None]
    unpack: Callable[[dict[str, Any], bytes], T]
    answer: "asyncio.Future[T]"
    price: float = 0.0
    memory: int = 0
    begun: bool = False
    overtaken: int = 0
    original: Hashable | None = None
    pixels: float = 0.0
    decoding: float = 0.0
    drawing: float = 0.0

    @property
    def dropped(self) -> bool:
        return self.answer.done()


@dataclass(frozen=True, slots=True)
class Load:
    """What work takes of the workers: seconds, and memory for so long."""

    seconds: float = 0.0
    byte_seconds: float = 0.0

    def __add__(self, other: "Load") -> "Load":
        return Load(self.seconds + other.seconds, self.byte_seconds + other.byte_seconds)

    def __sub__(self, other: "Load") -> "Load":
        return Load(self.seconds - other.seconds, self.byte_seconds - other.byte_seconds)


NOTHING = Load()


def load_of(ticket: Ticket[Any], seconds: float | None = None) -> Load:
    """Of so many `seconds` that are left of it, or of all."""
    left = ticket.price if seconds is None else seconds
    return Load(left, left * ticket.memory)
