"""Cloudinary's half of a sync, built of its parts."""

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from apscheduler.triggers.cron import CronTrigger

from proxy.sync.cloudinary.changes import Changes, DryRun
from proxy.sync.cloudinary.client import CloudinaryClient
from proxy.sync.cloudinary.fields import check_parameters, check_status
from proxy.sync.cloudinary.flows import Flows
from proxy.sync.cloudinary.inbox import Inbox
from proxy.sync.cloudinary.product_information import ProductInformation
from proxy.sync.cloudinary.retry import Retry
from proxy.sync.cloudinary.trigger import Trigger
from proxy.sync.outcomes import ConfigurationError, SyncError, TransientError
from proxy.sync.service import Service
from proxy.sync.settings.cloudinary import CloudinarySettings

log = logging.getLogger("proxy.sync")
AGAIN_SECONDS = 300.0  # after a passing fault, and to look for what another process left
DAY_SECONDS = 86400.0


class Cloudinary:
    """`tell`: a dry run, which gets a line for each write. Closed with the service."""

    def __init__(
        self, service: Service, settings: CloudinarySettings, *, tell: Callable[[str], object] | None = None
    ) -> None:
        self.service = service
        self.settings = settings
        self.client = CloudinaryClient(service, settings)
        self.changes = Changes(service, self.client) if tell is None else DryRun(service, self.client, tell)
        wanted = settings.product_information
        self.information = (
            None if wanted is None else ProductInformation(service.reads, self.client, wanted, settings.fields)
        )
        self.flows = Flows(service, self.client, settings, self.information)
        self.retry = Retry(self.client, self.flows, settings)
        self.inbox = Inbox(service, settings, self.flows)
        self.trigger = Trigger(service, self.client, settings.webhook)
        self.has_status = self.has_parameters = False
        service.stack.push_async_callback(self.client.close)

    @classmethod
    def of(cls, service: Service, *, tell: Callable[[str], object] | None = None) -> "Cloudinary":
        """Raises ConfigurationError without settings of Cloudinary."""
        if service.settings.cloudinary is None:
            raise ConfigurationError("cloudinary", "its settings in the file of the sync")
        return cls(service, service.settings.cloudinary, tell=tell)

    async def check(self) -> None:
        """Before anything goes by status, once. Raises ConfigurationError."""
        if not self.has_status:
            await check_status(self.client, self.settings)
            self.has_status = True
        await self.check_by_hand()
        if self.information is not None:
            await self.information.check()

    async def check_by_hand(self) -> None:
        """The same before a link by hand, which needs no status. Product information does without it: it is no
        condition of a link.
        """
        if not self.has_parameters:
            await check_parameters(self.client, self.settings)
            self.has_parameters = True

    async def register(self) -> bool:
        """Whether the trigger had to be made, where we are to see to it. Raises the errors of `proxy.sync.outcomes`."""
        return not self.changes.is_dry and await self.trigger.register()

    async def follow(self) -> None:
        """Works events off as they come, for ever: a task of whoever runs the server."""
        while True:
            self.inbox.came.clear()
            try:
                await self.check()
                await self.see_to_the_trigger()
                await self.inbox.work_off(self.changes)
            except ConfigurationError as error:
                log.error("events of Cloudinary wait for the next schedule, an operator has to act: %s", error)
                await self.service.sleep(self.to_next_schedule())
                continue
            except SyncError as error:
                log.error("events of Cloudinary wait: %s", error)
                await self.service.sleep(AGAIN_SECONDS)
                continue
            await self.until_more()

    async def see_to_the_trigger(self) -> None:
        """Whatever goes wrong here is told, and keeps no event waiting."""
        if not self.trigger.is_due:
            return
        try:
            await self.trigger.register()
        except TransientError as error:
            log.warning("the trigger of Cloudinary is not registered now: %s", error)
            self.trigger.rest(AGAIN_SECONDS)
        except SyncError as error:
            log.error("the trigger of Cloudinary is not registered, an operator has to act: %s", error)
            self.trigger.rest(self.to_next_schedule())

    def to_next_schedule(self) -> float:
        """Seconds to the next run of the retry; to the same time tomorrow where there is none any more."""
        now = self.service.now()
        trigger = CronTrigger(**self.settings.retry.schedule.fields, timezone=UTC)
        found = trigger.get_next_fire_time(None, datetime.fromtimestamp(now, UTC) + timedelta(microseconds=1))
        return DAY_SECONDS if found is None else found.timestamp() - now

    async def until_more(self) -> None:
        """Another process may have left some behind, too."""
        try:
            async with asyncio.timeout(AGAIN_SECONDS):
                await self.inbox.came.wait()
        except TimeoutError:
            log.debug("no event for a while")
