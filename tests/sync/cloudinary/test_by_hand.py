"""Flow C1: a person links one asset, or unlinks it (dam-sync 2.3)."""

import argparse

import pytest

from proxy.demo.faults import Status
from proxy.metrics import Metrics
from proxy.sync.cloudinary.assets import Wishes
from proxy.sync.cloudinary.commands import link as link_command
from proxy.sync.cloudinary.commands import unlink as unlink_command
from proxy.sync.outcomes import ConfigurationError, DataError, Outcome, Reason, Result, Tally, TransientError
from proxy.sync.serving import Serving
from tests.sync.cloudinary.test_link import link
from tests.sync.cloudinary.world import ASSET_ID, CODE, DEFINITION, DELETE, DETAILS, PATCH, WRITE, World, world

WISHES = Wishes("PROD001", "packshots", "link_packshot")
OPTIONS = argparse.Namespace(
    asset_id=ASSET_ID, sku="PROD001", family="packshots", attribute="link_packshot", dry_run=False
)
EMPTY = {"status": None, "sku": None, "family": None, "attribute": None}


async def by_hand(one: World, wishes: Wishes = WISHES) -> Result:
    async with one.cloudinary() as cloudinary:
        return await cloudinary.flows.link_by_hand(ASSET_ID, wishes, cloudinary.changes)


async def unlink_by_hand(one: World, sku: str = "", family: str = "") -> Result:
    async with one.cloudinary() as cloudinary:
        return await cloudinary.flows.unlink_by_hand(ASSET_ID, sku, family, cloudinary.changes)


async def test_c1_stores_the_parameters_then_patches_and_leaves_the_status_alone() -> None:
    async with world() as one:
        shoe = one.shoe(**EMPTY)

        assert (await by_hand(one)).outcome is Outcome.LINKED

        assert list(one.links) == [CODE]
        assert shoe.metadata == {
            "akeneo_sku": "PROD001",
            "akeneo_family": "packshots",
            "akeneo_attribute": "link_packshot",
        }
        assert (one.cloud_calls, one.pim_calls) == ([DETAILS, WRITE], [DEFINITION, PATCH])


async def test_c1_step3_the_code_is_checked_before_anything_is_written() -> None:
    async with world() as one:
        one.shoe(**EMPTY)

        with pytest.raises(DataError) as error:
            await by_hand(one, Wishes("RUN-01", "packshots", "link_packshot"))

        assert error.value.reason is Reason.SKU_CHARACTERS
        assert (one.cloud_calls, one.pim_calls) == ([DETAILS], [])


async def test_c1_step4_is_before_step_6() -> None:
    async with world() as one:
        shoe = one.shoe(**EMPTY)
        with one.pim.misbehaving(Status(503, path="/api/rest/v1/asset-families")), pytest.raises(TransientError):
            await by_hand(one)

        assert shoe.metadata["akeneo_sku"] == "PROD001"


@pytest.mark.parametrize("policy", ["keep", "replace"])
async def test_c1_two_runs_with_two_skus_make_two_assets_and_the_metadata_keeps_the_last(policy: str) -> None:
    async with world(on_sku_change=policy) as one:
        shoe = one.shoe(**EMPTY)

        await by_hand(one)
        await by_hand(one, Wishes("PROD002", "packshots", "link_packshot"))

        assert set(one.links) == {CODE, f"PROD002__{ASSET_ID}"}
        assert shoe.metadata["akeneo_sku"] == "PROD002"


async def test_c1_an_asset_that_cloudinary_does_not_have_is_gone() -> None:
    async with world() as one:
        with pytest.raises(DataError) as error:
            await by_hand(one)

        assert error.value.reason is Reason.ASSET_GONE


async def test_values_with_special_characters_arrive_as_they_are() -> None:
    async with world(sku_policy="underscore") as one:
        shoe = one.shoe(**EMPTY)

        await by_hand(one, Wishes('a=b|"c"\\d&e, é', "packshots", "link_packshot"))

        assert shoe.metadata["akeneo_sku"] == 'a=b|"c"\\d&e, é'


async def test_unlink_by_hand_deletes_and_clears_what_is_not_true_any_more() -> None:
    async with world() as one:
        shoe = one.shoe()
        await link(one)
        one.reset()

        assert (await unlink_by_hand(one)).outcome is Outcome.UNLINKED

        assert (one.links, one.status(shoe)) == ({}, None)
        assert one.pim_calls == [DELETE]


async def test_unlink_by_hand_takes_the_named_one_of_several() -> None:
    async with world() as one:
        shoe = one.shoe()
        await link(one)
        await by_hand(one, Wishes("PROD002", "packshots", "link_packshot"))

        await unlink_by_hand(one, sku="PROD001")

        assert list(one.links) == [f"PROD002__{ASSET_ID}"]
        assert one.status(shoe) == "linked"  # which speaks of the other


async def test_unlink_by_hand_of_another_sku_leaves_the_only_link() -> None:
    async with world() as one:
        one.shoe()
        await link(one)

        await unlink_by_hand(one, sku="PROD009")

        assert list(one.links) == [CODE]


async def test_c1_needs_no_status_and_no_field_of_the_products_information() -> None:
    async with world(product_information={"fields": {"name": "akeneo_name"}}) as one:
        one.shoe(**EMPTY)
        del one.cloud.fields["akeneo_status"]
        async with one.service() as service:
            for command in (link_command, unlink_command):
                tally = Tally()
                await command(service, OPTIONS, tally)
                assert tally.exit_code == 0
        dam = Serving(one.configuration, Metrics())
        await dam.open()
        try:
            assert (await dam.linked(ASSET_ID, WISHES)).outcome is Outcome.LINKED
        finally:
            await dam.close()

        assert list(one.links) == [CODE]


async def test_c1_a_missing_parameter_stops_it_before_anything_is_written() -> None:
    async with world() as one:
        one.shoe(**EMPTY)
        del one.cloud.fields["akeneo_sku"]
        async with one.service() as service:
            with pytest.raises(ConfigurationError, match="akeneo_sku"):
                await link_command(service, OPTIONS, Tally())

        assert (one.links, one.pim_calls) == ({}, [])
