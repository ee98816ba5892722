"""A directory with a budget of bytes: the file system is the index, so nothing has to be loaded at the start.

Entries lie in 256 shards a room, `renditions/3f/3f9a...`; a file's modification time says when it was last used.
A file appears by being renamed from `tmp/`, so nothing half-written is ever seen. Files with names of another kind
are not ours: they are neither counted nor removed.
"""

import logging
import os
import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from proxy.cache.mount import Mount
from proxy.cache.workplace import LEFTOVER_SECONDS, Workplace
from proxy.metrics import Metrics

log = logging.getLogger("proxy.cache")

ROOMS = ("renditions", "originals")
SHARDS = [f"{number:02x}" for number in range(256)]
RECORD = ".json"
TOUCH_SECONDS = 3600  # a use is written down at most this often
IN_TWO_PARTS = "originals"  # the room whose entries are a file and a record
KEY = re.compile(r"[0-9a-f]{40,}")
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
    parts: int = 1


class Disk:
    """Blocking; its users call it in threads. Every operation may raise OSError.

    Recency is compared among a sample of shards: exact while the cache is small, near enough when it is not.
    """

    def __init__(
        self,
        root: Path,
        budget: int,
        metrics: Metrics,
        name: str = "disk",
        clock: Callable[[], float] = time.time,
        *,
        mount: Mount | None = None,
    ) -> None:
        self.root = root
        self.mount = mount or Mount(root)
        self.budget = budget
        self.metrics = metrics
        self.name = name
        self.clock = clock
        self.workplace = Workplace(root, clock)
        self.used = 0
        self.sizes: dict[Path, int] = {}
        self.accounts = threading.Lock()
        self.cleaning = threading.Lock()
        self.next_shard = 0
        metrics.watch_cache(name, lambda: self.used)

    @cached_property
    def shards(self) -> list[Path]:
        """Nobody waits at the start for their hundreds of names."""
        return [self.root / room / shard for shard in SHARDS for room in ROOMS]

    def account(self, shard: Path, change: int) -> None:
        with self.accounts:
            self.sizes[shard] = self.sizes.get(shard, 0) + change
            self.used += change

    def path_of(self, room: str, key: str) -> Path:
        return self.root / room / key[:2] / key

    def temporary(self) -> Path:
        """A fresh name to write under before `publish`."""
        return self.workplace.fresh()

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
        """Not to be used before its `mount` is known."""
        try:
            body = path.read_bytes()
        except FileNotFoundError:
            return None
        self.mount.look()
        self.touch(path)
        return body

    def touch(self, path: Path) -> None:
        """Write down that an entry was used; a lost race with eviction is no harm."""
        now = self.clock()
        try:
            if abs(now - path.stat().st_mtime) > TOUCH_SECONDS:  # a clock may have been set back
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
        """Learn the size of what an earlier run or another process left, shard by shard; away with what is no use.

        What is too much for the budget goes, too: it may have been made smaller since.
        """
        self.workplace.clear()
        for shard in self.shards_in_use():
            entries = self.entries_of(shard)
            for entry in entries:
                if self.is_half(entry):
                    self.try_to_remove(entry.path)
            if entries:
                time.sleep(PAUSE_SECONDS)
        if self.used > self.budget:
            self.make_room()

    def shards_in_use(self) -> list[Path]:
        """Those that are there, and those that were when they were counted last; of a small cache hardly any."""
        there = {self.root / room / name for room in ROOMS for name in names_in(self.root / room) & set(SHARDS)}
        with self.accounts:
            return sorted(there | self.sizes.keys())

    def is_half(self, entry: Entry) -> bool:
        """A file without its record or the reverse, as a kill leaves it; a young one may just be being written."""
        in_two_parts = entry.path.parent.parent.name == IN_TWO_PARTS
        return in_two_parts and entry.parts == 1 and abs(self.clock() - entry.used_at) > LEFTOVER_SECONDS

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
        oldest = sorted(sample, key=self.recency)[: len(sample) // 4 + 1]
        for entry in oldest:
            if self.used <= self.budget * ROOMY:
                break
            if self.try_to_remove(entry.path):
                dropped += 1
        self.metrics.cache_evicted(self.name, dropped)
        return dropped

    def recency(self, entry: Entry) -> tuple[bool, float]:
        """What was last used in the future is older than everything: the clock was set back since."""
        return entry.used_at <= self.clock() + TOUCH_SECONDS, entry.used_at

    def try_to_remove(self, path: Path) -> bool:
        """What cannot be removed must not save all the others."""
        try:
            self.remove(path)
        except OSError as error:
            log.debug("cannot remove %s: %s", path, error)
            self.metrics.cache_failed(self.name, "remove")
            return False
        return True


def names_in(folder: Path) -> set[str]:
    try:
        return set(os.listdir(folder))
    except FileNotFoundError:
        return set()


def scan(folder: Path) -> Iterator[Entry]:
    """The entries of one shard; a file and its record are one, as fresh as the fresher of them."""
    found: dict[str, Entry] = {}
    try:
        with os.scandir(folder) as files:
            for file in files:
                name = file.name.removesuffix(RECORD)
                if not is_key(name, folder.name) or not file.is_file(follow_symlinks=False):
                    continue
                size, used_at = stat_of(file)
                if known := found.get(name):
                    size, used_at = known.size + size, max(known.used_at, used_at)
                found[name] = Entry(folder / name, size, used_at, parts=2 if known else 1)
    except FileNotFoundError:
        return
    yield from found.values()


def is_key(name: str, shard: str) -> bool:
    return name.startswith(shard) and KEY.fullmatch(name) is not None


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
