"""The scheduled retry: whatever waits to be linked or unlinked, several at a time, none of them in another's way."""

import asyncio
from collections.abc import AsyncGenerator

from proxy.sync.cloudinary.assets import CloudAsset
from proxy.sync.cloudinary.changes import Changes
from proxy.sync.cloudinary.client import CloudinaryClient
from proxy.sync.cloudinary.flows import Flows
from proxy.sync.outcomes import ConfigurationError, Result, SyncError, Tally
from proxy.sync.settings.cloudinary import CloudinarySettings

FLOW = "cloudinary retry"  # the mail tells of the attempts of this flow


class Retry:
    def __init__(self, client: CloudinaryClient, flows: Flows, settings: CloudinarySettings) -> None:
        self.client = client
        self.flows = flows
        self.settings = settings

    async def run(self, tally: Tally, changes: Changes) -> None:
        """Raises ConfigurationError, and TransientError where nothing could be searched."""
        found = self.found()
        seen: set[str] = set()
        stop: list[ConfigurationError] = []
        turn = asyncio.Lock()

        async def work() -> None:
            while not stop:
                async with turn:  # one at a time asks for the next page
                    asset, wanted = await anext(found, (None, ""))
                if asset is None:
                    return
                if asset.asset_id in seen:
                    continue
                seen.add(asset.asset_id)
                tally.seen += 1
                try:
                    tally.count(await self.one(asset, wanted, changes))
                except ConfigurationError as error:
                    stop.append(error)

        retry = self.settings.retry
        works = [asyncio.create_task(work()) for _ in range(retry.max_parallel if retry.parallel else 1)]
        try:
            await asyncio.gather(*works)
        finally:
            for task in works:
                task.cancel()
            await asyncio.gather(*works, return_exceptions=True)
            await found.aclose()
        if stop:
            raise stop[0]

    async def one(self, asset: CloudAsset, wanted: str, changes: Changes) -> Result:
        """First into the report, then dealt with as if its status had just changed. Raises ConfigurationError."""
        subject = asset.subject(self.settings.fields)
        id = await changes.begin_attempt(FLOW, subject)
        try:
            result = await self.flows.by_status(asset.asset_id, wanted, changes)
        except ConfigurationError as error:
            await changes.end_attempt(id, FLOW, Result.of(error))
            raise
        except SyncError as error:
            result = Result.of(error)
        await changes.end_attempt(id, FLOW, result)
        return result

    async def found(self) -> AsyncGenerator[tuple[CloudAsset | None, str]]:
        """Each asset with what it waits for."""
        values, retry = self.settings.status_values, self.settings.retry
        async for asset in self.client.search(self.expression, retry.max_results):
            yield asset, values.requires_link
        if retry.include_unlink:
            async for asset in self.client.search(self.waiting_for(values.requires_unlink), retry.max_results):
                yield asset, values.requires_unlink

    @property
    def expression(self) -> str:
        """The operator's; else the default, with the names that the fields have here."""
        if "expression" in self.settings.retry.model_fields_set:
            return self.settings.retry.expression
        return self.waiting_for(self.settings.status_values.requires_link)

    def waiting_for(self, status: str) -> str:
        return f'metadata.{self.settings.fields.status}="{status}"'
