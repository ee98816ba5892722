"""What goes on for ever goes on after a fault of ours, too."""

import logging
from collections.abc import Awaitable, Callable

log = logging.getLogger("proxy.sync")
PAUSE_SECONDS = 60.0


async def again_and_again(work: Callable[[], Awaitable[None]], sleep: Callable[[float], Awaitable[None]]) -> None:
    """Until it is cancelled."""
    while True:
        try:
            await work()
        except Exception:
            log.exception("a fault of ours")
        await sleep(PAUSE_SECONDS)
