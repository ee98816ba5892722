"""What is old is forgotten: a little with each run that begins and each event that is stored, whoever does it."""

import sqlite3

KEPT_SECONDS = 90 * 86400.0
AT_ONCE = 1000  # rows of each table, so that nobody waits long
OLD = {
    "events": "received_at < :before AND (state = 'done' OR system = 'asked')",
    "attempts": "at < :before",
    # The next window and the next start are counted from the newest of each sort.
    "runs": "started_at < :before AND id NOT IN (SELECT max(id) FROM runs GROUP BY command, credential, result)",
    "written": "read_at < :before",
    "reports": "date < date(:before, 'unixepoch') AND date < (SELECT max(date) FROM reports AS one"
    " WHERE one.report = reports.report AND one.state = 'sent')",
}


def forget_old(connection: sqlite3.Connection, now: float) -> int:
    """How many rows, in the transaction of the caller. Links and what asks for them stay."""
    values = {"before": now - KEPT_SECONDS, "limit": AT_ONCE}
    statements = (
        f"DELETE FROM {table} WHERE rowid IN (SELECT rowid FROM {table} WHERE {old} LIMIT :limit)"  # noqa: S608
        for table, old in OLD.items()
    )
    return sum(connection.execute(statement, values).rowcount for statement in statements)
