"""The pretend Akeneo's lists: pages, cursors, limits and filters."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

from proxy.demo.catalogue.model import Product
from proxy.demo.catalogue.samples import sample_catalogue
from proxy.demo.pim import DemoPim
from tests.demo.caller import APP_TOKEN, Caller, calling

API = "/api/rest/v1"
SPRING = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
async def pim() -> AsyncIterator[DemoPim]:
    async with DemoPim(app_token=APP_TOKEN, catalogue=sample_catalogue()) as pim:
        yield pim


def codes(document: dict[str, Any]) -> list[str]:
    return [item.get("identifier") or item["code"] for item in document["_embedded"]["items"]]


def searching(field: str, operator: str, value: object) -> str:
    return quote(json.dumps({field: [{"operator": operator, "value": value}]}))


async def following(caller: Caller, document: dict[str, Any]) -> dict[str, Any]:
    parts = urlsplit(document["_links"]["next"]["href"])
    answer: dict[str, Any] = (await caller.get(f"{parts.path}?{parts.query}")).json()
    return answer


async def test_cursors_lead_to_the_end_and_survive_a_removal(pim: DemoPim, caller: Caller) -> None:
    first = (await caller.get(f"{API}/products?pagination_type=search_after&limit=1")).json()
    del pim.catalogue.products["cup-red-small"]

    second = await following(caller, first)
    third = await following(caller, second)
    last = await following(caller, third)

    assert [codes(page) for page in (first, second, third)] == [["cup-red-small"], ["cup/red tall"], ["poster"]]
    assert (codes(last), "next" in last["_links"]) == ([], False)  # a full page has a next one, empty or not


async def test_pages_by_number_have_an_end(caller: Caller) -> None:
    first = (await caller.get(f"{API}/products?limit=2&with_count=true")).json()
    second = await following(caller, first)
    beyond = await caller.get(f"{API}/products?limit=100&page=101")

    assert (len(codes(first)), first["items_count"], second["current_page"]) == (2, 3, 2)
    assert "next" not in second["_links"]
    assert beyond.status_code == 422


async def test_ten_items_are_a_page_unless_asked_otherwise(pim: DemoPim, caller: Caller) -> None:
    pim.catalogue.add_products(*[Product(f"more{number}") for number in range(20)])

    assert len(codes((await caller.get(f"{API}/products")).json())) == 10


@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        ("limit=101", 422, "You cannot request more than 100 items."),
        ("limit=x", 422, '"x" is not a valid limit number.'),
        ("page=0", 422, '"0" is not a valid page number.'),
        ("pagination_type=search_after&search_after=%2F%2F", 422, '"//" is not a valid cursor.'),
        ("search=%7Bx", 400, "Search query parameter should be valid JSON."),
        ("search=%5B%5D", 400, "Search query parameter should be valid JSON."),
        (f"search={searching('picture', '=', 'x')}", 422, 'Filter on property "picture" is not supported'),
        (f"search={searching('updated', '>', '2026-01-01T00:00:00Z')}", 422, 'Property "updated" expects'),
        ("attributes=none", 422, 'Attribute "none" does not exist.'),
        ("locales=xx_XX", 422, 'Locale "xx_XX" does not exist.'),
        ("scope=none", 422, 'Scope "none" does not exist.'),
    ],
)
async def test_a_list_refuses(caller: Caller, query: str, status: int, said: str) -> None:
    answer = await caller.get(f"{API}/products?{query}")

    assert answer.status_code == status
    assert answer.json()["message"].startswith(said)


async def test_assets_have_no_limit_and_their_own_form_of_a_date(pim: DemoPim, caller: Caller) -> None:
    pim.catalogue.page_size = 2
    pim.catalogue.asset_families["packshots"].assets["linked"].touch(SPRING)
    path = f"{API}/asset-families/packshots/assets"

    first = (await caller.get(f"{path}?limit=1")).json()
    new = (await caller.get(f"{path}?search={searching('updated', '>', '2026-02-01T00:00:00Z')}")).json()
    refused = await caller.get(f"{path}?search={searching('updated', '>', '2026-02-01 00:00:00')}")

    assert codes(first) == ["hubble", "linked"]
    assert codes(await following(caller, first)) == ["rocket"]
    assert codes(new) == ["linked"]
    assert refused.status_code == 422


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        (("updated", ">", "2026-02-01 00:00:00"), ["poster"]),
        (("updated", ">", "2026-03-01 12:00:00"), []),
        (("updated", "<", "2026-02-01 00:00:00"), ["cup-red-small", "cup/red tall"]),
        (("updated", "SINCE LAST N DAYS", 100_000), ["cup-red-small", "cup/red tall", "poster"]),
        (("family", "IN", ["posters"]), ["poster"]),
        (("identifier", "IN", ["cup/red tall"]), ["cup/red tall"]),
    ],
)
async def test_a_search_chooses(
    pim: DemoPim, caller: Caller, condition: tuple[str, str, object], found: list[str]
) -> None:
    pim.catalogue.products["poster"].touch(SPRING)

    assert codes((await caller.get(f"{API}/products?search={searching(*condition)}")).json()) == found


async def test_values_may_be_chosen(caller: Caller) -> None:
    query = "attributes=banner,picture&locales=fr_FR&scope=ecommerce"

    page = (await caller.get(f"{API}/products?{query}")).json()

    (tall,) = [item for item in page["_embedded"]["items"] if item["identifier"] == "cup/red tall"]
    (banner,) = tall["values"]["banner"]
    assert set(tall["values"]) == {"banner", "picture"}
    assert (banner["locale"], banner["scope"]) == ("fr_FR", "ecommerce")


async def test_links_of_a_list_are_the_pims_own_idea_of_itself() -> None:
    pim = DemoPim(app_token=APP_TOKEN, catalogue=sample_catalogue(), link_base="http://inner.example")
    async with pim, calling(pim) as caller:
        page = (await caller.get(f"{API}/product-models?limit=1")).json()

    assert page["_links"]["next"]["href"].startswith(f"http://inner.example{API}/product-models?")
