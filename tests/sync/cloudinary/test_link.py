"""Flow C2: an asset is linked when its status asks for it (dam-sync 2.2, 2.4, 2.8)."""

from typing import Any

import pytest

from proxy.demo.faults import LostAnswer, Status
from proxy.sync.cloudinary.statuses import Asked
from proxy.sync.outcomes import ConfigurationError, DataError, Outcome, Reason, Result, TransientError
from tests.sync.cloudinary.world import ASSET_ID, CODE, DEFINITION, DETAILS, PATCH, WRITE, World, world

URL = "https://res.cloudinary.com/acme/image/upload/v1771/shoes/runner.jpg"


async def link(one: World, asked: Asked | None = None, asset_id: str = ASSET_ID) -> Result:
    async with one.cloudinary() as cloudinary:
        return await cloudinary.flows.by_status(asset_id, "requires_link", cloudinary.changes, asked)


async def refused(one: World) -> DataError:
    with pytest.raises(DataError) as error:
        await link(one)
    return error.value


async def test_c2_links_with_one_patch_and_writes_linked_after_a_second_look() -> None:
    async with world() as one:
        shoe = one.shoe()

        assert (await link(one)).outcome is Outcome.LINKED

        assert one.links == {CODE: URL}
        assert one.status(shoe) == "linked"
        assert one.pim_calls == [DEFINITION, PATCH]
        assert one.cloud_calls == [DETAILS, DETAILS, WRITE]
        assert one.sent() == {
            "code": CODE,
            "values": {"link_packshot": [{"locale": None, "channel": None, "data": URL}]},
        }


async def test_c2_step3_status_no_longer_requires_link_is_stale() -> None:
    async with world() as one:
        one.shoe(status="linked")

        assert (await link(one)).outcome is Outcome.STALE

        assert (one.pim_calls, one.cloud_calls) == ([], [DETAILS])


@pytest.mark.parametrize(
    ("missing", "reason"),
    [
        ({"sku": " "}, Reason.MISSING_SKU),
        ({"family": None}, Reason.MISSING_FAMILY),
        ({"attribute": None}, Reason.MISSING_ATTRIBUTE),
        ({"sku": None, "family": None}, Reason.MISSING_SKU),
        ({"sku": "RUN-01"}, Reason.SKU_CHARACTERS),
        ({"sku": "A" * 230}, Reason.CODE_TOO_LONG),
        ({"family": "nowhere"}, Reason.UNKNOWN_FAMILY),
        ({"attribute": "nothing"}, Reason.UNKNOWN_ATTRIBUTE),
        ({"attribute": "product_ref"}, Reason.NOT_A_MEDIA_LINK),
        ({"attribute": "link_elsewhere"}, Reason.PREFIX_MISMATCH),
        ({"attribute": "link_locale"}, Reason.NEEDS_LOCALE),
        ({"attribute": "link_channel"}, Reason.NEEDS_CHANNEL),
    ],
)
async def test_c2_step4_and_5_wrong_data_leaves_the_status_and_creates_nothing(
    missing: dict[str, Any], reason: Reason
) -> None:
    async with world() as one:
        shoe = one.shoe(**missing)

        assert (await refused(one)).reason is reason

        assert one.status(shoe) == "requires_link"
        assert one.links == {}
        assert WRITE not in one.cloud_calls


async def test_c2_sku_characters_names_the_character() -> None:
    async with world() as one:
        one.shoe(sku="RUN-01")

        assert "'-'" in (await refused(one)).part


async def test_c2_prefix_and_suffix_of_the_attribute_are_taken_off() -> None:
    async with world() as one:
        one.shoe(attribute="link_short")

        await link(one)

        assert one.sent()["values"]["link_short"][0]["data"] == "image/upload/v1771/shoes/runner"


async def test_c2_locale_and_channel_come_from_the_settings() -> None:
    async with world(value_context={"locale": "fr_FR", "channel": "ecommerce"}) as one:
        shoe = one.shoe(attribute="link_locale")

        await link(one)

        assert one.sent()["values"]["link_locale"] == [{"locale": "fr_FR", "channel": None, "data": URL}]
        assert one.status(shoe) == "linked"


async def test_c2_underscore_policy_with_an_attribute_for_the_sku() -> None:
    async with world(sku_policy="underscore", sku_attribute="product_ref") as one:
        one.shoe(sku="RUN-01")

        await link(one)

        assert list(one.links) == [f"RUN_01__{ASSET_ID}"]
        assert one.sent()["values"]["product_ref"] == [{"locale": None, "channel": None, "data": "RUN-01"}]


async def test_c2_two_skus_of_one_asset_with_one_code_collide() -> None:
    async with world(sku_policy="underscore") as one:
        shoe = one.shoe(sku="RUN-01")
        await link(one)
        one.cloud.user_sets(shoe, sku="RUN+01", status="requires_link")
        one.reset()

        assert (await refused(one)).reason is Reason.CODE_COLLISION

        assert one.pim_calls == []


async def test_c2_step6_a_status_that_a_user_changed_meanwhile_is_not_overwritten() -> None:
    async with world() as one:
        shoe = one.shoe()
        async with one.cloudinary() as cloudinary:
            patch = cloudinary.changes.patch_asset

            async def patch_while_a_user_edits(*given: Any) -> bool:
                one.cloud.user_sets(shoe, status="requires_unlink")
                return await patch(*given)

            cloudinary.changes.patch_asset = patch_while_a_user_edits  # type: ignore[method-assign,assignment]
            result = await cloudinary.flows.by_status(ASSET_ID, "requires_link", cloudinary.changes)

        assert result.outcome is Outcome.STALE
        assert one.status(shoe) == "requires_unlink"
        assert WRITE not in one.cloud_calls


async def test_c2_a_sku_that_a_user_changed_meanwhile_is_linked_before_linked_is_written() -> None:
    async with world() as one:
        shoe = one.shoe()
        async with one.cloudinary() as cloudinary:
            patch = cloudinary.changes.patch_asset

            async def patch_while_a_user_edits(*given: Any) -> bool:
                one.cloud.user_sets(shoe, sku="PROD002")
                return await patch(*given)

            cloudinary.changes.patch_asset = patch_while_a_user_edits  # type: ignore[method-assign,assignment]
            await cloudinary.flows.by_status(ASSET_ID, "requires_link", cloudinary.changes)
        assert one.status(shoe) == "requires_link"

        await link(one)

        assert set(one.links) == {CODE, f"PROD002__{ASSET_ID}"}
        assert one.status(shoe) == "linked"


async def test_state_requires_link_stays_when_the_pim_fails_for_a_while() -> None:
    async with world() as one:
        shoe = one.shoe()
        with one.pim.misbehaving(Status(503, path="/api/rest/v1/asset-families")), pytest.raises(TransientError):
            await link(one)

        assert one.status(shoe) == "requires_link"
        assert one.links == {}


async def test_state_requires_link_stays_when_the_pim_refuses_us() -> None:
    async with world() as one:
        shoe = one.shoe()
        with one.pim.misbehaving(Status(403, path="/api/rest/v1/asset-families")), pytest.raises(ConfigurationError):
            await link(one)

        assert one.status(shoe) == "requires_link"


async def test_an_answer_to_the_status_that_is_lost_leads_to_a_second_look_not_to_a_second_write() -> None:
    async with world() as one:
        shoe = one.shoe()
        with one.cloud.misbehaving(LostAnswer(path="/v1_1/acme/image/metadata", times=1)):
            assert (await link(one)).outcome is Outcome.LINKED

        assert one.status(shoe) == "linked"
        assert one.cloud_calls == [DETAILS, DETAILS, WRITE, DETAILS]


async def test_state_linked_and_requires_link_again_updates_the_same_asset() -> None:
    async with world() as one:
        shoe = one.shoe()
        await link(one)
        one.cloud.rename(shoe, "shoes/runner-new")
        one.cloud.user_sets(shoe, status="requires_link")

        assert (await link(one)).outcome is Outcome.UPDATED

        assert one.links == {CODE: URL.replace("runner", "runner-new")}
        assert one.status(shoe) == "linked"


@pytest.mark.parametrize(("policy", "left"), [("keep", {"PROD001", "PROD002"}), ("replace", {"PROD002"})])
async def test_state_a_changed_sku_makes_a_second_asset_and_keeps_or_replaces_the_first(
    policy: str, left: set[str]
) -> None:
    async with world(on_sku_change=policy) as one:
        shoe = one.shoe()
        await link(one)
        one.cloud.user_sets(shoe, sku="PROD002", status="requires_link")

        await link(one)

        assert {code.partition("__")[0] for code in one.links} == left
        writes = [call for call in one.pim_calls if not call.startswith("GET")]
        assert writes[1].startswith("PATCH")  # the new one is there before the old one goes


async def test_one_sku_and_asset_have_one_asset_in_the_pim_when_the_family_changes() -> None:
    async with world() as one:
        shoe = one.shoe()
        await link(one)
        one.cloud.user_sets(shoe, family="moods", status="requires_link")

        await link(one)

        assert one.links == {}
        assert list(one.pim.catalogue.asset_families["moods"].assets) == [CODE]


async def test_the_code_goes_into_its_field_with_the_status() -> None:
    async with world(fields={"asset_code": "akeneo_asset_code"}) as one:
        shoe = one.shoe()
        one.cloud.fields["akeneo_asset_code"] = type(one.cloud.fields["akeneo_sku"])("akeneo_asset_code")

        await link(one)

        assert one.cloud.assets[ASSET_ID].metadata["akeneo_asset_code"] == CODE
        assert one.status(shoe) == "linked"
        assert one.cloud_calls.count(WRITE) == 1


async def test_only_images_are_linked() -> None:
    async with world() as one:
        film = one.cloud.add_asset("film", asset_id="ab12", metadata={"status": "requires_link"}, resource_type="video")

        assert (await link(one, asset_id="ab12")).outcome is Outcome.SKIPPED

        assert one.status(film) == "requires_link"


async def test_metadata_that_the_details_leave_out_is_searched_for() -> None:
    async with world() as one:
        shoe = one.shoe()
        one.cloud.details_without_metadata()

        async with one.cloudinary() as cloudinary:
            found = await cloudinary.client.asset(shoe.asset_id)

        assert found.text("akeneo_sku") == "PROD001"
