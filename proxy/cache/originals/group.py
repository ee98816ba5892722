"""Several places that may have an original, in order of preference: the first that has it wins."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from proxy.cache.blocklist import Blocklist
from proxy.cache.fresh import Fresh, Windows
from proxy.cache.originals.originals import Originals
from proxy.cache.originals.spool import Spool
from proxy.cache.refusals import Refusals
from proxy.deadline import Deadline
from proxy.errors import DeadlineExceeded, NoSuchPath, NotFound, OriginError, Overloaded, ProxyError, SourceTooLarge
from proxy.media import Family, MediaPath, Original

C = TypeVar("C")
T = TypeVar("T")
Ask = Callable[[Originals, Deadline], Awaitable[T]]
# A folder is asked each time, since that costs next to nothing; what was seen last counts while it cannot be read.
FOLDER = Windows(lifetime=0, while_revalidate=0, if_error=7 * 86400, pause=0, patience=5.0, grace=0.5)
PATIENCE_SECONDS = 3.0  # with a connection that has others behind it


class OriginGroup:
    """`connections` have Akeneo's media files, `folder` and `links` all others.

    What was refused is asked for once a while.
    """

    def __init__(
        self,
        connections: Sequence[Originals],
        folder: Originals | None,
        refusals: Refusals,
        blocklist: Blocklist | None = None,
        links: Originals | None = None,
    ) -> None:
        self.connections = list(connections)
        self.folder = folder
        self.refusals = refusals
        self.blocklist = blocklist or Blocklist()
        everybody = [*connections, *([folder] if folder else [])]
        self.by_name = {originals.origin.name: originals for originals in everybody}
        self.name = " ".join(self.by_name)
        self.links = links
        if links is not None:  # which are everybody's
            self.by_name[links.origin.name] = links
        self.revisions: Fresh[MediaPath] = Fresh("revisions", FOLDER, refusals.metrics)

    def having(self, path: MediaPath) -> Sequence[Originals]:
        """Who may have it; raises NoSuchPath where there is nobody."""
        having = self.candidates(path)
        if not having:
            raise NoSuchPath("no such media path")
        return having

    def knows(self, path: MediaPath) -> bool:
        """Whether there is anybody who may have it."""
        return bool(self.candidates(path))

    def candidates(self, path: MediaPath) -> Sequence[Originals]:
        match path.family:
            case Family.FOLDER:
                return [self.folder] if self.folder else []
            case Family.LINK:
                return [self.links] if self.links else []
            case Family.LEGACY:  # its code begins with the one connection that it is of
                return [it for it in self.connections if path.code.startswith(f"{it.origin.name} ")]
            case Family.ADDRESS:
                return []
        return self.connections

    async def pin(self, path: MediaPath, deadline: Deadline) -> MediaPath:
        """The path with its present revision, if it may change and has none; raises Blocked, NoSuchPath, MediaNotFound,
        OriginError, DeadlineExceeded.
        """
        self.blocklist.check(path)
        if not path.changes or path.revision:
            return path
        origin = self.having(path)[0].origin
        return (await self.revisions.get(str(path), lambda _: origin.pin(path), deadline)).value

    def is_stale(self, path: MediaPath) -> bool:
        """Whether its folder could not be read when it was asked for the revision: that which was seen last counts."""
        return path.changes and self.revisions.is_stale(str(path))

    async def close(self) -> None:
        await self.revisions.close()

    async def find(self, path: MediaPath) -> Original | None:
        """If it is in a store."""
        for originals in self.having(path):
            found = await originals.find(path)
            if found is not None:
                return found
        return None

    async def get(self, path: MediaPath, deadline: Deadline) -> Original:
        """The whole file, fetched if it is not here; raises the errors of `Origin.fetch`, SourceTooLarge."""
        return await self.first(path, deadline, lambda originals, until: originals.get(path, until))

    async def fetch_or_follow(self, path: MediaPath, deadline: Deadline) -> Original | Spool:
        """The same, but what is no picture as soon as its first bytes have come."""
        return await self.first(path, deadline, lambda originals, until: originals.fetch_or_follow(path, until))

    async def first(self, path: MediaPath, deadline: Deadline, ask: Ask[T]) -> T:
        """By `first_of`; raises Blocked, NoSuchPath."""
        self.blocklist.check(path)
        return await first_of(self.having(path), deadline, lambda it, until: self.ask(it, path, until, ask))

    async def ask(self, originals: Originals, path: MediaPath, deadline: Deadline, ask: Ask[T]) -> T:
        key = originals.key_of(path)
        self.refusals.check(key)
        try:
            return await ask(originals, deadline)
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


async def first_of(candidates: Sequence[C], deadline: Deadline, ask: Callable[[C, Deadline], Awaitable[T]]) -> T:
    """A connection in trouble may have what no other one has: its trouble is told, not that there is no file.

    Nor does it use up the time of those behind it; if they have nothing, it is waited for after all.
    """
    trouble: list[ProxyError] = []
    missing: list[ProxyError] = []
    slow: list[C] = []
    *others, last = candidates
    for candidate in (*others, last):
        try:
            return await ask(candidate, deadline if candidate is last else deadline.at_most(PATIENCE_SECONDS))
        except NotFound as error:
            missing.append(error)
        except DeadlineExceeded as error:
            trouble.append(error)
            slow.append(candidate)
        except (OriginError, Overloaded) as error:
            trouble.append(error)
    if slow and deadline.remaining():
        return await ask(slow[0], deadline)
    raise [*trouble, *missing][0]
