"""`update-properties`: what was chosen in the PIM becomes known in Bynder."""

import json
from urllib.parse import parse_qs

import pytest

from proxy.demo.bynder.model import Media
from proxy.demo.bynder.routes import Kind
from proxy.demo.catalogue.model import Attribute
from proxy.demo.files import DemoFile, Family
from proxy.sync.state.rows import LinkState
from tests.sync.bynder.shop import PICTURE, Shop
from tests.sync.bynder.test_importing import hang


def chosen(shop: Shop, asset: Media, attribute: str = "packshot_image", product: str = "RUN-01") -> str:
    """A file that was once imported, put into another slot by a person."""
    name = f"side__{asset.id.replace('-', '')}__original_v1.png"
    file = DemoFile.named(Family.PRODUCT, name, "image/png", PICTURE)
    shop.pim.add(file)
    shop.change(product, attribute, file)
    return file.code


async def test_identifier_and_type_are_added_in_one_write(shop: Shop) -> None:
    asset = shop.asset(product_identifier=["OTHER"], asset_type=["application"], sort_order="1")
    chosen(shop, asset)

    ended = await shop.run("update-properties")

    assert ended.tally.counts()["updated"] == 1
    assert asset.properties["product_identifier"] == ["OTHER,RUN-01"]
    assert asset.properties["asset_type"] == ["application", "packshot"]
    assert shop.writes == [f"POST /api/v4/media/{asset.id}/"]
    assert [call.kind for call in shop.bynder.calls] == [Kind.METAPROPERTIES, Kind.MEDIA, Kind.UPDATE]


async def test_the_order_of_a_sortable_slot_is_set(shop: Shop) -> None:
    asset = shop.asset(product_identifier=None, asset_type=None)
    chosen(shop, asset, "application_image_3")

    await shop.run("update-properties")

    assert (asset.properties["asset_type"], asset.properties["sort_order"]) == (["application"], ["3"])


async def test_a_model_is_named_in_its_own_metaproperty(shop: Shop) -> None:
    asset = shop.asset(product_identifier=None, asset_type=None)
    shop.pim.catalogue.models["RUN"].set("packshot_image", chosen(shop, asset), at=shop.now())
    shop.change("RUN-01", "packshot_image", None)

    await shop.run("update-properties")

    assert asset.properties["product_model"] == ["RUN"]
    assert not asset.properties["product_identifier"]  # the variant has it from its model


async def test_what_is_equal_is_not_written(shop: Shop) -> None:
    shop.asset()
    await shop.run()
    shop.forget()

    ended = await shop.run("update-properties")

    assert ended.tally.counts()["unchanged"] == 1
    assert shop.writes == []


@pytest.mark.parametrize("reads", [0, 3])
async def test_our_own_write_comes_round_as_unchanged(shop: Shop, reads: int) -> None:
    asset = shop.asset(product_identifier=None, asset_type=None)
    chosen(shop, asset)
    shop.bynder.changes.after_reads = reads
    await shop.run("update-properties")
    shop.forget()

    ended = await shop.run("update-properties")

    assert ended.tally.counts()["unchanged"] == 1
    assert shop.writes == []


async def test_two_products_of_one_asset_are_one_write(shop: Shop) -> None:
    asset = shop.asset(product_identifier=None, asset_type=None)
    chosen(shop, asset)
    chosen(shop, asset, product="RUN-02")
    shop.bynder.changes.after_reads = 5

    await shop.run("update-properties")
    shop.bynder.settle()

    assert set(asset.properties["product_identifier"][0].split(",")) == {"RUN-01", "RUN-02"}
    assert len(shop.writes) == 1


async def test_a_second_product_does_not_undo_a_write_that_is_not_applied_yet(shop: Shop) -> None:
    asset = shop.asset(product_identifier=None, asset_type=None)
    chosen(shop, asset)
    shop.bynder.changes.after_reads = 50
    await shop.run("update-properties")
    chosen(shop, asset, product="RUN-02")

    await shop.run("update-properties")
    shop.bynder.settle()

    assert asset.properties["product_identifier"] == ["RUN-01,RUN-02"]


async def test_the_id_may_lie_in_a_text_attribute(shop: Shop) -> None:
    asset = shop.asset(product_identifier=None, asset_type=None)
    hang(shop)
    shop.change("RUN-01", "packshot_id", asset.id)

    await shop.run("update-properties", bynder_id_attributes={"packshot_image": "packshot_id"})

    assert asset.properties["product_identifier"] == ["RUN-01"]


async def test_a_file_that_did_not_come_from_bynder_has_no_asset(shop: Shop) -> None:
    hang(shop)

    await shop.run("update-properties")

    assert await shop.reasons() == ["skipped no_bynder_asset"]
    assert shop.writes == []
    assert shop.count(Kind.MEDIA) == 0


async def test_a_slot_that_a_user_has_emptied_is_remembered_and_bynder_is_not_written(shop: Shop) -> None:
    asset = shop.asset()
    await shop.run()
    shop.change("RUN-01", "packshot_image", None)
    shop.forget()

    await shop.run("update-properties")
    shop.bynder.touch(asset)
    await shop.run()

    assert (await shop.reasons())[1:] == ["skipped removed_in_pim", "skipped removed_in_pim"]
    assert [link.state for link in await shop.links()] == [LinkState.REMOVED_IN_PIM]
    assert shop.writes == []
    assert shop.held("packshot_image") is None


async def test_our_own_write_does_not_refill_what_a_user_has_emptied(shop: Shop) -> None:
    asset = shop.asset()
    await shop.run()
    shop.change("RUN-01", "packshot_image", None)
    await shop.run("update-properties")
    chosen(shop, asset, product="RUN-02")
    await shop.run("update-properties")

    await shop.run()

    assert shop.held("packshot_image") is None
    assert asset.properties["product_identifier"] == ["RUN-01,RUN-02"]


async def test_an_identifier_that_was_removed_is_added_again(shop: Shop) -> None:
    asset = shop.asset()
    await shop.run()
    shop.bynder.user_sets(asset, product_identifier=None)
    shop.change("RUN-01", "brand", "Acme")

    await shop.run("update-properties")

    assert (await shop.reasons())[-1] == "updated"
    assert asset.properties["product_identifier"] == ["RUN-01"]


@pytest.mark.parametrize("unlink", [False, True])
async def test_an_archived_asset_is_not_written(shop: Shop, unlink: bool) -> None:
    asset = shop.asset(product_identifier=None)
    chosen(shop, asset)
    shop.bynder.archives(asset)

    await shop.run("update-properties", asset_unlink_after_archiving=unlink)

    assert await shop.reasons() == ["skipped"]
    assert shop.writes == []


async def test_late_writes_of_both_commands_are_remembered(shop: Shop) -> None:
    asset = shop.asset(product_identifier=None, asset_type=None)
    shop.bynder.changes.after_reads = 50
    chosen(shop, asset)
    await shop.run("update-properties")
    shop.change("RUN-01", "brand", "Acme")
    await shop.run("update-mapped-properties", enrichment_metaproperty_mappings={"brand": "brand"})
    chosen(shop, asset, product="RUN-02")
    await shop.run("update-properties")
    chosen(shop, asset, product="RUN/03")

    await shop.run("update-properties")
    shop.bynder.settle()

    assert asset.properties["product_identifier"] == ["RUN-01,RUN-02,RUN/03"]
    assert asset.properties["brand"] == ["Acme"]


async def test_an_identifier_has_whatever_code_the_pim_gives_it(shop: Shop) -> None:
    attributes = shop.pim.catalogue.attributes
    del attributes["sku"]
    shop.pim.catalogue.add_attributes(Attribute("ean", "pim_catalog_identifier"))
    asset = shop.asset(product_identifier=None)
    chosen(shop, asset)

    await shop.run("update-properties")

    assert asset.properties["product_identifier"] == ["RUN-01"]
    assert len([call for call in shop.pim.calls if call.path.endswith("/attributes")]) == 1


@pytest.mark.parametrize("command", ["update-properties", "update-mapped-properties"])
async def test_a_product_without_an_identifier_is_skipped(shop: Shop, command: str) -> None:
    del shop.pim.catalogue.attributes["sku"]
    shop.change("RUN-01", "brand", "Acme")

    ended = await shop.run(command, enrichment_metaproperty_mappings={"brand": "brand"})

    assert await shop.reasons() == ["skipped missing_sku"]
    assert ended.tally.counts()["skipped"] == 1


async def test_changes_are_asked_for_in_the_pims_own_zone(shop: Shop) -> None:
    shop.zone = "Europe/Paris"

    await shop.run("update-properties")

    lists = [call for call in shop.pim.calls if "search=" in call.query]
    assert [call.path.rpartition("/")[2] for call in lists] == ["products-uuid", "product-models"]
    search = json.loads(parse_qs(lists[0].query)["search"][0])
    assert search["updated"] == [{"operator": ">", "value": "2026-03-02 09:00:00"}]


async def test_a_dry_run_writes_nothing(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    chosen(shop, shop.asset(product_identifier=None))

    ended = await shop.run("update-properties", dry_run=True)

    assert ended.tally.counts()["updated"] == 1
    assert "would write" in capsys.readouterr().out
    assert shop.writes == []
    assert await shop.links() == []
