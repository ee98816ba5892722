"""What the command says of a cache that a server has filled."""

import asyncio
import json
import sys
from pathlib import Path

import httpx
import pytest

from proxy.demo.pictures import sample
from tests.site import Site, path_of
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
    async with httpx.AsyncClient(base_url=site.admin_url, verify=False) as operator:
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
    assert [step["size"] for step in facts["steps"]] == [None]


@pytest.mark.parametrize("api", ["explain", "metadata"])
async def test_a_private_key_opens_its_own_endpoint_only(start: Start, api: str) -> None:
    endpoints = [{"prefix": name, "signing": {"private_key": f"private_{name}"}} for name in ("mine", "theirs")]
    site = await start(endpoints=endpoints)
    urls = [f"https://img.example.com/{name}{COFFEE}" for name in ("mine", "theirs")]

    async with httpx.AsyncClient(base_url=site.admin_url, verify=False, auth=("private_mine", "")) as shop:
        answers = [await shop.get(f"/v1/{api}", params={"url": url}) for url in urls]

    assert [answer.status_code for answer in answers] == [200, 403]
    assert answers[1].json()["message"] == "This key belongs to another endpoint."
