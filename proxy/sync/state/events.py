"""Events: stored before they are acknowledged, worked off afterwards."""

import hashlib
import sqlite3
from collections.abc import Callable

from proxy.sync.state.database import Database
from proxy.sync.state.forgetting import forget_old
from proxy.sync.state.rows import Event, EventState


class Events:
    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self.database = database
        self.clock = clock

    async def store_event(self, system: str, body: bytes) -> bool:
        """False for a delivery that was stored before: it is the same event, in whatever state."""
        row = (hashlib.sha256(body).hexdigest(), system, body, now := self.clock(), EventState.NEW)
        sql = "INSERT OR IGNORE INTO events VALUES (?, ?, ?, ?, ?)"

        def store(connection: sqlite3.Connection) -> bool:
            forget_old(connection, now)
            return connection.execute(sql, row).rowcount == 1

        return await self.database.run(store)

    async def new_events(self, system: str, limit: int = 100) -> list[Event]:
        """The oldest first."""
        sql = "SELECT * FROM events WHERE system = ? AND state = ? ORDER BY received_at, rowid LIMIT ?"
        values = (system, EventState.NEW, limit)
        return await self.database.read(lambda connection: [event(row) for row in connection.execute(sql, values)])

    async def finish_event(self, id: str) -> None:
        """After its last step. A failure is no reason to keep it: the schedule takes over from the DAM's own state."""
        sql, values = "UPDATE events SET state = ? WHERE id = ?", (EventState.DONE, id)
        await self.database.run(lambda connection: connection.execute(sql, values))


def event(row: sqlite3.Row) -> Event:
    return Event(row["id"], row["system"], row["body"], row["received_at"], EventState(row["state"]))
