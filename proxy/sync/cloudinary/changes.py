"""Everything that a flow changes: each method is one remote call or one transaction. A dry run only tells."""

from collections.abc import Callable, Mapping
from typing import Any

from proxy.sync.cloudinary.assets import SYSTEM, CloudAsset
from proxy.sync.cloudinary.client import CloudinaryClient
from proxy.sync.cloudinary.metadata_text import Value
from proxy.sync.outcomes import Result
from proxy.sync.service import Service
from proxy.sync.state.rows import Link, Subject

PimValues = Mapping[str, list[dict[str, Any]]]


class Changes:
    is_dry = False

    def __init__(self, service: Service, client: CloudinaryClient) -> None:
        self.service = service
        self.state = service.state
        self.client = client

    async def patch_asset(self, family: str, code: str, values: PimValues) -> bool:
        """True if it was created."""
        return await self.service.writes.patch_asset(family, code, values)

    async def delete_asset(self, family: str, code: str) -> bool:
        """False for a 404."""
        return await self.service.writes.delete_asset(family, code)

    async def write_metadata(self, asset: CloudAsset, values: Mapping[str, Value]) -> None:
        await self.client.write(asset, values)

    async def write_status(self, asset: CloudAsset, values: Mapping[str, Value]) -> None:
        """Never twice without a look in between: a user may have changed it."""
        await self.client.write(asset, values, repeatable=False)

    async def note_written(self, asset_id: str, value: str, read_at: float) -> None:
        await self.state.note_written(SYSTEM, asset_id, value, read_at)

    async def save_link(self, link: Link) -> None:
        await self.state.save_link(link)

    async def delete_link(self, link: Link) -> None:
        await self.state.delete_link(link)

    async def bury_link(self, link: Link) -> None:
        await self.state.bury_link(link)

    async def forget_tombstone(self, asset_id: str) -> None:
        await self.state.forget_tombstone(SYSTEM, asset_id)

    async def begin_attempt(self, flow: str, subject: Subject) -> int:
        return await self.state.add_attempt(flow, subject)

    async def end_attempt(self, id: int, flow: str, result: Result, subject: Subject | None = None) -> None:
        self.service.metrics.dealt_with(flow, result.outcome, result.reason or "")
        await self.state.end_attempt(id, result, subject)


class DryRun(Changes):
    """Nothing is written anywhere, and `tell` gets a line for each write that would be."""

    is_dry = True

    def __init__(self, service: Service, client: CloudinaryClient, tell: Callable[[str], object]) -> None:
        super().__init__(service, client)
        self.tell = tell

    async def patch_asset(self, family: str, code: str, values: PimValues) -> bool:
        data = ", ".join(f"{name} = {value['data']}" for name, several in values.items() for value in several)
        self.tell(f"would write asset {code} of {family}: {data}")
        return not await self.state.links_of_code(SYSTEM, code)

    async def delete_asset(self, family: str, code: str) -> bool:
        self.tell(f"would delete asset {code} of {family}")
        return True

    async def write_metadata(self, asset: CloudAsset, values: Mapping[str, Value]) -> None:
        written = ", ".join(f"{name} = {value or '(nothing)'}" for name, value in values.items())
        self.tell(f"would write metadata of {asset.public_id}: {written}")

    async def write_status(self, asset: CloudAsset, values: Mapping[str, Value]) -> None:
        await self.write_metadata(asset, values)

    async def note_written(self, asset_id: str, value: str, read_at: float) -> None:
        pass

    async def save_link(self, link: Link) -> None:
        pass

    async def delete_link(self, link: Link) -> None:
        pass

    async def bury_link(self, link: Link) -> None:
        pass

    async def forget_tombstone(self, asset_id: str) -> None:
        pass

    async def begin_attempt(self, flow: str, subject: Subject) -> int:
        return 0

    async def end_attempt(self, id: int, flow: str, result: Result, subject: Subject | None = None) -> None:
        pass
