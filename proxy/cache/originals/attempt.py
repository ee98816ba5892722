"""One try at fetching a file, and what may come of it but the file."""

import asyncio
from dataclasses import dataclass

from proxy.cache.flights import Flight
from proxy.cache.originals.spool import Spool
from proxy.media import MediaPath, Original


class Download:
    """A flight's present try. `streaming` is there as soon as it is a file that viewers may follow."""

    def __init__(self) -> None:
        self.streaming: asyncio.Future[Spool] = asyncio.get_running_loop().create_future()

    def known(self, spool: Spool) -> None:
        if spool.streams:
            self.streaming.set_result(spool)

    def broke(self) -> None:
        """Who comes now follows the next try."""
        if self.streaming.done():
            self.streaming = asyncio.get_running_loop().create_future()


@dataclass(frozen=True, slots=True)
class Try:
    """One attempt at a file. `digest` is that of an earlier copy in doubt, `size` what Akeneo says it has."""

    path: MediaPath
    flight: Flight[Original]
    download: Download
    digest: str | None = None
    size: int | None = None


class Doubtful(Exception):
    """The file lacks its end mark: cut somewhere, or odd."""

    def __init__(self, spool: Spool) -> None:
        super().__init__(spool.name)
        self.spool = spool


class Purged(Exception):
    """The file came whole, but was purged meanwhile: it is not to be kept."""
