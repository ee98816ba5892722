"""Several places that may have an original, in order of preference: the first that has it wins."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from proxy.cache.blocklist import Blocklist
from proxy.cache.originals import Originals
from proxy.cache.refusals import Refusals
from proxy.cache.spool import Spool
from proxy.deadline import Deadline
from proxy.errors import NoSuchPath, NotFound, OriginError, ProxyError, SourceTooLarge
from proxy.media import MediaPath, Original

T = TypeVar("T")


class OriginGroup:
    """`connections` have Akeneo's media files, `folder` has all others; what was refused is asked for once a while."""

    def __init__(
        self,
        connections: Sequence[Originals],
        folder: Originals | None,
        refusals: Refusals,
        blocklist: Blocklist | None = None,
    ) -> None:
        self.connections = connections
        self.folder = folder
        self.refusals = refusals
        self.blocklist = blocklist or Blocklist()
        everybody = [*connections, *([folder] if folder else [])]
        self.by_name = {originals.origin.name: originals for originals in everybody}
        self.name = " ".join(self.by_name)

    def having(self, path: MediaPath) -> Sequence[Originals]:
        """Who may have it; raises NoSuchPath if it is the path of a folder's file and there is no folder."""
        if not path.changes:
            return self.connections
        if self.folder is None:
            raise NoSuchPath("no such media path")
        return [self.folder]

    async def pin(self, path: MediaPath) -> MediaPath:
        """The path with its present revision, if it may change; raises Blocked, NoSuchPath, MediaNotFound."""
        self.blocklist.check(path)
        return await self.having(path)[0].origin.pin(path) if path.changes else path

    async def find(self, path: MediaPath) -> Original | None:
        """If it is in a store."""
        for originals in self.having(path):
            found = await originals.find(path)
            if found is not None:
                return found
        return None

    async def get(self, path: MediaPath, deadline: Deadline) -> Original:
        """The whole file, fetched if it is not here; raises the errors of `Origin.fetch`, SourceTooLarge."""
        return await self.first(path, lambda originals: originals.get(path, deadline))

    async def fetch_or_follow(self, path: MediaPath, deadline: Deadline) -> Original | Spool:
        """The same, but what is no picture as soon as its first bytes have come."""
        return await self.first(path, lambda originals: originals.fetch_or_follow(path, deadline))

    async def first(self, path: MediaPath, ask: Callable[[Originals], Awaitable[T]]) -> T:
        """A connection in trouble may have what no other one has: its trouble is told, not that there is no file."""
        self.blocklist.check(path)
        trouble: list[ProxyError] = []
        missing: list[ProxyError] = []
        for originals in self.having(path):
            try:
                return await self.ask(originals, path, ask)
            except NotFound as error:
                missing.append(error)
            except OriginError as error:
                trouble.append(error)
        raise [*trouble, *missing][0]

    async def ask(self, originals: Originals, path: MediaPath, ask: Callable[[Originals], Awaitable[T]]) -> T:
        key = originals.key_of(path)
        self.refusals.check(key)
        try:
            return await ask(originals)
        except (NotFound, SourceTooLarge) as error:
            self.refusals.remember(key, error)
            raise

    def is_known_to_be_missing(self, path: MediaPath) -> bool:
        """Whether everybody who might have it said so a short while ago."""
        return all(self.refusals.holds(originals.key_of(path)) for originals in self.having(path))

    async def fetch_again(self, known: Original, deadline: Deadline) -> Original:
        return await self.by_name[known.origin].fetch_again(known, deadline)

    async def forget(self, original: Original) -> None:
        await self.by_name[original.origin].forget(original)
