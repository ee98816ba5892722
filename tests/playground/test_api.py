"""What the page asks the admin port for: its own files, previews, endpoints, signatures. No browser is needed."""

import base64
import re
import urllib.parse
from pathlib import Path
from typing import Any

import httpx
import pytest
from imagekitio.types.shared_params.transformation import Transformation

from proxy.demo.catalogue.model import Attribute, Product
from proxy.demo.pictures import sample
from proxy.demo.pim import DemoPim
from proxy.imagekit.parameters import PARAMETERS
from proxy.imagekit.signature import verify
from proxy.media import MediaPath
from proxy.plan.frame import Crop
from proxy.web.playground.routes import DIRECTORY, playground_files
from proxy.web.recent import Recent
from proxy.web.static_files import SHARED, shared_handlers
from tests.conformance.sdks import snaked
from tests.site import Site, client_of, path_of
from tests.web.conftest import Start

BASE = "http://127.0.0.1:8080"
COFFEE = path_of(sample("coffee"), "w-40,f-webp")
PAGE = (DIRECTORY / "index.html").read_text(encoding="utf-8")


async def asked(site: Site, path: str, **options: Any) -> httpx.Response:
    async with client_of(site.admin_url) as operator:
        return await operator.get(path, **options)


async def preview(site: Site, target: str, **options: Any) -> httpx.Response:
    return await asked(site, "/v1/preview", params={"url": BASE + target}, **options)


async def signed(site: Site, headers: dict[str, str] | None = None, **wanted: Any) -> httpx.Response:
    async with client_of(site.admin_url) as operator:
        return await operator.post("/v1/sign", json=wanted, headers=headers)


async def test_the_files_of_the_page_have_validators_and_a_strict_policy(site: Site) -> None:
    first = await asked(site, "/")
    again = await asked(site, "/", headers={"If-None-Match": first.headers["ETag"]})
    script = await asked(site, "/playground/main.js")
    missing = await asked(site, "/playground/../admin.py")

    assert first.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "script-src 'self';" in first.headers["Content-Security-Policy"]
    assert "unsafe" not in first.headers["Content-Security-Policy"]
    assert (again.status_code, again.content) == (304, b"")
    assert script.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert missing.status_code == 404


def test_the_page_needs_nothing_from_elsewhere() -> None:
    named = set(re.findall(r'(?:src|href)="(/[^"#]*)"', PAGE))
    texts = [path.read_text(encoding="utf-8") for folder in (DIRECTORY, SHARED) for path in folder.iterdir()]
    addresses = {address for text in texts for address in re.findall(r"https?://[\w.-]+", text)}

    assert named == ({*playground_files(), *shared_handlers()} - {"/"}) | {"/catalogue"}
    assert addresses <= {"http://www.w3.org", "http://host"}  # a namespace, and examples
    assert not re.search(r'<script(?![^>]*src=)|style="|\son\w+="', PAGE)


def test_controls_are_parameters_and_crop_modes_are_all_there() -> None:
    keys = {key for keys in re.findall(r'data-key="([^"]+)"', PAGE) for key in keys.split()}
    modes = set(re.findall(r'value="(?:c|cm)-(\w+)"', PAGE))

    assert keys - {parameter.key for parameter in PARAMETERS} == {"n"}
    assert modes | {"maintain_ratio"} == set(map(str, Crop))


def test_long_names_are_those_of_imagekits_sdks() -> None:
    text = (DIRECTORY / "snippets.js").read_text(encoding="utf-8")
    names = dict(re.findall(r'"?([\w-]+)"?: "(\w+)"', text.partition("NAMES = {")[2].partition("};")[0]))

    assert set(snaked(dict.fromkeys(names.values(), 1))) <= set(Transformation.__annotations__)
    assert set(names) - {"n"} <= {parameter.key for parameter in PARAMETERS}


async def test_a_preview_is_what_a_viewer_gets(site: Site) -> None:
    public = await site.get(COFFEE)
    shown = await preview(site, COFFEE)

    assert shown.content == public.content
    assert (public.headers["X-Cache"], shown.headers["X-Cache"]) == ("MISS", "HIT")
    assert "total;dur=" in shown.headers["Server-Timing"]
    assert shown.headers["Cache-Control"] == "no-store"
    assert shown.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Access-Control-Allow-Origin" not in shown.headers


async def test_a_preview_takes_the_viewers_word_for_what_it_accepts(site: Site) -> None:
    target = path_of(sample("coffee"), "w-40")
    accepts = ("image/webp", "image/png")

    answers = [await asked(site, "/v1/preview", params={"url": BASE + target, "accept": it}) for it in accepts]

    assert [answer.headers["Content-Type"] for answer in answers] == ["image/webp", "image/jpeg"]


async def test_a_stored_svg_stays_locked_down(site: Site) -> None:
    shown = await preview(site, path_of(sample("badge")))

    assert shown.headers["Content-Type"] == "image/svg+xml"
    assert "default-src 'none'" in shown.headers["Content-Security-Policy"]
    assert "sandbox" in shown.headers["Content-Security-Policy"]


async def test_signed_only_endpoints_and_other_hosts_are_shown_to_the_operator(start: Start) -> None:
    signing = {"private_key": "k", "required": True}
    site = await start(endpoints=[{"host": "img.example.com", "signing": signing}])

    shown = await asked(site, "/v1/preview", params={"url": f"https://img.example.com{COFFEE}"})
    public = await site.get(COFFEE, Host="img.example.com")

    assert (shown.status_code, public.status_code) == (200, 401)


@pytest.mark.parametrize(
    ("target", "status", "message"),
    [
        ("/tr:bl-500/media-files/a/b.jpg", 400, "bl-500: expected a radius from 1 to 100"),
        ("/media-files/0/0/0/0/none.jpg", 404, ""),
        ("/nowhere/a.jpg", 404, "no such media path"),
    ],
)
async def test_what_cannot_be_shown_is_told(site: Site, target: str, status: int, message: str) -> None:
    refused = await preview(site, target)

    assert refused.status_code == status
    assert message in refused.json()["message"]


async def test_the_default_image_is_shown_where_there_is_none(site: Site) -> None:
    default = path_of(sample("coffee")).removeprefix("/").replace("/", "@@")

    shown = await preview(site, f"/tr:w-40,di-{default}/media-files/0/0/0/0/none.jpg")

    assert shown.status_code == 200


@pytest.mark.parametrize("mode", ["serve", "redirect"])
async def test_an_address_is_shown_as_the_file_it_stands_for(pim: DemoPim, start: Start, mode: str) -> None:
    pim.catalogue.add_attributes(Attribute("picture", "pim_catalog_image"))
    pim.catalogue.add_products(product := Product("cup"))
    product.set("picture", sample("coffee"))
    site = await start(addresses={"mode": mode})

    shown = await preview(site, "/tr:w-40,f-webp/products/cup/picture")
    missing = await preview(site, "/products/none/picture")

    assert (shown.status_code, shown.content) == (200, (await site.get(COFFEE)).content)
    assert (missing.status_code, missing.json()["message"]) == (404, "no such product")


async def test_endpoints_are_told_with_what_they_were_asked_for(start: Start) -> None:
    endpoints = [{"named_transformations": {"thumb": "w-80"}}, {"host": "img.example.com", "prefix": "shop"}]
    site = await start(endpoints=endpoints, signing={"private_key": "never shown"}, port=0)
    await site.get(COFFEE)
    await site.get(path_of(sample("logo"), "w-40"))
    await site.get(COFFEE)

    answer = await asked(site, "/v1/endpoints")

    first, second = answer.json()["endpoints"]
    assert first["recent"] == [path_of(sample(name)).removeprefix("/") for name in ("coffee", "logo")]
    assert (first["base"], second["base"]) == ("http://127.0.0.1:0", "https://img.example.com/shop")
    assert (first["signs"], first["requires_signature"], first["named_transformations"]) == (True, False, ["thumb"])
    assert second["recent"] == []
    assert "never shown" not in answer.text


def test_of_many_pictures_the_latest_are_remembered() -> None:
    recent = Recent(most=2)
    for name in ("a", "b", "a", "c"):
        recent.note(MediaPath.parse(f"media-files/{name}.jpg"))

    assert recent.paths == ["media-files/c.jpg", "media-files/a.jpg"]


async def test_a_url_is_signed_with_the_key_of_its_endpoint(start: Start) -> None:
    site = await start(signing={"private_key": "k3y"})

    lasting = await signed(site, url=BASE + COFFEE)
    passing = await signed(site, url=BASE + COFFEE, expires_in=60)

    for answer in (lasting, passing):
        assert verify(answer.json()["url"].removeprefix(f"{BASE}/"), ["k3y"], required=True)
        assert "k3y" not in answer.text
    assert lasting.json()["expires_at"] is None
    assert f"ik-t={passing.json()['expires_at']}&" in passing.json()["url"]


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ({"url": BASE + COFFEE + "?ik-s=00"}, "without a signature"),
        ({"url": COFFEE}, "a whole URL"),
        ({"url": f"{BASE}/nowhere/a.jpg"}, "one of the endpoints answers"),
        ({"url": BASE + COFFEE, "expires_in": 0}, "expires_in"),
        ({"url": 3}, "expires_in"),
    ],
)
async def test_what_cannot_be_signed_is_refused(start: Start, wanted: dict[str, Any], message: str) -> None:
    site = await start(signing={"private_key": "k3y"})

    refused = await signed(site, **wanted)

    assert refused.status_code == 400
    assert message in refused.json()["message"]


async def test_without_a_key_nothing_is_signed(site: Site) -> None:
    refused = await signed(site, url=BASE + COFFEE)

    assert (refused.status_code, refused.json()["message"]) == (400, "expected MEDIA_PROXY_SIGNING__PRIVATE_KEY")


async def test_a_private_key_sees_and_signs_its_own_endpoint_only(start: Start) -> None:
    endpoints = [{"prefix": name, "signing": {"private_key": f"private_{name}"}} for name in ("mine", "theirs")]
    site = await start(endpoints=endpoints)

    async with client_of(site.admin_url, auth=("private_mine", "")) as shop:
        known = (await shop.get("/v1/endpoints")).json()["endpoints"]
        theirs = await shop.get("/v1/preview", params={"url": f"{BASE}/theirs{COFFEE}"})
        forged = await shop.post("/v1/sign", json={"url": f"{BASE}/theirs{COFFEE}"})

    assert [urllib.parse.urlsplit(it["base"]).path for it in known] == ["/mine"]
    assert (theirs.status_code, forged.status_code) == (403, 403)


def basic(user: str, password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


async def test_the_token_is_taken_as_a_password_too(start: Start, tmp_path: Path) -> None:
    site = await start(admin_token="t0ken", signing={"private_key": "k3y"})

    nobody = await asked(site, "/")
    wrong = [await asked(site, path, headers=basic("t0ken", "guess")) for path in ("/", "/v1/endpoints")]
    known = [await asked(site, path, headers=basic("me", "t0ken")) for path in ("/", "/v1/endpoints", "/-/metrics")]

    challenges = nobody.headers.get_list("WWW-Authenticate")
    assert challenges == ['Basic realm="media-proxy", charset="UTF-8"', "Bearer"]
    assert [answer.status_code for answer in (nobody, *wrong)] == [401, 401, 401]
    assert [answer.status_code for answer in known] == [200, 200, 200]


@pytest.mark.parametrize("elsewhere", ["cross-site", "same-site"])
async def test_a_page_of_another_site_gets_nothing_but_may_link_here(start: Start, elsewhere: str) -> None:
    site = await start(admin_token="t0ken", signing={"private_key": "k3y"})
    as_picture = {"Sec-Fetch-Site": elsewhere, "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}
    as_link = {"Sec-Fetch-Site": elsewhere, "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    token = basic("me", "t0ken")

    embedded = await preview(site, COFFEE, headers={**token, **as_picture})
    linked = await asked(site, "/", headers={**token, **as_link})
    sent = await signed(site, {**token, **as_link}, url=BASE + COFFEE)
    foreign = await signed(site, {**token, "Origin": "https://evil.example.com"}, url=BASE + COFFEE)
    untold = await preview(site, COFFEE, headers={**token, "Referer": "http://evil.example.com/"})
    own = await preview(site, COFFEE, headers={**token, "Sec-Fetch-Site": "same-origin"})

    refused = (embedded, sent, foreign, untold)
    assert [answer.status_code for answer in refused] == [403] * 4
    assert [answer.status_code for answer in (linked, own)] == [200, 200]
