"""Renditions in the object store: each with its length and digest, whole or not at all."""

import logging
import struct

import obstore

from proxy.cache.objects.link import NAME, Link
from proxy.cache.objects.names import name_of
from proxy.cache.objects.room import ObjectRoom
from proxy.cache.sweep import Chosen, Spared, nothing
from proxy.media import SEAL_BYTES, seal, unseal
from proxy.metrics import Metrics

log = logging.getLogger("proxy.cache")

ROOM = "renditions"
READ_SECONDS = 1.0
WRITE_SECONDS = 5.0
LENGTH = struct.Struct(">I")
BEFORE = SEAL_BYTES + LENGTH.size  # what stands before the bytes themselves
MOST_BYTES = 32 * 2**20  # of one entry


class ObjectStore:
    """A `PurgeableStore`. Raises ObjectsDown, an OSError."""

    NAME = NAME

    def __init__(self, link: Link, metrics: Metrics) -> None:
        self.link = link
        self.metrics = metrics
        self.entries = ObjectRoom(link, ROOM, lambda head: head[BEFORE:])

    async def get(self, key: str) -> bytes | None:
        try:
            packed = await self.link.run(self.link.read, lambda: self.read(key), READ_SECONDS)
            return unpack(packed)
        except FileNotFoundError:
            return None
        except ValueError as error:
            log.warning("object store: rendition %s is damaged and will be drawn anew: %s", key, error)
            self.metrics.cache_failed(NAME, "unpack")
            await self.delete(key)
        return None

    async def read(self, key: str) -> bytes:
        """Nothing of what is too large to be one of ours."""
        found = await obstore.get_async(self.link.store, name_of(ROOM, key))
        if found.meta["size"] > MOST_BYTES + BEFORE:
            return b""
        body = bytes(await found.bytes_async())
        self.metrics.object_store_moved("in", len(body))
        return body

    async def set(self, key: str, value: bytes) -> object:
        if len(value) > MOST_BYTES:
            return False
        packed = pack(value)

        async def put() -> None:
            await obstore.put_async(self.link.store, name_of(ROOM, key), packed, use_multipart=False)

        await self.link.run(self.link.write, put, WRITE_SECONDS)
        self.metrics.object_store_moved("out", len(packed))
        return True

    async def delete(self, key: str) -> object:
        return await self.entries.delete([key], seconds=READ_SECONDS)  # a viewer may wait for it

    async def delete_below(self, prefix: str, spared: Spared = nothing) -> int:
        return await self.entries.delete_below(prefix, spared)

    async def sweep(self, chosen: Chosen, spared: Spared = nothing) -> int:
        return await self.entries.sweep(chosen, spared)


def pack(value: bytes) -> bytes:
    return LENGTH.pack(len(value)) + seal(value)


def unpack(packed: bytes) -> bytes:
    """Raises ValueError if these are not the bytes that were packed."""
    value = unseal(packed[LENGTH.size :])
    if packed[: LENGTH.size] != LENGTH.pack(len(value)):
        raise ValueError("the length is another")
    return value
