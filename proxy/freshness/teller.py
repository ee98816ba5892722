"""Other replicas are told what has changed: many things in one message, and none is lost while Redis is away."""

import asyncio
import logging
from typing import Any

from proxy.freshness.common import Common
from proxy.freshness.things import Kind, Thing

log = logging.getLogger("proxy.freshness")
BATCH = 200
MOST_UNTOLD = 5000  # then all addresses are forgotten instead
GATHER_SECONDS = 0.05
PAUSE_SECONDS = 1.0


class Teller:
    def __init__(self, common: Common) -> None:
        self.common = common
        self.gather_seconds = GATHER_SECONDS
        self.pause_seconds = PAUSE_SECONDS
        self.untold: dict[tuple[str, Thing], None] = {}
        self.all_of: set[str] = set()  # connections
        self.came = asyncio.Event()

    def tell(self, connection: str, thing: Thing | None) -> None:
        """None: all of that connection."""
        if thing is None:
            self.all_of.add(connection)
        elif connection not in self.all_of:
            self.untold[connection, thing] = None
        if len(self.untold) > MOST_UNTOLD:
            self.all_of.update(name for name, _ in self.untold)
            self.untold.clear()
        self.came.set()

    async def work(self) -> None:
        while True:
            await self.came.wait()
            await asyncio.sleep(self.gather_seconds)
            self.came.clear()
            try:
                await self.flush()
            except OSError as error:
                log.debug("the other replicas are told later: %s", error)
                self.came.set()
                await asyncio.sleep(self.pause_seconds)

    async def flush(self) -> None:
        """Raises OSError; what was not told waits."""
        while self.untold or self.all_of:
            batch, everything = list(self.untold)[:BATCH], sorted(self.all_of)
            await self.common.tell({"things": [[name, *parts(thing)] for name, thing in batch], "all": everything})
            for one in batch:
                self.untold.pop(one, None)
            self.all_of.difference_update(everything)


def parts(thing: Thing) -> list[str]:
    return [str(thing.kind), thing.code, thing.of, thing.uuid]


def told(facts: dict[str, Any]) -> tuple[list[tuple[str, Thing]], list[str]]:
    """Things, and connections all of which is to be forgotten. Raises ValueError, KeyError, TypeError."""
    things = [(str(name), thing_in(*written)) for name, *written in facts["things"]]
    return things, [str(name) for name in facts["all"]]


def thing_in(kind: str, code: str, of: str, uuid: str) -> Thing:
    return Thing(Kind(kind), str(code), str(of), str(uuid))
