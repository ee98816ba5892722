"""What the command says of a cache that a server has filled."""

import asyncio
import json
import sys
from pathlib import Path

import httpx
import pytest

from proxy.demo.files import DemoFile, Family
from proxy.demo.pictures import sample
from tests.site import Site, client_of, path_of
from tests.web.conftest import Start

COFFEE = path_of(sample("coffee"), "w-40")


async def test_the_command_finds_what_the_server_has_stored(start: Start, tmp_path: Path) -> None:
    site = await start()
    await site.get(COFFEE, "image/webp")
    await site.delivery.renditions.close()

    command = [sys.executable, "-m", "proxy.cli", "explain", COFFEE, "--json"]
    environment = {
        "MEDIA_PROXY_AKENEO__URL": site.pim.url,
        "MEDIA_PROXY_AKENEO__CLIENT_ID": "unused",
        "MEDIA_PROXY_AKENEO__SECRET": "unused",
        "MEDIA_PROXY_AKENEO__USERNAME": site.pim.credentials.username,
        "MEDIA_PROXY_AKENEO__PASSWORD": "unused",
        "MEDIA_PROXY_CACHE__DIRECTORY": str(tmp_path),
    }
    process = await asyncio.create_subprocess_exec(*command, env=environment, stdout=asyncio.subprocess.PIPE)
    out, _ = await process.communicate()

    facts = json.loads(out)
    assert process.returncode == 0
    assert facts["cache"]["original"] == {"type": "image/png", "bytes": len(sample("coffee").content)}
    assert facts["cache"]["rendition"] is True
    assert [step["size"] for step in facts["steps"]] == ["600x400", "40x27"]


async def explained(site: Site, url: str, **query: str) -> httpx.Response:
    async with client_of(site.admin_url) as operator:
        return await operator.get("/v1/explain", params={"url": url, **query})


async def test_a_running_server_explains_what_it_has(site: Site) -> None:
    upright = path_of(sample("tasse à café"), "w-30")
    before = (await explained(site, f"https://img.example.com{upright}", accept="image/webp")).json()
    await site.get(upright, "image/webp")

    after = (await explained(site, upright, accept="image/webp")).json()

    assert (before["cache"]["original"], before["cache"]["rendition"]) == (None, False)
    assert after["cache"]["rendition"] is True
    assert [step["size"] for step in after["steps"]] == ["600x400", "30x20"]  # stored on its side
    assert site.pim.downloads() == 1


async def test_what_is_no_address_of_ours_is_refused(start: Start) -> None:
    site = await start(endpoints=[{"prefix": "shop"}])

    refused, asked = await explained(site, COFFEE), await explained(site, f"/shop{COFFEE}")

    assert (refused.status_code, refused.json()["message"].partition(",")[0]) == (
        400,
        "expected url to be an address of this server",
    )
    assert asked.json()["endpoint"]["prefix"] == "/shop"


async def test_a_file_without_pixels_is_explained_without_sizes(site: Site) -> None:
    sheet = path_of(sample("data sheet"), "w-30")
    await site.get(sheet)

    facts = (await explained(site, sheet)).json()

    assert facts["cache"]["original"]["type"] == "application/pdf"
    assert facts["cache"]["original_is_the_answer"] is True
    assert facts["steps"] == []


async def test_a_drawing_that_is_sent_as_it_is_keeps_its_size(site: Site) -> None:
    path = path_of(sample("badge"), "w-30")
    await site.get(path)

    untouched, drawn = [(await explained(site, url)).json() for url in (path, f"{path}?tr=f-png")]

    assert [step["step"] for step in untouched["steps"]] == ["original"]
    assert [step["step"] for step in drawn["steps"]] == ["original", "w-30"]


async def test_the_page_of_a_document_and_the_frame_of_an_animation_have_their_sizes(site: Site) -> None:
    sheet, orbit = path_of(sample("data sheet")), path_of(sample("orbit"))
    urls = {
        f"{sheet}/ik-thumbnail.jpg?tr=w-210:rt-90": ["420x595", "210x298", "298x210"],
        f"{sheet}/ik-thumbnail.jpg?tr=dn-144": ["840x1190"],
        f"{orbit}/ik-thumbnail.jpg?tr=pg-2,w-40": ["200x200", "40x40"],
    }

    for url in urls:
        assert (await site.get(url)).status_code == 200
    told = {url: (await explained(site, url)).json() for url in urls}

    assert {url: [step["size"] for step in facts["steps"]] for url, facts in told.items()} == urls


FILES = [
    DemoFile.named(Family.PRODUCT, "words.txt", None, b"a few words of text"),
    DemoFile.named(Family.PRODUCT, "broken.png", None, sample("coffee").content[:5000]),
    DemoFile.named(Family.PRODUCT, "clear.png", None, sample("logo").content),
]
WORDS, BROKEN, LOGO = map(path_of, FILES)
REFUSED = [
    f"{WORDS}/ik-thumbnail.jpg",
    f"{path_of(sample('data sheet'))}/ik-thumbnail.jpg?tr=pg-9",
    f"{path_of(sample('orbit'))}/ik-thumbnail.jpg?tr=pg-999",
    f"{BROKEN}?tr=w-20",
    f"{LOGO}?tr=w-2000,h-1200,e-shadow",
    f"{LOGO}?tr=w-900,h-900,cm-extract,x-900",
    f"{LOGO}?tr=w-99999,h-0",
]


@pytest.mark.parametrize("url", REFUSED)
async def test_what_a_viewer_was_refused_is_refused_in_the_same_words(site: Site, url: str) -> None:
    for file in FILES:
        site.pim.add(file)

    seen = await site.get(url)
    facts = (await explained(site, url)).json()
    while "error" not in facts and facts["cache"]["original"] is None:  # a refusal does not wait for the last byte
        facts = (await explained(site, url)).json()

    assert seen.status_code in {400, 422}
    assert facts["error"]["status"] == seen.status_code
    assert f"{facts['error']['code']} - {facts['error']['message']}" == seen.headers["ik-error"]


ORDER = {
    "/robots.txt": (404, "expected a signed URL"),
    f"{COFFEE}?ik-s=0": (401, "the signature does not fit the URL"),
    "/robots.txt?ik-s=0": (401, "the signature does not fit the URL"),
    COFFEE: (401, "expected a signed URL"),
    COFFEE.replace("w-40", "w-x"): (401, "expected a signed URL"),
    "/products/cup/picture?locale=%21": (401, "expected a signed URL"),
    f"{COFFEE}?v={'1' * 8192}": (401, "expected a signed URL"),
    "/products/cup/not-a-code": (404, "expected a signed URL"),
}


@pytest.mark.parametrize("url", ORDER)
async def test_the_first_thing_that_is_wrong_is_the_answer(start: Start, url: str) -> None:
    site = await start(signing={"private_key": "k", "required": True})

    seen = await site.get(url)
    facts = (await explained(site, url)).json()

    assert (seen.status_code, facts["signature"]) == (ORDER[url][0], f"refused: {ORDER[url][1]}")
    assert f"{facts['error']['code']} - {facts['error']['message']}" == seen.headers["ik-error"]


@pytest.mark.parametrize("api", ["explain", "metadata"])
async def test_a_private_key_opens_its_own_endpoint_only(start: Start, api: str) -> None:
    endpoints = [{"prefix": name, "signing": {"private_key": f"private_{name}"}} for name in ("mine", "theirs")]
    site = await start(endpoints=endpoints)
    urls = [f"https://img.example.com/{name}{COFFEE}" for name in ("mine", "theirs")]

    async with client_of(site.admin_url, auth=("private_mine", "")) as shop:
        answers = [await shop.get(f"/v1/{api}", params={"url": url}) for url in urls]

    assert [answer.status_code for answer in answers] == [200, 403]
    assert answers[1].json()["message"] == "This key belongs to another endpoint."
