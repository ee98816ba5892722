"""Files that a person has put into a slot, before an import and in the middle of it."""

from pathlib import Path

import pytest

from proxy.demo.faults import Status
from proxy.demo.files import DemoFile, Family
from proxy.sync.bynder.client import Bynder
from proxy.sync.state.rows import LinkState
from tests.sync.bynder.shop import PICTURE, Shop
from tests.sync.bynder.test_identifying import chosen
from tests.sync.bynder.test_importing import hang


async def test_a_foreign_file_is_replaced_and_its_code_recorded(shop: Shop) -> None:
    before = hang(shop)
    shop.asset()

    await shop.run()

    [link] = await shop.links()
    assert link.replaced_code == before
    assert shop.held("packshot_image") == link.code


async def test_a_foreign_file_stays_where_it_may_not_be_replaced(shop: Shop) -> None:
    before = hang(shop)
    shop.asset()

    await shop.run(overwrite_foreign=False)

    assert await shop.reasons() == ["skipped foreign_file"]
    assert shop.held("packshot_image") == before
    assert shop.writes == []


async def test_a_failed_upload_over_a_foreign_file_is_done_by_the_next_run(shop: Shop) -> None:
    asset = shop.asset()
    await shop.run()
    hang(shop)
    shop.bynder.touch(asset)
    with shop.pim.misbehaving(Status(422, path="/api/rest/v1/media-files")):
        await shop.run()
    shop.bynder.touch(asset)

    await shop.run()

    assert (await shop.reasons())[-2:] == ["failed refused", "linked"]
    assert asset.id.replace("-", "") in str(shop.held("packshot_image"))
    assert [(link.state, bool(link.replaced_code)) for link in await shop.links()] == [(LinkState.LINKED, True)]


@pytest.mark.parametrize("overwrite", [False, True])
async def test_a_file_that_a_person_puts_in_during_the_download_is_judged(
    shop: Shop, overwrite: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.asset()
    download, hung = Bynder.download, []

    async def meanwhile(self: Bynder, url: str, to: Path) -> int:
        hung.append(hang(shop))
        return await download(self, url, to)

    monkeypatch.setattr(Bynder, "download", meanwhile)
    await shop.run(overwrite_foreign=overwrite)

    assert await shop.reasons() == ["linked" if overwrite else "skipped foreign_file"]
    assert (shop.held("packshot_image") == hung[0]) is not overwrite
    assert [link.replaced_code for link in await shop.links()] == (hung if overwrite else [])


@pytest.mark.parametrize("overwrite", [False, True])
@pytest.mark.parametrize("name", ["bag__front__web_v2.png", f"side__{'A' * 32}__original_v1.png"])
async def test_a_name_of_our_shape_alone_makes_no_file_ours(shop: Shop, name: str, overwrite: bool) -> None:
    before = hang(shop, file=DemoFile.named(Family.PRODUCT, name, "image/png", PICTURE))
    shop.asset()

    await shop.run(overwrite_foreign=overwrite)

    assert await shop.reasons() == ["linked" if overwrite else "skipped foreign_file"]
    assert (shop.held("packshot_image") == before) is not overwrite
    assert [link.replaced_code for link in await shop.links()] == ([before] if overwrite else [])


@pytest.mark.parametrize("overwrite", [False, True])
async def test_another_assets_file_that_a_person_has_chosen_is_foreign(shop: Shop, overwrite: bool) -> None:
    asset, other = shop.asset(), shop.asset("other", product_identifier=None, asset_type=None)
    await shop.run()
    code = chosen(shop, other)
    shop.bynder.touch(asset)

    await shop.run(overwrite_foreign=overwrite)

    assert (shop.held("packshot_image") == code) is not overwrite
    assert [link.replaced_code for link in await shop.links()] == ([code] if overwrite else [""])


async def test_an_older_file_of_the_asset_itself_is_ours_without_any_memory(shop: Shop) -> None:
    asset = shop.asset()
    await shop.run()
    shop.state_path.unlink()
    shop.bynder.uploads(asset, PICTURE + b"2")

    await shop.run(overwrite_foreign=False)

    assert str(shop.held("packshot_image")).endswith("_v2.png")
    assert [link.replaced_code for link in await shop.links()] == [""]
