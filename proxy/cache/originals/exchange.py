"""How replicas spare each other downloads: one fetches a new file, the others get it from there."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Protocol

from proxy.deadline import Deadline
from proxy.media import Original


class Parcel:
    """A file from another replica, as a body. `digest` is that of one that was confirmed there."""

    attachment = False

    def __init__(self, content: bytes, digest: str | None) -> None:
        self.content = content
        self.length: int | None = len(content)
        self.digest = digest

    @property
    def chunks(self) -> AsyncIterator[bytes]:
        return self.read()

    async def read(self) -> AsyncIterator[bytes]:
        yield self.content


class Exchange(Protocol):
    def turn(self, key: str, deadline: Deadline) -> AbstractAsyncContextManager[bool]:
        """Inside the block it is ours to fetch; true if somebody else may have fetched it meanwhile. Raises nothing."""

    async def take(self, key: str, origin: str, path: str) -> Parcel | None:
        """What another replica has fetched a moment ago, and nobody has purged since."""

    def coming(self, key: str, length: int | None) -> None:
        """Of so many bytes, in our turn: nobody shall wait for what will not be given."""

    def give(self, key: str, original: Original) -> None:
        """Behind the viewer's back, but before the turn passes on."""


class NoExchange:
    """There is nobody else."""

    def turn(self, key: str, deadline: Deadline) -> AbstractAsyncContextManager[bool]:
        return nullcontext(False)

    async def take(self, key: str, origin: str, path: str) -> Parcel | None:
        return None

    def coming(self, key: str, length: int | None) -> None: ...

    def give(self, key: str, original: Original) -> None: ...
