"""Kills, one by one: a piece of work is cut before and after each of its steps, and done again by a new process.

A step is one remote call (of a DAM, of Akeneo) or one transaction that writes. Once cut, nothing that the old process
still tries has any effect, its `finally` blocks included: as after `kill -9`.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from functools import partial
from typing import Any, TypeVar
from unittest.mock import patch

from proxy.akeneo.client import AkeneoClient
from proxy.sync.state.database import Database
from proxy.sync.wire import Wire

W = TypeVar("W")
MOST_STEPS = 400


class Cut(BaseException):
    """The process is no more."""


class Cutter:
    """`at` is the number of the step that is the last (None: all are done); `after`: it is still carried out."""

    def __init__(self, at: int | None = None, *, after: bool = False) -> None:
        self.at = at
        self.after = after
        self.steps: list[str] = []
        self.gone = False

    def before(self, name: str) -> bool:
        """Whether this step is the last and to be carried out. Raises Cut."""
        if self.gone:
            raise Cut(name)
        self.steps.append(name)
        if len(self.steps) != self.at:
            return False
        self.gone = True
        if not self.after:
            raise Cut(name)
        return True

    async def call(self, name: str, work: Callable[..., Awaitable[Any]], *given: Any, **named: Any) -> Any:
        last = self.before(name)
        result = await work(*given, **named)
        if last or self.gone:
            raise Cut(name)
        return result

    @asynccontextmanager
    async def send(self, original: Callable[..., Any], wire: Wire, request: Any, label: str) -> AsyncIterator[Any]:
        last = self.before(label)
        async with original(wire, request, label) as response:
            if last:
                raise Cut(label)
            yield response


@contextmanager
def cutting(at: int | None = None, *, after: bool = False) -> Iterator[Cutter]:
    """Every step of everything that runs in the block; other sorts of steps can be passed through `cutter.call`."""
    cutter = Cutter(at, after=after)
    transact, ask, send = Database.run, AkeneoClient.call, Wire.send

    async def run(self: Database, work: Any, *, reads: bool = False) -> Any:
        if reads and not cutter.gone:  # to be cut before it, or after it, is to be cut before the next step
            return await transact(self, work, reads=True)
        return await cutter.call(getattr(work, "__qualname__", "transaction"), transact, self, work)

    async def call(self: AkeneoClient, one: Any, *given: Any, **named: Any) -> Any:
        return await cutter.call(one.label, ask, self, one, *given, **named)

    def sending(self: Wire, request: Any, label: str) -> Any:
        return cutter.send(send, self, request, label)

    patches = patch.object(Database, "run", run), patch.object(AkeneoClient, "call", call)
    elsewhere = patch("proxy.sync.leases.this_process", return_value="")  # or it would be alive, being this very one
    with patches[0], patches[1], patch.object(Wire, "send", sending), elsewhere:
        yield cutter


async def undisturbed(work: Callable[[], Awaitable[object]]) -> list[str]:
    """Does it, and tells its steps."""
    with cutting() as cutter:
        await work()
    return cutter.steps


async def is_cut(work: Callable[[], Awaitable[object]], at: int, *, after: bool) -> bool:
    """False if it was over before that step."""
    with cutting(at, after=after) as cutter:
        try:
            await work()
        except BaseException as error:
            if not of_cuts(error):
                raise
    return cutter.gone


def of_cuts(error: BaseException) -> bool:
    return all(map(of_cuts, error.exceptions)) if isinstance(error, BaseExceptionGroup) else isinstance(error, Cut)


async def converges(
    world: Callable[[], AbstractAsyncContextManager[W]],
    work: Callable[[W], Awaitable[object]],
    again: Callable[[W], Awaitable[object]],
    end: Callable[[W], Awaitable[object]],
    *,
    both: bool = False,
    lasts: Callable[[str], bool] = lambda step: True,
) -> list[str]:
    """Each world is a fresh one, always the same. `work` is what gets cut, `again` what comes after a kill (once the
    leases of the dead have run out), `end` the state that has to be as it is without a kill. The steps of `work`.

    After a step is the same as before the next, where nothing else lasts (a file would); else ask for `both`. `lasts`
    is False of steps that only read.
    """
    async with world() as calm:
        steps = await undisturbed(partial(work, calm))
        wanted = await end(calm)
    assert 0 < len(steps) < MOST_STEPS
    cuts = [(at, after) for at, step in enumerate(steps, 1) if lasts(step) for after in (False, True)]
    for at, after in cuts if both else [*cuts[::2], cuts[-1]]:
        async with world() as cut:
            assert await is_cut(partial(work, cut), at, after=after)
            await again(cut)
            found = await end(cut)
            assert found == wanted, f"cut {'after' if after else 'before'} step {at} of {steps}"
    return steps
