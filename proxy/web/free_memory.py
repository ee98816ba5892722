"""Memory that nothing uses goes back to the system.

The C library (glibc) gives every thread a heap of its own, and the threads that read files fill theirs with pictures of
all sizes: what each keeps at its end is never given back, so that a server which holds no more than before grows for
hours. Python runs one thread at a time, so one heap will do; and of that one the holes are given back.
"""

import asyncio
import ctypes
from collections.abc import Awaitable, Callable

GIVE_BACK_SECONDS = 20.0
M_ARENA_MAX = -8  # as <malloc.h> has it


def share_one_heap() -> bool:
    """From now on, for threads that have none yet. Whether the C library knows of such a thing."""
    set_option: Callable[[int, int], int] | None = getattr(ctypes.CDLL(None), "mallopt", None)
    return set_option is not None and bool(set_option(M_ARENA_MAX, 1))


async def give_back_regularly(pause: Callable[[float], Awaitable[object]] = asyncio.sleep) -> None:
    """Until it is cancelled. A few milliseconds of another thread, each time."""
    give_back = giving_back()
    while give_back is not None:
        await pause(GIVE_BACK_SECONDS)
        await asyncio.to_thread(give_back, 0)


def giving_back() -> Callable[[int], int] | None:
    """glibc's own; None where the C library has no such call (musl gives memory back by itself)."""
    return getattr(ctypes.CDLL(None), "malloc_trim", None)
