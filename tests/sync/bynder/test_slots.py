"""Two assets that want one slot, and an asset that leaves one."""

import pytest

from proxy.demo.bynder.routes import Kind
from tests.sync.bynder.shop import Shop
from tests.sync.bynder.test_identifying import chosen
from tests.sync.bynder.test_importing import hang


async def test_of_two_new_assets_the_older_gets_the_slot(shop: Shop) -> None:
    shop.asset("young", created=shop.at)
    old = shop.asset("old")

    await shop.run()

    assert sorted(await shop.reasons()) == ["failed slot_conflict", "linked"]
    assert [link.asset for link in await shop.links()] == [old.id]


async def test_of_two_of_one_age_the_smaller_id_gets_the_slot(shop: Shop) -> None:
    shop.asset("b", id="B" * 32)
    shop.asset("a", id="A" * 32)

    await shop.run()

    assert [link.asset for link in await shop.links()] == ["A" * 32]


@pytest.mark.parametrize("forgotten", [False, True])
async def test_who_is_linked_keeps_the_slot(shop: Shop, forgotten: bool) -> None:
    first = shop.asset("young", created=shop.at)
    await shop.run()
    if forgotten:
        shop.state_path.unlink()
    shop.passes(days=8)
    shop.asset("old")
    shop.forget()

    ended = await shop.run()

    assert ended.tally.counts()["failed"] == 1
    assert first.id.replace("-", "") in str(shop.held("packshot_image"))
    assert shop.writes == []
    assert shop.count(Kind.MEDIA) == 1  # whether the holder still wants it


async def test_a_slot_whose_asset_is_gone_from_bynder_is_free(shop: Shop) -> None:
    first = shop.asset("first")
    await shop.run()
    shop.bynder.remove(first)
    second = shop.asset("second")

    await shop.run()

    assert [link.asset for link in await shop.links()] == [second.id]
    assert "second" in str(shop.held("packshot_image"))


async def test_after_a_new_order_the_old_slot_is_emptied_last(shop: Shop) -> None:
    asset = shop.asset(asset_type=["application"], sort_order="1")
    await shop.run()
    shop.bynder.user_sets(asset, sort_order="3")
    shop.forget()

    await shop.run()

    assert shop.held("application_image_1") is None
    assert shop.held("application_image_3") is not None
    assert shop.writes == ["POST /api/rest/v1/media-files", "PATCH /api/rest/v1/products/RUN-01"]
    assert [link.slot for link in await shop.links()] == ["application_image_3"]


async def test_the_old_slot_stays_as_it_is_where_somebody_else_has_filled_it(shop: Shop) -> None:
    asset = shop.asset(asset_type=["application"], sort_order="1")
    await shop.run()
    foreign = hang(shop, "application_image_1")
    shop.bynder.user_sets(asset, sort_order="3")

    await shop.run()

    assert shop.held("application_image_1") == foreign
    assert len(await shop.links()) == 1


async def test_the_old_slot_is_kept_until_the_new_one_is_filled(shop: Shop) -> None:
    asset = shop.asset(asset_type=["application"], sort_order="1")
    await shop.run()
    shop.bynder.user_sets(asset, sort_order="9")

    await shop.run()

    assert shop.held("application_image_1") is not None
    assert len(await shop.links()) == 1


async def test_an_old_slot_is_emptied_whatever_becomes_of_another_product(shop: Shop) -> None:
    asset = shop.asset(asset_type=["application"], sort_order="1", product_identifier=["RUN-01", "GONE"])
    await shop.run()
    shop.bynder.user_sets(asset, sort_order="3")

    await shop.run()

    assert sorted((await shop.reasons())[-3:]) == ["failed unknown_product", "linked", "unlinked"]
    assert shop.held("application_image_1") is None
    assert [link.slot for link in await shop.links()] == ["application_image_3"]


async def test_two_assets_change_places(shop: Shop) -> None:
    one, two = (shop.asset(name, asset_type=["application"], sort_order=at) for name, at in (("a", "1"), ("b", "2")))
    await shop.run()
    shop.bynder.user_sets(one, sort_order="2")
    shop.bynder.user_sets(two, sort_order="1")

    await shop.run()
    shop.forget()
    ended = await shop.run()

    assert "b__" in str(shop.held("application_image_1"))
    assert "a__" in str(shop.held("application_image_2"))
    assert len(await shop.links()) == 2
    assert (ended.tally.counts()["unchanged"], shop.writes) == (2, [])


async def test_files_of_ours_that_change_places_are_not_foreign(shop: Shop) -> None:
    one, two = (shop.asset(name, asset_type=["application"], sort_order=at) for name, at in (("a", "1"), ("b", "2")))
    await shop.run()
    shop.bynder.user_sets(one, sort_order="2")
    shop.bynder.user_sets(two, sort_order="1")

    await shop.run(overwrite_foreign=False)

    assert ("b__" in str(shop.held("application_image_1")), "a__" in str(shop.held("application_image_2"))) == (
        True,
    ) * 2
    assert [link.replaced_code for link in await shop.links()] == ["", ""]


async def test_who_has_been_moved_by_a_person_is_no_rival_for_its_old_slot(shop: Shop) -> None:
    one = shop.asset("a", asset_type=["application"], sort_order="1")
    await shop.run()
    shop.change("RUN-01", "application_image_1", None)
    chosen(shop, one, "application_image_3")
    shop.bynder.changes.after_reads = 500
    await shop.run("update-properties")
    shop.asset("b", asset_type=["application"], sort_order="1", created=shop.at)

    await shop.run()

    assert "b__" in str(shop.held("application_image_1"))


@pytest.mark.parametrize("listed", [True, False])
async def test_who_has_been_put_into_a_slot_by_a_person_keeps_it(shop: Shop, listed: bool) -> None:
    one = shop.asset("a", asset_type=["application"], sort_order="1")
    await shop.run()
    shop.change("RUN-01", "application_image_1", None)
    code = chosen(shop, one, "application_image_3")
    shop.bynder.changes.after_reads = 500
    await shop.run("update-properties")
    if not listed:
        shop.passes(minutes=10)
        await shop.run()
        shop.passes(minutes=10)
    shop.asset("b", asset_type=["application"], sort_order="3", created=shop.at)
    shop.forget()

    await shop.run(minutes=5)

    assert shop.held("application_image_3") == code
    assert shop.count(Kind.MEDIA) == 1  # of one that is listed, whether its old place is to be emptied
    assert "failed slot_conflict" in await shop.reasons()


@pytest.mark.parametrize("known", ["both new", "one is linked"])
async def test_two_places_of_one_asset_are_not_told_to_bynder(shop: Shop, known: str) -> None:
    given = {"product_identifier": None, "asset_type": None, "sort_order": None}
    linked = {"asset_type": ["application"], "sort_order": "1"}
    asset = shop.asset(**(linked if known == "one is linked" else given))
    if known == "one is linked":
        await shop.run()
        shop.passes(hours=3)
    else:
        chosen(shop, asset, "application_image_1")
    held, code = shop.held("application_image_1"), chosen(shop, asset, "application_image_2", "RUN-02")
    shop.forget()

    await shop.run("update-properties", minutes=30)
    await shop.run()

    assert "failed wrong_value" in await shop.reasons()
    assert (shop.held("application_image_1"), shop.held("application_image_2", "RUN-02")) == (held, code)
    assert shop.writes == []


async def test_a_place_that_an_asset_has_lost_long_ago_is_none(shop: Shop) -> None:
    asset = shop.asset(asset_type=["application"], sort_order="1")
    await shop.run()
    hang(shop, "application_image_1")
    shop.passes(hours=3)
    chosen(shop, asset, "application_image_2", "RUN-02")

    await shop.run("update-properties", minutes=30)

    assert asset.properties["sort_order"] == ["2"]


async def test_a_picture_that_a_person_moves_has_one_place(shop: Shop) -> None:
    asset = shop.asset(asset_type=["application"], sort_order="1")
    await shop.run()
    hang(shop, "application_image_1")
    chosen(shop, asset, "application_image_3")

    await shop.run("update-properties")

    assert asset.properties["sort_order"] == ["3"]


async def test_an_absurdly_long_order_stops_no_other_asset(shop: Shop) -> None:
    shop.asset("endless", asset_type=["application"], sort_order="1" * 5000)
    shop.asset()

    await shop.run()

    assert sorted(await shop.reasons()) == ["failed missing_sort_order", "linked"]
