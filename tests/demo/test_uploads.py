"""Uploads to the pretend Akeneo, held to the reference."""

import json
from typing import Any

import httpx
import pytest

from proxy.demo.pim import DemoPim
from proxy.demo.routes import Kind
from tests.demo.writer import API, SHOTS, caller, http, pim

__all__ = ["caller", "http", "pim"]


async def upload(
    http: httpx.AsyncClient, owner: str, attribute: str, name: str = "red shoe é.png", **said: Any
) -> httpx.Response:
    key = said.pop("key", "product")
    where = {"identifier" if key == "product" else "code": owner, "attribute": attribute, "scope": None, "locale": None}
    files = {"file": (name, b"\r\n--bytes\r\n\x00", "image/png")}
    return await http.post(f"{API}/media-files", data={key: json.dumps({**where, **said})}, files=files)


async def test_an_upload_stores_and_links_under_a_new_code_each_time(pim: DemoPim, http: httpx.AsyncClient) -> None:
    answers = [await upload(http, "poster", "picture") for _ in range(2)]
    codes = [answer.headers["Location"].partition("/media-files/")[2] for answer in answers]

    assert [(answer.status_code, answer.content) for answer in answers] == [(201, b"")] * 2
    assert codes[0] != codes[1]
    assert codes[1].endswith("_red_shoe___.png")
    assert pim.catalogue.products["poster"].values["picture"][0].data == codes[1]
    facts = (await http.get(f"{API}/media-files/{codes[0]}")).json()
    assert (facts["original_filename"], facts["size"], facts["mime_type"]) == ("red shoe é.png", 12, "image/png")
    assert (await http.get(f"{API}/media-files/{codes[1]}/download")).content == b"\r\n--bytes\r\n\x00"
    assert pim.calls[0].kind is Kind.UPLOAD


async def test_models_and_places_have_files_too(pim: DemoPim, http: httpx.AsyncClient) -> None:
    assert (await upload(http, "cup", "picture", key="product_model")).status_code == 201
    assert (await upload(http, "poster", "banner", locale="fr_FR", scope="ecommerce")).status_code == 201

    (banner,) = pim.catalogue.products["poster"].values["banner"]
    assert (banner.locale, banner.scope) == ("fr_FR", "ecommerce")


@pytest.mark.parametrize(
    ("owner", "attribute", "name"),
    [
        ("none", "picture", "a.png"),
        ("poster", "none", "a.png"),
        ("poster", "name", "a.png"),
        ("poster", "banner", "a.png"),
        ("poster", "picture", "a.gif"),
        ("poster", "manual", "a.pdf"),
    ],
)
async def test_uploads_that_do_not_fit_store_nothing(
    pim: DemoPim, http: httpx.AsyncClient, owner: str, attribute: str, name: str
) -> None:
    pim.catalogue.attributes["picture"].extensions = frozenset({"png"})
    pim.catalogue.attributes["manual"].max_bytes = 5
    count = len(pim.files)

    assert (await upload(http, owner, attribute, name)).status_code == 422
    assert len(pim.files) == count


async def test_an_upload_needs_a_file_and_a_form(http: httpx.AsyncClient) -> None:
    without = await http.post(f"{API}/media-files", files={"product": (None, b"{}")})
    assert (without.status_code, without.json()["message"]) == (422, 'Property "file" is required.')
    assert (await http.post(f"{API}/media-files", json={})).status_code == 415


async def test_an_assets_file_is_only_stored(http: httpx.AsyncClient) -> None:
    stored = await http.post(f"{API}/asset-media-files", files={"file": ("front.png", b"x", "image/png")})
    code = stored.headers["Asset-media-file-code"]
    media = {"code": "front", "values": {"media": [{"locale": None, "channel": None, "data": code}]}}

    assert stored.status_code == 201
    assert stored.headers["Location"].endswith(f"/asset-media-files/{code}")
    assert (await http.patch(f"{SHOTS}/assets/front", json=media)).status_code == 201


async def test_a_draft_has_its_file_and_does_not_show_it(pim: DemoPim, http: httpx.AsyncClient) -> None:
    pim.catalogue.drafts.add("*")
    count = len(pim.files)

    assert (await upload(http, "poster", "picture")).status_code == 201
    assert "picture" not in pim.catalogue.products["poster"].values
    assert len(pim.files) == count + 1
