"""A server that follows its Akeneo, what it forgets noted, and the webhooks that tell it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from proxy.demo.pim import DemoPim
from proxy.demo.routes import Kind
from proxy.demo.webhooks import Webhooks
from proxy.freshness.follower import Follower
from proxy.pixels.processes import Processes
from proxy.web.app import Server
from proxy.web.webhook import EVENTS_PATH
from tests.shared.redis_server import until
from tests.site import Site, running

SECRET = "s3cr3t"


class Noted:
    """Addresses that note what they are to forget."""

    def __init__(self) -> None:
        self.forgotten: list[tuple[str, ...]] = []
        self.changed = asyncio.Event()

    def note(self, *what: str) -> None:
        self.forgotten.append(what)
        self.changed.set()
        self.changed = asyncio.Event()

    def forget_product(self, name: str) -> None:
        self.note("product", name)

    def forget_model(self, code: str) -> None:
        self.note("model", code)

    def forget_asset(self, family: str, code: str) -> None:
        self.note("asset", family, code)

    def forget_record(self, entity: str, code: str) -> None:
        self.note("record", entity, code)

    def forget_entity(self, code: str) -> None:
        self.note("entity", code)

    def forget_all(self) -> None:
        self.note("all")

    async def has(self, *what: str) -> None:
        """Waits for it."""
        while what not in self.forgotten:
            await self.changed.wait()


class Shop:
    def __init__(self, site: Site, name: str = "akeneo") -> None:
        self.site = site
        self.name = name

    @property
    def pim(self) -> DemoPim:
        return self.site.pim

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.site.server.port}{EVENTS_PATH}"

    @property
    def webhooks(self) -> Webhooks:
        return self.webhooks_of(SECRET)

    def webhooks_of(self, secret: str, suffix: str = "", **options: Any) -> Webhooks:
        return Webhooks(self.pim, self.url + suffix, secret, **options)

    @property
    def follower(self) -> Follower:
        return self.site.server.house.freshness.followers[self.name]

    @property
    def addresses(self) -> Noted:
        addresses = self.follower.refresher.addresses
        assert isinstance(addresses, Noted)
        return addresses

    @property
    def looks(self) -> int:
        """At single documents of the catalogue, and at lists."""
        return len([call for call in self.pim.calls if call.kind is Kind.DOCUMENT])

    def events(self, way: str, type: str, outcome: str) -> float:
        return self.site.counted("events_total", way=way, type=type, outcome=outcome)

    async def counted(self, count: float, metric: str, **labels: str) -> None:
        """Waits for it."""
        await until(lambda: self.site.counted(metric, **labels) >= count)

    async def refreshed(self, kind: str, count: float = 1, outcome: str = "refreshed") -> None:
        await self.counted(count, "refreshed_total", kind=kind, outcome=outcome)


def hurried(server: Server) -> None:
    """Nobody waits for others to join, and after a fault not for long."""
    freshness = server.house.freshness
    freshness.teller.gather_seconds = 0
    for follower in freshness.followers.values():
        follower.inbox.gather_seconds = 0
        follower.refresher.addresses = Noted()
        follower.pace = type(follower.pace)(follower.pace.poll_seconds, follower.pace.zone, pause_seconds=0.01)


@asynccontextmanager
async def open_shop(pim: DemoPim, directory: Path, processes: Processes, **changes: Any) -> AsyncIterator[Shop]:
    """It knows the secret, purges what is gone, and warms one size, unless `changes` say otherwise."""
    akeneo = {"event_secrets": [SECRET], **changes.pop("akeneo", {})}
    freshness = {"purge_removed": True, "warm": ["w-60"], **changes.pop("freshness", {})}
    async with running(
        pim, directory, processes, prepare=hurried, akeneo=akeneo, freshness=freshness, **changes
    ) as site:
        yield Shop(site)
