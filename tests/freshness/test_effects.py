"""What follows from a change: what is gone is purged, what is new is there before anybody asks."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from proxy.demo.catalogue.model import Asset
from proxy.demo.faults import Hold, Status
from proxy.demo.files import DemoFile, Family
from proxy.demo.pictures import sample
from proxy.demo.pim import DemoPim
from proxy.errors import SettingsError
from proxy.freshness import follower
from proxy.pixels.processes import Processes
from tests.freshness.shop import Shop, open_shop
from tests.site import CHROME, path_of
from tests.web.conftest import small_picture

HUBBLE, ROCKET = sample("hubble_deep_field"), sample("rocket")


def new_asset_file(number: int) -> DemoFile:
    drawn = small_picture(number)
    return DemoFile.named(Family.ASSET, f"shot {number}.png", "image/png", drawn.content)


def hang(shop: Shop, file: DemoFile, asset: str = "hubble") -> Asset:
    """Another picture in the same asset."""
    shop.pim.add(file)
    found = shop.pim.catalogue.asset_families["packshots"].assets[asset]
    found.set("media", file)
    return found


async def test_a_new_picture_is_drawn_before_its_first_viewer(shop: Shop) -> None:
    file = new_asset_file(1)
    hang(shop, file)

    await shop.webhooks.asset("packshots", "hubble")
    await shop.counted(1, "warmed_total", outcome="warmed")
    async with shop.pim.down():
        answer = await shop.site.get(path_of(file, "w-60"), CHROME)

    assert (answer.status_code, answer.headers["X-Cache"]) == (200, "HIT")
    assert shop.pim.downloads(file.code) == 1


async def test_what_is_warmed_is_asked_for_behind_viewers(shop: Shop) -> None:
    lanes = []
    governor = shop.site.server.house.clients["akeneo"].governor
    place = governor.place

    def noted(deadline, *others):  # type: ignore[no-untyped-def]
        lanes.append(deadline.is_background())
        return place(deadline, *others)

    governor.place = noted  # type: ignore[method-assign]
    await shop.webhooks.asset("packshots", "hubble")
    await shop.counted(1, "warmed_total", outcome="warmed")

    assert lanes
    assert all(lanes)


async def test_a_picture_that_nothing_names_any_more_is_purged(shop: Shop) -> None:
    old, new = new_asset_file(1), new_asset_file(2)
    hang(shop, old)
    await shop.webhooks.asset("packshots", "hubble")
    await shop.counted(1, "warmed_total", outcome="warmed")

    hang(shop, new)
    shop.pim.remove(old)
    await shop.webhooks.asset("packshots", "hubble")
    await shop.refreshed("asset", 2)

    assert (await shop.site.get(path_of(old, "w-60"), CHROME)).status_code == 404
    assert (await shop.site.get(path_of(new, "w-60"), CHROME)).status_code == 200


async def test_a_picture_that_another_thing_names_is_not_purged(shop: Shop) -> None:
    hang(shop, ROCKET)
    for asset in ("hubble", "rocket"):
        await shop.webhooks.asset("packshots", asset)
    await shop.refreshed("asset", 2)

    hang(shop, HUBBLE)
    await shop.webhooks.asset("packshots", "hubble")
    await shop.refreshed("asset", 3)

    assert shop.site.counted("purges_total", kind="removed") == 0


async def test_a_delta_tells_what_is_gone_though_we_have_never_seen_it(shop: Shop) -> None:
    old, new = new_asset_file(1), new_asset_file(2)
    shop.pim.add(old)
    assert (await shop.site.get(path_of(old, "w-60"))).status_code == 200
    hang(shop, new)
    shop.pim.remove(old)

    media = [{"previous": old.code, "new": new.code, "type": "media_file"}]
    await shop.webhooks.asset("packshots", "hubble", "updated.delta", media=media)
    await shop.counted(1, "purges_total", kind="removed")
    await shop.refreshed("asset")

    assert (await shop.site.get(path_of(old, "w-60"))).status_code == 404


async def test_what_is_deleted_is_purged_with_it(shop: Shop) -> None:
    await shop.webhooks.asset("packshots", "hubble")
    await shop.refreshed("asset")
    del shop.pim.catalogue.asset_families["packshots"].assets["hubble"]
    shop.pim.remove(HUBBLE)

    await shop.webhooks.asset("packshots", "hubble", "deleted")
    await shop.refreshed("asset", outcome="empty")

    assert shop.site.counted("purges_total", kind="removed") == 1
    assert (await shop.site.get(path_of(HUBBLE, "w-60"))).status_code == 404


async def test_a_right_that_is_taken_away_purges_nothing(shop: Shop) -> None:
    await shop.webhooks.asset("packshots", "hubble")
    await shop.refreshed("asset")
    await shop.counted(1, "warmed_total", outcome="warmed")
    shop.pim.faults.add(Status(403, path="/api/rest/v1/asset-families"))

    await shop.webhooks.asset("packshots", "hubble")
    await shop.refreshed("asset", outcome="forbidden")

    assert shop.site.counted("purges_total", kind="removed") == 0
    assert (await shop.site.get(path_of(HUBBLE, "w-60"), CHROME)).headers["X-Cache"] == "HIT"


async def test_what_never_succeeds_is_given_up(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follower, "MOST_TRIES", 3)
    shop.pim.faults.add(Status(400, path="/api/rest/v1/asset-families/packshots/assets/hubble"))

    await shop.webhooks.asset("packshots", "hubble")
    await shop.refreshed("asset", outcome="given_up")
    await shop.webhooks.asset("packshots", "rocket")
    await shop.refreshed("asset")

    assert shop.site.counted("refreshed_total", kind="asset", outcome="failed") == 3
    assert not shop.follower.inbox.changes()


async def test_an_older_event_that_comes_later_changes_nothing(shop: Shop) -> None:
    data = {"asset": {"code": "hubble", "asset_family": {"code": "packshots"}}}
    hooks, now = shop.webhooks, datetime.now(UTC)
    await hooks.platform("asset.updated", data, at=now)
    await shop.refreshed("asset")

    await hooks.platform("asset.deleted", data, at=now - timedelta(minutes=1))
    await shop.refreshed("asset", outcome="older")

    assert shop.site.counted("purges_total", kind="removed") == 0


async def test_events_of_one_thing_within_a_moment_are_one_call(shop: Shop) -> None:
    hooks, held = shop.webhooks, asyncio.Event()
    shop.pim.faults.add(Hold(held, times=1, path="/api/rest/v1/asset-families"))
    await hooks.asset("packshots", "hubble")
    await shop.pim.until(lambda: shop.looks == 1)

    for _ in range(5):
        await hooks.asset("packshots", "rocket")
    held.set()
    await shop.refreshed("asset", 2)

    assert shop.events("platform", "asset.updated", "accepted") == 6
    assert shop.looks == 2


async def test_each_kind_of_thing_is_looked_up(shop: Shop) -> None:
    hooks = shop.webhooks

    assert await hooks.product("cup/red tall") == 200
    assert await hooks.model("cup") == 200
    assert await hooks.record("brands", "acme") == 200

    for kind in ("product", "model", "record"):
        await shop.refreshed(kind)
    uuid = shop.pim.catalogue.products["cup/red tall"].uuid
    assert {("product", uuid), ("model", "cup"), ("record", "brands", "acme")} <= set(shop.addresses.forgotten)


async def test_by_default_akeneo_is_not_asked_and_nothing_is_purged(
    pim: DemoPim, processes: Processes, tmp_path: Path
) -> None:
    async with open_shop(pim, tmp_path, processes, freshness={"purge_removed": False, "warm": []}) as shop:
        await shop.webhooks.asset("packshots", "hubble")
        await shop.refreshed("asset", outcome="forgotten")

        assert ("asset", "packshots", "hubble") in shop.addresses.forgotten
        assert pim.calls == []


async def test_what_fails_is_done_again(shop: Shop) -> None:
    async with shop.pim.down():
        await shop.webhooks.asset("packshots", "hubble")
        await shop.refreshed("asset", 2, outcome="failed")

    await shop.refreshed("asset")
    await shop.counted(1, "warmed_total", outcome="warmed")


async def test_a_file_that_cannot_be_had_does_not_hold_up_the_others(shop: Shop) -> None:
    file = new_asset_file(1)
    hang(shop, file)
    shop.pim.remove(file)

    await shop.webhooks.asset("packshots", "hubble")
    await shop.counted(1, "warmed_total", outcome="failed")
    await shop.webhooks.asset("packshots", "rocket")

    await shop.counted(2, "warmed_total", outcome="warmed")


async def test_a_transformation_that_is_none_stops_the_start(
    pim: DemoPim, processes: Processes, tmp_path: Path
) -> None:
    with pytest.raises(SettingsError, match="FRESHNESS__WARM: w-wide"):
        async with open_shop(pim, tmp_path, processes, freshness={"warm": ["w-wide"]}):
            pass
