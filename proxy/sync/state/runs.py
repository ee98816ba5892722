"""Runs, the leases that keep two of them apart, and the mails that went out."""

import json
import sqlite3
from collections.abc import Callable, Mapping

from proxy.sync.state.database import Database
from proxy.sync.state.forgetting import forget_old
from proxy.sync.state.rows import Lease, Report, ReportState, Run, RunResult

LEASE_SECONDS = 120.0  # without a heartbeat
# An owner of the same place is told by the clock that nobody sets: one that was set forward ends no lease there.
FREE = """owner = excluded.owner OR CASE
    WHEN :place != '' AND substr(owner, 1, length(:place)) = :place AND steady_at BETWEEN 1e-9 AND excluded.steady_at
    THEN steady_at <= excluded.steady_at - :seconds
    ELSE beat_at <= excluded.beat_at - :seconds END"""


class Runs:
    """`steady` is the same for all processes of a host, and is never set: seconds since its start."""

    def __init__(self, database: Database, clock: Callable[[], float], steady: Callable[[], float]) -> None:
        self.database = database
        self.clock = clock
        self.steady = steady

    async def begin_run(self, command: str, credential: str = "") -> int:
        sql = "INSERT INTO runs (command, credential, started_at, counts, words) VALUES (?, ?, ?, '{}', '')"
        row = (command, credential, now := self.clock())

        def begin(connection: sqlite3.Connection) -> int | None:
            forget_old(connection, now)
            return connection.execute(sql, row).lastrowid

        row_id = await self.database.run(begin)
        assert row_id is not None
        return row_id

    async def end_run(self, id: int, result: RunResult, counts: Mapping[str, int], words: str = "") -> None:
        sql = "UPDATE runs SET ended_at = ?, result = ?, counts = ?, words = ? WHERE id = ?"
        row = (self.clock(), result, json.dumps(dict(counts)), words, id)
        await self.database.run(lambda connection: connection.execute(sql, row))

    async def last_successful_start(self, command: str, credential: str = "") -> float | None:
        sql = """SELECT started_at FROM runs WHERE command = ? AND credential = ? AND result = ?
                 ORDER BY id DESC LIMIT 1"""
        values = (command, credential, RunResult.OK)
        found = await self.database.read(lambda connection: connection.execute(sql, values).fetchone())
        return None if found is None else float(found[0])

    async def last_run(self, command: str, credential: str = "") -> Run | None:
        """With whatever result, or none; the newest, whatever the clock was then."""
        sql = "SELECT * FROM runs WHERE command = ? AND credential = ? ORDER BY id DESC LIMIT 1"
        row = await self.database.read(lambda connection: connection.execute(sql, (command, credential)).fetchone())
        return run(row) if row else None

    async def last_runs(self, limit: int = 50) -> list[Run]:
        """The newest first."""
        sql = "SELECT * FROM runs ORDER BY id DESC LIMIT ?"
        return await self.database.read(lambda connection: [run(row) for row in connection.execute(sql, (limit,))])

    # -- leases; `proxy.sync.leases` holds them --

    async def acquire_lease(self, name: str, owner: str) -> bool:
        """Of nobody, of this owner already, or of one without a heartbeat for two minutes."""
        sql = f"""INSERT INTO leases (name, owner, taken_at, beat_at, steady_at)
                  VALUES (:name, :owner, :now, :now, :steady) ON CONFLICT (name) DO UPDATE SET owner = excluded.owner,
                  taken_at = excluded.taken_at, beat_at = excluded.beat_at, steady_at = excluded.steady_at
                  WHERE {FREE}"""  # noqa: S608
        facts = {"name": name, "owner": owner, "place": place_of(owner), "seconds": LEASE_SECONDS}
        values = facts | {"now": self.clock(), "steady": self.steady()}
        return await self.database.run(lambda connection: connection.execute(sql, values).rowcount == 1)

    async def lease_owner(self, name: str) -> str | None:
        sql, values = "SELECT owner FROM leases WHERE name = ?", (name,)
        found = await self.database.read(lambda connection: connection.execute(sql, values).fetchone())
        return None if found is None else str(found[0])

    async def inherit_lease(self, name: str, owner: str, of: str) -> bool:
        """False: somebody else was first."""
        sql = "UPDATE leases SET owner = ?, taken_at = ?, beat_at = ?, steady_at = ? WHERE name = ? AND owner = ?"
        values = (owner, now := self.clock(), now, self.steady(), name, of)
        return await self.database.run(lambda connection: connection.execute(sql, values).rowcount == 1)

    async def heartbeat_lease(self, name: str, owner: str) -> bool:
        """False: it is another's by now."""
        sql = "UPDATE leases SET beat_at = ?, steady_at = ? WHERE name = ? AND owner = ?"
        values = (self.clock(), self.steady(), name, owner)
        return await self.database.run(lambda connection: connection.execute(sql, values).rowcount == 1)

    async def release_lease(self, name: str, owner: str) -> None:
        sql, values = "DELETE FROM leases WHERE name = ? AND owner = ?", (name, owner)
        await self.database.run(lambda connection: connection.execute(sql, values))

    async def leases(self) -> list[Lease]:
        """Those that are alive."""
        sql = "SELECT name, owner, taken_at, beat_at FROM leases WHERE beat_at > ? ORDER BY name"
        since = self.clock() - LEASE_SECONDS
        return await self.database.read(lambda connection: [Lease(*row) for row in connection.execute(sql, (since,))])

    # -- reports --

    async def begin_report(self, report: str, date: str) -> Report:
        """The row as it is now: `sending` (to be handed to SMTP now), or `sent` (nothing to do)."""
        sql = """INSERT INTO reports VALUES (?, ?, ?, 1) ON CONFLICT (report, date) DO UPDATE SET tries = tries + 1
                 WHERE state = excluded.state"""

        def begin(connection: sqlite3.Connection) -> Report:
            connection.execute(sql, (report, date, ReportState.SENDING))
            row = connection.execute("SELECT * FROM reports WHERE report = ? AND date = ?", (report, date)).fetchone()
            return Report(row["report"], row["date"], ReportState(row["state"]), row["tries"])

        return await self.database.run(begin)

    async def last_report_sent(self, report: str) -> str | None:
        """The date of the newest that went out."""
        sql, values = "SELECT max(date) FROM reports WHERE report = ? AND state = ?", (report, ReportState.SENT)
        found = await self.database.read(lambda connection: connection.execute(sql, values).fetchone())
        return None if found[0] is None else str(found[0])

    async def report_sent(self, report: str, date: str) -> None:
        sql, values = "UPDATE reports SET state = ? WHERE report = ? AND date = ?", (ReportState.SENT, report, date)
        await self.database.run(lambda connection: connection.execute(sql, values))


def place_of(owner: str) -> str:
    """Where its process is, as `proxy.sync.living` has it; empty where there is no telling."""
    place, colon, _ = owner.partition(":")
    return place + colon if place and colon else ""


def run(row: sqlite3.Row) -> Run:
    result = None if row["result"] is None else RunResult(row["result"])
    counts, words = json.loads(row["counts"]), row["words"]
    return Run(row["id"], row["command"], row["credential"], row["started_at"], row["ended_at"], result, counts, words)
