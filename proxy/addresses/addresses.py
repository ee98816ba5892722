"""Which file an address stands for at present; and what makes that be asked anew."""

from collections.abc import Collection, Iterable, Mapping, Sequence
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
from proxy.errors import NoSuchPath, NotFound
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
        for lookups in by_name.values():
            lookups.documents.on_recall = links.recall_from

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
        """The same without a call; raises NotKnown, and NotFound for what is known to hold no picture, or to be missing
        at each connection.
        """
        missing: list[NotFound] = []
        for name in connections:
            walk = Walk(self.by_name[name], None)
            try:
                document = await walk.document(address)
            except NotKnown:
                continue
            except NotFound as error:
                missing.append(error)
                continue
            with suppress(NotKnown):
                return await self.along(walk, document, address)
        if missing and len(missing) == len(connections):
            raise missing[0]
        raise NotKnown

    async def along(self, walk: Walk, document: Kept, address: EntryAddress) -> Found:
        file = await walk.file(document, address)
        if isinstance(file, Link):
            self.links.lead(walk.passed, file.url)
            path, stale = await self.links.pinned(file.url, walk.deadline)
            return Found(path, walk.stale or stale)
        return Found(file, walk.stale)

    def forget(self, entry: Entry, connections: Iterable[str] | None = None) -> None:
        """And all that inherits from it, whose documents have its values as their own. By default, of all connections;
        of a reference entity its own image, not its records.
        """
        for name in self.by_name if connections is None else connections:
            self.by_name[name].recall(entry)

    def forget_product(self, code: str) -> None:
        """By its identifier or its UUID."""
        self.forget(Entry(Kind.PRODUCT, code))

    def forget_model(self, code: str) -> None:
        self.forget(Entry(Kind.MODEL, code))

    def forget_asset(self, family: str, code: str) -> None:
        self.forget(Entry(Kind.ASSET, code, family))

    def forget_record(self, entity: str, code: str) -> None:
        self.forget(Entry(Kind.RECORD, code, entity))

    def forget_entity(self, code: str) -> None:
        self.forget(Entry(Kind.RECORD, "", code))

    def forget_all(self) -> None:
        """Families, attributes and links too."""
        for lookups in self.by_name.values():
            lookups.recall_all()
        self.links.recall_all()

    def places(self, address: EntryAddress, connections: Iterable[str]) -> set[str]:
        """What a purge of the address takes."""
        own = {place_of(connection, name_of(address)) for connection in connections}
        return own | self.places_of(address.entry, connections)

    def places_of(self, entry: Entry, connections: Iterable[str]) -> set[str]:
        """By both spellings of its name; and those of the models that are known to hang below."""
        found: set[str] = set()
        for connection in connections:
            places = {place_of(connection, name) for name in (str(entry), folded(entry))}
            found |= places | self.by_name[connection].documents.models_under(places)
        return found

    def links_at(self, places: Collection[str]) -> set[str]:
        """Paths, as text, of the links that were found there."""
        related = {key for lookups in self.by_name.values() for key in lookups.documents.related(places)}
        return {link for key in {*places, *related} for link in self.links.led_from.get(key, ())}

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
