"""A directory with a budget of bytes: the file system is the index, so nothing has to be loaded at the start.

Entries lie in 256 shards a room, `renditions/3f/3f9a...`; a file's modification time says when it was last used.
A file appears by being renamed from `tmp/`, so nothing half-written is ever seen.
"""

import logging
import os
import re
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from proxy.metrics import Metrics

log = logging.getLogger("proxy.cache")

ROOMS = ("renditions", "originals")
SHARDS = [f"{number:02x}" for number in range(256)]
RECORD = ".json"
TOUCH_SECONDS = 3600  # a use is written down at most this often
LEFTOVER_SECONDS = 900  # a temporary file that nobody has written to for so long belongs to a process that died
TEMPORARY = re.compile(r"\d+-[0-9a-f]{16}")
SAMPLE = 4096  # entries compared at a time when space is needed
MAX_ROUNDS = 4096
PAUSE_SECONDS = 0.001  # between shards while counting: viewers come first
ROOMY = 0.9  # of the budget: how much may stay after making space


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of one file, or of a file and its record."""

    path: Path  # without the record's ending
    size: int
    used_at: float


class Disk:
    """Blocking; its users call it in threads. Every operation may raise OSError.

    Recency is compared among a sample of shards: exact while the cache is small, near enough when it is not.
    """

    def __init__(
        self, root: Path, budget: int, metrics: Metrics, name: str = "disk", clock: Callable[[], float] = time.time
    ) -> None:
        self.root = root
        self.budget = budget
        self.metrics = metrics
        self.name = name
        self.clock = clock
        self.used = 0
        self.sizes: dict[Path, int] = {}
        self.accounts = threading.Lock()
        self.cleaning = threading.Lock()
        self.next_shard = 0
        self.shards = [root / room / shard for shard in SHARDS for room in ROOMS]
        metrics.watch_cache(name, lambda: self.used)

    def account(self, shard: Path, change: int) -> None:
        with self.accounts:
            self.sizes[shard] = self.sizes.get(shard, 0) + change
            self.used += change

    def path_of(self, room: str, key: str) -> Path:
        return self.root / room / key[:2] / key

    def temporary(self) -> Path:
        """A fresh name to write under before `publish`."""
        folder = self.root / "tmp"
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"{os.getpid()}-{secrets.token_hex(8)}"

    def write(self, path: Path, body: bytes) -> None:
        temporary = self.temporary()
        try:
            temporary.write_bytes(body)
            self.publish(temporary, path)
        finally:
            temporary.unlink(missing_ok=True)

    def publish(self, temporary: Path, path: Path) -> None:
        """Make a finished file visible under its name, replacing an older one in one step."""
        path.parent.mkdir(parents=True, exist_ok=True)
        grown = temporary.stat().st_size - size_or_zero(path)
        temporary.replace(path)
        self.account(path.parent, grown)

    def read(self, path: Path) -> bytes | None:
        try:
            body = path.read_bytes()
        except FileNotFoundError:
            return None
        self.touch(path)
        return body

    def touch(self, path: Path) -> None:
        """Write down that an entry was used; a lost race with eviction is no harm."""
        now = self.clock()
        try:
            if now - path.stat().st_mtime > TOUCH_SECONDS:
                os.utime(path, (now, now))
        except OSError as error:
            log.debug("cannot write down that %s was used: %s", path, error)

    def remove(self, path: Path) -> None:
        """The record goes first: without it the file beside it counts as absent."""
        for part in (path.with_name(path.name + RECORD), path):
            size = size_or_zero(part)
            part.unlink(missing_ok=True)
            self.account(path.parent, -size)

    def count(self) -> None:
        """Learn the size of what an earlier run left, shard by shard, and clear its temporary files away."""
        for leftover in scan(self.root / "tmp"):
            if TEMPORARY.fullmatch(leftover.path.name) and self.clock() - leftover.used_at > LEFTOVER_SECONDS:
                self.try_to_unlink(leftover.path)
        for shard in self.shards:
            if self.entries_of(shard):
                time.sleep(PAUSE_SECONDS)

    def entries_of(self, shard: Path) -> list[Entry]:
        """The entries of a shard; its account is set right by the way."""
        entries = list(scan(shard))
        self.account(shard, sum(entry.size for entry in entries) - self.sizes.get(shard, 0))
        return entries

    def make_room(self) -> None:
        """Drop what was not used for longest until a tenth of the budget is free."""
        if not self.cleaning.acquire(blocking=False):
            return  # another thread is at it
        try:
            idle, rounds = 0, 0
            # A pass over all shards without a thing to remove ends it, and so does a bound on the work.
            while self.used > self.budget * ROOMY and idle < len(self.shards) and rounds < MAX_ROUNDS:
                visited, sample = self.sample()
                idle = 0 if self.drop_oldest(sample) else idle + visited
                rounds += 1
        finally:
            self.cleaning.release()

    def sample(self) -> tuple[int, list[Entry]]:
        """Some thousand entries of the next shards, all there are while the cache is small; and how many shards."""
        entries: list[Entry] = []
        visited = 0
        while visited < len(self.shards) and len(entries) < SAMPLE:
            entries += self.entries_of(self.shards[self.next_shard])
            self.next_shard = (self.next_shard + 1) % len(self.shards)
            visited += 1
        return visited, entries

    def drop_oldest(self, sample: list[Entry]) -> int:
        """At most the older quarter: the others may be younger than what lies in the next shards."""
        dropped = 0
        oldest = sorted(sample, key=lambda entry: entry.used_at)[: len(sample) // 4 + 1]
        for entry in oldest:
            if self.used <= self.budget * ROOMY:
                break
            if self.try_to_remove(entry.path):
                dropped += 1
        self.metrics.cache_evicted(self.name, dropped)
        return dropped

    def try_to_unlink(self, path: Path) -> None:
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            log.warning("cannot clear away %s: %s", path, error)

    def try_to_remove(self, path: Path) -> bool:
        """What cannot be removed must not save all the others."""
        try:
            self.remove(path)
        except OSError as error:
            log.debug("cannot remove %s: %s", path, error)
            self.metrics.cache_failed(self.name, "remove")
            return False
        return True


def scan(folder: Path) -> Iterator[Entry]:
    """The entries of one folder; a file and its record are one, as fresh as the fresher of them."""
    found: dict[str, tuple[int, float]] = {}
    try:
        with os.scandir(folder) as files:
            for file in files:
                if not file.is_file(follow_symlinks=False):
                    continue
                name = file.name.removesuffix(RECORD)
                facts = stat_of(file)
                size, used_at = found.get(name, (0, 0.0))
                found[name] = (size + facts[0], max(used_at, facts[1]))
    except FileNotFoundError:
        return
    for name, (size, used_at) in found.items():
        yield Entry(folder / name, size, used_at)


def stat_of(file: "os.DirEntry[str]") -> tuple[int, float]:
    try:
        facts = file.stat()
    except FileNotFoundError:
        return 0, 0.0
    return facts.st_size, facts.st_mtime


def size_or_zero(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
