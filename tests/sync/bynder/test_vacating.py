"""Who has lost a slot gets it when its holder leaves, however long that takes."""

from typing import Any
from unittest.mock import patch

import pytest

from proxy.demo.bynder.model import Media
from proxy.demo.bynder.routes import Kind
from proxy.sync.bynder import importing
from tests.sync.bynder.shop import Shop
from tests.sync.bynder.test_importing import hang
from tests.sync.cutting import Cut


async def holder_and_loser(shop: Shop) -> tuple[Media, Media]:
    """Neither has changed for as long as a window is."""
    given: dict[str, Any] = {"asset_type": ["application"], "sort_order": "1"}
    holder, loser = shop.asset("a", **given), shop.asset("b", created=shop.at, **given)
    for _ in range(3):
        await shop.run(minutes=5)
        shop.passes(minutes=5)
    assert "failed slot_conflict" in await shop.reasons()
    return holder, loser


@pytest.mark.parametrize("moves", [False, True])
async def test_who_has_lost_a_slot_gets_it_when_its_holder_leaves(shop: Shop, moves: bool) -> None:
    holder, loser = await holder_and_loser(shop)
    if moves:
        shop.bynder.user_sets(holder, sort_order="2")
    else:
        shop.bynder.archives(holder)
    shop.forget()

    await shop.run(minutes=5)

    assert "b__" in str(shop.held("application_image_1"))
    assert sorted(link.asset for link in await shop.links()) == sorted([loser.id, *([holder.id] if moves else [])])
    assert shop.count(Kind.LIST) == 3
    shop.forget()
    await shop.run(minutes=5)
    assert shop.writes == []


@pytest.mark.parametrize("moves", [False, True])
async def test_who_has_lost_a_slot_gets_it_after_a_cut(shop: Shop, moves: bool) -> None:
    holder, loser = await holder_and_loser(shop)
    if moves:
        shop.bynder.user_sets(holder, sort_order="2")
    else:
        shop.bynder.archives(holder)
    with patch.object(importing, "waiting_for", side_effect=Cut), pytest.raises(Cut):
        await shop.run(minutes=5)
    shop.passes(minutes=3)

    await shop.run(minutes=5)

    assert [link.asset for link in await shop.links() if link.slot == "application_image_1"] == [loser.id]


async def test_what_is_no_image_gets_no_slot(shop: Shop) -> None:
    holder = shop.asset("a")
    shop.asset("b", type="video")
    await shop.run()
    shop.bynder.archives(holder)

    await shop.run()

    assert shop.held("packshot_image") is None


async def test_a_file_that_a_person_has_put_there_stays(shop: Shop) -> None:
    holder, _ = await holder_and_loser(shop)
    foreign = hang(shop, "application_image_1")
    shop.bynder.archives(holder)

    await shop.run(minutes=5)

    assert shop.held("application_image_1") == foreign


async def test_who_is_of_another_slot_is_not_touched(shop: Shop) -> None:
    asset, _ = shop.asset("a"), shop.asset("b", asset_type=["application"], sort_order="1")
    for _ in range(3):
        await shop.run(minutes=5)
        shop.passes(minutes=5)
    seen = len(await shop.reasons())
    shop.bynder.archives(asset)

    ended = await shop.run(minutes=5)

    assert (await shop.reasons())[seen:] == ["unlinked"]
    assert ended.tally.seen == 1
