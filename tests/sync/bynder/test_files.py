"""The file of an asset: which, whole, and a picture; and what becomes of faults on the way."""

from pathlib import Path

import pytest

from proxy.demo.faults import CutBody, Status
from proxy.sync.bynder.documents import read_medium
from proxy.sync.bynder.files import Downloads
from proxy.sync.outcomes import DataError
from tests.sync.bynder.shop import PICTURE, Shop


@pytest.mark.parametrize("name", ["webimage", "500x500"])
async def test_a_derivative_comes_from_thumbnails_or_from_its_item(shop: Shop, name: str) -> None:
    shop.asset(thumbnails={"webimage": PICTURE + b"web"}, derivatives={"500x500": PICTURE + b"small"})

    await shop.run(derivative_to_use=name)

    assert f"__{name}_v1.png" in str(shop.held("packshot_image"))
    assert {file.content[-3:] for file in shop.pim.files} <= {b"web", b"all"}


async def test_a_missing_derivative_is_never_another_file(shop: Shop) -> None:
    shop.asset()

    await shop.run(derivative_to_use="webimage")

    assert await shop.reasons() == ["failed missing_derivative"]
    assert shop.writes == []


class Addresses:
    """A portal that tells where each item is."""

    async def address(self, id: str, item: str = "") -> str:
        return item


@pytest.mark.parametrize(
    ("item", "found"),
    [
        ({"version": 1, "active": 0}, None),
        ({"version": 1}, None),
        ({"version": 2}, "w"),
        ({"version": 2, "active": 1}, "w"),
        ({}, "w"),
    ],
)
async def test_a_file_of_an_older_version_is_not_this_ones(item: dict[str, object], found: str | None) -> None:
    document = {"id": "m", "activeVersion": 2, "mediaItems": [{"id": "w", "type": "500x500", **item}]}
    downloads = Downloads(Addresses(), "500x500", Path())  # type: ignore[arg-type]

    if found is None:
        with pytest.raises(DataError, match="missing_derivative"):
            await downloads.url(read_medium(document))
    else:
        assert await downloads.url(read_medium(document)) == found


async def test_a_file_of_the_wrong_size_twice_is_incomplete(shop: Shop) -> None:
    shop.asset()
    with shop.bynder.files.misbehaving(CutBody(20, clean=True, path="/")):
        ended = await shop.run()

    assert await shop.reasons() == ["failed incomplete_file"]
    assert ended.exit_code == 0
    assert len(shop.bynder.files.calls) == 2
    assert shop.writes == []


async def test_a_cut_file_is_fetched_once_more(shop: Shop) -> None:
    shop.asset()
    with shop.bynder.files.misbehaving(CutBody(20, clean=True, path="/", times=1)):
        await shop.run()

    assert await shop.reasons() == ["linked"]


async def test_what_is_no_picture_is_not_uploaded(shop: Shop) -> None:
    shop.asset(content=b"%PDF-1.4 and so on")

    await shop.run()

    assert await shop.reasons() == ["failed not_a_picture"]
    assert shop.writes == []


@pytest.mark.parametrize(
    ("extension", "content"),
    [
        (
            "svg",
            b'<?xml version="1.0"?><!-- ' + b"a tool's words " * 400 + b'--><svg xmlns="http://www.w3.org/2000/svg"/>',
        ),
        ("bmp", b"BM\x7a\0\0\0\x01\0\x02\0\x36\0\0\0\x28\0\0\0" + bytes(104)),
    ],
)
async def test_a_picture_may_hide_what_it_is(shop: Shop, extension: str, content: bytes) -> None:
    shop.asset(content=content, extension=extension)

    await shop.run()

    assert await shop.reasons() == ["linked"]
    assert str(shop.held("packshot_image")).endswith(f"_v1.{extension}")


async def test_a_refusal_of_akeneo_is_of_its_asset_alone(shop: Shop) -> None:
    shop.pim.catalogue.attributes["packshot_image"].extensions = frozenset({"jpg"})
    shop.asset()
    shop.asset("other", asset_type=["application"], sort_order="1")

    ended = await shop.run()

    assert sorted(await shop.reasons()) == ["failed refused", "linked"]
    assert ended.exit_code == 0


async def test_a_role_that_is_missing_stops_the_run(shop: Shop) -> None:
    shop.asset()
    shop.bynder.rights.discard("MEDIAHIGHRES")

    ended = await shop.run()

    assert ended.exit_code == 1
    assert "MEDIAHIGHRES" in ended.words


async def test_a_passing_fault_is_left_to_the_next_run(shop: Shop) -> None:
    shop.asset()
    with shop.pim.misbehaving(Status(422, path="/api/rest/v1/media-files")):
        refused = await shop.run()
    assert refused.exit_code == 0
    shop.asset("second", asset_type=["application"], sort_order="1", product_identifier=["RUN-02"])
    async with shop.bynder.files.down():
        ended = await shop.run()
    assert ended.exit_code == 2

    shop.passes(hours=5)
    again = await shop.run()

    assert again.exit_code == 0
    assert shop.held("application_image_1", "RUN-02") is not None
