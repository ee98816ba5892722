"""Where originals last longer than on a disk, for all replicas. One that has no such place has `NoArchive`."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass
from typing import Protocol

from proxy.cache.purges.scope import Scope
from proxy.deadline import Deadline
from proxy.formats import Content
from proxy.media import MediaPath, Original


class ArchiveBroken(Exception):
    """What was found there does not come whole."""


@dataclass(frozen=True, slots=True)
class Archived:
    """A file on its way out of the archive: a `Body`. `chunks` raises ArchiveBroken unless all of it comes."""

    original: Original  # as it was kept; its file is not here
    chunks: AsyncIterator[bytes]
    attachment: bool = False

    @property
    def length(self) -> int:
        return self.original.size

    @property
    def content(self) -> Content:
        return self.original.content


class Archive(Protocol):
    @property
    def name(self) -> str:
        """Of the tier, for metrics and the ledger."""

    def open(
        self, key: str, origin: str, path: MediaPath, deadline: Deadline
    ) -> AbstractAsyncContextManager[Archived | None]:
        """None where it is not there, or cannot be had now: that takes little time. Raises nothing."""

    def keep(self, key: str, original: Original) -> None:
        """In the background; left out where too many wait."""

    async def forget(self, key: str) -> None: ...

    def purge(self, scope: Scope) -> None:
        """What waits to be kept, or is being kept, is not."""


class NoArchive:
    name = "none"

    def open(
        self, key: str, origin: str, path: MediaPath, deadline: Deadline
    ) -> AbstractAsyncContextManager[Archived | None]:
        return nullcontext(None)

    def keep(self, key: str, original: Original) -> None:
        """There is no such place."""

    async def forget(self, key: str) -> None:
        """Nor anything in it."""

    def purge(self, scope: Scope) -> None:
        """Nor on its way."""
