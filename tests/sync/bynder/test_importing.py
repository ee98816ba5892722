"""`import-assets`: the rows of its workflow, each with all calls that it may make."""

from typing import Any

import pytest

from proxy.demo.bynder.routes import Kind
from proxy.demo.files import DemoFile, Family
from proxy.sync.state.rows import LinkState
from tests.sync.bynder.shop import PICTURE, Shop

FOREIGN = DemoFile.named(Family.PRODUCT, "somebody's.png", "image/png", PICTURE)


def hang(shop: Shop, attribute: str = "packshot_image", product: str = "RUN-01", file: DemoFile = FOREIGN) -> str:
    """A person uploads a file of their own into the slot."""
    shop.pim.add(file)
    shop.change(product, attribute, file)
    return file.code


async def test_a_new_asset_becomes_a_file_of_its_product(shop: Shop) -> None:
    asset = shop.asset()

    ended = await shop.run()

    held = shop.held("packshot_image")
    assert (ended.exit_code, ended.tally.summary) == (
        0,
        "seen 1 linked 1 updated 0 unchanged 0 unlinked 0 skipped 0 failed 0",
    )
    assert held is not None
    assert held.endswith(f"_runner_side__{asset.id.replace('-', '')}__original_v1.png")
    assert [call.kind for call in shop.bynder.calls] == [Kind.METAPROPERTIES, Kind.LIST, Kind.LIST, Kind.DOWNLOAD]
    assert [f"{call.method} {call.path.removeprefix('/api/rest/v1/')}" for call in shop.pim.calls] == [
        "GET products/RUN-01",
        "GET attributes/packshot_image",
        "GET products/RUN-01",
        "POST media-files",
        "GET products/RUN-01",
    ]
    [link] = await shop.links()
    assert (link.asset, link.product, link.slot, link.code) == (asset.id, "RUN-01", "packshot_image", held)


async def test_the_lists_are_those_of_step_2(shop: Shop) -> None:
    await shop.run(minutes=5)

    first, second = [call.query for call in shop.bynder.calls if call.kind is Kind.LIST]
    assert "type=image" in first
    assert "orderBy=dateModified asc" in first
    assert "dateModified=2026-03-02T08:55:00Z" in first
    assert "archive" not in first
    assert second.endswith("limit=100")
    assert "archive=1" in second


async def test_the_file_comes_from_another_host_without_the_token(shop: Shop) -> None:
    shop.asset()

    await shop.run()

    [call] = shop.bynder.files.calls
    assert "Authorization" not in call.headers
    assert call.status == 200


async def test_our_own_upload_comes_round_as_unchanged_without_a_write(shop: Shop) -> None:
    asset = shop.asset()
    await shop.run()
    shop.bynder.touch(asset)
    shop.forget()

    ended = await shop.run()

    assert ended.tally.counts()["unchanged"] == 1
    assert shop.writes == []
    assert not shop.bynder.files.calls


async def test_a_new_version_takes_the_place_of_the_old_one(shop: Shop) -> None:
    asset = shop.asset()
    await shop.run()
    shop.bynder.uploads(asset, PICTURE + b"2")

    ended = await shop.run()

    assert ended.tally.counts()["updated"] == 1
    assert str(shop.held("packshot_image")).endswith("_v2.png")


async def test_a_file_that_we_have_forgotten_is_adopted_by_its_name(shop: Shop) -> None:
    shop.asset()
    await shop.run()
    shop.state_path.unlink()
    shop.forget()

    await shop.run()

    assert await shop.reasons() == ["adopted"]
    assert shop.writes == []
    assert [link.code for link in await shop.links()] == [shop.held("packshot_image")]


async def test_one_asset_may_name_several_products_and_models(shop: Shop) -> None:
    shop.asset(product_identifier="RUN-01, RUN/03 ,,RUN-01", product_model=["RUN", "NOTHING"])

    ended = await shop.run()

    assert sorted(await shop.reasons()) == ["failed unknown_product", "linked", "linked", "linked"]
    assert ended.exit_code == 0
    assert shop.held("packshot_image", "RUN/03") is not None
    assert "packshot_image" in shop.pim.catalogue.models["RUN"].values
    assert "NOTHING" not in shop.pim.catalogue.models


async def test_an_unknown_product_is_never_created(shop: Shop) -> None:
    shop.asset(product_identifier=["GONE"])

    await shop.run()

    assert await shop.reasons() == ["failed unknown_product"]
    assert shop.writes == []


@pytest.mark.parametrize("missing", ["product_identifier", "asset_type"])
async def test_an_asset_without_identifier_or_type_is_not_mapped(shop: Shop, missing: str) -> None:
    fields: dict[str, Any] = {missing: None}
    shop.asset(**fields)

    ended = await shop.run()

    assert await shop.reasons() == ["skipped not_mapped"]
    assert ended.exit_code == 0
    assert not shop.pim.calls


async def test_the_order_is_the_number_of_a_sortable_attribute(shop: Shop) -> None:
    shop.asset(asset_type=["application"], sort_order="3")
    shop.asset("Runner back", asset_type=["application"], sort_order="1")

    await shop.run()

    assert "runner_side" in str(shop.held("application_image_3"))
    assert "runner_back" in str(shop.held("application_image_1"))
    assert shop.held("application_image_2") is None


@pytest.mark.parametrize("order", [None, "0", "first", "1.5", "-1"])
async def test_without_a_proper_order_it_is_not_linked(shop: Shop, order: str | None) -> None:
    shop.asset(asset_type=["application"], sort_order=order)

    await shop.run()

    assert await shop.reasons() == ["failed missing_sort_order"]
    assert not shop.pim.calls


async def test_a_target_that_the_pim_does_not_know_is_an_unknown_attribute(shop: Shop) -> None:
    shop.asset(asset_type=["application"], sort_order="9")

    await shop.run()

    assert await shop.reasons() == ["failed unknown_attribute"]
    assert shop.writes == []


async def test_an_option_without_an_entry_is_the_code_of_its_attribute(shop: Shop) -> None:
    shop.bynder.metaproperties["asset_type"].add_option("application_image_2")
    shop.asset(asset_type=["application_image_2"])

    await shop.run()

    assert shop.held("application_image_2") is not None


async def test_an_asset_type_may_have_a_comma_in_its_name(shop: Shop) -> None:
    shop.bynder.metaproperties["asset_type"].add_option("front, large")
    shop.asset(asset_type=["front, large"])

    await shop.run(asset_type_metaproperty_options_mappings={"packshot_image": "front, large"})

    assert await shop.reasons() == ["linked"]


async def test_a_slot_that_a_user_has_emptied_is_not_filled_again(shop: Shop) -> None:
    asset = shop.asset()
    await shop.run()
    shop.change("RUN-01", "packshot_image", None)
    shop.bynder.touch(asset)

    await shop.run()
    still = shop.held("packshot_image")
    shop.bynder.uploads(asset, PICTURE + b"2")
    await shop.run()

    assert await shop.reasons() == ["linked", "skipped removed_in_pim", "updated"]
    assert still is None
    assert shop.held("packshot_image") is not None


async def test_a_changed_link_field_fills_an_emptied_slot_again(shop: Shop) -> None:
    asset = shop.asset()
    await shop.run()
    shop.change("RUN-01", "packshot_image", None)
    shop.bynder.user_sets(asset, product_identifier=["RUN-01", "RUN-02"])

    await shop.run()

    assert shop.held("packshot_image") is not None
    assert shop.held("packshot_image", "RUN-02") is not None


async def test_a_proposal_is_not_made_twice(shop: Shop) -> None:
    asset = shop.asset()
    shop.pim.catalogue.drafts.add("RUN-01")

    await shop.run()
    shop.bynder.touch(asset)
    shop.forget()
    await shop.run()

    assert await shop.reasons() == ["draft draft", "draft draft"]
    assert shop.writes == []
    [link] = await shop.links()
    assert link.state is LinkState.DRAFT


async def test_an_approved_proposal_is_a_link(shop: Shop) -> None:
    asset = shop.asset()
    shop.pim.catalogue.drafts.add("RUN-01")
    await shop.run()
    [link] = await shop.links()
    shop.change("RUN-01", "packshot_image", link.code)
    shop.bynder.touch(asset)

    await shop.run()

    assert (await shop.reasons())[1:] == ["adopted"]
    assert [link.state for link in await shop.links()] == [LinkState.LINKED]


async def test_a_dry_run_leaves_the_files_of_a_running_import_alone(shop: Shop) -> None:
    shop.asset()
    folder = shop.state_path.with_name(f"{shop.state_path.name}.downloads") / "bynder"
    folder.mkdir(parents=True)
    (folder / "half").write_bytes(PICTURE)

    await shop.run(dry_run=True)

    assert (folder / "half").read_bytes() == PICTURE


async def test_a_dry_run_writes_nothing(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    shop.asset()

    ended = await shop.run(dry_run=True)

    assert ended.tally.counts()["linked"] == 1
    assert shop.writes == []
    assert await shop.links() == []
    assert "would upload" in capsys.readouterr().out
    assert not await shop.reasons()
