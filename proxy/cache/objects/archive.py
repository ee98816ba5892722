"""Originals in the object store: read before Akeneo is asked, written behind everybody's back."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import obstore

from proxy.cache.objects.crate import Damaged, Unpacking, pack, packed_size, record_in
from proxy.cache.objects.link import NAME, Link, ObjectsDown
from proxy.cache.objects.names import name_of
from proxy.cache.objects.room import ObjectRoom
from proxy.cache.objects.stamps import STAMP, stamp_of
from proxy.cache.objects.store import READ_SECONDS, WRITE_SECONDS
from proxy.cache.originals.archive import ArchiveBroken, Archived
from proxy.cache.purges.ledger import Ledger
from proxy.cache.purges.past import Past, Stamp, stamp_text
from proxy.cache.purges.scope import Scope
from proxy.cache.renditions.renditions import FAR_SECONDS
from proxy.cache.tiers import Tiers
from proxy.deadline import Deadline
from proxy.media import MediaPath, Original
from proxy.metrics import Metrics

if TYPE_CHECKING:
    from obstore import BytesStream

log = logging.getLogger("proxy.cache")

ROOM = "originals"
PIECE_BYTES = 256 * 1024  # asked for at a time: each has READ_SECONDS
MOST_STREAMS = 16  # at once; who comes then asks Akeneo
UPLOADS = 2  # at once
PENDING_UPLOADS = 64
PART_BYTES = 8 * 2**20  # larger files go in such parts
BYTES_A_SECOND = 2**20  # of an upload, at least


@dataclass(slots=True, eq=False)
class Upload:
    """`since`: how many purges had begun before its file was fetched; `stamp`: the last one that was known of."""

    key: str
    original: Original
    since: int
    stamp: Stamp
    purged: bool = False
    stopped: str | None = None  # why its bytes have ended before their time

    def concerns(self, scope: Scope) -> bool:
        return scope.spoils_original(self.key, self.original.origin)


class Stopped(Exception):
    """By us: it was purged, or the file is not what or where it was. The store has no part in it."""


class ObjectArchive:
    """An `Archive`."""

    name = NAME

    def __init__(self, link: Link, ledger: Ledger, past: Past, tiers: Tiers, metrics: Metrics) -> None:
        self.link = link
        self.past = past
        self.ledger = ledger
        self.tiers = tiers
        self.metrics = metrics
        self.entries = ObjectRoom(link, ROOM, record_in)
        self.streams = 0
        self.uploading = asyncio.Semaphore(UPLOADS)
        self.uploads: set[Upload] = set()
        self.chores: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def open(self, key: str, origin: str, path: MediaPath, deadline: Deadline) -> AsyncIterator[Archived | None]:
        if self.past.heard() is None or self.ledger.hides_original(NAME, key, origin, str(path)):
            yield None
            return
        if self.streams >= MOST_STREAMS:
            self.metrics.cache_failed(NAME, "stream_skipped")
            yield None
            return
        self.streams += 1
        try:
            found = await self.find(key, origin, path, deadline)
            self.metrics.cache_looked_up(f"{NAME} {ROOM}", found is not None)
            yield found
        finally:
            self.streams -= 1

    async def find(self, key: str, origin: str, path: MediaPath, deadline: Deadline) -> Archived | None:
        until = deadline.at_most(deadline.remaining())  # half of what is left: Akeneo has the other half
        try:
            stream, size, stamp = await self.link.run(self.link.stream, lambda: self.ask(key), READ_SECONDS)
            unpacking = Unpacking(self.pieces(stream), size)
            original = await unpacking.original()
            if (original.origin, original.path) != (origin, path):
                raise Damaged("it is another file")
            if self.past.hides_original(stamp, key, origin, str(path)):
                raise Damaged("it was written late, after a purge")
        except (FileNotFoundError, ObjectsDown):
            return None
        except Damaged as error:
            await self.drop(key, error)
            return None
        return Archived(original, self.chunks(key, original, unpacking, until))

    async def ask(self, key: str) -> "tuple[BytesStream, int, Stamp]":
        found = await obstore.get_async(self.link.store, name_of(ROOM, key))
        return found.stream(PIECE_BYTES), found.meta["size"], stamp_of(found)

    async def pieces(self, stream: "BytesStream") -> AsyncIterator[bytes]:
        while True:
            piece = await self.link.run(self.link.stream, lambda: anext(stream, b""), READ_SECONDS)
            if not piece:
                return
            self.metrics.object_store_moved("in", len(piece))
            yield bytes(piece)

    async def chunks(self, key: str, original: Original, unpacking: Unpacking, until: Deadline) -> AsyncIterator[bytes]:
        """A picture is waited for, so that it has a limit; other files are sent while they come."""
        left = original.size
        try:
            async for block in unpacking.blocks(original.size):
                left -= len(block)
                yield block
                if left and original.content.picture and not until.remaining():
                    raise ArchiveBroken("it comes too slowly")
        except Damaged as error:
            await self.drop(key, error)
            raise ArchiveBroken(str(error)) from None
        except ObjectsDown as error:
            raise ArchiveBroken(str(error)) from None

    async def drop(self, key: str, error: Damaged) -> None:
        log.warning("object store: original %s is not used and will be fetched anew: %s", key, error)
        self.metrics.cache_failed(NAME, "unpack")
        await self.forget(key)

    async def forget(self, key: str) -> None:
        for upload in self.uploads:
            upload.purged = upload.purged or upload.key == key
        try:
            await self.entries.delete([key], seconds=READ_SECONDS)
        except ObjectsDown as error:
            log.debug("object store: original %s cannot be deleted: %s", key, error)

    def purge(self, scope: Scope) -> None:
        for upload in self.uploads:
            upload.purged = upload.purged or upload.concerns(scope)

    def keep(self, key: str, original: Original) -> None:
        if len(self.uploads) >= PENDING_UPLOADS:
            self.metrics.cache_failed(NAME, "upload_skipped")
            return
        stamp = self.past.heard()
        if stamp is None:
            return
        upload = Upload(key, original, self.ledger.begun, stamp)
        self.uploads.add(upload)
        chore = asyncio.create_task(self.keep_now(upload))
        self.chores.add(chore)
        chore.add_done_callback(self.chores.discard)

    async def keep_now(self, upload: Upload) -> None:
        try:
            async with self.uploading:
                if not upload.purged:
                    with self.ledger.operation(upload.key, upload.concerns):
                        await self.upload(upload)
        except ObjectsDown as error:
            self.tiers.failed(NAME, "upload", error)
        except Stopped as error:
            log.debug("original %s does not go to the object store: %r", upload.original.path, error)
        finally:
            self.uploads.discard(upload)

    async def upload(self, upload: Upload) -> None:
        size = packed_size(upload.original)
        parts = self.parts(upload)
        body = parts if size > PART_BYTES else b"".join([part async for part in parts])
        attributes = {STAMP: stamp_text(upload.stamp)}

        async def put() -> None:
            try:
                name = name_of(ROOM, upload.key)
                await obstore.put_async(
                    self.link.store, name, body, attributes=attributes, chunk_size=PART_BYTES, max_concurrency=2
                )
            except Exception:
                if upload.stopped is None:
                    raise
                raise Stopped(upload.stopped) from None

        await self.link.run(self.link.upload, put, WRITE_SECONDS + size / BYTES_A_SECOND)
        self.metrics.object_store_moved("out", size)
        if not upload.purged:
            self.ledger.wrote(upload.since, NAME, upload.key)

    async def parts(self, upload: Upload) -> AsyncIterator[bytes]:
        """Raises Stopped; the client that takes them makes an error of its own of that."""
        parts = pack(upload.original)
        try:
            while part := await asyncio.to_thread(next, parts, b""):
                if upload.purged:
                    raise Stopped("it was purged meanwhile")
                yield part
        except (OSError, Damaged, Stopped) as error:
            upload.stopped = str(error)
            raise Stopped(upload.stopped) from None

    async def close(self) -> None:
        """What is being written gets a moment; the rest is fetched from Akeneo again when it is missed."""
        if self.chores:
            _, late = await asyncio.wait(self.chores, timeout=FAR_SECONDS)
            for chore in late:
                chore.cancel()
            await asyncio.gather(*late, return_exceptions=True)
