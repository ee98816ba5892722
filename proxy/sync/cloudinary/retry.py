"""The scheduled retry: whatever waits to be linked or unlinked, several at a time, none of them in another's way."""

import asyncio
from collections.abc import Callable, Coroutine

from proxy.sync.cloudinary.assets import CloudAsset
from proxy.sync.cloudinary.changes import Changes
from proxy.sync.cloudinary.client import CloudinaryClient
from proxy.sync.cloudinary.flows import Flows
from proxy.sync.outcomes import ConfigurationError, Outcome, Result, SyncError, Tally
from proxy.sync.settings.cloudinary import CloudinarySettings

FLOW = "cloudinary retry"  # the mail tells of the attempts of this flow


class Retry:
    def __init__(self, client: CloudinaryClient, flows: Flows, settings: CloudinarySettings) -> None:
        self.client = client
        self.flows = flows
        self.settings = settings

    async def run(self, tally: Tally, changes: Changes) -> None:
        """Raises ConfigurationError, and TransientError where a search was not possible."""
        values = self.settings.status_values
        seen: set[str] = set()
        await self.all_of(self.expression, values.requires_link, seen, tally, changes)
        if self.settings.retry.include_unlink:
            await self.all_of(self.waiting_for(values.requires_unlink), values.requires_unlink, seen, tally, changes)

    async def all_of(self, expression: str, wanted: str, seen: set[str], tally: Tally, changes: Changes) -> None:
        """Found to the last page before the first is dealt with, which would shift the pages."""
        found = [asset async for asset in self.client.search(expression, self.settings.retry.max_results)]
        waiting = iter({asset.asset_id: asset for asset in found if asset.asset_id not in seen}.values())
        stop: list[ConfigurationError] = []

        async def work() -> None:
            for asset in waiting:
                tally.seen += 1
                try:
                    tally.count(result := await self.one(asset, wanted, changes))
                    if result.outcome is not Outcome.STALE:  # else it may be what the other search is after
                        seen.add(asset.asset_id)
                except ConfigurationError as error:
                    stop.append(error)
                if stop:
                    return

        await self.several(work)
        if stop:
            raise stop[0]

    async def several(self, work: Callable[[], Coroutine[None, None, None]]) -> None:
        """So many at a time as may be; none is left behind."""
        retry = self.settings.retry
        works = [asyncio.create_task(work()) for _ in range(retry.max_parallel if retry.parallel else 1)]
        try:
            await asyncio.gather(*works)
        finally:
            for one in works:
                one.cancel()
            await asyncio.gather(*works, return_exceptions=True)

    async def one(self, asset: CloudAsset, wanted: str, changes: Changes) -> Result:
        """First into the report, then dealt with as if its status had just changed. Raises ConfigurationError."""
        subject = asset.subject(self.settings.fields)
        attempt = await changes.begin_attempt(FLOW, subject)
        try:
            result = await self.flows.by_status(asset.asset_id, wanted, changes)
        except ConfigurationError as error:
            await changes.end_attempt(attempt, FLOW, Result.of(error))
            raise
        except SyncError as error:
            result = Result.of(error)
        await changes.end_attempt(attempt, FLOW, result)
        return result

    @property
    def expression(self) -> str:
        """The operator's; else the default, with the names that the fields have here."""
        if "expression" in self.settings.retry.model_fields_set:
            return self.settings.retry.expression
        return self.waiting_for(self.settings.status_values.requires_link)

    def waiting_for(self, status: str) -> str:
        return f'metadata.{self.settings.fields.status}="{status}"'
