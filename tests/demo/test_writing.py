"""The pretend Akeneo when it is written to, held to the reference."""

import asyncio
import json
from typing import Any

import httpx
import pytest

from proxy.demo.catalogue.model import Attribute, LinkRule
from proxy.demo.catalogue.samples import sample_catalogue
from proxy.demo.faults import Hold, HoldCall, LostAnswer
from proxy.demo.pictures import sample_files
from proxy.demo.pim import DemoPim
from tests.demo.caller import APP_TOKEN, Caller, calling
from tests.demo.writer import API, BEARER, SHOTS, caller, http, pim

__all__ = ["caller", "http", "pim"]


def link(code: str, url: object, **more: Any) -> dict[str, Any]:
    return {"code": code, "values": {"link": [{"locale": None, "channel": None, "data": url}]}, **more}


async def test_an_asset_is_created_then_updated(pim: DemoPim, http: httpx.AsyncClient) -> None:
    created = await http.patch(f"{SHOTS}/assets/new_1", json=link("new_1", "a.png"))
    updated = await http.patch(f"{SHOTS}/assets/new_1", json=link("new_1", "b.png"))
    asset = (await http.get(f"{SHOTS}/assets/new_1")).json()

    assert (created.status_code, created.content, updated.status_code) == (201, b"", 204)
    assert created.headers["Location"] == f"{pim.url}{SHOTS}/assets/new_1"
    assert asset["values"]["link"][0]["linked_data"] == {"full_url": "https://media.example.com/b.png?v=1"}
    await http.patch(f"{SHOTS}/assets/new_1", json=link("new_1", None))
    assert (await http.get(f"{SHOTS}/assets/new_1")).json()["values"] == []
    assert json.loads(pim.calls[0].body)["code"] == "new_1"


async def test_values_merge_by_locale_and_channel(pim: DemoPim, http: httpx.AsyncClient) -> None:
    french = {"locale": "fr_FR", "channel": None, "data": "Une fusée"}
    assert (
        await http.patch(f"{SHOTS}/assets/rocket", json={"code": "rocket", "values": {"alt": [french]}})
    ).status_code == 204
    alt = (await http.get(f"{SHOTS}/assets/rocket")).json()["values"]["alt"]

    assert [(one["locale"], one["data"]) for one in alt] == [("en_US", "A rocket"), ("fr_FR", "Une fusée")]


@pytest.mark.parametrize(
    ("path", "document", "status", "said"),
    [
        ("none/assets/a", link("a", "b"), 404, 'Asset family "none" does not exist.'),
        ("Packshots/assets/a", link("a", "b"), 404, 'Asset family "Packshots" does not exist.'),
        ("packshots/assets/a", link("b", "b"), 422, "The code of the asset provided in the URI must be the same"),
        ("packshots/assets/a", {"values": {}}, 422, "The asset has an invalid format."),
        ("packshots/assets/a", {"code": "a", "values": {"other": [{"data": "x"}]}}, 422, "The asset has an invalid"),
        ("packshots/assets/a", {"code": "a", "values": {"link": "x"}}, 422, "The asset has an invalid format."),
        ("packshots/assets/a-b", link("a-b", "x"), 422, "The asset has data that does not comply"),
        ("packshots/assets/a", link("a", 5), 422, "The asset has data that does not comply"),
        ("packshots/assets/a", {"code": "a", "values": {"media": [{"data": "no/file"}]}}, 422, "The asset has data"),
        ("packshots/assets/a", {"code": "a", "values": {"alt": [{"data": "x"}]}}, 422, "The asset has data"),
    ],
)
async def test_what_is_wrong_with_an_asset(caller: Caller, path: str, document: object, status: int, said: str) -> None:
    answer = await caller.http.patch(f"{API}/asset-families/{path}", json=document, headers=BEARER)

    assert answer.status_code == answer.json()["code"] == status
    assert answer.json()["message"].startswith(said)
    assert "a" not in caller.pim.catalogue.asset_families["packshots"].assets


async def test_bodies_must_be_json(http: httpx.AsyncClient) -> None:
    json_type = {"Content-Type": "application/json"}
    assert (await http.patch(f"{SHOTS}/assets/a", content=b"{", headers=json_type)).status_code == 400
    assert (await http.patch(f"{SHOTS}/assets/a", content=b"{}")).status_code == 415
    assert (await http.post(f"{SHOTS}/assets/a", json={})).status_code == 405


async def test_many_assets_in_one_call(pim: DemoPim, http: httpx.AsyncClient) -> None:
    answer = await http.patch(f"{SHOTS}/assets", json=[link("one", "a"), link("rocket", "b"), link("wrong", 5)])
    too_many = await http.patch(f"{SHOTS}/assets", json=[link(f"a{number}", "a") for number in range(101)])

    assert answer.status_code == 200
    assert [(line["code"], line["status_code"]) for line in answer.json()] == [
        ("one", 201),
        ("rocket", 204),
        ("wrong", 422),
    ]
    assert answer.json()[2]["errors"][0]["property"] == "values.link"
    assert too_many.status_code == 413


async def test_an_asset_is_deleted_once(pim: DemoPim, http: httpx.AsyncClient) -> None:
    answers = [await http.delete(f"{SHOTS}/assets/rocket") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [204, 404]
    assert answers[1].json()["message"] == "Resource `rocket` does not exist."
    assert (await http.get(SHOTS)).status_code == 200


async def test_the_definition_of_one_attribute(http: httpx.AsyncClient) -> None:
    attribute = (await http.get(f"{SHOTS}/attributes/link")).json()

    assert (attribute["type"], attribute["prefix"]) == ("media_link", "https://media.example.com/")
    assert (attribute["value_per_locale"], attribute["value_per_channel"]) == (False, False)
    assert (await http.get(f"{SHOTS}/attributes/none")).status_code == 404


async def test_link_rules_run_later_and_for_new_assets_alone(pim: DemoPim, http: httpx.AsyncClient) -> None:
    family = pim.catalogue.asset_families["packshots"]
    family.attributes += [Attribute("product_ref", "text"), Attribute("dam_id", "text")]
    family.naming = "^(?P<product_ref>.+)__(?P<dam_id>[A-Za-z0-9]+)$"
    family.link_rules = [LinkRule("{{product_ref}}", "packshots")]
    await http.patch(f"{SHOTS}/assets/poster__abc", json=link("poster__abc", "a"))
    before = (await http.get(f"{API}/products/poster")).json()["values"]["packshots"][0]["data"]
    assert pim.run_link_rules() == ["poster"]
    after = (await http.get(f"{API}/products/poster")).json()["values"]["packshots"][0]["data"]
    await http.patch(f"{SHOTS}/assets/poster__abc", json=link("poster__abc", "b"))

    assert after == [*before, "poster__abc"]
    assert pim.run_link_rules() == []
    assert (await http.get(SHOTS)).json()["product_link_rules"][0]["assign_assets_to"][0]["mode"] == "add"
    assert (await http.get(f"{SHOTS}/assets/poster__abc")).json()["values"]["dam_id"][0]["data"] == "abc"


def values(attribute: str, data: object, locale: str | None = None, scope: str | None = None) -> dict[str, Any]:
    return {"values": {attribute: [{"locale": locale, "scope": scope, "data": data}]}}


async def test_a_product_is_emptied_filled_and_created(pim: DemoPim, http: httpx.AsyncClient) -> None:
    tall = pim.catalogue.products["cup/red tall"]
    before = tall.updated
    path = f"{API}/products/cup%2Fred%20tall"
    same = await http.patch(path, json=values("picture", tall.values["picture"][0].data))
    assert (same.status_code, tall.updated) == (204, before)
    emptied = await http.patch(path, json=values("picture", None))
    named = await http.patch(f"{API}/products-uuid/{tall.uuid}", json=values("name", "Tall", "en_US"))
    created = await http.patch(f"{API}/products/never-seen", json={"family": "cups"})

    assert [one.status_code for one in (emptied, named, created)] == [204, 204, 201]
    assert (tall.values["picture"], tall.values["name"][0].data) == ([], "Tall")
    assert tall.updated > before
    assert pim.catalogue.products["never-seen"].family == "cups"
    assert (await http.patch(f"{API}/product-models/cup", json=values("manual", None))).status_code == 204
    assert not pim.catalogue.models["cup"].values["manual"]


@pytest.mark.parametrize(
    "document",
    [
        {"nothing": 1},
        values("none", "x"),
        values("name", "x"),
        values("name", "x", "de_DE"),
        values("picture", "no/file"),
        {"values": {"name": {}}},
    ],
)
async def test_what_is_wrong_with_a_product(pim: DemoPim, http: httpx.AsyncClient, document: object) -> None:
    assert (await http.patch(f"{API}/products/new", json=document)).status_code == 422
    assert "new" not in pim.catalogue.products


async def test_with_limited_rights_a_write_makes_a_draft(pim: DemoPim, http: httpx.AsyncClient) -> None:
    pim.catalogue.drafts.add("poster")
    poster = pim.catalogue.products["poster"]
    held = dict(poster.values)

    assert (await http.patch(f"{API}/products/poster", json=values("name", "New", "en_US"))).status_code == 204
    assert poster.values == held
    assert (await http.patch(f"{API}/products/cup-red-small", json=values("name", "New", "en_US"))).status_code == 204
    assert pim.catalogue.products["cup-red-small"].values


async def test_products_are_found_in_bulk_and_tell_their_identifier(http: httpx.AsyncClient) -> None:
    search = json.dumps({"sku": [{"operator": "IN", "value": ["poster", "none"]}]})
    found = (await http.get(f"{API}/products-uuid", params={"search": search})).json()["_embedded"]["items"]

    assert [one["values"]["sku"][0]["data"] for one in found] == ["poster"]


async def test_an_answer_may_be_lost_after_the_write_or_the_call_be_kept_before_it(
    pim: DemoPim, http: httpx.AsyncClient
) -> None:
    assets = pim.catalogue.asset_families["packshots"].assets
    with pim.misbehaving(LostAnswer(path=SHOTS, method="PATCH")), pytest.raises(httpx.TransportError):
        await http.patch(f"{SHOTS}/assets/lost", json=link("lost", "a"))
    assert "lost" in assets

    release = asyncio.Event()
    with pim.misbehaving(HoldCall(release, path=f"{SHOTS}/assets/before"), Hold(release, path=f"{SHOTS}/assets/after")):
        kept = [
            asyncio.create_task(http.patch(f"{SHOTS}/assets/{code}", json=link(code, "a")))
            for code in ("before", "after")
        ]
        await pim.until(lambda: "after" in assets and pim.in_flight == 2)
        assert "before" not in assets
        release.set()
        assert [answer.status_code for answer in await asyncio.gather(*kept)] == [201, 201]
    assert "before" in assets


async def test_a_fifth_call_at_once_is_too_many() -> None:
    release = asyncio.Event()
    pim = DemoPim(sample_files(), app_token=APP_TOKEN, catalogue=sample_catalogue(), max_concurrency=4)
    async with pim, calling(pim) as caller:
        with pim.misbehaving(HoldCall(release, path=f"{SHOTS}/assets", times=4)):
            kept = [
                asyncio.create_task(caller.http.patch(f"{SHOTS}/assets/a", json=link("a", "b"), headers=BEARER))
                for _ in range(4)
            ]
            await pim.until(lambda: pim.in_flight == 4)
            fifth = await caller.get(f"{API}/products/poster")
            release.set()
            await asyncio.gather(*kept)

    assert fifth.status_code == 429
