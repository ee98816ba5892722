"""Notifications: stored before they are acknowledged, worked off behind, and at start what a killed process left."""

import asyncio
import logging
from collections.abc import Mapping

from proxy.errors import Overloaded, SignatureRefused
from proxy.sync.cloudinary.assets import SYSTEM
from proxy.sync.cloudinary.changes import Changes
from proxy.sync.cloudinary.events import Change, changes_in
from proxy.sync.cloudinary.flows import Flows
from proxy.sync.cloudinary.signatures import is_signed
from proxy.sync.outcomes import ConfigurationError, Result, SyncError
from proxy.sync.service import Service
from proxy.sync.settings.cloudinary import CloudinarySettings
from proxy.sync.state.rows import Event, Subject

log = logging.getLogger("proxy.sync")
STORE_SECONDS = 0.9  # Cloudinary has an answer within a second
LATER_SECONDS = 60
BATCH = 100


class Inbox:
    def __init__(self, service: Service, settings: CloudinarySettings, flows: Flows) -> None:
        self.service = service
        self.state = service.state
        self.settings = settings
        self.secret = settings.api_secret.get_secret_value()
        self.flows = flows
        self.came = asyncio.Event()

    async def receive(self, headers: Mapping[str, str], body: bytes) -> None:
        """Once it returns, the event is safe. Raises SignatureRefused, and Overloaded if it cannot be stored now: then
        it has to come again.
        """
        timestamp, signature = headers.get("X-Cld-Timestamp", ""), headers.get("X-Cld-Signature", "")
        now, age = self.service.now(), self.settings.webhook.max_age_seconds
        if not is_signed(body, timestamp, signature, self.secret, now=now, max_age_seconds=age):
            self.service.metrics.event_came(SYSTEM, "refused")
            raise SignatureRefused("expected a notification signed by Cloudinary")
        outcome = "ignored"
        if changes_in(body, self.settings, now):
            outcome = "stored" if await self.store(body) else "repeated"
            self.came.set()
        self.service.metrics.event_came(SYSTEM, outcome)

    async def store(self, body: bytes) -> bool:
        try:
            async with asyncio.timeout(STORE_SECONDS):
                return await self.state.store_event(SYSTEM, body)
        except (TimeoutError, SyncError) as error:
            log.warning("an event of Cloudinary is not stored and has to come again: %s", error or "it takes too long")
            raise Overloaded("the event cannot be stored now", retry_after_seconds=LATER_SECONDS) from None

    # -- behind --

    async def work_off(self, changes: Changes) -> int:
        """All that are stored; how many. Two processes would work the same ones off side by side, so who comes second
        waits, and finds what is left. Raises ConfigurationError: then they stay for later.
        """
        if not await self.state.new_events(SYSTEM, 1):
            return 0
        async with self.service.leases.lock(f"events:{SYSTEM}"):
            return await self.all_worked(changes)

    async def all_worked(self, changes: Changes) -> int:
        done = 0
        while events := await self.state.new_events(SYSTEM, BATCH):
            limit = asyncio.Semaphore(self.settings.retry.max_parallel)
            works = [asyncio.create_task(self.worked(event, changes, limit)) for event in events]
            try:
                await asyncio.gather(*works)
            finally:
                for work in works:
                    work.cancel()
                await asyncio.gather(*works, return_exceptions=True)
            done += len(events)
        return done

    async def worked(self, event: Event, changes: Changes, limit: asyncio.Semaphore) -> None:
        """Each of its assets, then it is done. What failed is taken up by the schedule."""
        async with limit:
            try:
                for change in changes_in(event.body, self.settings, event.received_at):
                    await self.one(change, changes)
            except SyncError:
                raise
            except Exception:  # it would be in the way of all others for ever
                log.exception("a fault of ours, event %s", event.id)
            await self.state.finish_event(event.id)

    async def one(self, change: Change, changes: Changes) -> None:
        wanted = change.asked.status
        flow = "cloudinary link" if wanted == self.settings.status_values.requires_link else "cloudinary unlink"
        attempt = await changes.begin_attempt(flow, Subject(SYSTEM, change.asset_id, change.public_id))
        try:
            result = await self.flows.by_status(change.asset_id, wanted, changes, change.asked)
        except ConfigurationError as error:
            await changes.end_attempt(attempt, flow, Result.of(error))
            raise
        except SyncError as error:
            log.warning("%s of %s: %s", flow, change.asset_id, error)
            result = Result.of(error)
        await changes.end_attempt(attempt, flow, result)
