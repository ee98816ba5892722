"""What a server has of a sync: notifications on its public port, links by hand on its admin port."""

import asyncio
import logging
from collections.abc import Mapping
from pathlib import Path

from proxy.metrics import Metrics
from proxy.sync.again import again_and_again
from proxy.sync.cloudinary.assets import SYSTEM, Wishes
from proxy.sync.cloudinary.cloudinary import Cloudinary
from proxy.sync.cloudinary.commands import by_hand, link_arguments
from proxy.sync.command import FLOWS
from proxy.sync.outcomes import ConfigurationError, Outcome, Reason, Result, SyncError, Tally
from proxy.sync.schedule.jobs import jobs_of
from proxy.sync.service import Service
from proxy.sync.settings.reading import read_sync_settings
from proxy.sync.settings.settings import SyncConfiguration
from proxy.sync.state.rows import Subject
from proxy.sync.status.face import Face

log = logging.getLogger("proxy.sync")
NAMES = ("asset_id", "sku", "family", "attribute")


class Serving:
    """Opened and closed with the server; its faults do not stop pictures from being served."""

    def __init__(self, settings: SyncConfiguration, metrics: Metrics) -> None:
        self.service = Service(settings, metrics)
        wanted = settings.cloudinary
        self.cloudinary = None if wanted is None else Cloudinary(self.service, wanted)
        self.events_path = wanted.webhook.path if wanted is not None and wanted.webhook.enabled else ""
        self.side = Face(self.service, jobs_of(settings, FLOWS))
        self.following: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Raises OSError, in words for an operator, if the state cannot be opened."""
        try:
            await self.service.__aenter__()
        except SyncError as error:
            raise OSError(str(error)) from None
        if self.cloudinary is not None and self.events_path:
            self.following = asyncio.create_task(again_and_again(self.cloudinary.follow, self.service.sleep))

    async def close(self) -> None:
        if self.following is not None:
            self.following.cancel()
            await asyncio.gather(self.following, return_exceptions=True)
        await self.service.__aexit__(None, None, None)

    async def receive(self, headers: Mapping[str, str], body: bytes) -> None:
        """Of the public port. Raises SignatureRefused and Overloaded."""
        assert self.cloudinary is not None
        await self.cloudinary.inbox.receive(headers, body)

    async def link(self, document: object) -> tuple[int, dict[str, str]]:
        """Of the admin port: an HTTP status and what to say."""
        if self.cloudinary is None:
            return 404, {"message": "no settings of cloudinary"}
        match document:
            case {
                "asset_id": str(asset_id),
                "sku": str(sku),
                "family": str(family),
                "attribute": str(attribute),
                **others,
            } if not others:
                wishes = Wishes(sku.strip(), family.strip(), attribute.strip())
                return status_of(result := await self.linked(asset_id, wishes)), told(result)
        return 400, {"message": f"expected an object with {', '.join(NAMES)}, all of them texts"}

    async def linked(self, asset_id: str, wishes: Wishes) -> Result:
        cloudinary = self.cloudinary
        assert cloudinary is not None

        async def work() -> Result:
            await cloudinary.check_by_hand()
            return await cloudinary.flows.link_by_hand(asset_id, wishes, cloudinary.changes)

        subject = Subject(SYSTEM, asset_id, product=wishes.sku, arguments=link_arguments(asset_id, wishes))
        try:
            return await by_hand(cloudinary, "cloudinary link", subject, work, Tally())
        except ConfigurationError as error:
            log.error("cloudinary link: an operator has to act: %s", error)
            return Result.of(error)
        except SyncError as error:  # of a state that is locked
            log.warning("cloudinary link: %s", error)
            return Result.of(error)


def read_serving(config: Path, environment: Mapping[str, str], metrics: Metrics) -> Serving:
    """Raises SettingsError."""
    return Serving(read_sync_settings(config, environment), metrics)


def status_of(result: Result) -> int:
    if result.outcome is not Outcome.FAILED:
        return 200
    return {Reason.TRANSIENT: 503, Reason.CONFIGURATION: 502}.get(result.reason or Reason.REFUSED, 422)


def told(result: Result) -> dict[str, str]:
    facts = {"outcome": str(result.outcome)}
    if result.reason is None:
        return facts
    return facts | {"reason": str(result.reason), "part": result.part, "expected": result.expected}
