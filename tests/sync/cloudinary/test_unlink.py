"""Flow C3: an asset is unlinked when its status asks for it (dam-sync 2.5, 2.8)."""

from typing import Any

import pytest

from proxy.demo.catalogue.model import Asset
from proxy.demo.cloudinary.model import MetadataField
from proxy.demo.faults import Status
from proxy.sync.cloudinary.assets import Wishes
from proxy.sync.cloudinary.statuses import Asked
from proxy.sync.outcomes import DataError, Outcome, Reason, Result, TransientError
from tests.sync.cloudinary.test_by_hand import by_hand
from tests.sync.cloudinary.test_link import link
from tests.sync.cloudinary.world import ASSET_ID, CODE, DELETE, DETAILS, FAMILY, WRITE, World, world


async def unlink(one: World, asked: Asked | None = None) -> Result:
    async with one.cloudinary() as cloudinary:
        return await cloudinary.flows.by_status(ASSET_ID, "requires_unlink", cloudinary.changes, asked)


async def linked(one: World, **metadata: object) -> Any:
    shoe = one.shoe(**metadata)
    await link(one)
    one.reset()
    return shoe


async def test_c3_deletes_the_recorded_asset_and_clears_the_status() -> None:
    async with world() as one:
        shoe = await linked(one)
        one.cloud.user_sets(shoe, status="requires_unlink")

        assert (await unlink(one)).outcome is Outcome.UNLINKED

        assert one.links == {}
        assert one.status(shoe) is None
        assert shoe.metadata.items() >= {"akeneo_sku": "PROD001", "akeneo_family": "packshots"}.items()
        assert one.pim_calls == [DELETE]
        assert one.cloud_calls == [DETAILS, DETAILS, WRITE, DETAILS]
        async with one.service() as service:
            assert await service.state.links("cloudinary") == []


async def test_c3_step1_status_no_longer_requires_unlink_is_stale() -> None:
    async with world() as one:
        await linked(one)

        assert (await unlink(one)).outcome is Outcome.STALE

        assert (one.pim_calls, one.cloud_calls) == ([], [DETAILS])


async def test_c3_step2_the_link_of_this_sku_goes_the_other_stays() -> None:
    async with world() as one:
        shoe = await linked(one)
        one.cloud.user_sets(shoe, sku="PROD002", status="requires_link")
        await link(one)
        one.cloud.user_sets(shoe, status="requires_unlink")

        await unlink(one)

        assert list(one.links) == [CODE]


async def test_c3_step2_the_only_recorded_link_when_the_sku_was_changed() -> None:
    async with world() as one:
        shoe = await linked(one)
        one.cloud.user_sets(shoe, sku=None, family=None, status="requires_unlink")

        await unlink(one)

        assert one.links == {}
        assert one.status(shoe) is None


async def test_c3_step2_the_code_in_its_field_when_nothing_is_recorded() -> None:
    async with world(fields={"asset_code": "akeneo_asset_code"}) as one:
        one.cloud.fields["akeneo_asset_code"] = MetadataField("akeneo_asset_code")
        one.family.add(Asset(CODE))
        shoe = one.shoe(status="requires_unlink", sku="OTHER", asset_code=CODE)

        await unlink(one)

        assert one.links == {}
        assert shoe.metadata.keys() & {"akeneo_asset_code", "akeneo_status"} == set()


async def test_c3_step2_a_code_of_another_asset_in_the_field_is_not_believed() -> None:
    async with world(fields={"asset_code": "akeneo_asset_code"}) as one:
        one.cloud.fields["akeneo_asset_code"] = MetadataField("akeneo_asset_code")
        one.family.add(Asset("foreign"), Asset("PROD001__ab12"))
        one.shoe(status="requires_unlink", asset_code="PROD001__ab12")

        await unlink(one)

        assert set(one.links) == {"foreign", "PROD001__ab12"}


async def test_c3_step2_the_computed_code_when_nothing_is_known() -> None:
    async with world() as one:
        one.family.add(Asset(CODE))
        one.shoe(status="requires_unlink")

        await unlink(one)

        assert one.links == {}


async def test_c3_step2_nothing_usable_is_no_link_known() -> None:
    async with world() as one:
        shoe = one.shoe(status="requires_unlink", sku=None)

        with pytest.raises(DataError) as error:
            await unlink(one)

        assert error.value.reason is Reason.NO_LINK_KNOWN
        assert (one.status(shoe), one.pim_calls) == ("requires_unlink", [])


async def test_c3_step2_what_an_earlier_unlink_left_is_no_leave_to_clear_with_links_there() -> None:
    async with world() as one:
        shoe = await linked(one)
        one.cloud.user_sets(shoe, status="requires_unlink")
        await unlink(one)
        for sku in ("PROD001", "PROD002"):
            await by_hand(one, Wishes(sku, "packshots", "link_packshot"))
        one.cloud.user_sets(shoe, status="requires_unlink", sku=None, family=None)

        with pytest.raises(DataError) as error:
            await unlink(one)

        assert error.value.reason is Reason.NO_LINK_KNOWN
        assert (one.status(shoe), len(one.links)) == ("requires_unlink", 2)


async def test_c3_step2_an_earlier_unlink_that_was_told_is_no_leave_to_clear_another_time() -> None:
    async with world() as one:
        shoe = await linked(one)
        one.cloud.user_sets(shoe, status="requires_unlink")
        await unlink(one)
        one.cloud.user_sets(shoe, status="requires_unlink", sku=None, family=None)

        with pytest.raises(DataError):
            await unlink(one)

        assert one.status(shoe) == "requires_unlink"


async def test_c3_step3_a_404_of_the_asset_in_a_family_that_exists_is_done() -> None:
    async with world() as one:
        shoe = one.shoe(status="requires_unlink")

        assert (await unlink(one)).outcome is Outcome.UNLINKED

        assert one.pim_calls == [DELETE, f"GET {FAMILY}"]
        assert one.status(shoe) is None


async def test_c3_step3_a_404_of_the_family_is_unknown_family() -> None:
    async with world() as one:
        shoe = one.shoe(status="requires_unlink", family="nowhere")

        with pytest.raises(DataError) as error:
            await unlink(one)

        assert error.value.reason is Reason.UNKNOWN_FAMILY
        assert one.status(shoe) == "requires_unlink"


async def test_state_requires_unlink_stays_when_the_pim_fails() -> None:
    async with world() as one:
        shoe = await linked(one)
        one.cloud.user_sets(shoe, status="requires_unlink")
        with one.pim.misbehaving(Status(503, path="/api/rest/v1/asset-families")), pytest.raises(TransientError):
            await unlink(one)

        assert one.status(shoe) == "requires_unlink"
        assert list(one.links) == [CODE]


async def test_c3_step4_a_status_that_a_user_changed_meanwhile_is_not_cleared() -> None:
    async with world() as one:
        shoe = await linked(one)
        one.cloud.user_sets(shoe, status="requires_unlink")
        async with one.cloudinary() as cloudinary:
            delete = cloudinary.changes.delete_asset

            async def delete_while_a_user_edits(family: str, code: str) -> bool:
                one.cloud.user_sets(shoe, status="requires_link")
                return await delete(family, code)

            cloudinary.changes.delete_asset = delete_while_a_user_edits  # type: ignore[method-assign]
            result = await cloudinary.flows.by_status(ASSET_ID, "requires_unlink", cloudinary.changes)

        assert (result.outcome, one.status(shoe)) == (Outcome.STALE, "requires_link")


@pytest.mark.parametrize("before", ["requires_link", None])
async def test_a_wish_that_our_write_of_linked_has_erased_is_carried_out(before: str | None) -> None:
    async with world() as one:
        shoe = one.shoe()
        async with one.cloudinary() as cloudinary:
            note = cloudinary.changes.note_written

            async def note_while_a_user_edits(*given: Any) -> None:
                await note(*given)
                one.cloud.user_sets(shoe, status="requires_unlink")

            cloudinary.changes.note_written = note_while_a_user_edits  # type: ignore[method-assign,assignment]
            await cloudinary.flows.by_status(ASSET_ID, "requires_link", cloudinary.changes)
        assert one.status(shoe) == "linked"

        asked = Asked("requires_unlink", float(int(one.now())), before)  # events have no parts of seconds
        assert (await unlink(one, asked)).outcome is Outcome.UNLINKED

        assert (one.links, one.status(shoe)) == ({}, None)


@pytest.mark.parametrize(
    ("seconds", "before"),
    [
        (-10, "requires_link"),  # it came before we read
        (-10, None),
        (-0.5, "linked"),  # within the second of the read: who asked had seen an earlier status of ours
        (-0.5, "requires_unlink"),  # the status was left as it was
    ],
)
async def test_a_wish_that_our_write_has_not_erased_is_stale(seconds: float, before: str) -> None:
    async with world() as one:
        shoe = await linked(one)

        asked = Asked("requires_unlink", await read_at(one) + seconds, before)
        assert (await unlink(one, asked)).outcome is Outcome.STALE

        assert (list(one.links), one.status(shoe)) == ([CODE], "linked")


@pytest.mark.parametrize("before", ["requires_link", "linked", "requires_unlink", "", None])
async def test_a_wish_newer_than_our_read_is_carried_out_whatever_was_before(before: str | None) -> None:
    async with world() as one:
        shoe = await linked(one)

        asked = Asked("requires_unlink", await read_at(one) + 0.5, before)
        assert (await unlink(one, asked)).outcome is Outcome.UNLINKED

        assert (one.links, one.status(shoe)) == ({}, None)


async def read_at(one: World) -> float:
    """When we read the status before we wrote it."""
    async with one.service() as service:
        written = await service.state.written("cloudinary", ASSET_ID)
    assert written is not None
    return written.read_at
