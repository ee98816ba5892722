"""Freshness as the server has it: the followers of all connections, what they share, and their tasks."""

import asyncio
import logging
from collections.abc import Coroutine, Sequence
from typing import Any

from proxy.freshness.addresses import forget
from proxy.freshness.common import Common
from proxy.freshness.desk import Desk
from proxy.freshness.follower import Follower
from proxy.freshness.teller import Teller, told
from proxy.freshness.warming import Warmer

log = logging.getLogger("proxy.freshness")


class Freshness:
    def __init__(
        self, followers: Sequence[Follower], warmers: Sequence[Warmer], desk: Desk, teller: Teller, common: Common
    ) -> None:
        self.followers = {follower.name: follower for follower in followers}
        self.warmers = warmers
        self.desk = desk
        self.teller = teller
        self.common = common
        self.tasks: list[asyncio.Task[None]] = []

    async def open(self) -> None:
        """When the caches are there."""
        if not self.followers:
            return
        await asyncio.gather(*(follower.open() for follower in self.followers.values()))
        await self.common.open(self.hear)
        works: list[Coroutine[Any, Any, None]] = [self.teller.work(), *(warmer.work() for warmer in self.warmers)]
        works += [work for it in self.followers.values() for work in (it.work(), it.poll_regularly())]
        self.tasks += [asyncio.create_task(work) for work in works]

    async def hear(self, facts: dict[str, Any]) -> None:
        """Of another replica, whose connections may be others. Raises ValueError, KeyError, TypeError."""
        things, all_of = told(facts)
        for name, thing in things:
            if name in self.followers:
                forget(self.followers[name].refresher.addresses, thing)
        for name in all_of:
            if name in self.followers:
                self.followers[name].refresher.addresses.forget_all()

    async def close(self) -> None:
        """Nothing is begun any more; what waits is looked for after the next start."""
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        if self.tasks:
            await asyncio.gather(*(follower.leave() for follower in self.followers.values()))
            try:
                await self.teller.flush()
            except OSError as error:
                log.info("the other replicas were not told of the last changes: %s", error)
        self.tasks.clear()
        await self.common.close()
