"""Which directory lies in the cache's place at present: it may be away at the start, and come back under us.

What a server before this one has promised lies in it, as the purges that it could not finish. So it is read again
whenever another directory lies there, before any of its entries is used.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path

from proxy.cache.tiers import Tiers

WATCH_SECONDS = 1.0
Place = tuple[int, int]  # device and inode
Reader = Callable[[], Awaitable[None]]  # reads what was promised, once or more often; raises OSError


class Mount:
    """`strange` while what lies there was not read: it is set by threads, and cleared where all is read."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.readers: list[Reader] = []
        self.place: Place | None = None
        self.strange = True
        self.reading = asyncio.Lock()

    def look(self) -> None:
        """Blocking, and cheap: after each entry that was found. Raises OSError."""
        if place_of(self.root) != self.place:
            self.strange = True

    async def known(self) -> None:
        """All that was promised there is known when this returns; raises OSError while it cannot be read."""
        if not self.strange:
            return
        async with self.reading:
            if self.strange:
                place = await asyncio.to_thread(place_of, self.root)
                for read in self.readers:
                    await read()
                self.strange = False  # first: a thread that compares in between sets it again
                self.place = place

    async def settle(self, tiers: Tiers) -> None:
        """The same for who has found no entry there; what fails is told."""
        try:
            await asyncio.to_thread(self.look)
            await self.known()
        except OSError as error:
            tiers.failed("disk", "read what was promised", error)


def place_of(root: Path) -> Place | None:
    """None where nothing is; raises OSError."""
    try:
        facts = os.stat(root)
    except FileNotFoundError:
        return None
    return facts.st_dev, facts.st_ino
