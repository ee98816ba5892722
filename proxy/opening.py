"""Files are opened in threads: a slow disk must not hold up the others."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from typing import IO, Any


async def open_in_thread(open: Callable[[], IO[bytes]], threads: Executor | None = None) -> IO[bytes]:
    """What `open` gives, or raises; whoever gives up meanwhile leaves no open file behind."""
    opening = asyncio.get_running_loop().run_in_executor(threads, open)
    try:
        return await asyncio.shield(opening)
    except asyncio.CancelledError:
        opening.add_done_callback(close_unless_failed)
        raise


def close_unless_failed(opening: "asyncio.Future[Any]") -> None:
    if not opening.cancelled() and opening.exception() is None:
        opening.result().close()
