"""Builds all that flows need, from the settings, and closes it."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from copy import copy
from types import TracebackType
from typing import Self

from proxy.akeneo.client import AkeneoClient
from proxy.metrics import Metrics
from proxy.sync.akeneo.reads import PimReads
from proxy.sync.akeneo.writes import PimWrites
from proxy.sync.leases import Leases
from proxy.sync.running import Runner
from proxy.sync.settings.settings import SyncConfiguration
from proxy.sync.state.state import State

CONNECTION = "sync"  # in the metrics of connections to Akeneo


class Service:
    """`async with Service(settings, Metrics()) as service:`; a flow takes it whole, or the parts that it needs.

    A part of a DAM is added by `await service.stack.enter_async_context(...)` or `push_async_callback`, and closed with
    the rest. Raises ConfigurationError where the state cannot be opened. `now` gives Unix seconds.
    """

    def __init__(
        self,
        settings: SyncConfiguration,
        metrics: Metrics,
        *,
        now: Callable[[], float] = time.time,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.settings = settings
        self.metrics = metrics.sync
        self.now = now
        self.clock = clock
        self.sleep = sleep
        self.stack = AsyncExitStack()
        self.portals: dict[str, object] = {}  # of a DAM, by credentials: one for all runs, with its pauses
        self.pim = AkeneoClient(settings.akeneo, metrics.of_connection(CONNECTION), clock=clock, sleep=sleep)
        self.reads = PimReads(self.pim, clock=clock)
        self.writes = PimWrites(self.pim)
        self.state = State(settings.state, now, steady=clock)
        self.leases = Leases(self.state, sleep=sleep)
        self.runner = Runner(self.state, self.leases, self.metrics)

    @asynccontextmanager
    async def for_one_run(self) -> AsyncIterator[Self]:
        """The same in a process of many runs: what a run adds to the stack is closed with it."""
        inner = copy(self)
        async with AsyncExitStack() as inner.stack:
            yield inner

    async def __aenter__(self) -> Self:
        self.stack.push_async_callback(self.pim.close)
        await self.stack.enter_async_context(self.state)
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: object, where: TracebackType | None) -> None:
        await self.stack.aclose()
