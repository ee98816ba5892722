"""Where the connection may only propose: what was proposed is done once somebody has approved it, however late."""

import pytest

from proxy.demo.bynder.routes import Kind
from proxy.sync.state.rows import LinkState
from tests.sync.bynder.shop import Shop


async def time_passes(shop: Shop) -> None:
    """More than a window has."""
    for _ in range(3):
        await shop.run(minutes=5)
        shop.passes(minutes=5)


async def archived_by_proposal(shop: Shop) -> None:
    asset = shop.asset()
    await shop.run(minutes=5)
    shop.pim.catalogue.drafts.add("RUN-01")
    shop.bynder.archives(asset)
    shop.forget()
    await time_passes(shop)


async def test_what_is_archived_waits_for_its_slot_to_be_emptied(shop: Shop) -> None:
    await archived_by_proposal(shop)

    [asset] = shop.bynder.media.values()
    assert [link.state for link in await shop.links()] == [LinkState.LEAVING]
    assert asset.properties["product_identifier"] == ["RUN-01"]
    assert shop.writes == ["PATCH /api/rest/v1/products/RUN-01"]
    assert set((await shop.reasons())[1:]) == {"draft draft"}

    shop.forget()
    await shop.run(minutes=5)

    assert shop.count(Kind.MEDIA) == 0


async def test_an_approved_proposal_to_empty_a_slot_ends_the_link(shop: Shop) -> None:
    await archived_by_proposal(shop)
    shop.change("RUN-01", "packshot_image", None)

    await shop.run(minutes=5)

    [asset] = shop.bynder.media.values()
    assert asset.properties["product_identifier"] == []
    assert await shop.links() == []


async def test_an_asset_that_is_back_fills_the_slot_that_was_emptied(shop: Shop) -> None:
    await archived_by_proposal(shop)
    shop.pim.catalogue.drafts.clear()
    shop.change("RUN-01", "packshot_image", None)
    [asset] = shop.bynder.media.values()
    shop.bynder.archives(asset, False)

    await shop.run(minutes=5)

    assert shop.held("packshot_image") is not None
    assert [link.state for link in await shop.links()] == [LinkState.LINKED]


@pytest.mark.parametrize("dry_run", [False, True])
async def test_the_old_slot_is_emptied_once_the_new_one_is_approved(shop: Shop, dry_run: bool) -> None:
    asset = shop.asset(asset_type=["application"], sort_order="1")
    await shop.run(minutes=5)
    shop.pim.catalogue.drafts.add("RUN-01")
    shop.bynder.user_sets(asset, sort_order="2")
    await time_passes(shop)
    shop.pim.catalogue.drafts.clear()
    [new] = [link for link in await shop.links() if link.slot == "application_image_2"]
    shop.change("RUN-01", "application_image_2", new.code)

    await shop.run(minutes=5, dry_run=dry_run)

    assert (shop.held("application_image_1") is None) is not dry_run
    assert shop.held("application_image_2") == new.code
    assert [link.state for link in await shop.links()].count(LinkState.LINKED) == 1
