"""Work that is done to its end though whoever has asked for it hangs up. Its owner waits for it when it closes."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any, TypeVar

log = logging.getLogger("proxy.delivery")
T = TypeVar("T")


class Errands:
    def __init__(self) -> None:
        self.tasks: set[asyncio.Task[Any]] = set()

    async def run(self, work: Coroutine[Any, Any, T]) -> T:
        """What it gives or raises. Who is cancelled goes alone."""
        task = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            task.add_done_callback(tell)
            raise

    async def close(self) -> None:
        """All of them to their end; if that takes too long, whoever cancels this cancels them."""
        while self.tasks:
            await asyncio.gather(*self.tasks, return_exceptions=True)


def tell(task: asyncio.Task[Any]) -> None:
    """Nobody else hears of it any more."""
    if not task.cancelled() and task.exception() is not None:
        log.error("what was asked for by who has left failed", exc_info=task.exception())
