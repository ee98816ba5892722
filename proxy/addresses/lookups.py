"""What the Akeneo of one connection says of entries, families and attributes, kept for a while."""

import time
from collections.abc import Callable, Collection
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

from proxy.address import LEGACY, UUID, Entry, EntryAddress, Kind
from proxy.addresses.documents import Documents
from proxy.addresses.kept import Kept, folded, kept
from proxy.cache.fresh import Answer, Ask, Fresh, Windows
from proxy.cache.refusals import Refusals
from proxy.catalogue.catalogue import Catalogue
from proxy.catalogue.structure import AssetFamily, Attribute, Channel, Family
from proxy.deadline import Deadline
from proxy.errors import MediaNotFound, NotFound
from proxy.media import place_of
from proxy.metrics import Metrics

T = TypeVar("T")
HOUR, DAY = 3600.0, 86400.0
DOCUMENTS_BYTES = 16 * 2**20
GRACE_SECONDS = 2.0
STRUCTURE = Windows(lifetime=HOUR, while_revalidate=DAY, if_error=7 * DAY, grace=GRACE_SECONDS)
Clock = Callable[[], float]


class NotKnown(Exception):
    """It is not to be told without a call."""


class Lookups:
    """By `place_of` the connection's name and what is looked up. A deadline of None stands for `no call`."""

    def __init__(
        self,
        name: str,
        catalogue: Catalogue,
        lifetime_seconds: float,
        refusals: Refusals,
        metrics: Metrics,
        *,
        clock: Clock = time.monotonic,
    ) -> None:
        self.name = name
        self.catalogue = catalogue
        self.refusals = refusals
        self.metrics = metrics
        windows = replace(STRUCTURE, lifetime=lifetime_seconds, while_revalidate=10 * lifetime_seconds)
        self.documents = Documents(
            "addresses",
            windows,
            metrics,
            limit=DOCUMENTS_BYTES,
            weigh=lambda it: it.weight,
            clock=clock,
            place=self.key,
            queued=True,
        )

        def structure(limit: int = 2000) -> Fresh[Any]:
            return Fresh("structure", STRUCTURE, metrics, limit=limit, clock=clock, queued=True)

        self.families: Fresh[Family] = structure()
        self.attributes: Fresh[Attribute] = structure()
        self.asset_families: Fresh[AssetFamily] = structure()
        self.entry_attributes: Fresh[dict[str, Attribute]] = structure(200)
        self.channels: Fresh[Channel] = structure()

    @property
    def caches(self) -> list[Fresh[Any]]:
        kept: list[Fresh[Any]] = [self.documents, self.families, self.attributes, self.channels]
        return [*kept, self.asset_families, self.entry_attributes]

    async def document(self, address: EntryAddress, deadline: Deadline | None) -> Answer[Kept]:
        """Of the address's entry. Raises MediaNotFound, MediaForbidden, OriginError, Overloaded, DeadlineExceeded."""
        name = name_of(address)
        known = self.documents.peek(self.key(name)) is not None
        answer = await self.find(self.documents, name, partial(self.read, address), deadline)
        if deadline is not None:
            self.metrics.address_looked_up("stale" if answer.stale else "hit" if known else "miss")
        return answer

    async def read(self, address: EntryAddress, deadline: Deadline) -> Kept:
        entry, name = address.entry, name_of(address)
        match entry.kind:
            case Kind.PRODUCT:
                return await self.product(entry.code, deadline)
            case Kind.MODEL:
                return kept(name, await self.catalogue.product_model(entry.code, deadline))
            case Kind.ASSET:
                return kept(name, await self.catalogue.asset(entry.owner, entry.code, deadline))
            case Kind.RECORD if entry.code:
                return kept(name, await self.catalogue.record(entry.owner, entry.code, deadline))
            case Kind.RECORD:
                return Kept(name, image=(await self.catalogue.reference_entity(entry.owner, deadline)).image)
        return await self.legacy(address, deadline)

    async def product(self, code: str, deadline: Deadline) -> Kept:
        """An identifier in the form of a UUID is most likely one."""
        name = str(Entry(Kind.PRODUCT, code))
        if UUID.fullmatch(code):
            try:
                return kept(name, await self.catalogue.product_by_uuid(code, deadline))
            except MediaNotFound:
                pass
        return kept(name, await self.catalogue.product(code, deadline))

    async def legacy(self, address: EntryAddress, deadline: Deadline) -> Kept:
        code, locale = address.entry.code, address.locale
        if address.entry.kind is Kind.VARIATION:
            file = await self.catalogue.legacy_variation(code, address.scope or "", locale, deadline)
        else:
            file = await self.catalogue.legacy_reference(code, locale, deadline)
        return Kept(name_of(address), legacy=(file.code, file.download_path))

    async def family(self, code: str, deadline: Deadline | None) -> Family:
        return (
            await self.find(self.families, f"families/{code}", partial(self.catalogue.family, code), deadline)
        ).value

    async def attribute(self, code: str, deadline: Deadline | None) -> Attribute:
        return (
            await self.find(self.attributes, f"attributes/{code}", partial(self.catalogue.attribute, code), deadline)
        ).value

    async def channel(self, code: str, deadline: Deadline | None) -> Channel:
        return (
            await self.find(self.channels, f"channels/{code}", partial(self.catalogue.channel, code), deadline)
        ).value

    async def asset_family(self, code: str, deadline: Deadline | None) -> AssetFamily:
        name = f"asset-families/{code}"
        return (await self.find(self.asset_families, name, partial(self.catalogue.asset_family, code), deadline)).value

    async def attributes_of(self, entry: Entry, deadline: Deadline | None) -> dict[str, Attribute]:
        """Of an asset's family or a record's entity."""
        read = self.catalogue.asset_attributes if entry.kind is Kind.ASSET else self.catalogue.record_attributes
        name = f"{entry.kind}-attributes/{entry.owner}"
        return (await self.find(self.entry_attributes, name, partial(read, entry.owner), deadline)).value

    async def find(
        self,
        fresh: Fresh[T],
        name: str,
        ask: Ask[T],
        deadline: Deadline | None,
    ) -> Answer[T]:
        """That there is none is remembered for a minute. Raises NotKnown, as well."""
        key = self.key(name)
        if deadline is None:
            value = fresh.peek(key)
            if value is not None:
                return Answer(value)
            self.refusals.look(self.refused(key))
            raise NotKnown
        self.refusals.check(self.refused(key))
        recalls = self.documents.recalls
        asked_after = recalls.count
        try:
            return await fresh.get(key, ask, deadline)
        except NotFound as error:
            came = recalls.since(asked_after, (key, self.key(name.casefold())))
            if not came:  # into being meanwhile
                self.refusals.remember(self.refused(key), error)
            raise

    def key(self, name: str) -> str:
        return place_of(self.name, name)

    def refused(self, key: str) -> str:
        """What a refusal is kept under."""
        return f"address {self.name} {key}"

    def recall(self, entry: Entry) -> None:
        """Ask anew for it, known or missing, and for all that inherits from it, before anything more is said."""
        place = self.key(folded(entry))
        if entry.kind is Kind.MODEL and not self.documents.has_variants(place):
            self.documents.recalls.note_model()
        maybe = self.documents.maybe_below(place) if entry.kind is Kind.MODEL else set()
        self.recall_keys({self.key(str(entry)), place} | maybe)

    def recall_keys(self, keys: Collection[str]) -> None:
        """Of documents, by any of their names; all may be of something else."""
        for key in keys:
            self.documents.recalls.note(key)
        for key in {*keys, *self.documents.related(keys)}:
            self.documents.recall(key)
            self.refusals.forget(self.refused(key))

    def recall_all(self) -> None:
        """Definitions too."""
        for fresh in self.caches:
            for key in {*fresh.entries, *fresh.flights.under_way}:
                fresh.recall(key)
        self.documents.recalls.note_all()
        self.refusals.pardon(lambda key: key.startswith(self.refused("")))

    def recall_below(self, prefix: str) -> None:
        """Entries that an address which begins so could mean."""
        self.documents.recalls.note_all()
        for key, entry in list(self.documents.entries.items()):
            if f"{entry.value.name}/".startswith(prefix) or prefix.startswith(f"{entry.value.name}/"):
                self.recall_keys([key, *map(self.key, entry.value.names)])

    async def close(self) -> None:
        for fresh in self.caches:
            await fresh.close()


def name_of(address: EntryAddress) -> str:
    """Of the document: of a file of before 4.0, each locale and channel has one of its own."""
    if address.entry.kind not in LEGACY:
        return str(address.entry)
    return "/".join(filter(None, (str(address.entry), address.scope, address.locale)))
