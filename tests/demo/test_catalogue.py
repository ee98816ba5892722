"""The catalogue of the pretend Akeneo, held to what the real one answers."""

from collections.abc import AsyncIterator

import pytest

from proxy.demo.catalogue.model import Asset, LegacyAsset
from proxy.demo.catalogue.samples import sample_catalogue
from proxy.demo.files import Family
from proxy.demo.pictures import sample, sample_files
from proxy.demo.pim import DemoPim
from proxy.demo.routes import Kind
from tests.demo.caller import APP_TOKEN, Caller, calling

API = "/api/rest/v1"


@pytest.fixture
async def pim() -> AsyncIterator[DemoPim]:
    async with DemoPim(sample_files(), app_token=APP_TOKEN, catalogue=sample_catalogue()) as pim:
        yield pim


async def test_a_product_links_to_its_files(pim: DemoPim, caller: Caller) -> None:
    product = (await caller.get(f"{API}/products/cup/red%20tall")).json()

    code = sample("steaming cup").code
    assert (product["identifier"], product["parent"]) == ("cup/red tall", "cup-red")
    assert product["values"]["picture"] == [
        {
            "locale": None,
            "scope": None,
            "data": code,
            "attribute_type": "pim_catalog_image",
            "_links": {"download": {"href": f"{pim.url}{API}/media-files/{code}/download"}},
        }
    ]
    assert product["values"]["packshots"][0]["reference_data_name"] == "packshots"
    assert [call.kind for call in pim.calls] == [Kind.DOCUMENT]


async def test_an_asset_and_a_record_have_channels_and_links_of_their_own(pim: DemoPim, caller: Caller) -> None:
    asset = (await caller.get(f"{API}/asset-families/packshots/assets/hubble")).json()
    record = (await caller.get(f"{API}/reference-entities/brands/records/acme")).json()
    entity = (await caller.get(f"{API}/reference-entities/brands")).json()

    file = sample("hubble_deep_field")
    (media,) = asset["values"]["media"]
    (image,) = record["values"]["image"]
    assert (media["channel"], media["data"], asset["asset_family_code"]) == (None, file.code, "packshots")
    assert media["linked_data"]["size"] == len(file.content)
    assert image["_links"]["download"]["href"] == f"{pim.url}{API}/reference-entities-media-files/{image['data']}"
    assert entity["_links"]["image_download"]["href"].endswith(entity["image"])


async def test_what_only_a_saas_tells_is_left_out_elsewhere() -> None:
    pim = DemoPim(sample_files(), app_token=APP_TOKEN, catalogue=sample_catalogue(), saas=False)
    async with pim, calling(pim) as caller:
        asset = (await caller.get(f"{API}/asset-families/packshots/assets/hubble")).json()
        collection = (await caller.get(f"{API}/attributes/packshots")).json()

    assert set(asset["values"]["media"][0]) == {"locale", "channel", "data", "_links"}
    assert (collection["type"], collection["reference_data_name"]) == ("pim_catalog_asset_collection", "packshots")


async def test_the_structure_tells_what_to_show(caller: Caller) -> None:
    family = (await caller.get(f"{API}/families/cups")).json()
    assets = (await caller.get(f"{API}/asset-families/packshots")).json()
    attributes = (await caller.get(f"{API}/asset-families/packshots/attributes")).json()

    assert family["attribute_as_image"] == "picture"
    assert assets["attribute_as_main_media"] == "media"
    (link,) = [attribute for attribute in attributes if attribute["type"] == "media_link"]
    assert (link["prefix"], link["suffix"], link["media_type"]) == ("https://media.example.com/", "?v=1", "image")


async def test_an_empty_map_is_a_list(caller: Caller) -> None:
    record = (await caller.get(f"{API}/reference-entities/brands/records/plain")).json()

    assert record["values"] == []


@pytest.mark.parametrize(
    "path",
    [
        "products/none",
        "products-uuid/none",
        "product-models/none",
        "families/none",
        "attributes/none",
        "channels/none",
        "asset-families/none",
        "asset-families/none/assets",
        "asset-families/packshots/assets/none",
        "reference-entities/none/attributes",
        "reference-entities/brands/records/none",
    ],
)
async def test_what_is_not_there_does_not_exist(caller: Caller, path: str) -> None:
    answer = await caller.get(f"{API}/{path}")

    assert answer.status_code == 404
    assert answer.json()["message"].endswith('"none" does not exist.')


async def test_a_community_edition_has_products_alone() -> None:
    pim = DemoPim(app_token=APP_TOKEN, catalogue=sample_catalogue(), families=[Family.PRODUCT])
    async with pim, calling(pim) as caller:
        assert (await caller.get(f"{API}/products")).status_code == 200
        for path in ("asset-families", "reference-entities", "asset-families/packshots/assets/hubble"):
            assert (await caller.get(f"{API}/{path}")).json()["message"].startswith("No route found")
        routes = [route["route"] for route in (await caller.get(API)).json()["routes"].values()]

    assert f"{API}/products/{{code}}" in routes
    assert not [route for route in routes if "asset-families" in route]


async def test_the_catalogue_asks_for_a_token_and_takes_no_other_method(caller: Caller) -> None:
    assert (await caller.get(f"{API}/products/poster", token=None)).status_code == 401
    bearer = {"Authorization": f"Bearer {APP_TOKEN}"}
    assert (await caller.http.delete(f"{API}/products/poster", headers=bearer)).status_code == 405


async def test_a_change_is_seen_by_the_next_call(pim: DemoPim, caller: Caller) -> None:
    poster = pim.catalogue.products["poster"]
    before = (await caller.get(f"{API}/products/poster")).json()
    poster.set("picture", sample("coffee"))
    poster.set("packshots", None)
    pim.catalogue.asset_families["packshots"].add(Asset("new"))
    del pim.catalogue.products["cup-red-small"]

    after = (await caller.get(f"{API}/products/poster")).json()

    assert after["values"]["picture"][0]["data"] == sample("coffee").code
    assert "packshots" not in after["values"]
    assert after["updated"] > before["updated"]
    assert (await caller.get(f"{API}/products/cup-red-small")).status_code == 404
    assert (await caller.get(f"{API}/asset-families/packshots/assets/new")).status_code == 200


async def test_the_old_asset_manager_exists_only_with_its_assets(pim: DemoPim, caller: Caller) -> None:
    path = f"{API}/assets/mug/reference-files/no-locale"
    assert (await caller.get(path)).json()["message"].startswith("No route found")
    pim.catalogue.add_legacy_assets(LegacyAsset("mug", references={None: sample("coffee")}))

    metadata = (await caller.get(path)).json()
    content = await caller.get(f"{path}/download")

    assert metadata["_link"] == {"download": {"href": f"{pim.url}{path}/download"}}
    assert (metadata["code"], metadata["locale"]) == (sample("coffee").code, None)
    assert content.content == sample("coffee").content
    assert pim.downloads() == 1


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("other/reference-files/no-locale", 404, 'Asset "other" does not exist.'),
        ("mug/reference-files/fr_FR", 422, 'The asset "mug" needs "no-locale" in its address.'),
        ("mug/reference-files/xx_XX", 404, 'Locale "xx_XX" does not exist or is not activated.'),
        ("mug/reference-files/no-locale", 404, 'Reference file for the asset "mug" does not exist.'),
        ("mug/variation-files/moon/no-locale", 404, 'Channel "moon" does not exist.'),
        (
            "mug/variation-files/print/no-locale",
            404,
            'Variation file for the asset "mug" and the channel "print" does not exist.',
        ),
    ],
)
async def test_the_old_asset_managers_refusals(pim: DemoPim, caller: Caller, path: str, status: int, said: str) -> None:
    pim.catalogue.add_legacy_assets(LegacyAsset("mug"))

    answer = await caller.get(f"{API}/assets/{path}")

    assert answer.json() == {"code": status, "message": said}
