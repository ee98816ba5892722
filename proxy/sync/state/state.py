"""What a sync remembers: one file that several processes may share, and that may be lost without harm to the shop."""

import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from proxy.sync.state.attempts import Attempts
from proxy.sync.state.database import BUSY_SECONDS, Database
from proxy.sync.state.events import Events
from proxy.sync.state.links import Links
from proxy.sync.state.runs import Runs


class State(Events, Links, Attempts, Runs):
    """Each of its methods is one transaction: a step of a flow is one of them, or one remote call.

    All raise ConfigurationError (a file that is none of ours, or is of a newer version) and TransientError (locked for
    long, disk full). `clock` gives Unix seconds, `steady` those of a clock
    that is never set, the same for all processes of a host.
    """

    def __init__(
        self,
        path: Path,
        clock: Callable[[], float] = time.time,
        *,
        steady: Callable[[], float] = time.monotonic,
        busy_seconds: float = BUSY_SECONDS,
    ) -> None:
        self.database = Database(path, busy_seconds=busy_seconds)
        self.clock = clock
        self.steady = steady

    async def open(self) -> None:
        """Not needed, but tells early."""
        await self.database.open()

    async def close(self) -> None:
        await self.database.close()

    async def __aenter__(self) -> Self:
        try:
            await self.open()
        except BaseException:
            await self.close()
            raise
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: object, where: TracebackType | None) -> None:
        await self.close()
