"""Files are opened in threads: a slow disk must not hold up the others."""

import asyncio
from collections.abc import Callable
from typing import IO, Any, ParamSpec

P = ParamSpec("P")


async def open_in_thread(open: Callable[P, IO[bytes]], *args: P.args, **kwargs: P.kwargs) -> IO[bytes]:
    """What `open` gives, or raises; whoever gives up meanwhile leaves no open file behind."""
    opening = asyncio.ensure_future(asyncio.to_thread(open, *args, **kwargs))
    try:
        return await asyncio.shield(opening)
    except asyncio.CancelledError:
        opening.add_done_callback(close_unless_failed)
        raise


def close_unless_failed(opening: "asyncio.Future[Any]") -> None:
    if not opening.cancelled() and opening.exception() is None:
        opening.result().close()
