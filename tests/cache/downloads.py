"""Files that are downloaded in tests, and how to wait for what comes of it."""

import asyncio
from collections.abc import Callable

from proxy.cache.originals.spool import Spool
from proxy.demo.pictures import sample
from proxy.media import Family, MediaPath, Original

COFFEE = sample("coffee")
ROCKET = sample("rocket")  # of a family without metadata
UNKNOWN = MediaPath(Family.PRODUCT, "0/0/0/0/unknown.jpg")
CUT_CLEANLY = ["coffee", "chelsea", "rocket", "astronaut", "badge", "orbit", "data sheet", "care", "chime"]


async def body_of(spool: Original | Spool) -> bytes:
    assert isinstance(spool, Spool)
    return b"".join([chunk async for chunk in spool.follow()])


async def until(condition: Callable[[], bool]) -> None:
    for _ in range(1_000_000):
        if condition():
            return
        await asyncio.sleep(0)
    raise AssertionError("it never came about")


async def turns(count: int = 20) -> None:
    """Lets everything run that can run."""
    for _ in range(count):
        await asyncio.sleep(0)
