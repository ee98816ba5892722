"""One document of Akeneo under several names, and variants that have their models' values: all hear of a change."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from proxy.demo.faults import Hold
from proxy.demo.pictures import sample
from proxy.demo.pim import DemoPim
from proxy.demo.webhooks import Webhooks
from proxy.web.webhook import EVENTS_PATH
from tests.shared.redis_server import until
from tests.site import Site
from tests.web.conftest import Start
from tests.web.shops import asked, pim_with_catalogue

SECRET = "s3cr3t"
VARIANT = "/products/cup-red-small/picture?tr=orig-true"
NEW = sample("chelsea").content


@pytest.fixture
async def pim() -> AsyncIterator[DemoPim]:
    async with pim_with_catalogue() as pim:
        yield pim


@pytest.fixture
async def shop(start: Start) -> Site:
    return await start(akeneo={"event_secrets": [SECRET]})


@pytest.mark.parametrize("seen", [[], ["product-models/cup-red"]])
async def test_an_event_of_a_model_reaches_its_variants(shop: Site, seen: list[str]) -> None:
    """Two floors below, whether or not the model between was ever looked up."""
    for address in seen:
        await shop.get(f"/{address}/picture?tr=orig-true")
    before = await shop.get(VARIANT)
    shop.pim.catalogue.models["cup"].set("picture", sample("chelsea"))
    webhooks = Webhooks(shop.pim, f"http://127.0.0.1:{shop.server.port}{EVENTS_PATH}", SECRET)

    assert await webhooks.model("cup") == 200
    after = await shop.get(VARIANT)

    assert before.content == sample("coffee").content
    assert after.content == NEW


@pytest.mark.parametrize("model", ["cup-red", "CUP-RED", "cup"])
async def test_a_variant_that_is_being_looked_up_when_its_model_changes_is_asked_for_again(
    shop: Site, model: str
) -> None:
    held = asyncio.Event()
    with shop.pim.misbehaving(Hold(held, path="/api/rest/v1/products", times=1)):
        early = asyncio.create_task(shop.get(VARIANT))
        await until(lambda: "products/cup-red-small" in asked(shop))
        shop.server.house.addresses.forget_model(model)
        held.set()
        await early
    shop.pim.catalogue.models["cup"].set("picture", sample("chelsea"))

    assert (await shop.get(VARIANT)).content == NEW


async def test_other_variants_keep_what_is_known_of_them(shop: Site) -> None:
    await shop.get(VARIANT)
    await shop.get("/products/poster?tr=orig-true")

    shop.server.house.addresses.forget_model("cup-red")
    for address in (VARIANT, "/products/poster?tr=orig-true"):
        await shop.get(address)

    assert (asked(shop).count("products/cup-red-small"), asked(shop).count("products/poster")) == (2, 1)


async def test_a_product_is_forgotten_by_every_name_that_akeneo_told(shop: Site) -> None:
    poster = shop.pim.catalogue.products["poster"]
    address = f"/products/{poster.uuid}/packshots?tr=orig-true"
    before = await shop.get(address)
    await shop.get("/products/poster/packshots?tr=orig-true")  # says which UUID it has
    poster.set("packshots", ["hubble"])

    shop.server.house.addresses.forget_product("POSTER")
    after = await shop.get(address)

    assert before.content == sample("rocket").content
    assert after.content == sample("hubble_deep_field").content


async def test_a_uuid_is_one_however_it_is_spelled(shop: Site) -> None:
    uuid = shop.pim.catalogue.products["poster"].uuid

    replies = [await shop.get(f"/products/{it}/packshots?tr=w-20") for it in (uuid, uuid.upper(), uuid.title())]

    assert [reply.status_code for reply in replies] == [200] * 3
    assert len([call for call in asked(shop) if uuid in call.lower()]) == 1


async def test_what_is_dropped_is_in_no_index(shop: Site) -> None:
    for address in (VARIANT, "/product-models/cup-red", "/products/poster", "/reference-entities/brands/acme/image"):
        await shop.get(address)
    (lookups,) = shop.server.house.addresses.by_name.values()
    documents = lookups.documents
    assert documents.named
    assert documents.children

    documents.forget(lambda _: True)

    assert (documents.named, documents.children, documents.weight) == ({}, {}, 0)
