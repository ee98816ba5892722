"""One SQLite file and the one thread that touches it: every write is one transaction, whole or not there."""

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TypeVar, cast

from proxy.sync.outcomes import ConfigurationError, SyncError, TransientError
from proxy.sync.state.schema import MIGRATIONS

T = TypeVar("T")
BUSY_SECONDS = 10.0  # what one writer waits for that of another process
TRANSIENT = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}


class Database:
    """Opened by the first use, or by `open`. Several processes may have the same file open.

    Raises ConfigurationError for a file that is none of ours, or of a newer version; TransientError for one that is
    locked for long, and for a full disk.
    """

    def __init__(self, path: Path, *, busy_seconds: float = BUSY_SECONDS) -> None:
        self.path = path
        self.busy_seconds = busy_seconds
        self.thread = ThreadPoolExecutor(1, "sync-state")
        self.connection: sqlite3.Connection | None = None

    async def open(self) -> None:
        await self.run(lambda connection: None)

    async def run(self, work: Callable[[sqlite3.Connection], T], *, reads: bool = False) -> T:
        """`work` in a transaction. Whoever is cancelled meanwhile does not undo it. One that only `reads` waits for no
        writer and keeps none waiting.
        """
        begin = "BEGIN" if reads else "BEGIN IMMEDIATE"
        return await asyncio.get_running_loop().run_in_executor(self.thread, partial(self.transact, work, begin))

    async def read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        return await self.run(work, reads=True)

    async def close(self) -> None:
        await asyncio.get_running_loop().run_in_executor(self.thread, self.disconnect)
        self.thread.shutdown()

    # -- in the thread --

    def transact(self, work: Callable[[sqlite3.Connection], T], begin: str) -> T:
        try:
            if self.connection is None:
                self.connection = self.connect()
            with self.connection as connection:  # commits, or rolls back
                connection.execute(begin)
                found = work(connection)
                # A cursor that is freed in another thread resets its statement, which this one may be at again by then.
                return cast("T", None) if isinstance(found, sqlite3.Cursor) else found
        except sqlite3.Error as error:
            raise self.fault(error) from error

    def connect(self) -> sqlite3.Connection:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ConfigurationError(str(self.path), f"a directory that can be made: {error.strerror}") from None
        connection = sqlite3.connect(self.path, timeout=self.busy_seconds, isolation_level=None)
        try:
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")  # what was answered for is there after a power cut
            self.migrate(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def migrate(self, connection: sqlite3.Connection) -> None:
        """All missing ones in one transaction: another process may have come first."""
        with connection:
            connection.execute("BEGIN IMMEDIATE")
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            if version > len(MIGRATIONS):
                raise ConfigurationError(str(self.path), f"the state of version {len(MIGRATIONS)}, found {version}")
            for migration in MIGRATIONS[version:]:
                for statement in migration.split(";"):
                    connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")

    def disconnect(self) -> None:
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def fault(self, error: sqlite3.Error) -> SyncError:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the rest of it are details
        if code in TRANSIENT:
            return TransientError(str(self.path), f"to be written: {error}")
        return ConfigurationError(str(self.path), f"the state of a sync: {error}")
