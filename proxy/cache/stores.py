"""Where packed entries are kept: the part of aiocache's interface that we need, and the disk behind it."""

import asyncio
from typing import Protocol

from proxy.cache.disk import Disk


class Store(Protocol):
    """Bytes by key, as aiocache's caches have them. A broken store raises OSError and nothing else: what stands
    before a client with errors of its own translates them.
    """

    async def get(self, key: str) -> bytes | None: ...

    async def set(self, key: str, value: bytes) -> object: ...

    async def delete(self, key: str) -> object: ...


class DiskStore:
    """One room of the cache directory. Keys are hexadecimal hashes, since they become file names."""

    def __init__(self, disk: Disk, room: str) -> None:
        self.disk = disk
        self.room = room

    async def get(self, key: str) -> bytes | None:
        return await asyncio.to_thread(self.disk.read, self.disk.path_of(self.room, key))

    async def set(self, key: str, value: bytes) -> object:
        return await asyncio.to_thread(self.write, key, value)

    async def delete(self, key: str) -> object:
        return await asyncio.to_thread(self.disk.remove, self.disk.path_of(self.room, key))

    def write(self, key: str, value: bytes) -> None:
        self.disk.write(self.disk.path_of(self.room, key), value)
        if self.disk.used > self.disk.budget:
            self.disk.make_room()
