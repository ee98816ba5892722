"""What is wrong with the file of a state, in one line."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from proxy.commands.asking import Refused

PRIMARY = 0xFF  # the lower byte of SQLite's extended codes
BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
REPAIR = "delete it: what is done is asked for again, and answered from the cache"


def fault_of(file: Path | str, error: sqlite3.Error) -> str:
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & PRIMARY
    if code in BUSY:
        return f"--state: cannot use {file}: another command is at work with it"
    repair = f"; {REPAIR}" if code == sqlite3.SQLITE_CORRUPT else ""
    return f"--state: cannot use {file}: {error}{repair}"


def damaged(found: str) -> sqlite3.DatabaseError:
    """What a check has found, as if SQLite had met it."""
    error = sqlite3.DatabaseError(f"it is damaged ({' '.join(found.split())})")
    error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
    return error


@contextmanager
def faults_told(file: Path | str) -> Iterator[None]:
    """Raises Refused for what happens to the file meanwhile: a full disk, damage further in."""
    try:
        yield
    except sqlite3.Error as error:
        raise Refused(fault_of(file, error)) from None
