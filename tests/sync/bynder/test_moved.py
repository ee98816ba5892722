"""What was moved in Bynder, or put back in the PIM, since `update-properties` has read of it."""

import pytest

from proxy.sync.bynder.choices import Choice
from proxy.sync.bynder.identifying import Identifying
from proxy.sync.outcomes import Result
from proxy.sync.state.rows import LinkState
from tests.sync.bynder.shop import Shop
from tests.sync.bynder.test_identifying import chosen


async def test_what_somebody_has_moved_in_bynder_is_left_to_the_import(shop: Shop) -> None:
    asset = shop.asset(asset_type=["application"], sort_order="1")
    await shop.run()
    shop.bynder.user_sets(asset, sort_order="3")
    shop.change("RUN-01", "brand", "Acme")
    shop.forget()

    await shop.run("update-properties")

    assert (await shop.reasons())[-1] == "stale"
    assert shop.writes == []


async def test_what_somebody_has_moved_holds_up_no_other_choice(shop: Shop) -> None:
    asset = shop.asset(asset_type=["application"], sort_order="1")
    await shop.run()
    shop.change("RUN-01", "brand", "Acme")
    chosen(shop, asset, "packshot_image", "RUN-02")
    shop.bynder.user_sets(asset, sort_order="3")

    await shop.run("update-properties")

    assert sorted((await shop.reasons())[-2:]) == ["stale", "updated"]
    assert asset.properties["product_identifier"] == ["RUN-01,RUN-02"]
    assert asset.properties["sort_order"] == ["3"]


async def test_the_order_that_somebody_has_given_in_bynder_stays(shop: Shop) -> None:
    asset = shop.asset(asset_type=["application"], sort_order="1")
    await shop.run()
    shop.change("RUN-01", "brand", "Acme")
    chosen(shop, asset, "application_image_2", "RUN-02")
    shop.bynder.user_sets(asset, sort_order="3")

    await shop.run("update-properties")

    assert (await shop.reasons())[-1] == "failed wrong_value"
    assert asset.properties["sort_order"] == ["3"]


async def test_a_slot_that_is_filled_again_meanwhile_is_a_link(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.asset()
    await shop.run()
    code = shop.held("packshot_image")
    shop.change("RUN-01", "packshot_image", None)
    work = Identifying.asset

    async def overtaken(self: Identifying, asset: str, choices: list[Choice]) -> list[Result]:
        shop.change("RUN-01", "packshot_image", code)
        return await work(self, asset, choices)

    monkeypatch.setattr(Identifying, "asset", overtaken)

    await shop.run("update-properties")

    assert (await shop.reasons())[-1] == "stale"
    assert [link.state for link in await shop.links()] == [LinkState.LINKED]
