"""What keeps the house fresh, built of its parts."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from proxy.akeneo.client import AkeneoClient
from proxy.cache.originals.originals import Originals
from proxy.cache.purges.scope import Files
from proxy.catalogue.catalogue import Catalogue
from proxy.delivery.purging import Purger, Wanted
from proxy.errors import ProxyError, SettingsError
from proxy.freshness.addresses import Addresses
from proxy.freshness.common import Alone, Common
from proxy.freshness.cursor import Cursor
from proxy.freshness.desk import Desk, Sender
from proxy.freshness.follower import Follower, Pace
from proxy.freshness.freshness import Freshness
from proxy.freshness.refreshing import Refresher, no_purge, no_warming
from proxy.freshness.teller import Teller
from proxy.freshness.warming import Warmer
from proxy.media import MediaPath, key_of, place_of
from proxy.metrics import Metrics
from proxy.settings import Settings
from proxy.slices import AkeneoSettings
from proxy.web.endpoints import Gate

if TYPE_CHECKING:
    from proxy.cache.shared.shared import Shared

PAGE_BYTES = 8 * 2**20  # of a list: it is read on the event loop


class FreshHouse:
    """A follower for each connection that has secrets of events, or is polled."""

    def __init__(
        self,
        settings: Settings,
        metrics: Metrics,
        *,
        clients: Mapping[str, AkeneoClient],
        connections: Mapping[str, Originals],
        gates: Sequence[Gate],
        purger: Purger,
        shared: "Shared | None",
        addresses: Addresses,
    ) -> None:
        self.settings = settings
        self.metrics = metrics
        self.clients = clients
        self.connections = connections
        self.gates = gates
        self.purger = purger
        self.addresses = addresses
        self.warmers: list[Warmer] = []
        followed = {name: it for name, it in settings.all_connections.items() if it.is_followed}
        self.common: Common = shared.changes() if shared and followed else Alone()
        self.teller = Teller(self.common)
        followers = {name: self.follower_of(name, akeneo) for name, akeneo in followed.items()}
        senders = {
            name: Sender(followers[name], akeneo.secrets_of_events)
            for name, akeneo in followed.items()
            if akeneo.secrets_of_events
        }
        desk = Desk(senders, metrics)
        self.freshness = Freshness(list(followers.values()), self.warmers, desk, self.teller, self.common)

    def follower_of(self, name: str, akeneo: AkeneoSettings) -> Follower:
        catalogue = Catalogue(self.clients[name], page_bytes=PAGE_BYTES)
        refresher = Refresher(
            catalogue,
            self.addresses,
            partial(self.teller.tell, name),
            partial(self.purge, name) if self.settings.freshness.purge_removed else no_purge,
            self.warming_of(name),
        )
        pace = Pace(akeneo.poll_seconds, akeneo.zone)
        return Follower(name, refresher, self.cursor_of(akeneo), common=self.common, pace=pace, metrics=self.metrics)

    def cursor_of(self, akeneo: AkeneoSettings) -> Cursor:
        cache = self.settings.cache
        file = cache.directory / "changes" / f"{key_of(akeneo.name)}.json" if cache.disk_bytes else None
        return Cursor(akeneo.name, file, self.common, time.time())

    def warming_of(self, name: str) -> Callable[[Iterable[str]], None]:
        """Raises SettingsError."""
        transformations = self.settings.freshness.warm
        if not transformations:
            return no_warming
        warmer = Warmer(self.gates_of(name), transformations, self.metrics)
        try:
            warmer.check()
        except ProxyError as error:
            raise SettingsError(f"MEDIA_PROXY_FRESHNESS__WARM: {error.message}") from None
        self.warmers.append(warmer)
        return warmer.want

    def gates_of(self, name: str) -> list[Gate]:
        return [gate for gate in self.gates if name in gate.endpoint.connections]

    async def purge(self, name: str, codes: frozenset[str]) -> None:
        """Everything made from these files of one connection. Raises OSError, Overloaded."""
        paths = [MediaPath.parse(code) for code in sorted(codes)]
        origin = self.connections[name].origin.name
        groups = sorted({gate.delivery.originals.name for gate in self.gates_of(name)})
        renditions = tuple(place_of(group, path) for group in groups for path in paths)
        originals = tuple(place_of(origin, path) for path in paths)
        what = f"{paths[0]}" + (f" and {len(paths) - 1} more" if len(paths) > 1 else "")
        await self.purger.purge(Wanted(Files(renditions, originals), "removed", what, f"a change at {name}"))
