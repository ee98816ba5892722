"""Deleting many entries of a disk: all that begin alike, or all that were made from certain files.

The keys of everything made from one file begin alike, so that one look into one entry tells where all of them belong.
"""

import asyncio
import os
from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from proxy.cache.disk import RECORD, SHARDS, Disk, scan
from proxy.cache.originals.shelf import ROOM
from proxy.cache.purges.scope import PLACE_LENGTH
from proxy.json_text import parsed
from proxy.media import SEAL_BYTES

HEAD_BYTES = 8192  # room for the facts of a rendition: a path has at most 512 characters
PAUSE_SECONDS = 0.001  # between shards: viewers come first

Chosen = Callable[[str, bytes], bool | None]  # of a key and an entry's beginning; None where they do not tell
Spared = Callable[[str], bool]


def nothing(_: str) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Room:
    """One kind of entries on a disk. `ending` is that of the file which tells what an entry is."""

    disk: Disk
    name: str
    ending: str = ""

    async def delete_below(self, prefix: str, spared: Spared = nothing) -> int:
        """Everything whose key begins so, but for what is spared; gives the number. Raises OSError."""
        return await asyncio.to_thread(self.delete_in_shard, prefix, spared)

    async def sweep(self, chosen: Chosen, spared: Spared = nothing) -> int:
        """The same for everything made from files of which `chosen` says so."""
        deleted = 0
        for shard in await asyncio.to_thread(self.shards):
            deleted += await asyncio.to_thread(self.sweep_shard, shard, chosen, spared)
            await asyncio.sleep(PAUSE_SECONDS)
        return deleted

    def shards(self) -> list[str]:
        """Those that are there: what comes into others meanwhile is not older than the purge. Raises OSError."""
        try:
            return sorted(set(os.listdir(self.disk.root / self.name)) & set(SHARDS))
        except FileNotFoundError:
            self.disk.mount.look()
            return []

    def delete_in_shard(self, prefix: str, spared: Spared) -> int:
        return self.delete([key for key in self.keys_of(prefix[:2]) if key.startswith(prefix)], spared)

    def sweep_shard(self, shard: str, chosen: Chosen, spared: Spared) -> int:
        deleted = 0
        for _, keys in groupby(self.keys_of(shard), lambda key: key[:PLACE_LENGTH]):
            made_from_one = list(keys)
            if self.is_chosen(made_from_one, chosen):
                deleted += self.delete(made_from_one, spared)
        return deleted

    def is_chosen(self, keys: list[str], chosen: Chosen) -> bool:
        """What is damaged tells nothing: the next one is asked. No viewer gets what is damaged either."""
        for key in keys:
            answer = chosen(key, self.head_of(key))
            if answer is not None:
                return answer
        return False

    def keys_of(self, shard: str) -> list[str]:
        """None of a directory that is away: it has to be noticed, however short that is."""
        keys = sorted(entry.path.name for entry in scan(self.disk.root / self.name / shard))
        self.disk.mount.look()
        return keys

    def head_of(self, key: str) -> bytes:
        """Nothing of what was evicted meanwhile."""
        path = self.path_of(key)
        try:
            with path.with_name(path.name + self.ending).open("rb") as file:
                return file.read(HEAD_BYTES)
        except FileNotFoundError:
            return b""

    def path_of(self, key: str) -> Path:
        return self.disk.path_of(self.name, key)

    def delete(self, keys: list[str], spared: Spared) -> int:
        doomed = [key for key in keys if not spared(key)]
        for key in doomed:
            self.disk.remove(self.path_of(key))
        return len(doomed)


def originals_on(disk: Disk) -> Room:
    return Room(disk, ROOM, RECORD)


def source_of_rendition(head: bytes) -> str | None:
    """The path in the first bytes of a packed rendition; None if they are damaged."""
    try:
        source = parsed(head[SEAL_BYTES:].partition(b"\n")[0])["source"]
    except (ValueError, KeyError, TypeError):
        return None
    return source if isinstance(source, str) else None


def origin_and_source(record: bytes) -> tuple[str, str] | None:
    """The origin's name and the path in the record of an original; None if it is damaged."""
    try:
        facts = parsed(record[SEAL_BYTES:])
        family, code, _ = facts["path"]
        origin = facts["origin"]
    except (ValueError, KeyError, TypeError):
        return None
    return (origin, code if family == "folder" else f"{family}/{code}") if isinstance(origin, str) else None
