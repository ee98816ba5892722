"""Attempts: what was tried on which asset, and what came of it. The report and the status page read them."""

import sqlite3
from collections.abc import Callable

from proxy.sync.outcomes import Outcome, Reason, Result
from proxy.sync.state.database import Database
from proxy.sync.state.rows import Attempt, Seen, Subject

OF_ASSETS = """
SELECT newest.*, summed.first_at, summed.attempts
FROM (SELECT system AS s, asset AS a, min(at) AS first_at, max(id) AS last_id, count(*) AS attempts
      FROM attempts WHERE (:flow = '' OR flow = :flow) GROUP BY system, asset) AS summed
JOIN attempts AS newest ON newest.id = summed.last_id
WHERE newest.at >= :since AND (:failed = 0 OR newest.outcome IS NULL OR newest.outcome = 'failed')
ORDER BY newest.at, newest.id LIMIT :limit
"""


class Attempts:
    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self.database = database
        self.clock = clock

    async def add_attempt(self, flow: str, subject: Subject, result: Result | None = None) -> int:
        """Its id. Without a result it has only begun: `end_attempt` tells the rest."""
        row = (self.clock(), flow, subject.system, subject.asset, subject.name, subject.url, subject.product)
        sql = """INSERT INTO attempts (at, flow, system, asset, name, url, product, outcome, reason, part, expected)
                 VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""
        row_id = await self.database.run(lambda connection: connection.execute(sql, row + columns(result)).lastrowid)
        assert row_id is not None
        return row_id

    async def end_attempt(self, id: int, result: Result, subject: Subject | None = None) -> None:
        """`subject` tells more about the same asset than was known when it began."""
        sql = "UPDATE attempts SET outcome = ?, reason = ?, part = ?, expected = ? WHERE id = ?"

        def end(connection: sqlite3.Connection) -> None:
            connection.execute(sql, (*columns(result), id))
            if subject is not None:
                names = (subject.name, subject.url, subject.product, id)
                connection.execute("UPDATE attempts SET name = ?, url = ?, product = ? WHERE id = ?", names)

        await self.database.run(end)

    async def attempts_since(self, at: float, flow: str = "") -> list[Attempt]:
        """The oldest first; of all flows, or of one."""
        sql = "SELECT * FROM attempts WHERE at >= ? AND (? = '' OR flow = ?) ORDER BY at, id"
        values = (at, flow, flow)
        return await self.database.run(lambda connection: [attempt(row) for row in connection.execute(sql, values)])

    async def seen_since(
        self, at: float, flow: str = "", *, failed_only: bool = False, limit: int = 10_000
    ) -> list[Seen]:
        """Each asset with an attempt at or after that time once; `failed_only`: whose newest one failed or was cut."""
        values = {"since": at, "flow": flow, "failed": int(failed_only), "limit": limit}
        return await self.database.run(lambda connection: [seen(row) for row in connection.execute(OF_ASSETS, values)])

    async def forget_attempts(self, before: float) -> int:
        """How many were deleted."""
        sql = "DELETE FROM attempts WHERE at < ?"
        return await self.database.run(lambda connection: connection.execute(sql, (before,)).rowcount)


def columns(result: Result | None) -> tuple[str | None, ...]:
    return (None,) * 4 if result is None else (result.outcome, result.reason, result.part, result.expected)


def attempt(row: sqlite3.Row) -> Attempt:
    subject = Subject(row["system"], row["asset"], row["name"], row["url"], row["product"])
    result = None
    if row["outcome"] is not None:
        reason = None if row["reason"] is None else Reason(row["reason"])
        result = Result(Outcome(row["outcome"]), reason, row["part"], row["expected"])
    return Attempt(row["id"], row["at"], row["flow"], subject, result)


def seen(row: sqlite3.Row) -> Seen:
    return Seen(attempt(row), row["first_at"], row["attempts"])
