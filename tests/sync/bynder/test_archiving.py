"""Assets that are archived or deleted in Bynder."""

from unittest.mock import patch

import pytest

from proxy.demo.bynder.routes import Kind
from proxy.sync.state.links import Links
from tests.sync.bynder.shop import Shop
from tests.sync.bynder.test_identifying import chosen
from tests.sync.bynder.test_importing import hang
from tests.sync.cutting import Cut


async def test_an_archived_asset_leaves_the_pim_and_loses_its_identifiers(shop: Shop) -> None:
    asset = shop.asset(product_model=["RUN"])
    await shop.run()
    shop.bynder.archives(asset)
    shop.forget()

    ended = await shop.run()

    assert ended.tally.counts()["unlinked"] == 2
    assert shop.held("packshot_image") is None
    assert (asset.properties["product_identifier"], asset.properties["product_model"]) == ([], [])
    assert asset.properties["asset_type"] == ["packshot"]
    assert sorted(shop.writes) == [
        "PATCH /api/rest/v1/product-models/RUN",
        "PATCH /api/rest/v1/products/RUN-01",
        f"POST /api/v4/media/{asset.id}/",
    ]
    assert await shop.links() == []


async def test_archiving_comes_round_without_a_write(shop: Shop) -> None:
    asset = shop.asset()
    await shop.run()
    shop.bynder.archives(asset)
    await shop.run()
    shop.forget()

    ended = await shop.run()

    assert ended.tally.counts()["skipped"] == 1
    assert shop.writes == []


async def test_a_foreign_file_outlives_the_archived_asset(shop: Shop) -> None:
    asset = shop.asset()
    await shop.run()
    foreign = hang(shop)
    shop.bynder.archives(asset)

    await shop.run()

    assert shop.held("packshot_image") == foreign
    assert await shop.links() == []


async def test_without_unlinking_the_link_and_the_file_stay(shop: Shop) -> None:
    asset = shop.asset()
    await shop.run()
    shop.bynder.archives(asset)
    shop.forget()

    await shop.run(asset_unlink_after_archiving=False)

    assert shop.held("packshot_image") is not None
    assert len(await shop.links()) == 1
    assert shop.writes == []


async def test_an_archived_asset_that_was_never_linked_is_skipped(shop: Shop) -> None:
    shop.asset(archive=True)

    ended = await shop.run()

    assert ended.tally.counts()["skipped"] == 1
    assert shop.writes == []


@pytest.mark.parametrize("dry_run", [False, True])
async def test_an_archived_asset_that_we_have_forgotten_leaves_the_pim(shop: Shop, dry_run: bool) -> None:
    asset = shop.asset(product_identifier=["RUN-01", "RUN-02"])
    await shop.run()
    held, foreign = shop.held("packshot_image"), hang(shop, product="RUN-02")
    shop.state_path.unlink()
    shop.bynder.archives(asset)

    ended = await shop.run(dry_run=dry_run)

    assert ended.tally.counts()["unlinked"] == 1
    assert shop.held("packshot_image") == (held if dry_run else None)
    assert shop.held("packshot_image", "RUN-02") == foreign
    assert bool(asset.properties["product_identifier"]) is dry_run
    assert await shop.links() == []


async def test_an_archived_asset_makes_room_for_another_in_the_same_run(shop: Shop) -> None:
    old = shop.asset("old")
    await shop.run()
    shop.bynder.archives(old)
    shop.asset("new", created=shop.at)
    shop.forget()

    ended = await shop.run()

    assert "new" in str(shop.held("packshot_image"))
    assert (ended.tally.seen, shop.count(Kind.LIST)) == (2, 2)


async def test_an_asset_deleted_in_bynder_keeps_its_file(shop: Shop) -> None:
    asset = shop.asset()
    await shop.run()
    shop.bynder.remove(asset)
    shop.change("RUN-01", "brand", "Acme")
    shop.forget()

    await shop.run("update-properties")

    assert (await shop.reasons())[-1] == "skipped source_gone"
    assert shop.held("packshot_image") is not None
    assert shop.writes == []
    assert shop.count(Kind.MEDIA) == 1


async def test_identifiers_that_bynder_does_not_show_yet_are_cleared_too(shop: Shop) -> None:
    asset = shop.asset(product_identifier=None, asset_type=None)
    chosen(shop, asset)
    shop.bynder.changes.after_reads = 500
    await shop.run("update-properties")
    shop.bynder.archives(asset)

    await shop.run()
    shop.bynder.settle()

    assert asset.properties["product_identifier"] == []
    assert (shop.held("packshot_image"), await shop.links()) == (None, [])


async def test_a_choice_that_was_told_and_not_recorded_is_taken_out(shop: Shop) -> None:
    asset = shop.asset(product_identifier=None, asset_type=None)
    chosen(shop, asset)
    shop.bynder.changes.after_reads = 500
    with patch.object(Links, "save_link", side_effect=Cut), pytest.raises(Cut):
        await shop.run("update-properties")
    shop.bynder.archives(asset)
    shop.passes(minutes=3)

    await shop.run()

    assert shop.held("packshot_image") is None


@pytest.mark.parametrize("reads", [0, 500])
async def test_a_restored_asset_stays_out_however_late_its_identifiers_go(shop: Shop, reads: int) -> None:
    asset = shop.asset()
    await shop.run()
    shop.bynder.archives(asset)
    shop.bynder.changes.after_reads = reads
    await shop.run()
    shop.bynder.archives(asset, False)

    await shop.run()
    shop.bynder.settle()
    shop.passes(minutes=16)
    await shop.run()

    assert shop.held("packshot_image") is None
    assert await shop.links() == []


async def test_a_restored_asset_that_is_chosen_again_belongs_to_that_product_alone(shop: Shop) -> None:
    asset = shop.asset(product_identifier=None, asset_type=None)
    chosen(shop, asset)
    await shop.run("update-properties")
    await shop.run()
    shop.bynder.archives(asset)
    await shop.run()
    shop.bynder.archives(asset, False)
    chosen(shop, asset, product="RUN-02")

    await shop.run("update-properties")
    await shop.run()

    assert asset.properties["product_identifier"] == ["RUN-02"]
    assert shop.held("packshot_image") is None
