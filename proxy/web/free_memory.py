"""Memory that nothing uses goes back to the system.

Pictures of all sizes come and go. What they leave free between what stays, the C library keeps for itself, so that a
server which holds no more than before grows for hours.
"""

import asyncio
import ctypes
from collections.abc import Awaitable, Callable

GIVE_BACK_SECONDS = 20.0


async def give_back_regularly(pause: Callable[[float], Awaitable[object]] = asyncio.sleep) -> None:
    """Until it is cancelled. A few milliseconds of another thread, each time."""
    give_back = giving_back()
    while give_back is not None:
        await pause(GIVE_BACK_SECONDS)
        await asyncio.to_thread(give_back, 0)


def giving_back() -> Callable[[int], int] | None:
    """glibc's own; None where the C library has no such call (musl gives memory back by itself)."""
    return getattr(ctypes.CDLL(None), "malloc_trim", None)
