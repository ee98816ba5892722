"""The PIM's side of an unlink: which asset it is, and that it is gone."""

from dataclasses import dataclass

from proxy.sync.akeneo.reads import PimReads
from proxy.sync.cloudinary.assets import SYSTEM, CloudAsset, Wishes
from proxy.sync.cloudinary.changes import Changes
from proxy.sync.cloudinary.codes import asset_code, is_code_of
from proxy.sync.outcomes import DataError, Reason
from proxy.sync.settings.cloudinary import CloudinarySettings
from proxy.sync.state.rows import Link, LinkState, Tombstone


@dataclass(frozen=True, slots=True)
class Target:
    """An asset of the PIM; `record` is what we know of it, if we do."""

    family: str
    code: str
    record: Link | None = None


class Unlinker:
    def __init__(self, reads: PimReads, settings: CloudinarySettings) -> None:
        self.reads = reads
        self.settings = settings

    async def target(self, asset: CloudAsset, wishes: Wishes, changes: Changes) -> Target:
        """The recorded link of this SKU and family, the one that was just deleted for them, the code in its field, the
        only recorded link, what would be its code: in this order. Raises DataError(NO_LINK_KNOWN).
        """
        links = await changes.state.links_of_asset(SYSTEM, asset.asset_id)
        for link in links:
            if (link.product, link.slot) == (wishes.sku, wishes.family):
                return Target(link.slot, link.code, link)
        buried = await changes.state.tombstone(SYSTEM, asset.asset_id)
        if buried is not None and self.is_meant(buried, asset, wishes):
            return Target(buried.slot, buried.code)
        written = asset.text(self.settings.fields.asset_code)
        if written and is_code_of(written, asset.asset_id):
            record = next((link for link in links if link.code == written), None)
            family = record.slot if record else wishes.family
            if family:
                return Target(family, written, record)
        told = [link for link in links if link.state is LinkState.LINKED]
        for several in (told, links, [link for link in links if link.product == wishes.sku]):
            if len(several) == 1:
                return Target(several[0].slot, several[0].code, several[0])
        return Target(wishes.family, self.computed(asset, wishes))

    async def named(self, asset: CloudAsset, sku: str, family: str, changes: Changes) -> Target:
        """By hand: of this SKU, of this family (either may be empty) and of no other. Raises DataError."""
        links = await changes.state.links_of_asset(SYSTEM, asset.asset_id)
        fitting = [link for link in links if sku in ("", link.product) and family in ("", link.slot)]
        if len(fitting) == 1:
            return Target(fitting[0].slot, fitting[0].code, fitting[0])
        own = asset.wishes(self.settings.fields)
        wishes = Wishes(sku or own.sku, family or own.family, "")
        return Target(wishes.family, self.computed(asset, wishes))

    def is_meant(self, buried: Tombstone, asset: CloudAsset, wishes: Wishes) -> bool:
        """Or whoever was cut after a deletion would take the only link that is left for the one to be deleted."""
        try:
            return (buried.slot, buried.code) == (wishes.family, self.computed(asset, wishes))
        except DataError:
            return False

    def computed(self, asset: CloudAsset, wishes: Wishes) -> str:
        try:
            if wishes.family:
                return asset_code(wishes.sku, asset.asset_id, self.settings.sku_policy)
        except DataError:
            pass  # there cannot be a link with such a SKU
        raise DataError(Reason.NO_LINK_KNOWN, asset.asset_id, "a link of ours, or SKU and family that lead to one")

    async def remove(self, target: Target, changes: Changes) -> None:
        """It is gone for certain. Raises DataError(UNKNOWN_FAMILY)."""
        if await changes.delete_asset(target.family, target.code):
            return
        if await self.reads.asset_family(target.family) is None:
            raise DataError(Reason.UNKNOWN_FAMILY, target.family, "the code of an asset family")
