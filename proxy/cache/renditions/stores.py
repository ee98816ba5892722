"""Where packed entries are kept: the part of aiocache's interface that we need, and the disk behind it."""

import asyncio
from typing import Protocol

from proxy.cache.disk import Disk
from proxy.cache.sweep import Chosen, Room, Spared, nothing


class Store(Protocol):
    """Bytes by key, as aiocache's caches have them. A broken store raises OSError and nothing else: what stands
    before a client with errors of its own translates them.
    """

    async def get(self, key: str) -> bytes | None: ...

    async def set(self, key: str, value: bytes) -> object: ...

    async def delete(self, key: str) -> object: ...


class Purgeable(Protocol):
    """Both give the number of entries that were deleted."""

    async def delete_below(self, prefix: str, spared: Spared = nothing) -> int:
        """Every entry whose key begins so, but for what is spared."""

    async def sweep(self, chosen: Chosen, spared: Spared = nothing) -> int:
        """Everything made from certain files: `chosen` is asked once for each, with a key and the first bytes of an
        entry made from it, and again with the next entry's where those are damaged.
        """


class PurgeableStore(Store, Purgeable, Protocol):
    """What a tier behind memory has to do, beyond aiocache."""


class DiskStore:
    """One room of the cache directory. Keys are hexadecimal hashes, since they become file names."""

    def __init__(self, disk: Disk, room: str) -> None:
        self.disk = disk
        self.room = room
        self.entries = Room(disk, room)

    async def get(self, key: str) -> bytes | None:
        found = await asyncio.to_thread(self.disk.read, self.disk.path_of(self.room, key))
        await self.disk.mount.known()
        return found

    async def set(self, key: str, value: bytes) -> object:
        await self.disk.mount.known()
        return await asyncio.to_thread(self.write, key, value)

    async def delete(self, key: str) -> object:
        return await asyncio.to_thread(self.disk.remove, self.disk.path_of(self.room, key))

    async def delete_below(self, prefix: str, spared: Spared = nothing) -> int:
        return await self.entries.delete_below(prefix, spared)

    async def sweep(self, chosen: Chosen, spared: Spared = nothing) -> int:
        return await self.entries.sweep(chosen, spared)

    def write(self, key: str, value: bytes) -> None:
        self.disk.write(self.disk.path_of(self.room, key), value)
        if self.disk.used > self.disk.budget:
            self.disk.make_room()
