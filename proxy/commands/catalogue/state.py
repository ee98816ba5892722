"""What a walk over the catalogue has found and done, in a SQLite file: after a kill at any moment it goes on there.

A page of a list and where the next one is are written together; what is done with a file is written as soon as the
server has said so. A power failure may lose the last of these marks, which cost an answer from the cache each.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from proxy.commands.catalogue.state_faults import damaged, fault_of
from proxy.errors import SettingsError

WAITING, DONE, FAILED = range(3)
BATCH = 200
NOWHERE = ""  # the path of an entry that has no main picture
SCHEMA = """
CREATE TABLE IF NOT EXISTS jobs (job TEXT PRIMARY KEY, since TEXT, began TEXT, walked INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS lists (job TEXT, list TEXT, next TEXT, ended INTEGER, PRIMARY KEY (job, list));
CREATE TABLE IF NOT EXISTS met (job TEXT, list TEXT, PRIMARY KEY (job, list));
CREATE TABLE IF NOT EXISTS filled (job TEXT PRIMARY KEY, after REAL);
CREATE TABLE IF NOT EXISTS owed (job TEXT, list TEXT, since TEXT, PRIMARY KEY (job, list));
CREATE TABLE IF NOT EXISTS files (
    id INTEGER PRIMARY KEY, job TEXT, path TEXT, state INTEGER NOT NULL DEFAULT 0, facts TEXT, UNIQUE (job, path));
CREATE INDEX IF NOT EXISTS files_by_state ON files (job, state);
CREATE TABLE IF NOT EXISTS places (
    job TEXT, path TEXT, kind TEXT, code TEXT, attribute TEXT, locale TEXT, scope TEXT,
    PRIMARY KEY (job, path, kind, code, attribute, locale, scope)) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a file is named. `locale` and `scope` are empty where there is none."""

    path: str
    kind: str
    code: str
    attribute: str = ""
    locale: str = ""
    scope: str = ""

    def __str__(self) -> str:
        where = "/".join(one for one in (self.attribute, self.locale, self.scope) if one)
        return f"{self.kind} {self.code}{f' ({where})' if where else ''}"


class State:
    """One job of a file; jobs with other words do not know of each other. One process at a time has the file.

    Times are ISO 8601 in UTC: the walk reads what was updated after `since`, and it `began` at a time. `is_behind`: an
    earlier run began it, so that lists which that one has read to their end may have changed.
    """

    def __init__(self, base: sqlite3.Connection, job: str, file: Path | str) -> None:
        self.file = file
        self.base = base
        self.job = job
        self.since: str | None = None
        self.began = ""
        self.is_behind = False
        self.tally = {WAITING: 0, DONE: 0, FAILED: 0}  # as `counts`, which looks at every file

    @classmethod
    def open(cls, file: Path | str, job: str = "") -> Self:
        """Raises SettingsError."""
        try:
            return cls(opened(file), job, file)
        except sqlite3.Error as error:
            raise SettingsError(fault_of(file, error)) from None

    def begin(self, since: str | None, restart: bool, now: str) -> None:
        """Go on; or, if nothing was left to do, walk anew, past what is done. What failed is tried again."""
        with self.base:
            if restart:
                for table in ("jobs", "lists", "met", "owed", "filled", "files", "places"):
                    self.base.execute(f"DELETE FROM {table} WHERE job = ?", (self.job,))  # noqa: S608
            found = self.row("SELECT since, began, walked FROM jobs WHERE job = ?")
            is_new = found is None or (found[2] and not self.waiting(after=0))
            if found is None or is_new:
                self.base.execute("DELETE FROM places WHERE job = ?", (self.job,))
                self.walk_from(since, now)
            else:
                self.since, self.began = found[:2]
            self.is_behind = not is_new and self.since is not None
            self.base.execute("UPDATE files SET state = ? WHERE job = ? AND state = ?", (WAITING, self.job, FAILED))
        self.tally = self.counts()

    def fill_again(self, emptied: float) -> None:
        """What is done is done no more if all was purged since; `emptied` is when that was, in seconds since 1970."""
        found = self.row("SELECT after FROM filled WHERE job = ?")
        with self.base:
            if found is not None and emptied > found[0]:
                change = "UPDATE files SET state = ? WHERE job = ? AND state = ?"
                self.base.execute(change, (WAITING, self.job, DONE))
            if found is None or emptied > found[0]:
                self.base.execute("INSERT OR REPLACE INTO filled VALUES (?, ?)", (self.job, emptied))
        self.tally = self.counts()

    def again(self, now: str) -> None:
        """All lists once more, for what has changed since the walk began, which is told beside what it has found."""
        with self.base:
            self.walk_from(self.began, now)
        self.is_behind = False

    def walk_from(self, since: str | None, now: str) -> None:
        self.since, self.began = since, now
        job = (self.job, since, now)
        self.base.execute("INSERT OR REPLACE INTO jobs (job, since, began) VALUES (?, ?, ?)", job)
        self.base.execute("DELETE FROM lists WHERE job = ?", (self.job,))

    def place_in(self, name: str) -> tuple[str | None, bool]:
        """Where to read on in a list, None for its beginning; and whether it has ended."""
        found = self.row("SELECT next, ended FROM lists WHERE job = ? AND list = ?", name)
        return (None, False) if found is None else (found[0], bool(found[1]))

    def read(self, name: str, places: Iterable[Place], following: str | None) -> None:
        """A page, and where the next one is."""
        rows = [(self.job, it.path, it.kind, it.code, it.attribute, it.locale, it.scope) for it in places]
        files = [row[:2] for row in rows if row[1] != NOWHERE]
        with self.base:
            self.base.executemany("INSERT OR IGNORE INTO places VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
            found = self.base.executemany("INSERT OR IGNORE INTO files (job, path) VALUES (?, ?)", files)
            self.tally[WAITING] += found.rowcount
            ended = (self.job, name, following, following is None)
            self.base.execute("INSERT OR REPLACE INTO lists VALUES (?, ?, ?, ?)", ended)

    def meet(self, name: str) -> None:
        """A list that has entries; that it had some outlives the walk."""
        with self.base:
            self.base.execute("INSERT OR IGNORE INTO met VALUES (?, ?)", (self.job, name))

    def has_met(self, name: str) -> bool:
        return self.row("SELECT 1 FROM met WHERE job = ? AND list = ?", name) is not None

    def owe(self, name: str, since: str | None) -> None:
        """A list that could not be read to its end, from that time on."""
        with self.base:
            self.base.execute("INSERT OR REPLACE INTO owed VALUES (?, ?, ?)", (self.job, name, since))

    def pay(self, name: str) -> None:
        """It was read to its end."""
        with self.base:
            self.base.execute("DELETE FROM owed WHERE job = ? AND list = ?", (self.job, name))

    def since_of(self, *names: str) -> str | None:
        """Where to look back to in a list, the first of the names, below the others."""
        owed = [self.row("SELECT since FROM owed WHERE job = ? AND list = ?", name) for name in names]
        times = [self.since, *(found[0] for found in owed if found is not None)]
        return None if None in times else min(times, key=datetime.fromisoformat)

    def walked(self, whole: bool = True) -> None:
        """Each list was read, or could not be. Of a whole walk, files that are named no more are forgotten."""
        with self.base:
            if whole:
                named = "SELECT path FROM places WHERE job = ?"
                forget = f"DELETE FROM files WHERE job = ? AND path NOT IN ({named})"  # noqa: S608
                self.base.execute(forget, (self.job, self.job))
            self.base.execute("UPDATE jobs SET walked = 1 WHERE job = ?", (self.job,))
        self.tally = self.counts()

    def waiting(self, after: int) -> list[tuple[int, str]]:
        """Some of the files that nothing was done with yet, behind that number."""
        query = "SELECT id, path FROM files WHERE job = ? AND state = ? AND id > ? ORDER BY id LIMIT ?"
        return self.base.execute(query, (self.job, WAITING, after, BATCH)).fetchall()

    def settle(self, path: str, facts: dict[str, Any], failed: bool = False) -> None:
        state = FAILED if failed else DONE
        with self.base:
            change = "UPDATE files SET state = ?, facts = ? WHERE job = ? AND path = ?"
            self.base.execute(change, (state, json.dumps(facts), self.job, path))
        self.tally[WAITING] -= 1
        self.tally[state] += 1

    def counts(self) -> dict[int, int]:
        """Of files, by state."""
        query = "SELECT state, count(*) FROM files WHERE job = ? GROUP BY state"
        return {WAITING: 0, DONE: 0, FAILED: 0} | dict(self.base.execute(query, (self.job,)))

    def kinds(self) -> dict[str, int]:
        """How many different files each kind of entry names."""
        query = "SELECT kind, count(DISTINCT path) FROM places WHERE job = ? AND path != '' GROUP BY kind ORDER BY kind"
        return dict(self.base.execute(query, (self.job,)))

    def facts(self, state: int) -> Iterator[tuple[str, dict[str, Any]]]:
        """By path; of files that the last walk has met."""
        query = (
            "SELECT path, facts FROM files WHERE job = ? AND state = ?"
            " AND path IN (SELECT path FROM places WHERE job = ?) ORDER BY path"
        )
        for path, facts in self.base.execute(query, (self.job, state, self.job)):
            yield path, json.loads(facts)

    def facts_of(self, path: str) -> dict[str, Any]:
        found = self.row("SELECT facts FROM files WHERE job = ? AND path = ?", path)
        return json.loads(found[0]) if found and found[0] else {}

    def places(self, path: str) -> list[Place]:
        return list(self.each_place(path))

    def each_place(self, path: str) -> Iterator[Place]:
        query = "SELECT path, kind, code, attribute, locale, scope FROM places WHERE job = ? AND path = ?"
        return (Place(*row) for row in self.base.execute(query, (self.job, path)))

    def row(self, query: str, *values: str) -> tuple[Any, ...] | None:
        found: tuple[Any, ...] | None = self.base.execute(query, (self.job, *values)).fetchone()
        return found

    def close(self) -> None:
        self.base.close()


def opened(file: Path | str) -> sqlite3.Connection:
    """Whole, with its tables, and ours alone; raises sqlite3.Error."""
    base = sqlite3.connect(file, timeout=0)
    try:
        base.execute("PRAGMA locking_mode = EXCLUSIVE")
        base.execute("PRAGMA journal_mode = WAL")
        base.execute("PRAGMA synchronous = NORMAL")
        found = base.execute("PRAGMA quick_check(1)").fetchone()[0]
        if found != "ok":
            raise damaged(found)
        base.executescript(f"BEGIN IMMEDIATE; {SCHEMA} COMMIT;")
    except sqlite3.Error:
        base.close()
        raise
    return base
