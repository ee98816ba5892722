"""Addresses that do not change, over loopback: which file they stand for, and what the answer says of itself."""

import asyncio
import io
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from proxy.demo.answers import Answer
from proxy.demo.catalogue.model import Asset, LegacyAsset, Product
from proxy.demo.faults import Alter, Status
from proxy.demo.pictures import sample
from proxy.demo.pim import DemoPim
from tests.clock import Clock
from tests.site import Site
from tests.web.conftest import Start, small_picture
from tests.web.shops import CHANGING, asked, on, path_to, pim_with_catalogue

API = "/api/rest/v1"
BASE = "https://img.example.com"


@pytest.fixture
async def pim() -> AsyncIterator[DemoPim]:
    async with pim_with_catalogue() as pim:
        yield pim


@pytest.fixture
async def shop(start: Start) -> Site:
    return await start(canonical_base_url=BASE)


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("/products/cup-red-small/picture", "coffee"),
        ("/products/cup-red-small", "coffee"),
        ("/products/cup%2Fred%20tall/picture", "steaming cup"),
        ("/products/cup/red%20tall/picture", "steaming cup"),
        ("/products/cup/red%20tall/", "steaming cup"),
        ("/products/cup/red%20tall/banner?locale=fr_FR", "tasse à café"),
        ("/products/cup/red%20tall/banner?locale=en_US&scope=print", "coffee"),
        ("/products/cup/red%20tall/manual", "care"),
        ("/products/poster", "rocket"),
        ("/products/poster/packshots%5B1%5D", "hubble_deep_field"),
        ("/products/poster/packshots[1]", "hubble_deep_field"),
        ("/products/cup-red-small/packshots", "hubble_deep_field"),
        ("/product-models/cup", "coffee"),
        ("/product-models/cup-red/packshots[1]", "rocket"),
        ("/assets/packshots/rocket", "rocket"),
        ("/assets/packshots/rocket/printed?scope=print", "rocket for print"),
        ("/reference-entities/brands/acme/image", "astronaut"),
        ("/reference-entities/brands", "logo"),
        ("/ik-seo/products/cup-red-small/picture/a-red-cup.jpg", "coffee"),
    ],
)
async def test_an_address_stands_for_the_file_of_the_moment(shop: Site, address: str, name: str) -> None:
    path, _, query = address.partition("?")

    reply = await shop.get(f"{path}?{query}&tr=orig-true")

    assert reply.status_code == 200, reply.headers.get("ik-error")
    assert reply.content == sample(name).content
    assert reply.headers["Cache-Control"] == CHANGING


async def test_a_product_is_found_by_its_uuid(shop: Site) -> None:
    uuid = shop.pim.catalogue.products["poster"].uuid

    reply = await shop.get(f"/products/{uuid}/packshots?tr=orig-true")

    assert reply.content == sample("rocket").content


@pytest.mark.parametrize("saas", [True, False])
async def test_older_akeneos_that_tell_no_types_are_understood(start: Start, saas: bool) -> None:
    async with pim_with_catalogue(saas=saas) as older:
        site = await start(akeneo={"url": older.url})

        replies = [await site.get(f"/{it}?tr=orig-true") for it in ("products/poster", "assets/packshots/hubble")]

    assert [reply.content for reply in replies] == [sample("rocket").content, sample("hubble_deep_field").content]


async def test_an_address_shares_its_rendition_with_the_file(shop: Site) -> None:
    by_code = await shop.get(f"/tr:w-40:rt-90{path_to(sample('coffee'))}")

    by_address = await shop.get("/tr:w-40:rt-90/products/cup-red-small/picture")

    assert (by_code.headers["X-Cache"], by_address.headers["X-Cache"]) == ("MISS", "HIT")
    assert by_address.content == by_code.content
    assert by_address.headers["ETag"] == by_code.headers["ETag"]
    assert by_address.headers["Link"] == f'<{BASE}{path_to(sample("coffee"))}>; rel="canonical"'
    assert "immutable" in by_code.headers["Cache-Control"]
    assert by_address.headers["Cache-Control"] == CHANGING


async def test_an_address_is_never_answered_without_looking_at_its_lifetime(shop: Site) -> None:
    for _ in range(3):
        await shop.get("/tr:w-30/products/cup-red-small")

    assert len(shop.server.public.ready.answers) == 0


async def test_several_attributes_of_a_product_are_one_call(shop: Site) -> None:
    product = "/products/cup/red%20tall"

    await asyncio.gather(*(shop.get(f"{product}/{it}?tr=w-20") for it in ("picture", "banner", "picture", "banner")))
    await shop.get(f"{product}/banner?locale=fr_FR&tr=w-20")

    assert asked(shop) == ["products/cup/red tall"]
    assert shop.counted("address_lookups_total", outcome="hit") >= 1


async def test_families_are_kept_longer_than_products(start: Start) -> None:
    site, clock = await start(), Clock()
    on(clock, site.server)
    await site.get("/products/poster?tr=w-20")
    clock.now += 60 * 30

    await site.get("/products/poster?tr=w-21")

    assert asked(site).count("products/poster") == 2
    assert [path for path in asked(site) if path.startswith("famil")] == ["families/posters"]


async def test_a_changed_value_is_seen_after_its_lifetime(start: Start) -> None:
    site, clock = await start(), Clock()
    on(clock, site.server)
    await site.get("/products/cup-red-small?tr=w-20")
    site.pim.catalogue.models["cup"].set("picture", sample("chelsea"))
    within = await site.get("/products/cup-red-small?tr=orig-true")
    clock.now += 61

    stale = await site.get("/products/cup-red-small?tr=orig-true")
    await site.server.house.addresses.by_name[site.originals.origin.name].documents.flights.settle()
    after = await site.get("/products/cup-red-small?tr=orig-true")

    assert within.content == sample("coffee").content
    assert (stale.headers["X-Cache"], stale.content) == ("STALE", sample("coffee").content)
    assert after.content == sample("chelsea").content
    assert after.headers["X-Cache"] != "STALE"


async def test_while_akeneo_is_down_what_it_said_last_counts(start: Start) -> None:
    site, clock = await start(), Clock()
    on(clock, site.server)
    good = await site.get("/products/cup-red-small?tr=w-20")
    site.server.house.addresses.forget_all()
    clock.now += 3600

    with site.pim.misbehaving(Status(503, path=API)):
        replies = [await site.get("/products/cup-red-small?tr=w-20") for _ in range(2)]
        unknown = await site.get("/products/poster?tr=w-20")

    assert [(reply.status_code, reply.headers["X-Cache"]) for reply in replies] == [(200, "STALE")] * 2
    assert replies[0].content == good.content
    assert (unknown.status_code >= 500, unknown.headers["Cache-Control"]) == (True, "no-store")


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("/products/nothing/picture", "no such product"),
        ("/product-models/nothing/picture", "no such product model"),
        ("/assets/packshots/nothing", "no such asset"),
        ("/reference-entities/brands/nothing/image", "no such record"),
        ("/reference-entities/nothing", "no such reference entity"),
        ("/products/poster/nothing", "no such attribute: nothing"),
        ("/assets/packshots/rocket/nothing", "no such attribute: nothing"),
        ("/products/poster/name", "name holds no picture"),
        ("/products/cup-red-small/sku", "sku holds no picture"),
        ("/products/poster/picture", "picture is empty"),
        ("/products/poster/banner?locale=en_US&scope=print", "banner is empty for locale en_US and scope print"),
        ("/products/poster/packshots[7]", "packshots holds 3 assets: there is no [7]"),
        ("/products/cup-red-small/picture[1]", "picture holds one file: there is no [1]"),
        ("/reference-entities/brands/plain/image", "image is empty"),
        ("/reference-entities/brands/acme", "expected reference-entities/{entity} or "),
        ("/products/poster/pack-shots", "an attribute of letters, digits and underscores"),
        ("/assets/packshots", "expected assets/{family}/{code}"),
    ],
)
async def test_what_is_missing_is_named_and_remembered(shop: Site, address: str, says: str) -> None:
    first = await shop.get(address)
    calls = len(shop.pim.calls)

    again = await shop.get(address)

    assert (first.status_code, again.status_code) == (404, 404)
    assert says in first.headers["ik-error"]
    assert first.headers["ik-error"] == again.headers["ik-error"]
    assert first.headers["Cache-Control"] == "public, max-age=60"
    assert len(shop.pim.calls) == calls


async def test_a_missing_product_is_asked_for_again_after_a_minute(start: Start) -> None:
    site, clock = await start(), Clock()
    on(clock, site.server)
    await site.get("/products/new/picture")
    new = Product("new", "cups")
    new.set("picture", sample("chelsea"))
    site.pim.catalogue.add_products(new)

    before = await site.get("/products/new/picture?tr=w-20")
    clock.now += 61
    after = await site.get("/products/new/picture?tr=w-20")

    assert (before.status_code, after.status_code) == (404, 200)


async def test_a_missing_picture_may_have_a_default(shop: Site) -> None:
    default = path_to(sample("logo")).removeprefix("/").replace("/", "@@")

    reply = await shop.get(f"/tr:w-20,di-{default}/products/nothing/picture")

    assert (reply.status_code, reply.headers["Cache-Control"]) == (200, "public, max-age=60")


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("locale=english", "locale: expected"),
        ("locale=en_US%2F..", "locale: expected"),
        ("scope=e-commerce", "scope: expected"),
        ("locale=de_DE&scope=print", "locale: expected one of en_US"),
        ("scope=nowhere", "scope: expected the code of a channel"),
    ],
)
async def test_a_wrong_locale_or_scope_is_told(shop: Site, query: str, says: str) -> None:
    reply = await shop.get(f"/products/cup/red%20tall/banner?{query}")

    assert reply.status_code == 400
    assert says in reply.headers["ik-error"]


async def test_a_variant_falls_back_to_its_models_up_the_whole_chain(shop: Site) -> None:
    def bare(answer: Answer) -> Answer:
        document = json.loads(answer.body)
        own = {code: them for code, them in document["values"].items() if code != "picture"}
        if document.get("code") != "cup":
            document["values"] = own
        return replace(answer, body=json.dumps(document).encode())

    shop.pim.faults.add(Alter(bare, path=f"{API}/product"))

    reply = await shop.get("/products/cup-red-small/picture?tr=orig-true")

    assert reply.content == sample("coffee").content
    assert asked(shop) == ["products/cup-red-small", "product-models/cup-red", "product-models/cup"]


async def test_the_first_connection_that_has_the_product_wins(start: Start) -> None:
    async with pim_with_catalogue() as other:
        del other.catalogue.products["poster"]
        other.catalogue.models["cup"].set("picture", sample("chelsea"))
        credentials = other.credentials
        site = await start(
            connections={"brand": {"url": other.url, **vars(credentials)}},
            endpoints=[{"connections": ["brand", "akeneo"]}],
        )

        theirs = await site.get("/products/cup-red-small?tr=orig-true")
        ours = await site.get("/products/poster?tr=orig-true")
        other.faults.add(Status(500, path=API))
        down = await site.get("/products/nothing/picture")

    assert theirs.content == sample("chelsea").content
    assert ours.content == sample("rocket").content
    assert down.status_code == 502


@pytest.mark.parametrize("address", ["reference-files", "reference-files/no-locale", "variation-files/print"])
async def test_files_of_before_4_0_are_followed_though_their_address_stays(start: Start, address: str) -> None:
    site, clock = await start(canonical_base_url=BASE), Clock()
    on(clock, site.server)
    first, second = small_picture(10), small_picture(200)
    old = LegacyAsset("mug", references={None: first}, variations={("print", None): first})
    site.pim.catalogue.add_legacy_assets(old)
    before = await site.get(f"/assets/mug/{address}?tr=w-30")
    old.references[None] = old.variations["print", None] = second

    site.server.house.addresses.forget_all()
    after = await site.get(f"/assets/mug/{address}?tr=w-30")

    assert (before.status_code, after.status_code) == (200, 200), before.headers.get("ik-error")
    assert before.content != after.content
    assert red_of(after.content) == pytest.approx(200, abs=4)
    assert after.headers["Cache-Control"] == CHANGING
    assert "Link" not in after.headers


async def test_with_a_locale_a_file_of_before_4_0_is_that_locales(shop: Site) -> None:
    old = LegacyAsset("mug", True, {"en_US": sample("coffee")}, {("print", "fr_FR"): sample("chelsea")})
    shop.pim.catalogue.add_legacy_assets(old)

    asked_for = ["reference-files/en_US", "reference-files?locale=en_US", "variations/print/fr_FR"]
    replies = [await shop.get(f"/assets/mug/{it}{'&' if '?' in it else '?'}tr=orig-true") for it in asked_for]

    names = ["coffee", "coffee", "chelsea"]
    assert [reply.content for reply in replies] == [sample(name).content for name in names]


async def test_a_file_of_before_4_0_asked_for_in_the_wrong_way_is_no_fault_of_akeneos(shop: Site) -> None:
    shop.pim.catalogue.add_legacy_assets(LegacyAsset("mug", references={None: sample("coffee")}))
    await shop.get("/assets/mug/reference-files?tr=w-20")

    reply = await shop.get("/assets/mug/reference-files/en_US")

    assert (reply.status_code, shop.counted("origin_up", connection="akeneo")) == (400, 1)
    assert "locale: expected" in reply.headers["ik-error"]


async def test_addresses_may_be_switched_off(start: Start) -> None:
    site = await start(addresses={"mode": "off"})

    reply = await site.get("/products/cup-red-small")

    assert (reply.status_code, site.pim.calls) == (404, [])


async def test_an_asset_is_of_its_own_locale_and_scope(shop: Site) -> None:
    shop.pim.catalogue.asset_families["packshots"].add(Asset("bare"))

    reply = await shop.get("/assets/packshots/bare")

    assert "media is empty" in reply.headers["ik-error"]


async def test_files_of_a_folder_are_served_beside_addresses(start: Start, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    for name in ("logos", "assets/logos"):
        (folder / name).mkdir(parents=True)
        (folder / name / "logo.png").write_bytes(sample("logo").content)
    beside = await start(folder={"directory": folder})
    without = await start(folder={"directory": folder}, addresses={"mode": "off"})

    replies = [await site.get(f"/{it}/logo.png") for site in (beside, without) for it in ("logos", "assets/logos")]

    assert [reply.status_code for reply in replies] == [200, 404, 200, 200]


async def test_many_who_ask_together_are_one_call_each_of_what_it_takes(shop: Site) -> None:
    asking = [shop.get(f"/products/poster?tr=w-{20 + number % 3}") for number in range(30)]

    replies = await asyncio.gather(*asking)

    assert {reply.status_code for reply in replies} == {200}
    assert sorted(asked(shop)) == sorted(set(asked(shop)))
    assert shop.pim.downloads(sample("rocket").code) == 1


async def test_lookups_are_counted_as_calls_of_their_connection(shop: Site) -> None:
    await shop.get("/products/poster?tr=w-20")

    assert shop.counted("origin_calls_total", connection="akeneo", family="catalogue", status="200") == len(asked(shop))


def red_of(picture: bytes) -> int:
    colour = Image.open(io.BytesIO(picture)).convert("RGB").getpixel((5, 5))
    assert isinstance(colour, tuple)
    return int(colour[0])
