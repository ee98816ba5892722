"""What the three commands share: the portal, checked mappings, the window, and Akeneo's side."""

import asyncio
from argparse import Namespace
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from proxy.sync.bynder.client import Bynder, said_by
from proxy.sync.bynder.dealing import Dealing
from proxy.sync.bynder.documents import Metaproperty
from proxy.sync.bynder.mappings import check
from proxy.sync.bynder.slots import Slot, Targets
from proxy.sync.calls import DamCalls
from proxy.sync.outcomes import ConfigurationError, Tally
from proxy.sync.pace import Pace
from proxy.sync.service import Service
from proxy.sync.settings.bynder import BynderSettings
from proxy.sync.state.rows import Link
from proxy.sync.window import window_start

SYSTEM = "bynder"
SILENCE_SECONDS = 300.0  # after a 429, of the whole process: the limit is one of its address


@dataclass(slots=True)
class Run:
    service: Service
    settings: BynderSettings
    bynder: Bynder
    schema: dict[str, Metaproperty]
    targets: Targets
    dealing: Dealing
    credential: str
    since: float
    left: list[Link] = field(default_factory=list)  # slots that their assets have left, to be forgotten last of all
    products: dict[tuple[str, str], asyncio.Lock] = field(default_factory=lambda: defaultdict(asyncio.Lock))

    @property
    def dry_run(self) -> bool:
        return self.dealing.dry_run

    @property
    def since_text(self) -> str:
        return f"{datetime.fromtimestamp(int(self.since), UTC):%Y-%m-%dT%H:%M:%SZ}"

    @asynccontextmanager
    async def asset(self, id: str) -> AsyncIterator[None]:
        """Nobody else deals with this asset meanwhile, in another process either."""
        if self.dry_run:
            yield
            return
        async with self.service.leases.lock(f"asset:{SYSTEM}:{id}"):
            yield

    def may_own(self, link: Link) -> bool:
        """False for what another portal has put there. Older records, and those of credentials that are no longer in
        the settings, may be anybody's.
        """
        return link.credential == self.credential or link.credential not in self.settings.credentials

    def product(self, slot: Slot) -> asyncio.Lock:
        """Akeneo saves a product as a whole: two writes at a time could lose one."""
        return self.products[slot.kind, slot.product]


async def begin(service: Service, options: Namespace, tally: Tally, command: str) -> Run:
    """Raises ConfigurationError: no such credentials, a mapping that the portal does not have."""
    settings = service.settings.bynder
    if settings is None:
        raise ConfigurationError("bynder", "settings of Bynder")
    credential = options.credential_code
    if credential not in settings.credentials:
        known = ", ".join(sorted(settings.credentials))
        raise ConfigurationError(f"bynder.credentials.{credential}", f"one of {known}")
    last = await service.state.last_successful_start(command, credential)
    since = window_start(service.now(), options.max_updated_time_in_minutes * 60.0, last)
    bynder = portal(service, settings, credential)
    schema = await bynder.metaproperties()
    check(settings, schema)
    dealing = Dealing(command, service.state, service.metrics, tally, credential=credential, dry_run=options.dry_run)
    targets = Targets(settings, schema[settings.metaproperty_mappings.asset_type].options)
    return Run(service, settings, bynder, schema, targets, dealing, credential, since)


def portal(service: Service, settings: BynderSettings, credential: str) -> Bynder:
    """One for all runs of the service, with one pace for all portals."""
    kept = service.portals.get(credential)
    if isinstance(kept, Bynder):
        return kept
    pace = next((one.calls.pace for one in service.portals.values() if isinstance(one, Bynder)), None) or Pace(
        settings.requests_per_second,
        silence_seconds=SILENCE_SECONDS,
        longest_wait_seconds=SILENCE_SECONDS + 100,
        sleep=service.sleep,
        clock=service.clock,
    )
    chosen = settings.credentials[credential]
    token = chosen.permanent_token.get_secret_value()
    calls = DamCalls(
        SYSTEM,
        f"{'http' if chosen.plain_http else 'https'}://{chosen.host}",
        service.metrics,
        said=said_by,
        authorization=f"Bearer {token}",
        secrets=(token,),
        pace=pace,
        timeout_seconds=settings.timeout_seconds,
        sleep=service.sleep,
        clock=service.clock,
    )
    service.stack.push_async_callback(calls.close)
    service.portals[credential] = bynder = Bynder(calls)
    return bynder
