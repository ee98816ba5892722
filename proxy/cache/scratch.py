"""A directory of one process, for originals in flight when the cache directory fails."""

import fcntl
import logging
import os
import shutil
import tempfile
from pathlib import Path

from proxy.cache.workplace import is_free

log = logging.getLogger("proxy.cache")
PREFIX = "media-proxy-scratch-"
LOCK = "lock"


class Scratch:
    """Gone with the process; what a killed one left is cleared away by the next. None where there is no place.

    Whoever lives holds a lock on a file in its directory, so that nobody clears away what is in use.
    """

    def __init__(self) -> None:
        self.directory: Path | None = None
        self.lock = -1
        try:
            clear_leftovers(Path(tempfile.gettempdir()))
            directory = Path(tempfile.mkdtemp(prefix=PREFIX))
            self.lock = os.open(directory / LOCK, os.O_CREAT | os.O_RDWR, 0o600)
            fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self.directory = directory
        except OSError as error:
            log.warning("no scratch directory beside the cache directory: %s", error)

    def close(self) -> None:
        if self.directory is not None:
            shutil.rmtree(self.directory, ignore_errors=True)
        if self.lock >= 0:
            os.close(self.lock)
            self.lock = -1


def clear_leftovers(folder: Path) -> None:
    for leftover in folder.glob(PREFIX + "*"):
        if is_abandoned(leftover):
            shutil.rmtree(leftover, ignore_errors=True)


def is_abandoned(directory: Path) -> bool:
    """Ours, with a lock that nobody holds any more."""
    try:
        if directory.is_symlink() or directory.stat().st_uid != os.geteuid():
            return False
    except OSError:
        return False  # somebody else's, or gone
    return is_free(directory / LOCK)  # one that is just being made has none yet
