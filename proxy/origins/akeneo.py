"""Akeneo as an origin."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from proxy.akeneo.calls import Call
from proxy.akeneo.client import AkeneoClient
from proxy.akeneo.health import Health
from proxy.deadline import Deadline
from proxy.media import Family, MediaPath
from proxy.origins.origin import Body

T = TypeVar("T")
LEGACY_LABEL = "legacy-assets"  # of its calls, in metrics


class AkeneoOrigin:
    """One Akeneo, known by its address and who we are there: another user may have other rights."""

    def __init__(self, client: AkeneoClient) -> None:
        self.client = client
        self.name = client.settings.name

    async def pin(self, path: MediaPath) -> MediaPath:
        """A code never changes content; what may change is pinned by its address."""
        return path

    async def fetch(self, path: MediaPath, store: Callable[[Body], Awaitable[T]], deadline: Deadline) -> T:
        if path.family is Family.LEGACY:
            _, _, route = path.code.rpartition(" ")
            return await self.client.download_by(Call(LEGACY_LABEL, route), path.revision, store, deadline)
        return await self.client.download(path, store, deadline)

    async def size(self, path: MediaPath, deadline: Deadline) -> int | None:
        return await self.client.size_of(path, deadline)

    @property
    def health(self) -> Health:
        return self.client.health

    async def warm(self) -> None:
        await self.client.warm()

    async def close(self) -> None:
        await self.client.close()
