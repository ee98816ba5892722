"""Renditions in the object store: each with its length and digest, whole or not at all."""

import logging

import obstore

from proxy.cache.objects.link import NAME, Link
from proxy.cache.objects.names import name_of
from proxy.cache.objects.room import ObjectRoom
from proxy.cache.objects.stamps import STAMP, stamp_of
from proxy.cache.purges.past import BEGINNING, Past, Stamp, stamp_text
from proxy.cache.sealed import BEFORE, pack, unpack
from proxy.cache.sweep import Chosen, Spared, nothing, source_of_rendition
from proxy.metrics import Metrics

log = logging.getLogger("proxy.cache")

ROOM = "renditions"
READ_SECONDS = 1.0
WRITE_SECONDS = 5.0
MOST_BYTES = 32 * 2**20  # of one entry


class ObjectStore:
    """A `PurgeableStore`. Raises ObjectsDown, an OSError. While not all purges are known it has nothing and takes
    nothing.
    """

    NAME = NAME

    def __init__(self, link: Link, past: Past, metrics: Metrics) -> None:
        self.link = link
        self.past = past
        self.metrics = metrics
        self.entries = ObjectRoom(link, ROOM, lambda head: head[BEFORE:])

    async def get(self, key: str) -> bytes | None:
        if self.past.heard() is None:
            return None
        try:
            packed, stamp = await self.link.run(self.link.read, lambda: self.read(key), READ_SECONDS)
            value = unpack(packed)
        except FileNotFoundError:
            return None
        except ValueError as error:
            log.warning("object store: rendition %s is damaged and will be drawn anew: %s", key, error)
            self.metrics.cache_failed(NAME, "unpack")
            await self.delete(key)
            return None
        if not self.past.hides_rendition(stamp, key, source_of_rendition(value) or ""):
            return value
        log.info("object store: rendition %s was written late, after a purge; it goes", key)
        await self.delete(key)
        return None

    async def read(self, key: str) -> tuple[bytes, Stamp]:
        """Nothing of what is too large to be one of ours."""
        found = await obstore.get_async(self.link.store, name_of(ROOM, key))
        if found.meta["size"] > MOST_BYTES + BEFORE:
            return b"", BEGINNING
        body = bytes(await found.bytes_async())
        self.metrics.object_store_moved("in", len(body))
        return body, stamp_of(found)

    async def set(self, key: str, value: bytes) -> object:
        stamp = self.past.heard()  # now, not when there is a place
        if len(value) > MOST_BYTES or stamp is None:
            return False
        attributes = {STAMP: stamp_text(stamp)}
        packed = pack(value)

        async def put() -> None:
            name = name_of(ROOM, key)
            await obstore.put_async(self.link.store, name, packed, use_multipart=False, attributes=attributes)

        await self.link.run(self.link.write, put, WRITE_SECONDS)
        self.metrics.object_store_moved("out", len(packed))
        return True

    async def delete(self, key: str) -> object:
        return await self.entries.delete([key], seconds=READ_SECONDS)  # a viewer may wait for it

    async def delete_below(self, prefix: str, spared: Spared = nothing) -> int:
        return await self.entries.delete_below(prefix, spared)

    async def sweep(self, chosen: Chosen, spared: Spared = nothing) -> int:
        return await self.entries.sweep(chosen, spared)
