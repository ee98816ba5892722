"""Files whose bytes were compared with their digest, once for each by this process: only the first use pays for it."""

import hashlib
import os
import threading
from pathlib import Path

from proxy.media import Original

MOST = 20_000  # files that are remembered: some two megabytes
MOST_BYTES = 16 * 2**20  # of what is no picture: a film is not read to its end before its first byte is sent


class Checked:
    """A file is the same while inode, size and time of its last change are. Blocking, and used by many threads."""

    def __init__(self) -> None:
        self.states: dict[int, None] = {}
        self.adding = threading.Lock()

    def fits(self, original: Original) -> bool:
        """Whether these are the bytes that were stored; raises OSError."""
        facts = os.stat(original.file)
        if facts.st_size != original.size:
            return False
        state = state_of(facts)
        if state not in self.states and is_to_be_read(original):
            if digest_of(original.file) != original.digest:
                return False
            self.add(state)
        return True

    def stored(self, file: Path) -> None:
        """It has its digest from being written just now; raises OSError."""
        self.add(state_of(os.stat(file)))

    def add(self, state: int) -> None:
        with self.adding:
            self.states[state] = None
            if len(self.states) > MOST:
                del self.states[next(iter(self.states))]


def state_of(facts: os.stat_result) -> int:
    return hash((facts.st_dev, facts.st_ino, facts.st_size, facts.st_mtime_ns))


def is_to_be_read(original: Original) -> bool:
    return original.content.picture is not None or original.size <= MOST_BYTES


def digest_of(file: Path) -> str:
    with file.open("rb") as source:
        return hashlib.file_digest(source, lambda: hashlib.blake2b(digest_size=16)).hexdigest()
