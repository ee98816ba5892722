"""Addresses as a way to the file's own URL, signed addresses, and what is said about one."""

from collections.abc import AsyncIterator
from urllib.parse import urljoin

import pytest

from proxy.demo.catalogue.model import LegacyAsset
from proxy.demo.pictures import sample
from proxy.demo.pim import DemoPim
from proxy.imagekit.signature import STRONG, signed
from tests.site import Site, client_of
from tests.web.conftest import Start
from tests.web.shops import CHANGING, path_to, pim_with_catalogue

KEY = "private_example_key"
COFFEE = path_to(sample("coffee"))
CARE = path_to(sample("care"))
FAR = 4_000_000_000


@pytest.fixture
async def pim() -> AsyncIterator[DemoPim]:
    async with pim_with_catalogue() as pim:
        yield pim


@pytest.mark.parametrize(
    ("address", "leads_to"),
    [
        ("/products/cup-red-small/picture", COFFEE),
        ("/products/cup-red-small", COFFEE),
        ("/products/cup-red-small/", COFFEE),
        ("/tr:w-30:rt-90/products/cup-red-small", f"/tr:w-30:rt-90{COFFEE}"),
        ("/products/tr:w-30/cup-red-small/picture", f"/tr:w-30{COFFEE}"),
        ("/products//cup-red-small", COFFEE),
        ("/products/cup-red-small?tr=w-30&locale=en_US&scope=print&v=2", f"{COFFEE}?tr=w-30&v=2"),
        ("/products/cup-red-small/manual/ik-thumbnail.jpg?tr=pg-2", f"{CARE}/ik-thumbnail.jpg?tr=pg-2"),
        ("/ik-seo/tr:w-30/products/cup-red-small/red-cup.jpg", f"/tr:w-30{COFFEE}"),
        ("/products/cup-red-small/mp-lqip.json", f"{COFFEE}/mp-lqip.json"),
        ("/tr:w-30/products/cup-red-small/picture/mp-lqip.json?v=2", f"/tr:w-30{COFFEE}/mp-lqip.json?v=2"),
        ("/ik-seo/products/cup-red-small/red-cup.jpg/mp-lqip.json", f"{COFFEE}/mp-lqip.json"),
        (
            "/products/cup-red-small/manual/ik-thumbnail.jpg/mp-lqip.json?tr=pg-2",
            f"{CARE}/ik-thumbnail.jpg/mp-lqip.json?tr=pg-2",
        ),
        ("/reference-entities/brands", path_to(sample("logo"))),
    ],
)
async def test_an_address_leads_to_the_file(start: Start, address: str, leads_to: str) -> None:
    base = "https://img.example.com"
    site = await start(addresses={"mode": "redirect"}, canonical_base_url=base)

    reply = await site.get(address)

    assert reply.status_code == 302, reply.headers.get("ik-error")
    assert urljoin(f"http://proxy{address}", reply.headers["Location"]) == f"http://proxy{leads_to}"
    assert reply.headers["Cache-Control"] == CHANGING
    assert reply.headers["Link"].startswith(f"<{base}/")


async def test_a_redirect_holds_behind_any_prefix(start: Start) -> None:
    site = await start(addresses={"mode": "redirect"}, endpoints=[{"prefix": "shop/eu"}])

    reply = await site.get("/shop/eu/tr:w-30/products/cup-red-small")
    location = reply.headers["Location"]
    followed = await site.get(urljoin("/shop/eu/tr:w-30/products/cup-red-small", location))

    assert urljoin("https://cdn.example.com/img/tr:w-30/products/x", location).endswith(f"/img/tr:w-30{COFFEE}")
    assert followed.status_code == 200
    assert "immutable" in followed.headers["Cache-Control"]


async def test_what_has_no_path_of_its_own_is_served(start: Start) -> None:
    site = await start(addresses={"mode": "redirect"})
    site.pim.catalogue.add_legacy_assets(LegacyAsset("mug", references={None: sample("coffee")}))

    reply = await site.get("/assets/mug/reference-files?tr=orig-true")

    assert (reply.status_code, reply.content) == (200, sample("coffee").content)


@pytest.mark.parametrize("strong", [False, True])
async def test_a_signed_address_leads_to_a_signed_file(start: Start, strong: bool) -> None:
    signing = {"private_key": KEY, "required": True}
    site = await start(addresses={"mode": "redirect"}, signing=signing)
    target = "tr:w-30/products/cup-red-small/picture?locale=en_US"
    address = f"/{signed(target, KEY, FAR, *([STRONG] if strong else []))}"

    reply = await site.get(address)
    location = urljoin(address, reply.headers["Location"])
    followed = await site.get(location)

    assert (reply.status_code, followed.status_code) == (302, 200)
    assert str(FAR) in location
    assert "locale" not in location


async def test_a_signature_covers_an_address_as_any_path(start: Start) -> None:
    site = await start(signing={"private_key": KEY, "required": True})
    address = "tr:w-30/products/cup-red-small/picture"

    good = await site.get(f"/{signed(address, KEY)}")
    unsigned = await site.get(f"/{address}")
    other = await site.get(f"/{signed(address, KEY).replace('picture', 'manual')}")
    calls = len(site.pim.calls)

    assert (good.status_code, unsigned.status_code, other.status_code) == (200, 401, 401)
    assert calls == len(site.pim.calls)


async def explained(site: Site, address: str) -> dict[str, object]:
    async with client_of(site.admin_url) as admin:
        reply = await admin.get("/v1/explain", params={"url": f"http://x{address}"})
    facts: dict[str, object] = reply.json()
    return facts


async def test_an_explanation_tells_what_an_address_is_without_a_call(start: Start) -> None:
    site = await start()
    address = "/tr:w-30/products/cup-red-small/picture?locale=en_US"

    before = await explained(site, address)
    calls = list(site.pim.calls)
    await site.get(address)
    after = await explained(site, address)

    assert calls == []
    assert before["address"] == {
        "kind": "products",
        "owner": None,
        "code": "cup-red-small",
        "attribute": "picture",
        "position": 0,
        "locale": "en_US",
        "scope": None,
        "file": None,
    }
    assert (before["cache"], before["steps"]) == (None, [{"step": "w-30", "size": None}])
    assert isinstance(after["address"], dict)
    assert isinstance(after["cache"], dict)
    assert after["address"]["file"] == COFFEE.removeprefix("/")
    assert after["cache"]["rendition"] is True


async def test_facts_about_an_address_are_those_of_the_file(start: Start) -> None:
    site = await start()

    async with client_of(site.admin_url) as admin:
        reply = await admin.get("/v1/metadata", params={"url": "http://x/tr:w-30/products/cup-red-small"})

    assert reply.json()["width"] == 30
