"""Where an original may be had without asking its origin: an archive, and replicas that have just fetched it."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace

from proxy.cache.originals.archive import Archive, ArchiveBroken, NoArchive
from proxy.cache.originals.attempt import Try
from proxy.cache.originals.exchange import Exchange, NoExchange
from proxy.cache.originals.spool import NoPlace
from proxy.errors import OriginBroken
from proxy.media import Original
from proxy.origins.origin import Body

log = logging.getLogger("proxy.cache")
Store = Callable[[Try, Body], Awaitable[Original]]


class Elsewhere:
    """What comes from there is checked and kept as if it came from the origin: `store` does that."""

    def __init__(self, origin: str, archive: Archive | None = None, exchange: Exchange | None = None) -> None:
        self.origin = origin
        self.archive = archive or NoArchive()
        self.exchange = exchange or NoExchange()

    async def recall(self, key: str, attempt: Try, store: Store) -> Original | None:
        """Out of the archive, onto a disk; None where it is not there or does not come whole."""
        async with self.archive.open(key, self.origin, attempt.path, attempt.flight.deadline) as found:
            if found is None:
                return None
            known = found.original
            attempt.flight.begin()
            try:
                digest = known.digest if known.confirmed else None
                return await store(replace(attempt, digest=digest, size=known.size), found)
            except (ArchiveBroken, OriginBroken, NoPlace) as error:
                log.warning("original %s cannot be had from the archive: %s", attempt.path, error)
                return None

    async def receive(self, key: str, attempt: Try, store: Store) -> Original | None:
        """From another replica."""
        parcel = await self.exchange.take(key, self.origin, str(attempt.path))
        if parcel is None:
            return None
        attempt.flight.begin()
        try:
            return await store(replace(attempt, digest=parcel.digest), parcel)
        except NoPlace:
            return None  # for the fetch to tell
