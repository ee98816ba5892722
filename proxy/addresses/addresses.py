"""Which file an address stands for at present; and what makes that be asked anew."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from proxy.address import Entry, EntryAddress, Kind
from proxy.addresses.kept import Kept, folded
from proxy.addresses.link_revisions import LinkRevisions
from proxy.addresses.lookups import Lookups, NotKnown, name_of
from proxy.addresses.walk import Link, Walk
from proxy.cache.originals.group import first_of
from proxy.cache.purges.scope import Files, Scope
from proxy.deadline import Deadline
from proxy.errors import NoSuchPath
from proxy.media import MediaPath, place_of


@dataclass(frozen=True, slots=True)
class Found:
    """`stale`: an Akeneo in trouble said so earlier, or it is asked anew behind the answer."""

    path: MediaPath
    stale: bool = False


class Addresses:
    """`by_name` has what each connection says, by its origin's name; `links` fetches what lies outside of the PIM.

    Who changes the catalogue calls one of the `forget_...`: the next viewer's answer is asked for anew, and only while
    Akeneo is in trouble the known one counts. All of them may be called at any time, and again.
    """

    def __init__(self, by_name: Mapping[str, Lookups], links: LinkRevisions) -> None:
        self.by_name = by_name
        self.links = links

    async def resolve(self, address: EntryAddress, connections: Sequence[str], deadline: Deadline) -> Found:
        """By the first of the connections, by their names, that has the entry. Raises NotFound, which names the part
        that is missing, InvalidTransformation for a scope or a locale that Akeneo does not have, OriginError,
        Overloaded, DeadlineExceeded.
        """

        async def ask(name: str, until: Deadline) -> tuple[Walk, Kept]:
            walk = Walk(self.by_name[name], until)
            return walk, await walk.document(address)

        if not connections:
            raise NoSuchPath("no such media path")
        walk, document = await first_of(connections, deadline, ask)
        walk.deadline = deadline
        return await self.along(walk, document, address)

    async def known(self, address: EntryAddress, connections: Sequence[str]) -> Found:
        """The same without a call; raises NotKnown, and NotFound for what is known to hold no picture."""
        for name in connections:
            walk = Walk(self.by_name[name], None)
            with suppress(NotKnown):
                return await self.along(walk, await walk.document(address), address)
        raise NotKnown

    async def along(self, walk: Walk, document: Kept, address: EntryAddress) -> Found:
        file = await walk.file(document, address)
        if isinstance(file, Link):
            path, stale = await self.links.pinned(file.url, walk.deadline)
            return Found(path, walk.stale or stale)
        return Found(file, walk.stale)

    def forget_product(self, code: str) -> None:
        """By its identifier or its UUID."""
        self.each(lambda it: it.recall(Entry(Kind.PRODUCT, code)))

    def forget_model(self, code: str) -> None:
        """And all below it, whose documents have its values as their own."""
        self.each(lambda it: it.recall(Entry(Kind.MODEL, code)))

    def forget_asset(self, family: str, code: str) -> None:
        self.each(lambda it: it.recall(Entry(Kind.ASSET, code, family)))

    def forget_record(self, entity: str, code: str) -> None:
        self.each(lambda it: it.recall(Entry(Kind.RECORD, code, entity)))

    def forget_entity(self, code: str) -> None:
        """Its own image, not its records."""
        self.each(lambda it: it.recall(Entry(Kind.RECORD, "", code)))

    def forget_all(self) -> None:
        """Families, attributes and links too."""
        self.each(lambda it: it.recall_all())
        self.links.recall_all()

    def each(self, do: Callable[[Lookups], None]) -> None:
        for lookups in self.by_name.values():
            do(lookups)

    def places(self, address: EntryAddress, connections: Iterable[str]) -> tuple[str, ...]:
        """What a purge of the address takes."""
        names = dict.fromkeys((name_of(address), folded(address.entry)))
        return tuple(place_of(connection, name) for connection in connections for name in names)

    def purge(self, scope: Scope) -> None:
        """Whatever else the scope takes away, addresses that it means are asked for anew."""
        for name, lookups in self.by_name.items():
            if isinstance(scope, Files):
                lookups.recall_keys(scope.places)
            elif name in scope.origins:
                lookups.recall_below(scope.prefix)

    async def close(self) -> None:
        for lookups in self.by_name.values():
            await lookups.close()
        await self.links.close()
