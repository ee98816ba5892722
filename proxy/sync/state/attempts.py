"""Attempts: what was tried on which asset, and what came of it. The report and the status page read them."""

import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence

from proxy.sync.outcomes import Outcome, Reason, Result
from proxy.sync.state.database import Database
from proxy.sync.state.rows import Attempt, Seen, Subject

# What an attempt is at: several flows link and unlink, and the newest of them all tells how an asset stands.
MATTER = "CASE WHEN flow IN ('cloudinary link', 'cloudinary unlink') THEN 'cloudinary retry' ELSE flow END"
OF_THE_FLOW = "(:flow = '' OR flow = :flow)"
OF_ALL_TIME = f"attempts WHERE system = s AND asset = a AND {MATTER} = matter AND {OF_THE_FLOW}"
OF_ASSETS = f"""
WITH newest AS (SELECT max(id) AS last_id, system AS s, asset AS a, {MATTER} AS matter FROM attempts
                WHERE {{which}} AND {OF_THE_FLOW} GROUP BY system, asset, matter)
SELECT one.*, (SELECT min(at) FROM {OF_ALL_TIME}) AS first_at,
       (SELECT count(*) - sum(beside) FROM {OF_ALL_TIME}) AS attempts
FROM newest JOIN attempts AS one ON one.id = last_id
WHERE :failed = 0 OR one.outcome IS NULL OR one.outcome = 'failed'
ORDER BY one.at DESC, one.id DESC LIMIT :limit
"""  # noqa: S608 - words of ours
SINCE, OF_ONE = OF_ASSETS.format(which="at >= :since"), OF_ASSETS.format(which="system = :system AND asset = :asset")
NAMES = ("at", "flow", "system", "asset", "name", "url", "product", "credential", "arguments", "beside")
RESULT = ("outcome", "reason", "part", "expected")
INSERT = f"INSERT INTO attempts ({', '.join(NAMES + RESULT)}) VALUES ({', '.join('?' * len(NAMES + RESULT))})"  # noqa: S608
QUIET = (Outcome.UNCHANGED, Outcome.SKIPPED)


class Attempts:
    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self.database = database
        self.clock = clock

    async def add_attempt(self, flow: str, subject: Subject, result: Result | None = None) -> int:
        """Its id. Without a result it has only begun: `end_attempt` tells the rest."""
        row = (*columns_of(self.clock(), flow, subject), *columns(result))
        row_id = await self.database.run(lambda connection: connection.execute(INSERT, row).lastrowid)
        assert row_id is not None
        return row_id

    async def add_attempts(self, flow: str, subject: Subject, results: Sequence[Result]) -> None:
        """What came of one try, which has several results where an asset goes to several places: whatever failed is the
        newest. Nothing is added where nothing was done and the last try says the same.
        """
        if all(result.outcome in QUIET for result in results) and await self.ends_with(flow, subject, results[-1]):
            return
        at, ordered = self.clock(), sorted(results, key=lambda result: result.outcome is Outcome.FAILED)
        beside = [True] * (len(ordered) - 1) + [False]  # one try, and not so many
        rows = [
            (*columns_of(at, flow, subject, beside=is_beside), *columns(result))
            for result, is_beside in zip(ordered, beside, strict=True)
        ]
        await self.database.run(lambda connection: connection.executemany(INSERT, rows))

    async def ends_with(self, flow: str, subject: Subject, result: Result) -> bool:
        sql = f"""SELECT {", ".join(RESULT)} FROM attempts WHERE system = ? AND asset = ? AND flow = ?
                  ORDER BY id DESC LIMIT 1"""  # noqa: S608
        values = (subject.system, subject.asset, flow)
        found = await self.database.read(lambda connection: connection.execute(sql, values).fetchone())
        return found is not None and tuple(found) == columns(result)

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
        return await self.database.read(lambda connection: [attempt(row) for row in connection.execute(sql, values)])

    async def seen_since(
        self, at: float, flow: str = "", *, failed_only: bool = False, limit: int = 10_000
    ) -> list[Seen]:
        """Each asset with an attempt at or after that time once for each thing that was tried, the oldest first, the
        newest where there are more than `limit`; `failed_only`: whose newest one failed or was cut.
        """
        return await self.all_seen(SINCE, {"since": at, "flow": flow, "failed": int(failed_only), "limit": limit})

    async def failed_of(self, system: str, asset: str) -> list[Seen]:
        """What failed with this asset, the oldest first."""
        values: dict[str, str | float] = {"system": system, "asset": asset, "flow": "", "failed": 1, "limit": 100}
        return await self.all_seen(OF_ONE, values)

    async def all_seen(self, sql: str, values: Mapping[str, str | float]) -> list[Seen]:
        found = await self.database.read(lambda connection: [seen(row) for row in connection.execute(sql, values)])
        return found[::-1]


def columns_of(at: float, flow: str, subject: Subject, *, beside: bool = False) -> tuple[str | float, ...]:
    names = (subject.system, subject.asset, subject.name, subject.url, subject.product, subject.credential)
    return (at, flow, *names, json.dumps(subject.arguments), int(beside))


def columns(result: Result | None) -> tuple[str | None, ...]:
    return (None,) * 4 if result is None else (result.outcome, result.reason, result.part, result.expected)


def attempt(row: sqlite3.Row) -> Attempt:
    again = (row["credential"], tuple(json.loads(row["arguments"])))
    subject = Subject(row["system"], row["asset"], row["name"], row["url"], row["product"], *again)
    result = None
    if row["outcome"] is not None:
        reason = None if row["reason"] is None else Reason(row["reason"])
        result = Result(Outcome(row["outcome"]), reason, row["part"], row["expected"])
    return Attempt(row["id"], row["at"], row["flow"], subject, result)


def seen(row: sqlite3.Row) -> Seen:
    return Seen(attempt(row), row["first_at"], row["attempts"])
