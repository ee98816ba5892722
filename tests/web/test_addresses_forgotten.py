"""What makes an address be asked for anew: those who change the catalogue, and purges."""

from collections.abc import AsyncIterator, Callable

import httpx
import pytest

from proxy.addresses.addresses import Addresses
from proxy.demo.faults import Status
from proxy.demo.pictures import sample
from proxy.demo.pim import DemoPim
from tests.site import Site, client_of
from tests.web.conftest import Start
from tests.web.shops import asked, pim_with_catalogue

API = "/api/rest/v1"


@pytest.fixture
async def pim() -> AsyncIterator[DemoPim]:
    async with pim_with_catalogue() as pim:
        yield pim


@pytest.fixture
async def shop(start: Start) -> Site:
    return await start()


FORGETTING: list[tuple[str, Callable[[Addresses], None]]] = [
    ("product-models/cup/picture", lambda it: it.forget_model("cup")),
    ("products/cup-red-small/picture", lambda it: it.forget_product("cup-red-small")),
    ("reference-entities/brands/acme/image", lambda it: it.forget_record("brands", "acme")),
    ("reference-entities/brands", lambda it: it.forget_entity("brands")),
    ("products/cup-red-small/picture", Addresses.forget_all),
]


@pytest.mark.parametrize(("address", "forget"), FORGETTING)
async def test_what_was_forgotten_is_asked_for_anew(
    shop: Site, address: str, forget: Callable[[Addresses], None]
) -> None:
    catalogue = shop.pim.catalogue
    before = await shop.get(f"/{address}?tr=orig-true")
    catalogue.models["cup"].set("picture", sample("chelsea"))
    catalogue.reference_entities["brands"].records["acme"].set("image", sample("logo"))
    catalogue.reference_entities["brands"].image = sample("astronaut").code
    unchanged = await shop.get(f"/{address}?tr=orig-true")

    for _ in range(2):
        forget(shop.server.house.addresses)
    after = await shop.get(f"/{address}?tr=orig-true")

    assert before.content == unchanged.content
    assert after.content != before.content
    assert (after.status_code, after.headers["X-Cache"]) == (200, "MISS")


async def test_a_product_is_forgotten_by_its_uuid(shop: Site) -> None:
    poster = shop.pim.catalogue.products["poster"]
    before = await shop.get("/products/poster/packshots?tr=orig-true")
    poster.set("packshots", ["hubble"])

    shop.server.house.addresses.forget_product(poster.uuid.upper())
    after = await shop.get("/products/poster/packshots?tr=orig-true")

    assert before.content == sample("rocket").content
    assert after.content == sample("hubble_deep_field").content


async def test_an_asset_is_forgotten_wherever_it_is_named(shop: Site) -> None:
    addresses = ("products/poster", "assets/packshots/rocket")
    for address in addresses:
        await shop.get(f"/{address}?tr=orig-true")
    shop.pim.catalogue.asset_families["packshots"].assets["rocket"].set("media", sample("hubble_deep_field"))

    shop.server.house.addresses.forget_asset("packshots", "rocket")
    after = [await shop.get(f"/{address}?tr=orig-true") for address in addresses]

    assert [reply.content for reply in after] == [sample("hubble_deep_field").content] * 2
    assert asked(shop).count("products/poster") == 1


async def test_a_product_that_came_into_being_is_there_when_it_is_told(shop: Site) -> None:
    poster = shop.pim.catalogue.products.pop("poster")
    missing = await shop.get("/products/poster?tr=w-20")
    shop.pim.catalogue.add_products(poster)

    shop.server.house.addresses.forget_product("poster")
    there = await shop.get("/products/poster?tr=w-20")

    assert (missing.status_code, there.status_code) == (404, 200)


async def test_while_akeneo_is_down_what_was_forgotten_is_served_stale(shop: Site) -> None:
    await shop.get("/products/poster?tr=w-20")
    shop.server.house.addresses.forget_product("poster")

    with shop.pim.misbehaving(Status(503, path=API)):
        reply = await shop.get("/products/poster?tr=w-20")

    assert (reply.status_code, reply.headers["X-Cache"]) == (200, "STALE")


@pytest.mark.parametrize(
    "body",
    [
        {"url": "https://img.example.com/products/cup/red%20tall/*"},
        {"url": "https://img.example.com/tr:w-20/products/cup/red%20tall/picture"},
        {"url": "https://img.example.com/products/cup/red*"},
        {"path": "products/cup/red%20tall/picture"},
        {"endpoint": "/"},
    ],
)
async def test_a_purge_of_an_address_has_it_asked_for_anew(shop: Site, body: dict[str, str]) -> None:
    address = "/products/cup/red%20tall/picture?tr=orig-true"
    before = await shop.get(address)
    shop.pim.catalogue.products["cup/red tall"].set("picture", sample("chelsea"))

    async with client_of(shop.admin_url) as admin:
        answer: httpx.Response = await admin.post("/v1/files/purge", json=body)
    after = await shop.get(address)

    assert answer.status_code == 201, answer.text
    assert before.content == sample("steaming cup").content
    assert after.content == sample("chelsea").content


async def test_a_purge_of_an_address_that_is_none_is_refused(shop: Site) -> None:
    async with client_of(shop.admin_url) as admin:
        answers = [
            await admin.post("/v1/files/purge", json=body)
            for body in ({"path": "products/../x"}, {"url": "https://img.example.com/assets/packshots"})
        ]

    assert [answer.status_code for answer in answers] == [400, 400]
