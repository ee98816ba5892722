"""The composition root: builds what stands behind the ports, wires it, and closes it."""

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from proxy.addresses.addresses import Addresses
from proxy.addresses.link_revisions import LinkRevisions
from proxy.addresses.lookups import Lookups
from proxy.akeneo.client import AkeneoClient
from proxy.cache.blocklist import Blocklist
from proxy.cache.disk import Disk
from proxy.cache.mount import WATCH_SECONDS, Mount
from proxy.cache.originals.archive import Archive
from proxy.cache.originals.elsewhere import Elsewhere
from proxy.cache.originals.exchange import Exchange, NoExchange
from proxy.cache.originals.group import OriginGroup
from proxy.cache.originals.originals import Originals
from proxy.cache.originals.spool import SpoolLimits
from proxy.cache.purges.clearing import Clearing, never
from proxy.cache.purges.emptied import Emptied
from proxy.cache.purges.journal import Journal
from proxy.cache.purges.ledger import Ledger
from proxy.cache.purges.past import Past
from proxy.cache.refusals import Refusals
from proxy.cache.renditions.memory import MemoryStore
from proxy.cache.renditions.renditions import Renditions
from proxy.cache.renditions.stores import DiskStore, PurgeableStore
from proxy.cache.scratch import Scratch
from proxy.cache.tiers import Tiers
from proxy.cache.turns import NoTurns, Turns
from proxy.catalogue.catalogue import Catalogue
from proxy.delivery.delivery import Delivery
from proxy.delivery.drawing import Drawing
from proxy.delivery.purging import Purger
from proxy.freshness.freshness import Freshness
from proxy.media import Rendition
from proxy.metrics import ConnectionMetrics, Metrics
from proxy.origins.akeneo import AkeneoOrigin
from proxy.origins.folder import FolderOrigin
from proxy.origins.links import LinkOrigin
from proxy.origins.origin import Origin
from proxy.pixels.job import ENGINE, Limits
from proxy.pixels.pool import Renderers
from proxy.settings import Endpoint, Settings
from proxy.slices import AkeneoSettings
from proxy.web.endpoints import Endpoints, Gate
from proxy.web.fresh_house import FreshHouse

if TYPE_CHECKING:
    from proxy.cache.objects.objects import Objects
    from proxy.cache.shared.shared import Shared

log = logging.getLogger("proxy.web")

SCRATCH_BYTES = 512 * 2**20  # for originals in flight when the cache directory fails
WORK_SHARE = 0.65  # of a worker's time; most takes half of what is foretold, but on a busy machine twice as long
SETTLE_SECONDS = 2.0  # for work that nobody waits for any more
Connect = Callable[[AkeneoSettings, ConnectionMetrics], AkeneoClient]


class House:
    """Caches and workers are everybody's; an origin is shared by all endpoints that name it.

    Endpoints with the same origins share a `Delivery`, and with it every rendition.
    """

    def __init__(
        self,
        settings: Settings,
        metrics: Metrics,
        renderers: Renderers,
        connect: Connect = AkeneoClient,
        engine: int = ENGINE,
    ) -> None:
        self.settings = settings
        self.metrics = metrics
        self.renderers = renderers
        self.engine = engine
        self.tiers = Tiers(metrics)
        self.scratch = Scratch()
        self.ledger = Ledger()
        self.mount = Mount(settings.cache.directory)
        self.disks = self.build_disks()
        self.shared = self.build_shared()
        self.past = self.shared.past if self.shared else Past()
        self.objects = self.build_objects()
        self.blocklist = Blocklist(
            settings.cache.directory / "blocklist.json", self.shared.verdicts if self.shared else None
        )
        self.renditions = self.build_renditions()
        self.turns: Turns = self.shared.turns(self.renditions) if self.shared else NoTurns()
        self.exchange: Exchange = self.shared.exchange(self.ledger) if self.shared else NoExchange()
        self.refusals = Refusals(metrics)
        archive = self.objects.archive if self.objects else None  # not for a folder, which is here anyway
        self.clients = {
            name: self.client_of(name, akeneo, connect) for name, akeneo in settings.all_connections.items()
        }
        self.connections = {
            name: self.originals_of(AkeneoOrigin(client), archive) for name, client in self.clients.items()
        }
        self.link_origin = LinkOrigin(settings.addresses, settings.render.max_source_bytes, metrics)
        self.links = self.originals_of(self.link_origin)
        self.addresses = self.build_addresses()
        self.folders: dict[Path, Originals] = {}
        self.deliveries: dict[str, Delivery] = {}
        self.endpoints = Endpoints(
            Gate(endpoint, self.delivery_of(endpoint), self.addresses) for endpoint in settings.all_endpoints
        )
        self.purger = self.build_purger()
        self.freshness = self.build_freshness()

    def build_freshness(self) -> Freshness:
        return FreshHouse(
            self.settings,
            self.metrics,
            clients=self.clients,
            connections=self.connections,
            gates=self.endpoints.gates,
            purger=self.purger,
            shared=self.shared,
            addresses=self.addresses,
        ).freshness

    def build_disks(self) -> list[Disk]:
        """The cache directory, unless its budget is nothing, then a place for originals when it fails."""
        cache = self.settings.cache
        disks = [Disk(cache.directory, cache.disk_bytes, self.metrics, mount=self.mount)] if cache.disk_bytes else []
        if self.scratch.directory is not None:
            disks.append(Disk(self.scratch.directory, SCRATCH_BYTES, self.metrics, name="scratch"))
        return disks

    def build_shared(self) -> "Shared | None":
        """Of several replicas; one alone does not load what speaks to Redis."""
        cache = self.settings.cache
        if cache.redis_url is None:
            return None
        from proxy.cache.shared.shared import Shared  # noqa: PLC0415

        directory = cache.directory if cache.disk_bytes else None
        return Shared(cache.redis_url.get_secret_value(), directory, self.tiers, self.metrics)

    def build_objects(self) -> "Objects | None":
        """Nor is what speaks to an object store loaded, where there is none."""
        if self.settings.cache.object_store_url is None:
            return None
        from proxy.cache.objects.objects import Objects  # noqa: PLC0415

        return Objects(self.settings.cache, self.ledger, self.past, self.tiers, self.metrics)

    def client_of(self, name: str, akeneo: AkeneoSettings, connect: Connect) -> AkeneoClient:
        client = connect(akeneo, self.metrics.of_connection(name))
        if self.shared:
            connection = (akeneo.url, akeneo.client_id, akeneo.username)
            client.governor.shared = self.shared.places(connection, akeneo.max_concurrency)
        return client

    def build_renditions(self) -> Renditions:
        budget = self.settings.cache.memory_bytes
        memory: MemoryStore[Rendition] = MemoryStore(budget, lambda it: len(it.body), self.metrics)
        stores: list[tuple[str, PurgeableStore]] = [
            (disk.name, DiskStore(disk, "renditions")) for disk in self.disks if disk.name == "disk"
        ]
        if self.shared:
            stores.append((self.shared.store.NAME, self.shared.store))
        lasting = [(self.objects.store.NAME, self.objects.store)] if self.objects else []
        return Renditions(memory, stores, self.tiers, self.metrics, ledger=self.ledger, lasting=lasting)

    def originals_of(self, origin: Origin, archive: Archive | None = None) -> Originals:
        largest_file = max((disk.budget for disk in self.disks), default=0)
        limits = SpoolLimits(picture=self.settings.render.max_source_bytes, file=largest_file)
        elsewhere = Elsewhere(origin.name, archive, self.exchange)
        return Originals(origin, self.disks, limits, self.tiers, self.metrics, ledger=self.ledger, elsewhere=elsewhere)

    def build_addresses(self) -> Addresses:
        lifetime = self.settings.addresses.lifetime_seconds
        by_name = {
            (name := client.settings.name): Lookups(name, Catalogue(client), lifetime, self.refusals, self.metrics)
            for client in self.clients.values()
        }
        return Addresses(by_name, LinkRevisions(self.link_origin, lifetime, self.refusals, self.metrics))

    def delivery_of(self, endpoint: Endpoint) -> Delivery:
        connections = [self.connections[name] for name in endpoint.connections]
        originals = OriginGroup(connections, self.folder_of(endpoint.folder), self.refusals, self.blocklist, self.links)
        if originals.name not in self.deliveries:
            self.deliveries[originals.name] = self.build_delivery(originals)
        return self.deliveries[originals.name]

    def folder_of(self, directory: Path | None) -> Originals | None:
        if directory is None:
            return None
        if directory not in self.folders:
            self.folders[directory] = self.originals_of(FolderOrigin(directory))
        return self.folders[directory]

    def build_delivery(self, originals: OriginGroup) -> Delivery:
        render = self.settings.render
        limits = Limits(
            render.max_source_pixels,
            render.max_output_side,
            int(render.max_source_bytes),  # a plain number: a worker must not load pydantic to read its job
            render.timeout_seconds * WORK_SHARE,
        )
        return Delivery(
            originals=originals,
            renditions=self.renditions,
            refusals=self.refusals,
            drawing=Drawing(originals, self.refusals, self.renderers, limits),
            metrics=self.metrics,
            engine=self.engine,
            turns=self.turns,
        )

    def build_purger(self) -> Purger:
        cache = self.settings.cache
        tell, forgiven = (
            (self.shared.tell_purge, self.shared.forgives) if self.shared else (self.past.remember_now, never)
        )
        archives = [(self.objects.archive.name, self.objects.archive.entries)] if self.objects else []
        return Purger(
            deliveries=list(self.deliveries.values()),
            originals=self.originals,
            renditions=self.renditions,
            refusals=self.refusals,
            clearing=Clearing(self.renditions, self.disks, self.tiers, self.ledger, forgiven, archives=archives),
            ledger=self.ledger,
            tiers=self.tiers,
            journal=Journal(cache.directory / "purges") if cache.disk_bytes else None,
            emptied=Emptied(cache.directory / "emptied" if cache.disk_bytes else None),
            metrics=self.metrics,
            tell=tell,
            also=self.addresses.purge,
        )

    @property
    def originals(self) -> list[Originals]:
        return [*self.connections.values(), *self.folders.values(), self.links]

    async def open(self) -> None:
        """Before anybody can ask for what is to be purged, or blocked."""
        of_meanwhile = self.shared.recall if self.shared else self.purge_again
        self.mount.readers = [self.blocklist.load, self.purger.resume, of_meanwhile]
        await self.mount.settle(self.tiers)
        if self.objects:
            self.objects.open()
        if self.shared:
            await self.shared.open(self.purger.hear, self.blocklist.meet)
        await self.freshness.open()

    async def purge_again(self) -> None:
        """Replicas hear it from the news."""
        await self.purger.do_again(self.past.joined())

    async def watch(self) -> None:
        """Whether another directory lies in the cache's place, though nothing is looked for in it."""
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            await self.mount.settle(self.tiers)
            if not self.blocklist.is_read:
                await self.blocklist.load()

    async def warm(self) -> None:
        await asyncio.gather(*(originals.origin.warm() for originals in self.originals))

    async def close(self) -> None:
        """All the steps; a server takes them one by one, each with a limit."""
        for step in (self.freshness.close, self.purger.close, self.end_work, self.write_out, self.part):
            await step()

    async def end_work(self) -> None:
        """Whatever is under way comes to its end or is given up, top down."""
        try:
            async with asyncio.timeout(SETTLE_SECONDS):
                await asyncio.gather(*(delivery.close() for delivery in self.deliveries.values()))
        except TimeoutError:
            log.warning("giving up what is still being drawn")
        await self.addresses.close()
        await asyncio.gather(*(originals.close() for originals in self.originals))

    async def write_out(self) -> None:
        """What is on its way to where it is kept; the object store has a limit of its own."""
        far = [self.objects.close()] if self.objects else []
        await asyncio.gather(self.renditions.close(), *far)

    async def part(self) -> None:
        """From the other replicas."""
        if self.shared:
            await self.shared.close()

    async def disconnect(self) -> None:
        await asyncio.gather(*(originals.origin.close() for originals in self.originals))
        self.scratch.close()
