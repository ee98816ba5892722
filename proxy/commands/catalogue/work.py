"""Files of the state, a few at once, while the walk finds more of them."""

import asyncio
import sqlite3
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from proxy.commands.asking import Refused
from proxy.commands.catalogue.server import Failed
from proxy.commands.catalogue.state import State
from proxy.delivery.errand_facts import has_failed

Ask = Callable[[str], Awaitable[dict[str, Any]]]


class Work:
    """`ask` does one file and gives the facts to be kept; `told` is called after each."""

    def __init__(self, state: State, ask: Ask, told: Callable[[], None]) -> None:
        self.state = state
        self.ask = ask
        self.told = told
        self.ready: deque[str] = deque()
        self.last = 0
        self.news = asyncio.Event()
        self.all_found = False

    async def go(self, walk: Awaitable[object], at_once: int) -> None:
        """To the end of the walk and of all that it has found; raises Refused, sqlite3.Error."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self.walk(walk))
                for _ in range(at_once):
                    group.create_task(self.work())
        except BaseExceptionGroup as group:
            told, others = group.split((Refused, sqlite3.Error))
            if told is None or others is not None:
                raise
            raise first_of(told) from None

    def found(self) -> None:
        """The walk has written down more."""
        self.news.set()
        self.told()

    async def walk(self, walk: Awaitable[object]) -> None:
        await walk
        self.all_found = True
        self.news.set()

    async def work(self) -> None:
        while (path := await self.next()) is not None:
            try:
                facts = await self.ask(path)
            except Failed as failure:
                facts = {"error": {"status": failure.status, "message": failure.message}}
            self.state.settle(path, facts, failed=has_failed(facts))
            self.told()

    async def next(self) -> str | None:
        """None when there is nothing left to find."""
        while not self.ready:
            found = self.state.waiting(self.last)
            if found:
                self.last = found[-1][0]
                self.ready.extend(path for _, path in found)
            elif self.all_found:
                return None
            else:
                self.news.clear()
                await self.news.wait()
        return self.ready.popleft()


def first_of(group: BaseExceptionGroup[BaseException]) -> BaseException:
    found = group.exceptions[0]
    return first_of(found) if isinstance(found, BaseExceptionGroup) else found
