"""Temporary files of a cache directory, and who writes them: what the dead have left is cleared away at once.

Several processes may share a directory, in containers that cannot see each other. So each holds a lock on a file
below `locks/` as long as it lives, and the names of its temporary files begin with that file's name.
"""

import fcntl
import logging
import os
import re
import secrets
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path

log = logging.getLogger("proxy.cache")

OWNER = re.compile(r"\d+-[0-9a-f]{16}")
TEMPORARY = re.compile(rf"({OWNER.pattern})-[0-9a-f]{{16}}")
# Without a lock to ask, a file that nobody has written to for so long belongs to a process that died. From the future
# it may be only by a clock of another machine, or of yesterday.
LEFTOVER_SECONDS = 900
FUTURE_SECONDS = 86_400


class Workplace:
    """As one process uses it. Blocking; every operation may raise OSError."""

    def __init__(self, root: Path, clock: Callable[[], float] = time.time) -> None:
        self.folder = root / "tmp"
        self.locks = root / "locks"
        self.clock = clock
        self.owner = f"{os.getpid()}-{secrets.token_hex(8)}"
        self.taking = threading.Lock()
        self.letting_go: weakref.finalize[[int, Path], Workplace] | None = None

    @property
    def lock(self) -> Path:
        return self.locks / self.owner

    def fresh(self) -> Path:
        """A name that nobody has used."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with self.taking:
            if self.letting_go is None or not self.lock.exists():  # the directory may have been removed under us
                self.take_lock()
        return self.folder / f"{self.owner}-{secrets.token_hex(8)}"

    def take_lock(self) -> None:
        if self.letting_go is not None:
            self.letting_go()
        self.locks.mkdir(parents=True, exist_ok=True)
        handle = os.open(self.lock, os.O_CREAT | os.O_RDWR, 0o600)
        self.letting_go = weakref.finalize(self, let_go, handle, self.lock)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:  # a file system without locks: age has to tell
            log.debug("no lock on %s: %s", self.lock, error)
            self.lock.unlink(missing_ok=True)

    def clear(self) -> None:
        """Away with what the dead have left; one file that stays saves none of the others."""
        dead = {file.name for file in files_in(self.locks) if OWNER.fullmatch(file.name) and is_free(file)}
        for file in files_in(self.folder):
            if self.is_left(file, dead):
                unlink(file)
        for owner in dead:
            unlink(self.locks / owner)

    def is_left(self, file: Path, dead: set[str]) -> bool:
        """Files with names of another kind are not ours: the directory may have had a `tmp` before."""
        named = TEMPORARY.fullmatch(file.name)
        if named is not None and (named[1] in dead or (self.locks / named[1]).exists()):
            return named[1] in dead
        return (named is not None or OWNER.fullmatch(file.name) is not None) and is_past(file, self.clock())


def is_past(file: Path, now: float) -> bool:
    try:
        age = now - file.lstat().st_mtime
    except FileNotFoundError:
        return False
    return age > LEFTOVER_SECONDS or age < -FUTURE_SECONDS


def is_free(lock: Path) -> bool:
    """Nobody holds it; a living process between making and locking it notices that it is gone, and makes it anew."""
    try:
        handle = os.open(lock, os.O_RDWR | os.O_NOFOLLOW)
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    finally:
        os.close(handle)
    return True


def let_go(handle: int, lock: Path) -> None:
    unlink(lock)
    os.close(handle)


def files_in(folder: Path) -> Iterator[Path]:
    try:
        with os.scandir(folder) as files:
            for file in files:
                if file.is_file(follow_symlinks=False):
                    yield Path(file.path)
    except FileNotFoundError:
        return


def unlink(file: Path) -> None:
    try:
        file.unlink(missing_ok=True)
    except OSError as error:
        log.warning("cannot clear away %s: %s", file, error)
