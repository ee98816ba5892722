"""The PIM's side of a link: the asset that holds the URL, made or changed, and its record."""

from dataclasses import replace
from typing import Any

from proxy.catalogue.structure import Attribute
from proxy.sync.akeneo.reads import PimReads
from proxy.sync.cloudinary.assets import SYSTEM, CloudAsset, Wishes
from proxy.sync.cloudinary.changes import Changes, PimValues
from proxy.sync.cloudinary.codes import asset_code
from proxy.sync.outcomes import DataError, Outcome, Reason, Result
from proxy.sync.settings.cloudinary import CloudinarySettings
from proxy.sync.state.rows import Link, LinkState

BY_HAND, BY_STATUS = "by hand", "by status"  # how a link came to be: only the latter are replaced


class Linker:
    def __init__(self, reads: PimReads, settings: CloudinarySettings) -> None:
        self.reads = reads
        self.settings = settings

    async def code(self, asset: CloudAsset, wishes: Wishes, changes: Changes) -> str:
        """Raises DataError, before anything is written: what is missing, SKU_CHARACTERS, CODE_COLLISION."""
        check_complete(wishes)
        code = asset_code(wishes.sku, asset.asset_id, self.settings.sku_policy)
        for other in await changes.state.links_of_code(SYSTEM, code):
            is_another = (other.product, other.asset) != (wishes.sku, asset.asset_id)
            if is_another and other.slot == wishes.family and not is_pending(other):
                raise DataError(Reason.CODE_COLLISION, code, f"a SKU that differs from {other.product} in the code")
        return code

    async def link(self, asset: CloudAsset, wishes: Wishes, code: str, changes: Changes, by: str) -> Result:
        """The asset of the PIM exists and is recorded. Raises the errors of `proxy.sync.outcomes`."""
        values = await self.values(asset, wishes)
        known = await changes.state.links_of_asset(SYSTEM, asset.asset_id)
        was_there = any(one.code == code and one.slot == wishes.family and not is_pending(one) for one in known)
        link = Link(SYSTEM, asset.asset_id, wishes.sku, wishes.family, code=code, attribute=wishes.attribute, fields=by)
        created = await self.patched(link, values, known, changes)
        await changes.save_link(replace(link, fingerprint=asset.secure_url))
        for other in known:
            if self.is_replaced(other, link, by):
                await changes.delete_asset(other.slot, other.code)
                await changes.delete_link(other)
        return Result(Outcome.UPDATED if was_there and not created else Outcome.LINKED)

    async def patched(self, link: Link, values: PimValues, known: list[Link], changes: Changes) -> bool:
        """True if it was created. From here on there may be an asset in the PIM, so it is recorded before: whoever is
        cut in between, and finds other wishes the next time, knows of it. What is refused is not there.
        """
        if any((one.product, one.slot) == (link.product, link.slot) for one in known):
            await changes.forget_tombstone(link.asset)
            return await changes.patch_asset(link.slot, link.code, values)
        pending = replace(link, state=LinkState.PENDING)
        await changes.save_link(pending)
        try:
            return await changes.patch_asset(link.slot, link.code, values)
        except DataError:
            await changes.delete_link(pending)
            raise

    def is_replaced(self, other: Link, new: Link, by: str) -> bool:
        """One SKU and one asset of the DAM have one asset in the PIM. Under another SKU it is a matter of settings."""
        if other.product == new.product:
            return other.slot != new.slot
        return self.settings.on_sku_change == "replace" and other.fields == by == BY_STATUS

    async def values(self, asset: CloudAsset, wishes: Wishes) -> PimValues:
        attribute = await self.reads.asset_attribute(wishes.family, wishes.attribute)
        if not attribute.is_media_link:
            raise DataError(Reason.NOT_A_MEDIA_LINK, wishes.attribute, f"a media_link, found {attribute.type}")
        values = {wishes.attribute: [self.value(attribute, data_of(asset.secure_url, attribute))]}
        if self.settings.sku_attribute is not None:
            of_sku = await self.reads.asset_attribute(wishes.family, self.settings.sku_attribute)
            values[of_sku.code] = [self.value(of_sku, wishes.sku)]
        return values

    def value(self, attribute: Attribute, data: str) -> dict[str, Any]:
        context = self.settings.value_context
        if attribute.localizable and context.locale is None:
            raise DataError(Reason.NEEDS_LOCALE, attribute.code, "a locale in value_context")
        if attribute.scopable and context.channel is None:
            raise DataError(Reason.NEEDS_CHANNEL, attribute.code, "a channel in value_context")
        return {
            "locale": context.locale if attribute.localizable else None,
            "channel": context.channel if attribute.scopable else None,
            "data": data,
        }


def is_pending(link: Link) -> bool:
    return link.state is LinkState.PENDING


def check_complete(wishes: Wishes) -> None:
    for text, reason, name in (
        (wishes.sku, Reason.MISSING_SKU, "a SKU"),
        (wishes.family, Reason.MISSING_FAMILY, "the code of an asset family"),
        (wishes.attribute, Reason.MISSING_ATTRIBUTE, "the code of an asset attribute"),
    ):
        if not text:
            raise DataError(reason, "", name)


def data_of(url: str, attribute: Attribute) -> str:
    """What a `media_link` holds: the URL without what the attribute puts before and behind it."""
    prefix, suffix = attribute.prefix, attribute.suffix
    if not (url.startswith(prefix) and url.endswith(suffix) and len(url) > len(prefix) + len(suffix)):
        raise DataError(Reason.PREFIX_MISMATCH, url, f"an address that is {prefix}...{suffix}")
    return url[len(prefix) : len(url) - len(suffix)]
