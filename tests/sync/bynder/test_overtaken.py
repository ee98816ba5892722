"""What changes between the list of an import and its work: a person or another command was quicker."""

from unittest.mock import patch

import pytest

from proxy.sync.bynder.archiving import Archive
from proxy.sync.bynder.client import Bynder
from proxy.sync.bynder.documents import Medium
from proxy.sync.bynder.importing import Import
from proxy.sync.outcomes import Result
from tests.sync.bynder.shop import Shop
from tests.sync.bynder.test_identifying import chosen
from tests.sync.cutting import Cut


@pytest.mark.parametrize("moment", ["applied later", "between list and work"])
async def test_an_import_leaves_a_slot_that_bynder_is_hearing_of(
    shop: Shop, moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asset = shop.asset()
    await shop.run()
    shop.forget()
    code = chosen(shop, asset, product="RUN-02")
    if moment == "applied later":
        shop.bynder.changes.after_reads = 50
        await shop.run("update-properties")
    else:
        work = Import.asset

        async def overtaken(self: Import, medium: Medium) -> list[Result]:
            await shop.run("update-properties")
            return await work(self, medium)

        monkeypatch.setattr(Import, "asset", overtaken)

    await shop.run()

    assert shop.held("packshot_image", "RUN-02") == code
    assert shop.writes == [f"POST /api/v4/media/{asset.id}/"]


async def test_an_import_after_a_cut_leaves_a_slot_that_bynder_has_not_heard_of(shop: Shop) -> None:
    asset = shop.asset()
    await shop.run()
    code = chosen(shop, asset, product="RUN-02")
    with patch.object(Bynder, "write", side_effect=Cut), pytest.raises(Cut):
        await shop.run("update-properties")
    shop.passes(minutes=3)

    await shop.run()
    kept = shop.held("packshot_image", "RUN-02")
    await shop.run("update-properties")

    assert kept == code
    assert asset.properties["product_identifier"] == ["RUN-01,RUN-02"]


async def test_nothing_is_emptied_on_the_word_of_a_list_that_is_old(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    asset = shop.asset(asset_type=["application"], sort_order="1")
    await shop.run()
    shop.bynder.user_sets(asset, product_identifier=["RUN-02"])
    work = Import.asset

    async def overtaken(self: Import, medium: Medium) -> list[Result]:
        shop.bynder.user_sets(asset, product_identifier=["RUN-01"])
        return await work(self, medium)

    monkeypatch.setattr(Import, "asset", overtaken)

    await shop.run()

    assert shop.held("application_image_1") is not None
    assert (await shop.reasons())[-2:] == ["linked", "stale"]


@pytest.mark.parametrize("gone", [False, True])
async def test_an_asset_that_is_restored_or_deleted_meanwhile_keeps_its_link(
    shop: Shop, gone: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    asset = shop.asset()
    await shop.run()
    shop.bynder.archives(asset)
    work = Archive.asset

    async def overtaken(self: Archive, medium: Medium) -> list[Result]:
        shop.bynder.archives(asset, False)
        if gone:
            shop.bynder.remove(asset)
        return await work(self, medium)

    monkeypatch.setattr(Archive, "asset", overtaken)
    shop.forget()

    await shop.run()

    assert (await shop.reasons())[-1] == ("skipped source_gone" if gone else "stale")
    assert len(await shop.links()) == 1
    assert shop.writes == []


async def test_nothing_is_taken_from_an_asset_on_the_word_of_a_list_that_is_old(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = shop.asset("a", asset_type=["application"], sort_order="1")
    await shop.run()
    held = shop.held("application_image_1")
    shop.bynder.user_sets(one, sort_order="2")
    shop.asset("b", asset_type=["application"], sort_order="1", created=shop.at)
    work = Import.asset
    seen: list[Medium] = []

    async def overtaken(self: Import, medium: Medium) -> list[Result]:
        if not seen:
            shop.bynder.user_sets(one, sort_order="1")
        seen.append(medium)
        return await work(self, medium)

    monkeypatch.setattr(Import, "asset", overtaken)

    await shop.run()

    assert shop.held("application_image_1") == held
    assert "failed slot_conflict" in await shop.reasons()
