"""Leases held: whoever is at something beats every half minute, and is stopped if the lease was lost."""

import asyncio
import contextlib
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from proxy.sync.living import is_dead, this_process
from proxy.sync.outcomes import LeaseHeld, TransientError
from proxy.sync.state.state import State

BEAT_SECONDS = 30.0
LOOK_SECONDS = 0.5  # between two looks at a lease that is waited for


class Leases:
    """One a process, whose `owner` tells it from all others. Two tasks of one process exclude each other as well."""

    def __init__(
        self,
        state: State,
        *,
        owner: str = "",
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self.state = state
        self.owner = owner or f"{this_process()}:{uuid.uuid4().hex[:8]}"
        self.sleep = sleep

    @asynccontextmanager
    async def hold(self, name: str) -> AsyncIterator[None]:
        """Raises LeaseHeld at once if another is at it; TransientError out of the block if the lease was lost in it."""
        owner = f"{self.owner}:{uuid.uuid4().hex[:8]}"
        if not await self.state.acquire_lease(name, owner) and not await self.inherited(name, owner):
            raise LeaseHeld(name)
        holder = asyncio.current_task()
        assert holder is not None
        lost = asyncio.Event()
        beating = asyncio.create_task(self.beat(name, owner, holder, lost))
        try:
            yield
        except asyncio.CancelledError:
            if lost.is_set() and not holder.uncancel():
                raise TransientError(name, "to hold the lease to the end") from None
            raise
        finally:
            beating.cancel()
            await asyncio.gather(beating, return_exceptions=True)
            with contextlib.suppress(TransientError):  # it ends by itself after two minutes
                await self.state.release_lease(name, owner)

    async def inherited(self, name: str, owner: str) -> bool:
        """Whether it was that of a process of this host that is no more, and is ours now."""
        found = await self.state.lease_owner(name)
        return found is not None and is_dead(found) and await self.state.inherit_lease(name, owner, found)

    @asynccontextmanager
    async def lock(self, name: str) -> AsyncIterator[None]:
        """The same, but waits until the other has done: for one asset, `asset:{system}:{id}`."""
        while True:
            async with contextlib.AsyncExitStack() as stack:
                try:
                    await stack.enter_async_context(self.hold(name))
                except LeaseHeld:
                    pass
                else:
                    yield
                    return
            await self.sleep(LOOK_SECONDS)

    async def beat(self, name: str, owner: str, holder: "asyncio.Task[object]", lost: asyncio.Event) -> None:
        while True:
            await self.sleep(BEAT_SECONDS)
            try:
                held = await self.state.heartbeat_lease(name, owner)
            except TransientError:
                continue  # there are three more beats before it ends
            if not held:
                lost.set()
                holder.cancel()
                return
