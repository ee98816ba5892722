"""What the catalogue's page asks the admin port for: entries with their pictures, and that they be drawn anew."""

import asyncio
import re
from pathlib import Path
from typing import Any

import httpx
import pytest

from proxy.catalogue.catalogue import Catalogue
from proxy.deadline import Deadline
from proxy.demo.catalogue.samples import sample_catalogue
from proxy.demo.faults import Hold, Status
from proxy.demo.pictures import sample, sample_files
from proxy.demo.pim import DemoPim
from proxy.demo.routes import Kind as Call
from proxy.metrics import Metrics
from proxy.web.keeping.names import Kind, Name, names_for
from proxy.web.keeping.routes import DIRECTORY, keeping_files
from proxy.web.keeping.shelf import Shelf
from proxy.web.static_files import shared_handlers
from tests.site import Site, client_of, path_of
from tests.web.conftest import Start

API = "/api/rest/v1"
COFFEE, CHELSEA = sample("coffee"), sample("chelsea")
SMALL = path_of(COFFEE, "w-60")


async def asked(site: Site, **query: str) -> httpx.Response:
    async with client_of(site.admin_url) as keeper:
        return await keeper.get("/v1/pictures", params=query)


async def entries(site: Site, search: str, **query: str) -> list[dict[str, Any]]:
    answer = await asked(site, search=search, **query)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["entries"]
    return found


async def refreshed(site: Site, **body: Any) -> httpx.Response:
    async with client_of(site.admin_url) as keeper:
        return await keeper.post("/v1/pictures/refresh", json=body)


def places(entry: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Of each picture, what tells it from the others."""
    keys = ("attribute", "locale", "scope", "inherited_from")
    return [(*(it[key] for key in keys), it["asset"] and it["asset"]["code"]) for it in entry["pictures"]]


# -- searching --


async def test_a_product_has_its_pictures_those_of_its_models_and_of_its_assets(site: Site) -> None:
    [tall] = await entries(site, "cup/red tall")

    assert (tall["kind"], tall["code"], tall["family"], tall["parent"]) == (
        "product",
        "cup/red tall",
        "cups",
        "cup-red",
    )
    assert sorted(places(tall), key=str) == sorted(
        [
            ("picture", None, None, None, None),
            ("banner", "en_US", "ecommerce", None, None),
            ("banner", "fr_FR", "ecommerce", None, None),
            ("banner", "en_US", "print", None, None),
            ("manual", None, None, "cup", None),
            ("packshots", None, None, "cup-red", "hubble"),
            ("packshots", None, None, "cup-red", "rocket"),
        ],
        key=str,
    )
    assert path_of(sample("steaming cup")).removeprefix("/") in {it["path"] for it in tall["pictures"]}
    assert {(it["kind"], it["code"]) for it in tall["sources"]} == {
        ("product", "cup/red tall"),
        ("product model", "cup"),
        ("product model", "cup-red"),
        ("asset", "hubble"),
        ("asset", "rocket"),
    }


async def test_an_akeneo_that_tells_no_types_is_asked_for_them(start: Start, tmp_path: Path) -> None:
    async with DemoPim(sample_files(), catalogue=sample_catalogue(), saas=False) as pim:
        site = await start(tmp_path / "old", akeneo=akeneo_of(pim))
        [poster] = await entries(site, "poster")

    assert [code for *_, code in places(poster)] == ["rocket", "hubble", "linked"]


async def test_an_asset_has_all_its_files_and_a_link_is_told(site: Site) -> None:
    [rocket] = await entries(site, "packshots/rocket")
    [linked] = await entries(site, "packshots/linked")

    assert places(rocket) == [("media", None, None, None, "rocket"), ("printed", None, "print", None, "rocket")]
    [picture] = linked["pictures"]
    assert (picture["path"], picture["link"]) == (None, "https://media.example.com/shelf/badge.png?v=1")


@pytest.mark.parametrize(
    ("search", "kind", "attributes"),
    [
        ("brands/acme", "record", ["image"]),
        ("brands", "reference entity", [""]),
        ("cup-red", "product model", ["manual", "picture", "packshots", "packshots"]),
    ],
)
async def test_other_entries_are_found_as_well(site: Site, search: str, kind: str, attributes: list[str]) -> None:
    [found] = await entries(site, search)

    assert found["kind"] == kind
    assert sorted(it["attribute"] for it in found["pictures"]) == sorted(attributes)


async def test_a_product_is_found_by_its_uuid(site: Site) -> None:
    [found] = await entries(site, site.pim.catalogue.products["poster"].uuid)

    assert (found["kind"], len(found["pictures"])) == ("product by UUID", 3)


async def test_what_there_is_not_is_no_error(site: Site) -> None:
    answer = await asked(site, search="no such thing/../x")

    assert answer.status_code == 200
    assert answer.json() == {"connection": "akeneo", "entries": [], "problems": []}


async def test_the_same_search_calls_akeneo_once_and_two_at_a_time(site: Site) -> None:
    await asyncio.gather(*(entries(site, "cup/red tall") for _ in range(5)))
    documents = [call.path for call in site.pim.calls if call.target.kind is Call.DOCUMENT]

    assert len(documents) == len(set(documents))
    assert site.pim.peak_in_flight <= 2


@pytest.mark.parametrize("query", [{}, {"search": " "}, {"search": "x" * 256}, {"search": "x", "connection": "other"}])
async def test_a_search_for_nothing_is_refused(site: Site, query: dict[str, str]) -> None:
    answer = await asked(site, **query)

    assert answer.status_code == 400
    assert answer.json()["message"].startswith("expected ")


async def test_a_large_collection_is_cut_and_what_is_left_out_is_counted(site: Site) -> None:
    shop = site.pim.catalogue
    shop.products["poster"].set("packshots", ["rocket", "hubble"] * 30)

    [poster] = await entries(site, "poster")

    assert (len(poster["pictures"]), poster["more"], len(poster["sources"])) == (48, 12, 3)


# -- trouble --


async def test_an_akeneo_that_is_down_is_told_as_such(site: Site) -> None:
    with site.pim.misbehaving(Status(503, path=API)):
        answer = await asked(site, search="a poster")

    assert answer.status_code == 502
    assert answer.json()["message"] == "Akeneo fails"


async def test_a_right_that_lacks_is_told_in_plain_words(site: Site) -> None:
    with site.pim.misbehaving(Status(403, path=f"{API}/products"), Status(403, path=f"{API}/product-models")):
        answer = await asked(site, search="poster")

    assert answer.status_code == 404
    assert "has no right to read it (product poster)" in answer.json()["message"]


async def test_an_asset_that_may_not_be_read_leaves_the_others(site: Site) -> None:
    with site.pim.misbehaving(Status(403, path=f"{API}/asset-families/packshots/assets/rocket")):
        [poster] = await entries(site, "poster")

    assert [code for *_, code in places(poster)] == ["hubble", "linked"]
    assert poster["problems"] == ["asset packshots/rocket: this entry may not be read"]


# -- several endpoints --


async def test_the_connection_is_chosen_and_else_each_is_asked(start: Start, tmp_path: Path) -> None:
    async with DemoPim([COFFEE]) as other:
        endpoints = [{"connections": ["empty", "akeneo"]}, {"prefix": "shop", "connections": ["empty"]}]
        site = await start(tmp_path / "two", connections={"empty": akeneo_of(other)}, endpoints=endpoints)

        both = await asked(site, search="poster")
        chosen = await asked(site, search="poster", connection="empty")
        shop = await asked(site, search="poster", base=f"{site.admin_url}/shop")

    assert (both.json()["connection"], len(both.json()["entries"])) == ("akeneo", 1)
    assert (chosen.json()["entries"], shop.json()["entries"]) == ([], [])


def akeneo_of(pim: DemoPim) -> dict[str, Any]:
    known = pim.credentials
    return {
        "url": pim.url,
        "client_id": known.client_id,
        "secret": known.secret,
        "username": known.username,
        "password": known.password,
    }


# -- refreshing --


async def seen(site: Site) -> str:
    answer = await site.get(SMALL)
    await asyncio.gather(*site.delivery.renditions.writes)
    return answer.headers["X-Cache"]


@pytest.mark.parametrize(("originals", "downloads"), [(False, 1), (True, 2)])
async def test_a_picture_is_drawn_anew_and_its_original_fetched_on_demand(
    site: Site, originals: bool, downloads: int
) -> None:
    assert [await seen(site), await seen(site)] == ["MISS", "HIT"]

    answer = await refreshed(site, paths=[path_of(COFFEE)[1:]], originals=originals)

    assert answer.status_code == 200, answer.text
    assert await seen(site) == "MISS"
    assert len([call for call in site.pim.calls if call.target.kind is Call.DOWNLOAD]) == downloads


async def test_a_refreshed_product_is_looked_up_anew(site: Site) -> None:
    [before] = await entries(site, "cup/red tall")
    site.pim.catalogue.products["cup/red tall"].set("picture", CHELSEA)
    [remembered] = await entries(site, "cup/red tall")

    await refreshed(site, sources=before["sources"])

    [after] = await entries(site, "cup/red tall")
    assert places(after) == places(before)
    assert remembered == before
    assert path_of(CHELSEA)[1:] in [it["path"] for it in after["pictures"] if it["attribute"] == "picture"]


async def test_nothing_is_forgotten_while_akeneo_is_down(site: Site) -> None:
    [poster] = await entries(site, "poster")
    await seen(site)
    order = {"paths": [path_of(COFFEE)[1:]], "sources": poster["sources"], "connection": "akeneo", "originals": True}

    with site.pim.misbehaving(Status(503, path=API)):
        refused = await refreshed(site, **order)

    assert refused.status_code == 502
    assert refused.json()["message"] == "Akeneo fails. Nothing is forgotten as long as that is so."
    assert await seen(site) == "HIT"
    assert (await refreshed(site, **order)).status_code == 200
    assert await seen(site) == "MISS"


@pytest.mark.parametrize("body", [{"paths": ["../etc"]}, {"sources": [{"kind": "planet", "code": "x"}]}, {"path": "x"}])
async def test_what_is_no_picture_is_not_refreshed(site: Site, body: dict[str, Any]) -> None:
    assert (await refreshed(site, **body)).status_code == 400


async def test_a_key_refreshes_what_its_endpoint_has(start: Start) -> None:
    site = await start(signing={"private_key": "private_key"})
    async with client_of(site.admin_url, auth=("private_key", "")) as shop:
        allowed = await shop.get("/v1/pictures", params={"search": "poster"})
    async with client_of(site.admin_url, auth=("another", "")) as stranger:
        refused = await stranger.post("/v1/pictures/refresh", json={"paths": [path_of(COFFEE)[1:]]})

    assert (allowed.status_code, refused.status_code) == (200, 401)


async def test_a_key_has_nothing_of_others_forgotten(start: Start, pim: DemoPim) -> None:
    """Each endpoint has a connection of its own, to one Akeneo under two users' names."""
    known = pim.credentials
    one = {"url": pim.url, "client_id": known.client_id, "secret": known.secret, "password": known.password}
    one |= {"username": known.username}
    endpoints = [
        {"prefix": "mine", "connections": ("main",), "signing": {"private_key": "mine"}},
        {"prefix": "yours", "connections": ("other",), "signing": {"private_key": "yours"}},
    ]
    other = {**one, "url": pim.url.replace("127.0.0.1", "localhost")}
    site = await start(akeneo=None, connections={"main": one, "other": other}, endpoints=endpoints)
    await site.get("/yours/products/poster?tr=w-20")
    house = site.server.house
    lookups = house.addresses.by_name[house.clients["other"].settings.name]
    [entry] = [it for it in lookups.documents.entries.values() if it.value.name == "products/poster"]
    poster = {"sources": [{"kind": "product", "code": "poster"}]}

    async with client_of(site.admin_url, auth=("mine", "")) as keeper:
        foreign = await keeper.post("/v1/pictures/refresh", json={**poster, "connection": "other"})
        own = await keeper.post("/v1/pictures/refresh", json=poster)
    assert (foreign.status_code, own.status_code, entry.recalled) == (400, 200, False)

    async with client_of(site.admin_url, auth=("yours", "")) as keeper:
        await keeper.post("/v1/pictures/refresh", json=poster)
    assert entry.recalled


async def test_a_search_that_is_given_up_leaves_nothing_behind(site: Site) -> None:
    release = asyncio.Event()
    with site.pim.misbehaving(Hold(release, path=f"{API}/products")):
        search = asyncio.create_task(asked(site, search="poster"))
        await site.pim.until(lambda: site.pim.in_flight > 0)
        search.cancel()
        release.set()

    assert len(await entries(site, "poster")) == 1


# -- the parts --


def test_a_name_is_that_of_an_address() -> None:
    names = [str(Name(kind, "code", "owner").entry) for kind in Kind]

    assert names == ["products/code"] * 2 + [
        "product-models/code",
        "assets/owner/code",
        "reference-entities/owner/code",
        "reference-entities/code",
    ]


async def test_a_product_called_like_a_name_of_a_model_is_another(site: Site) -> None:
    shelf = Shelf(Catalogue(site.server.house.clients["akeneo"]), Metrics())
    try:
        asset = await shelf.find(Name(Kind.ASSET, "hubble", "packshots"), Deadline.after(20))
        product = await shelf.find(Name(Kind.ASSET, "packshots/hubble"), Deadline.after(20))
    finally:
        await shelf.close()

    assert asset is not None
    assert product is None


def test_a_text_stands_for_what_it_can_be_called() -> None:
    both = [Kind.PRODUCT, Kind.MODEL]

    assert [name.kind for name in names_for("cup red")] == both
    assert [name.kind for name in names_for("cup")] == [*both, Kind.ENTITY]
    assert names_for("a/b")[2:] == [Name(Kind.ASSET, "b", "a"), Name(Kind.RECORD, "b", "a")]
    assert [name.kind for name in names_for("a/b/c")] == both


def test_the_page_needs_nothing_from_elsewhere() -> None:
    page = (DIRECTORY / "index.html").read_text(encoding="utf-8")
    texts = [path.read_text(encoding="utf-8") for path in DIRECTORY.iterdir()]
    named = set(re.findall(r'(?:src|href)="(/[^"#]*)"', page))

    assert named <= {*keeping_files(), *shared_handlers(), "/"}
    assert named >= {path for path in keeping_files() if path != "/catalogue"}
    assert not any(re.search(r"https?://|innerHTML|insertAdjacentHTML|\.style\b", text) for text in texts)
    assert not re.search(r'<script(?![^>]*src=)|style="|\son\w+="', page)


async def test_the_page_has_a_strict_policy(site: Site) -> None:
    async with client_of(site.admin_url) as keeper:
        page = await keeper.get("/catalogue")

    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "script-src 'self';" in page.headers["Content-Security-Policy"]
    assert "unsafe" not in page.headers["Content-Security-Policy"]
