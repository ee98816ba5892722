"""Spans as the rest of the house knows them: what is being done now, and for whom. Loads no library.

Where nothing is traced there is no current span, and everything in here is next to nothing.
"""

import asyncio
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol

Attributes = Mapping[str, str | int | float | bool]
NONE: Attributes = {}
RENDER_ORDER = ("decode", "draw", "encode")


class Span(Protocol):
    """Times are nanoseconds of the wall clock; left out, they are now."""

    def begin(self, name: str, attributes: Attributes = NONE, began_at: int | None = None) -> "Span":
        """A part of this one."""

    def event(self, name: str, attributes: Attributes = NONE) -> None: ...

    def put(self, attributes: Attributes) -> None: ...

    def fail(self, words: str) -> None: ...

    def end(self, ended_at: int | None = None) -> None: ...


class NoSpan:
    """Of what is not traced."""

    def begin(self, name: str, attributes: Attributes = NONE, began_at: int | None = None) -> Span:
        return self

    def event(self, name: str, attributes: Attributes = NONE) -> None: ...

    def put(self, attributes: Attributes) -> None: ...

    def fail(self, words: str) -> None: ...

    def end(self, ended_at: int | None = None) -> None: ...


UNTRACED = NoSpan()
# Tasks that a request starts take it with them: a flight's spans belong to whoever started it.
CURRENT: ContextVar[Span | None] = ContextVar("span", default=None)


@contextmanager
def span(name: str, attributes: Attributes = NONE) -> Iterator[Span]:
    """A part of what is traced now; inside the block it is what others are parts of."""
    parent = CURRENT.get()
    if parent is None:
        yield UNTRACED
        return
    with entered(parent.begin(name, attributes)) as own:
        yield own


@contextmanager
def entered(own: Span) -> Iterator[Span]:
    token = CURRENT.set(own)
    try:
        yield own
    except BaseException as error:
        own.fail("abandoned" if isinstance(error, asyncio.CancelledError) else type(error).__name__)
        raise
    finally:
        CURRENT.reset(token)
        own.end()


def event(name: str, attributes: Attributes = NONE) -> None:
    """In the midst of what is traced now."""
    current = CURRENT.get()
    if current is not None:
        current.event(name, attributes)


class DrawingTimes:
    """A worker tells seconds, not times: its stages follow each other from when it began."""

    def __init__(self, own: Span) -> None:
        self.own = own
        self.joined_at = time.time_ns()
        self.began_at: int | None = None

    def begin(self) -> None:
        """A worker takes it; called from elsewhere than the request's own task."""
        self.began_at = time.time_ns()

    def queued(self) -> None:
        self.own.begin("queue", {"media_proxy.queue": "render"}, self.joined_at).end(self.began_at)

    def drew(self, stages: Mapping[str, float], reused: bool) -> None:
        self.own.put({"media_proxy.decode_reused": reused})
        at = self.began_at or self.joined_at
        for stage in RENDER_ORDER:
            if stage in stages:
                since, at = at, at + int(stages[stage] * 1e9)
                self.own.begin(stage, began_at=since).end(at)


@contextmanager
def drawing() -> Iterator[DrawingTimes]:
    """The span of one picture, with the queue before it."""
    with span("render") as own:
        times = DrawingTimes(own)
        try:
            yield times
        finally:
            times.queued()
