"""Lists: every item once, from any page on, whatever the PIM thinks its own address is."""

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from proxy.catalogue.pages import Page, walk
from proxy.catalogue.paths import EntryFilter, ProductFilter
from proxy.demo.answers import Answer
from proxy.demo.catalogue.model import Product
from proxy.demo.faults import Alter, Hold, Status
from proxy.errors import OriginBroken, OriginMisconfigured
from tests.catalogue.shop import Shop, all_of, shop_with

API = "/api/rest/v1"
LATER = datetime(2026, 3, 1, 12, tzinfo=UTC)


def many(shop: Shop, count: int) -> list[str]:
    identifiers = [f"p{number:03}" for number in range(count)]
    shop.stock.products.clear()
    shop.stock.add_products(*map(Product, identifiers))
    return identifiers


async def test_a_long_list_comes_in_pages_of_a_hundred(shop: Shop) -> None:
    identifiers = many(shop, 230)

    pages = [page async for page in shop.reader.products()]

    assert [len(page.items) for page in pages] == [100, 100, 30]
    assert [product.identifier for page in pages for product in page.items] == identifiers
    assert "pagination_type=search_after" in shop.pim.calls[-1].query


async def test_pages_may_be_smaller(shop: Shop) -> None:
    identifiers = many(shop, 5)

    pages = [page async for page in shop.reader.products(ProductFilter(limit=2))]

    assert [[product.identifier for product in page.items] for page in pages] == [
        identifiers[:2],
        identifiers[2:4],
        identifiers[4:],
    ]


async def test_the_last_page_may_be_empty(shop: Shop) -> None:
    many(shop, 100)

    assert [len(page.items) async for page in shop.reader.products()] == [100, 0]


async def test_a_walk_goes_on_where_it_was_stopped(shop: Shop) -> None:
    identifiers = many(shop, 230)
    first = await anext(shop.reader.products(ProductFilter(attributes=("picture",))))
    assert first.next is not None
    assert first.next.startswith(f"{API}/products?")

    rest = await all_of(shop.reader.products(start=first.next))

    assert [product.identifier for product in rest] == identifiers[100:]
    assert "attributes=picture" in shop.pim.calls[-1].query


async def test_every_list_is_walked(shop: Shop) -> None:
    reader = shop.reader
    shop.stock.page_size = 2

    assert [p.identifier for p in await all_of(reader.products())] == ["cup-red-small", "cup/red tall", "poster"]
    assert len(await all_of(reader.products(by_uuid=True))) == 3
    assert [model.code for model in await all_of(reader.product_models())] == ["cup", "cup-red"]
    assert [asset.code for asset in await all_of(reader.assets("packshots"))] == ["hubble", "linked", "rocket"]
    assert [record.code for record in await all_of(reader.records("brands"))] == ["acme", "plain"]
    assert [family.code for family in await all_of(reader.asset_families())] == ["packshots"]
    assert [entity.code for entity in await all_of(reader.reference_entities())] == ["brands"]
    assert [family.code for family in await all_of(reader.families())] == ["cups", "posters"]
    assert {attribute.code for attribute in await all_of(reader.attributes())} == set(shop.stock.attributes)
    assert [channel.code for channel in await all_of(reader.channels())] == ["ecommerce", "print"]


async def test_only_what_changed_since_a_moment(shop: Shop) -> None:
    shop.stock.products["poster"].touch(LATER)
    shop.stock.asset_families["packshots"].assets["rocket"].touch(LATER)
    moment = datetime(2026, 2, 1, tzinfo=UTC)

    products = await all_of(shop.reader.products(ProductFilter(updated_since=moment)))
    assets = await all_of(shop.reader.assets("packshots", EntryFilter(updated_since=moment)))
    none = await all_of(shop.reader.assets("packshots", EntryFilter(updated_since=LATER)))

    assert [product.identifier for product in products] == ["poster"]
    assert [asset.code for asset in assets] == ["rocket"]
    assert none == []


async def test_only_some_families_and_some_values(shop: Shop) -> None:
    chosen = ProductFilter(families=("cups",), attributes=("banner",), locales=("en_US",), scope="print")

    products = await all_of(shop.reader.products(chosen))
    assets = await all_of(shop.reader.assets("packshots", EntryFilter(channel="ecommerce", locales=("fr_FR",))))

    values = {p.identifier: [(v.attribute, v.locale, v.scope) for v in p.values] for p in products}
    assert values == {"cup-red-small": [], "cup/red tall": [("banner", "en_US", "print")]}
    assert {value.attribute for asset in assets for value in asset.values} == {"media", "link"}


@pytest.mark.parametrize("link_base", ["http://inner.example", "https://127.0.0.1/pim", "//other"])
async def test_links_with_a_wrong_host_lead_to_our_own_pim(link_base: str) -> None:
    async with shop_with(link_base=link_base, prefix="/pim") as shop:
        identifiers = many(shop, 101)

        assert [product.identifier for product in await all_of(shop.reader.products())] == identifiers
        assert all(call.path.startswith("/pim/api/") for call in shop.pim.calls)


def answering(document: Any) -> Alter:
    def change(answer: Answer) -> Answer:
        return replace(answer, body=json.dumps(document).encode(), sized=True)

    return Alter(change, path=API)


def linking(href: object) -> dict[str, Any]:
    return {"_links": {"next": {"href": href}}, "_embedded": {"items": []}}


BAD = [
    {},
    [],
    {"_embedded": {"items": {}}},
    {"_embedded": {"items": [7]}},
    {"_links": 7, "_embedded": {"items": []}},
    linking(7),
    linking(f"https://pim.example/{API}/channels?page=2"),
    linking("https://pim.example/api/rest/v1/products/../channels"),
    linking("http://[broken"),
    linking("/api/rest/v1/products?a=\r\nX: y"),
    linking("/api/rest/v1/products?a=é"),
    linking("/api/rest/v1/products?" + "a" * 9000),
]


@pytest.mark.parametrize("document", BAD, ids=range(len(BAD)))
async def test_a_page_that_is_none_is_broken(shop: Shop, document: object) -> None:
    with shop.pim.misbehaving(answering(document)), pytest.raises(OriginBroken):
        await all_of(shop.reader.products())


async def test_a_list_that_runs_in_a_circle_ends(shop: Shop) -> None:
    with shop.pim.misbehaving(answering(linking(f"{API}/products?search_after=x"))), pytest.raises(OriginBroken):
        await all_of(shop.reader.products())

    assert len(shop.pim.calls) == 3


@pytest.mark.parametrize("cursor", [f"{API}/channels?page=2", "https://elsewhere.example/x", "?page=2"])
async def test_a_cursor_of_another_list_is_refused(shop: Shop, cursor: str) -> None:
    with pytest.raises(OriginBroken):
        await all_of(shop.reader.products(start=cursor))

    assert shop.pim.calls == []


async def test_a_page_is_bounded() -> None:
    async with shop_with({"page_bytes": 500}) as shop:
        with pytest.raises(OriginBroken):
            await all_of(shop.reader.products())


async def test_a_page_that_is_too_long_is_asked_for_in_smaller_ones() -> None:
    async with shop_with({"page_bytes": 6000}) as shop:
        identifiers = many(shop, 40)
        pages = [page async for page in shop.reader.products(ProductFilter(limit=25, scope="print"))]

        assert [product.identifier for page in pages for product in page.items] == identifiers
        assert 1 < len(pages[0].items) < 25
        assert "scope=print" in shop.pim.calls[-1].query
        assert len(shop.pim.calls) < 40


async def test_a_fault_in_the_middle_is_tried_again_and_a_refusal_ends_the_walk(shop: Shop) -> None:
    identifiers = many(shop, 150)
    with shop.pim.misbehaving(Status(503, path=f"{API}/products", times=2)):
        assert len(await all_of(shop.reader.products())) == len(identifiers)

    with pytest.raises(OriginMisconfigured):
        await all_of(shop.reader.products(ProductFilter(scope="nowhere")))


@settings(max_examples=50)
@given(count=some.integers(0, 25), size=some.integers(1, 7), stop=some.integers(0, 25))
async def test_any_list_is_read_once_from_any_stop(count: int, size: int, stop: int) -> None:
    """Without a wire: pages of any size, and a stop after any of them."""

    async def ask(at: str) -> Any:
        start = int(at.partition("after=")[2] or 0)
        page = list(range(count))[start : start + size]
        links = {"next": {"href": f"http://inner/api/rest/v1/x?after={start + size}"}} if len(page) == size else []
        return {"_links": links, "_embedded": {"items": page}}

    pages: list[Page[object]] = [page async for page in walk("/api/rest/v1/x", "", None, ask, lambda item: item)]
    kept = pages[: stop + 1]
    cursor = kept[-1].next
    rest = [page async for page in walk("/api/rest/v1/x", "", cursor, ask, lambda item: item)] if cursor else []

    assert [item for page in pages for item in page.items] == list(range(count))
    assert [item for page in [*kept, *rest] for item in page.items] == list(range(count))


async def test_a_look_up_goes_before_pages_that_waited_longer(shop: Shop) -> None:
    held = asyncio.Event()
    with shop.pim.misbehaving(Hold(held, path=f"{API}/channels")):
        await shop.reader.product("poster", shop.soon)
        walks = [asyncio.create_task(all_of(shop.reader.channels())) for _ in range(6)]
        await shop.pim.until(lambda: shop.pim.in_flight == 3)  # the fourth place is kept for viewers

        assert await shop.reader.product("poster", shop.soon)

        held.set()
        await asyncio.gather(*walks)
