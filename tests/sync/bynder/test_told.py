"""What Bynder has been told and does not show yet, and what a person has set there since: `dateModified` tells them
apart.
"""

from typing import Any
from unittest.mock import patch

import pytest

from proxy.demo.bynder.model import Media, Metaproperty
from proxy.sync.bynder.client import Bynder
from tests.sync.bynder.shop import Shop
from tests.sync.bynder.test_enriching import edit
from tests.sync.bynder.test_identifying import chosen
from tests.sync.cutting import Cut

LATE = 500  # reads, more than any of these tests makes
BRAND = {"enrichment_metaproperty_mappings": {"brand": "brand"}}


async def linked_and_chosen(shop: Shop) -> Media:
    """In RUN-01 by the import; and in RUN-02 by a person, which `update-properties` has told Bynder."""
    asset = shop.asset()
    await shop.run(minutes=5)
    chosen(shop, asset, product="RUN-02")
    await shop.run("update-properties", minutes=5)
    return asset


@pytest.mark.parametrize("settled", [False, True])
async def test_a_write_that_takes_long_to_show_keeps_what_a_person_has_chosen(shop: Shop, settled: bool) -> None:
    shop.bynder.changes.after_reads = LATE
    await linked_and_chosen(shop)
    code = shop.held("packshot_image", "RUN-02")
    await shop.run()
    shop.passes(minutes=16)
    shop.forget()
    if settled:
        shop.bynder.settle()

    await shop.run()

    assert shop.held("packshot_image", "RUN-02") == code
    assert shop.writes == []


async def test_a_new_version_goes_where_a_person_has_moved_the_picture(shop: Shop) -> None:
    asset = shop.asset(asset_type=["application"], sort_order="1")
    await shop.run()
    shop.change("RUN-01", "application_image_1", None)
    chosen(shop, asset, "application_image_3")
    shop.bynder.changes.after_reads = LATE
    await shop.run("update-properties")
    shop.bynder.uploads(asset, asset.content + b"2")

    await shop.run()

    assert shop.held("application_image_1") is None
    assert str(shop.held("application_image_3")).endswith("_v2.png")
    assert [link.slot for link in await shop.links()] == ["application_image_3"]


async def test_two_writes_that_take_long_to_show_keep_both_choices(shop: Shop) -> None:
    shop.bynder.changes.after_reads = LATE
    asset = await linked_and_chosen(shop)
    shop.passes(minutes=10)
    chosen(shop, asset, product="RUN/03")
    await shop.run("update-properties")
    held = [shop.held("packshot_image", product) for product in ("RUN-02", "RUN/03")]
    shop.passes(minutes=16)

    await shop.run()

    assert None not in held
    assert [shop.held("packshot_image", product) for product in ("RUN-02", "RUN/03")] == held


@pytest.mark.parametrize("minutes", [2, 20])
async def test_a_write_that_never_shows_is_made_once_more(shop: Shop, minutes: int) -> None:
    shop.bynder.changes.after_reads = LATE
    await linked_and_chosen(shop)
    shop.passes(minutes=minutes)
    shop.forget()

    await shop.run("update-properties")
    await shop.run("update-properties")

    assert len(shop.writes) == (1 if minutes > 15 else 0)


@pytest.mark.parametrize("imported", [False, True])
async def test_what_a_person_takes_back_in_bynder_leaves_the_pim(shop: Shop, imported: bool) -> None:
    asset = await linked_and_chosen(shop)
    if imported:
        await shop.run()
    shop.passes(minutes=1)
    shop.bynder.user_sets(asset, product_identifier=["RUN-01"])
    shop.passes(minutes=19)

    await shop.run()
    await shop.run("update-properties")

    assert shop.held("packshot_image", "RUN-02") is None
    assert shop.held("packshot_image", "RUN-01") is not None
    assert asset.properties["product_identifier"] == ["RUN-01"]


async def test_what_a_person_takes_back_in_bynder_is_not_written_back(shop: Shop) -> None:
    asset = await linked_and_chosen(shop)
    shop.passes(minutes=1)
    shop.bynder.user_sets(asset, product_identifier=["RUN-01"])
    shop.passes(minutes=19)

    await shop.run("update-properties")

    assert asset.properties["product_identifier"] == ["RUN-01"]
    assert "stale" in (await shop.reasons())[-2:]


async def test_what_a_person_takes_back_soon_is_not_lost_with_a_short_window(shop: Shop) -> None:
    asset = await linked_and_chosen(shop)
    shop.passes(minutes=2)
    await shop.run(minutes=5)
    shop.bynder.user_sets(asset, product_identifier=["RUN-01"])

    for _ in range(2):
        shop.passes(minutes=5)
        await shop.run("update-properties", minutes=5)
        await shop.run(minutes=5)

    assert shop.held("packshot_image", "RUN-02") is None
    assert asset.properties["product_identifier"] == ["RUN-01"]


async def test_a_value_for_what_is_empty_is_written_after_a_cut(shop: Shop) -> None:
    asset = shop.asset()
    edit(shop, brand="Acme")
    more: dict[str, Any] = {**BRAND, "update_metaproperty_on_empty_only_mappings": ["brand"]}
    with patch.object(Bynder, "write", side_effect=Cut), pytest.raises(Cut):
        await shop.run("update-mapped-properties", **more)
    shop.passes(minutes=3)

    await shop.run("update-mapped-properties", **more)

    assert asset.properties["brand"] == ["Acme"]


async def test_the_order_in_which_bynder_shows_options_says_nothing(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = Metaproperty.shown
    monkeypatch.setattr(Metaproperty, "shown", lambda self, values: shown(self, sorted(values)))
    asset = shop.asset(asset_type=["packshot"], sort_order="1")
    await shop.run()
    shop.change("RUN-01", "packshot_image", None)
    await shop.run("update-properties")
    chosen(shop, asset, "application_image_1", "RUN-02")
    await shop.run("update-properties")
    shop.passes(minutes=16)

    await shop.run()

    assert shop.held("packshot_image") is None
