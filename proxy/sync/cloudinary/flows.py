"""The flows of one asset: what its status asks for, and what a person asks for by hand. Under the asset's lock."""

from proxy.sync.cloudinary.assets import SYSTEM, CloudAsset, Wishes
from proxy.sync.cloudinary.changes import Changes
from proxy.sync.cloudinary.client import CloudinaryClient
from proxy.sync.cloudinary.linking import BY_HAND, BY_STATUS, Linker
from proxy.sync.cloudinary.metadata_text import Value, cleared
from proxy.sync.cloudinary.product_information import ProductInformation
from proxy.sync.cloudinary.statuses import Asked, Statuses
from proxy.sync.cloudinary.unlinking import Target, Unlinker
from proxy.sync.outcomes import DataError, Outcome, Result
from proxy.sync.service import Service
from proxy.sync.settings.cloudinary import CloudinarySettings

STALE = Result(Outcome.STALE)
UNLINKED = Result(Outcome.UNLINKED)


class Flows:
    """All raise the errors of `proxy.sync.outcomes`; a second run after a kill at whatever step ends the same."""

    def __init__(
        self,
        service: Service,
        client: CloudinaryClient,
        settings: CloudinarySettings,
        information: ProductInformation | None,
    ) -> None:
        self.client = client
        self.settings = settings
        self.leases = service.leases
        self.linker = Linker(service.reads, settings)
        self.unlinker = Unlinker(service.reads, settings)
        self.statuses = Statuses(service, client, settings)
        self.information = information

    # -- by status --

    async def by_status(self, asset_id: str, wanted: str, changes: Changes, asked: Asked | None = None) -> Result:
        """Links or unlinks if the status asks for it still, or asked for it when we overtook it."""
        async with self.leases.lock(f"asset:{SYSTEM}:{asset_id}"):
            asset = await self.client.asset(asset_id)
            if asset.resource_type not in self.settings.resource_types:
                return Result(Outcome.SKIPPED)
            start = await self.statuses.starts_from(asset, wanted, asked)
            if start is None:
                return STALE
            if wanted == self.settings.status_values.requires_link:
                return await self.link(asset, start, changes)
            return await self.unlink(asset, start, changes)

    async def link(self, asset: CloudAsset, start: str, changes: Changes) -> Result:
        wishes = asset.wishes(self.settings.fields)
        code = await self.linker.code(asset, wishes, changes)
        result = await self.linker.link(asset, wishes, code, changes, BY_STATUS)
        await self.inform(asset, wishes.sku, changes)
        linked = self.settings.status_values.linked
        concluded = await self.statuses.conclude(asset, start, linked, self.code_field(code), changes)
        return result if concluded else STALE

    async def unlink(self, asset: CloudAsset, start: str, changes: Changes) -> Result:
        target = await self.target(asset, changes)
        if target is not None:
            await self.unlinker.remove(target, changes)
            if target.record is not None:
                await changes.bury_link(target.record)
        if not await self.statuses.conclude(asset, start, "", self.code_field(cleared()), changes):
            return STALE
        await self.statuses.check_cleared(asset.asset_id, changes)
        await changes.forget_tombstone(asset.asset_id)
        return UNLINKED

    async def target(self, asset: CloudAsset, changes: Changes) -> Target | None:
        """None if we were cut once its asset was gone and its record with it, and nothing is left but a tombstone."""
        try:
            return await self.unlinker.target(asset, asset.wishes(self.settings.fields), changes)
        except DataError:
            is_buried = await changes.state.tombstone(SYSTEM, asset.asset_id) is not None
            if not is_buried or await changes.state.links_of_asset(SYSTEM, asset.asset_id):
                raise
            return None

    # -- by hand --

    async def link_by_hand(self, asset_id: str, wishes: Wishes, changes: Changes) -> Result:
        """The parameters are stored with the asset first. No status is read or set."""
        fields = self.settings.fields
        async with self.leases.lock(f"asset:{SYSTEM}:{asset_id}"):
            asset = await self.client.asset(asset_id)
            code = await self.linker.code(asset, wishes, changes)
            stored = {fields.sku: wishes.sku, fields.family: wishes.family, fields.attribute: wishes.attribute}
            await changes.write_metadata(asset, {**stored, **self.code_field(code)})
            result = await self.linker.link(asset, wishes, code, changes, BY_HAND)
            await self.inform(asset, wishes.sku, changes)
            return result

    async def unlink_by_hand(self, asset_id: str, sku: str, family: str, changes: Changes) -> Result:
        """Of the SKU and family given, else of those in the metadata. What the metadata says of it is cleared."""
        fields, values = self.settings.fields, self.settings.status_values
        async with self.leases.lock(f"asset:{SYSTEM}:{asset_id}"):
            asset = await self.client.asset(asset_id)
            if sku or family:
                target = await self.unlinker.named(asset, sku, family, changes)
            else:
                target = await self.unlinker.target(asset, asset.wishes(fields), changes)
            await self.unlinker.remove(target, changes)
            found = self.statuses.of(asset)
            if self.is_current(asset, target) and found in (values.linked, values.requires_unlink):
                await self.statuses.conclude(asset, found, "", self.code_field(cleared()), changes)
            if target.record is not None:
                await changes.delete_link(target.record)
            return UNLINKED

    # -- both --

    def is_current(self, asset: CloudAsset, target: Target) -> bool:
        """Whether the metadata speaks of this link, not of another one of the asset."""
        wishes = asset.wishes(self.settings.fields)
        try:
            return (target.family, target.code) == (wishes.family, self.unlinker.computed(asset, wishes))
        except DataError:
            return False

    def code_field(self, code: str) -> dict[str, Value]:
        name = self.settings.fields.asset_code
        return {} if name is None else {name: code}

    async def inform(self, asset: CloudAsset, sku: str, changes: Changes) -> None:
        """Before the status is written, so that whoever is cut in between does it in the next run."""
        if self.information is not None:
            await self.information.after_link(asset, sku, changes)
