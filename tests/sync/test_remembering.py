"""A moment is put back whole: what the stand-ins hold, what they were asked, the clock and the files."""

from pathlib import Path

import pytest

from tests.sync.bynder.shop import shop_in
from tests.sync.remembering import Moment


async def test_whatever_happens_the_moment_comes_back(tmp_path: Path) -> None:
    async with shop_in(tmp_path) as shop:
        asset, product = shop.asset(), shop.product()
        assert (await shop.run()).exit_code == 0
        files, calls, held = len(shop.pim.files), len(shop.calls), shop.held("packshot_image")
        moment, at, links = Moment(shop, tmp_path), shop.at, await shop.links()

        shop.bynder.uploads(asset, asset.content + b"2")
        shop.asset("another", asset_type=["application"], sort_order="1")
        (tmp_path / "state" / "left").write_bytes(b"behind")
        assert (await shop.run()).exit_code == 0
        assert (len(shop.pim.files), len(shop.bynder.media)) == (files + 2, 2)
        await moment.put_back()

        assert (shop.at, len(shop.calls), len(shop.pim.files)) == (at, calls, files)
        assert list(shop.bynder.media) == [asset.id]
        assert (len(asset.versions), shop.product(), shop.held("packshot_image")) == (1, product, held)
        assert await shop.links() == links
        assert not (tmp_path / "state" / "left").exists()


def test_what_it_does_not_know_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="generator"):
        Moment([(number for number in range(2))], tmp_path)
