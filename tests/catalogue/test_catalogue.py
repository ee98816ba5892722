"""One document at a time: what is asked on the wire, what is made of the answer, and what of a bad one."""

from dataclasses import replace

import pytest

from proxy.catalogue.entries import codes_in
from proxy.catalogue.structure import Attribute, Channel, Family
from proxy.demo.answers import Answer
from proxy.demo.catalogue.model import LegacyAsset, Product
from proxy.demo.catalogue.samples import sample_catalogue
from proxy.demo.faults import Alter, LoginPage, Status
from proxy.demo.files import Family as DemoFamily
from proxy.demo.pictures import sample
from proxy.errors import InvalidTransformation, MediaForbidden, MediaNotFound, OriginBroken, OriginMisconfigured
from tests.akeneo.bench import path_of
from tests.catalogue.shop import Shop, shop_with

API = "/api/rest/v1"


@pytest.mark.parametrize("saas", [True, False])
async def test_a_variant_has_its_models_values_as_well(saas: bool) -> None:
    async with shop_with(saas=saas) as shop:
        product = await shop.reader.product("cup-red-small", shop.soon)

    assert (product.identifier, product.family, product.parent) == ("cup-red-small", "cups", "cup-red")
    assert product.values.media("picture") == path_of(sample("coffee"))


async def test_a_product_is_known_by_its_uuid_too(shop: Shop) -> None:
    uuid = shop.stock.products["poster"].uuid

    product = await shop.reader.product_by_uuid(uuid, shop.soon)

    assert (product.uuid, product.identifier, product.family) == (uuid, None, "posters")


async def test_a_model_an_asset_and_a_record_name_their_files(shop: Shop) -> None:
    model = await shop.reader.product_model("cup", shop.soon)
    asset = await shop.reader.asset("packshots", "rocket", shop.soon)
    record = await shop.reader.record("brands", "acme", shop.soon)

    assert model.values.media("manual") == path_of(sample("care"))
    assert asset.values.media("printed", scope="print") == path_of(sample("rocket for print"))
    assert record.values.media("image") == path_of(sample("astronaut"))
    assert (asset.family, record.entity, record.updated) == ("packshots", "brands", "2026-01-01T08:00:00+00:00")


async def test_the_structure_tells_what_shows_a_product_and_an_asset(shop: Shop) -> None:
    family = await shop.reader.family("posters", shop.soon)
    collection = await shop.reader.attribute("packshots", shop.soon)
    assets = await shop.reader.asset_family("packshots", shop.soon)
    channel = await shop.reader.channel("ecommerce", shop.soon)
    entity = await shop.reader.reference_entity("brands", shop.soon)

    assert family == Family("posters", "packshots", ("sku", "name", "packshots"))
    assert (collection.is_asset_collection, collection.asset_family) == (True, "packshots")
    assert assets.main_media == "media"
    assert channel == Channel("ecommerce", ("en_US", "fr_FR"))
    assert entity.image == path_of(sample("logo"))


async def test_attributes_of_assets_and_records_come_together(shop: Shop) -> None:
    of_assets = await shop.reader.asset_attributes("packshots", shop.soon)
    of_records = await shop.reader.record_attributes("brands", shop.soon)

    assert of_assets["printed"] == Attribute("printed", "media_file", scopable=True)
    assert of_assets["link"].media_type == "image"
    assert of_records["image"].is_media_file


async def test_a_link_is_put_together_from_its_attribute(shop: Shop) -> None:
    asset = await shop.reader.asset("packshots", "linked", shop.soon)
    attributes = await shop.reader.asset_attributes("packshots", shop.soon)

    value = asset.values.find("link")

    assert value is not None
    assert attributes["link"].link(value) == "https://media.example.com/shelf/badge.png?v=1"
    assert value.media() is None


async def test_every_file_of_a_document_is_found(shop: Shop) -> None:
    product = await shop.reader.product("cup/red tall", shop.soon)

    found = {(code.code, code.attribute, code.locale, code.scope) for code in codes_in(product)}

    assert found == {
        (sample("steaming cup").code, "picture", None, None),
        (sample("chelsea").code, "banner", "en_US", "ecommerce"),
        (sample("tasse à café").code, "banner", "fr_FR", "ecommerce"),
        (sample("coffee").code, "banner", "en_US", "print"),
        (sample("care").code, "manual", None, None),
    }


async def test_an_entity_has_an_image_of_its_own(shop: Shop) -> None:
    entity = await shop.reader.reference_entity("brands", shop.soon)

    (code,) = codes_in(entity)

    assert (code.code, code.attribute) == (sample("logo").code, "")
    assert str(code.family) == DemoFamily.REFERENCE_ENTITY


@pytest.mark.parametrize(
    "identifier", ["a/b/c", "a b", "50%", "50%41", "what?", "a#b", "é☕", "a;b=c&d", "..a", "a\\b", "a//b", "a/", "/a"]
)
async def test_an_identifier_may_be_anything(shop: Shop, identifier: str) -> None:
    shop.stock.add_products(Product(identifier))

    assert (await shop.reader.product(identifier, shop.soon)).identifier == identifier


@pytest.mark.parametrize("identifier", ["", "..", "../channels/ecommerce", "a/../../channels", ".", "a/./b", "\ud800"])
async def test_a_name_that_leads_elsewhere_is_not_asked_for(shop: Shop, identifier: str) -> None:
    with pytest.raises(MediaNotFound):
        await shop.reader.product(identifier, shop.soon)
    with pytest.raises(MediaNotFound):
        await shop.reader.asset("packshots", identifier, shop.soon)

    assert shop.pim.calls == []


async def test_a_segment_holds_no_slash(shop: Shop) -> None:
    with pytest.raises(MediaNotFound):
        await shop.reader.asset("packshots", "rocket/x", shop.soon)

    assert shop.pim.calls == []


async def test_what_is_not_there_is_not_found(shop: Shop) -> None:
    with pytest.raises(MediaNotFound):
        await shop.reader.product("nothing", shop.soon)

    assert shop.bench.counted("origin_calls_total", family="catalogue", status="404") == 1


async def test_an_edition_without_assets_is_told_from_an_asset_that_is_missing() -> None:
    async with shop_with(families=[DemoFamily.PRODUCT]) as shop:
        assert (await shop.reader.product("poster", shop.soon)).family == "posters"
        with pytest.raises(MediaNotFound) as missing:
            await shop.reader.asset("packshots", "rocket", shop.soon)

    assert "this edition of Akeneo may lack it" in missing.value.__notes__


@pytest.mark.parametrize(
    ("status", "error"), [(403, MediaForbidden), (422, OriginMisconfigured), (400, OriginMisconfigured)]
)
async def test_a_refusal_is_final(shop: Shop, status: int, error: type[Exception]) -> None:
    with shop.pim.misbehaving(Status(status, path=API)), pytest.raises(error):
        await shop.reader.product("poster", shop.soon)

    assert len(shop.pim.calls) == 2


async def test_a_passing_fault_is_tried_again(shop: Shop) -> None:
    with shop.pim.misbehaving(Status(503, path=API, times=2), LoginPage(path=API, times=1)):
        assert await shop.reader.product("poster", shop.soon)


BAD = [
    b"",
    b"<html>",
    b"[]",
    b"null",
    b"7",
    b"{}",
    b'{"identifier": 7}',
    b'{"identifier": "x", "family": []}',
    b'{"identifier": "x", "values": 7}',
    b'{"identifier": "x", "values": {"a": {}}}',
    b'{"identifier": "x", "values": {"a": [7]}}',
    b'{"identifier": "x", "values": {"a": [{"data": "d", "locale": 7}]}}',
    b'{"identifier": "x", "values": {"a": [{"data": "d", "_links": 7}]}}',
    b'{"identifier": "x", "values": {"a": [{"data": "d", "_links": {"download": {"href": []}}}]}}',
    b"[" * 100_000,
]


@pytest.mark.parametrize("document", BAD, ids=range(len(BAD)))
async def test_a_document_that_is_none_is_broken(shop: Shop, document: bytes) -> None:
    def change(answer: Answer) -> Answer:
        return replace(answer, body=document)

    with shop.pim.misbehaving(Alter(change, path=API)), pytest.raises(OriginBroken):
        await shop.reader.product("poster", shop.soon)


async def test_a_document_without_end_is_not_read_to_it(shop: Shop) -> None:
    with pytest.raises(OriginBroken) as broken:
        await shop.reader.get(f"{API}/products/poster", shop.soon, 100)

    assert "expected at most 100 bytes" in broken.value.__notes__
    assert len(shop.pim.calls) == 2  # with the token; trying again would not make it shorter


async def test_the_old_asset_managers_files_have_routes_of_their_own() -> None:
    stock = sample_catalogue()
    plain = LegacyAsset("mug", references={None: sample("coffee")}, variations={("print", None): sample("badge")})
    stock.add_legacy_assets(plain, LegacyAsset("sign", True, {"fr_FR": sample("chelsea")}))
    async with shop_with(catalogue=stock) as shop:
        reference = await shop.reader.legacy_reference("mug", None, shop.soon)
        variation = await shop.reader.legacy_variation("mug", "print", None, shop.soon)
        localized = await shop.reader.legacy_reference("sign", "fr_FR", shop.soon)
        with pytest.raises(InvalidTransformation):
            await shop.reader.legacy_reference("sign", None, shop.soon)

    assert reference.code == sample("coffee").code
    assert (variation.code, variation.scope, variation.locale) == (sample("badge").code, "print", None)
    assert (localized.code, localized.locale) == (sample("chelsea").code, "fr_FR")
