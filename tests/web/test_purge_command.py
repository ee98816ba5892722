"""`media-proxy purge` against a running server."""

import asyncio
import json

import pytest

from proxy.cli import main
from proxy.demo.pictures import sample
from tests.site import Site, path_of
from tests.web.conftest import Start

COFFEE = path_of(sample("coffee"))
URL = "https://img.example.com" + path_of(sample("coffee"), "w-60")


async def run(*arguments: str) -> int:
    """In a thread, since the command has an event loop of its own."""
    return await asyncio.to_thread(main, ["purge", *arguments])


@pytest.mark.parametrize("target", [URL, COFFEE, COFFEE[1:]])
async def test_a_url_or_a_path_is_purged_and_told(site: Site, capsys: pytest.CaptureFixture[str], target: str) -> None:
    await site.get(path_of(sample("coffee"), "w-60"))
    await asyncio.gather(*site.delivery.renditions.writes)

    assert await run(target, "--admin", site.admin_url) == 0

    told, request = capsys.readouterr().out.splitlines()
    assert told == "Completed: memory 1, disk 1, disk originals 1"
    assert request.removeprefix("request ") in site.server.house.purger.reports
    assert (await site.get(path_of(sample("coffee"), "w-60"))).headers["X-Cache"] == "MISS"


async def test_a_script_reads_the_same_as_json(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    await site.get(path_of(sample("coffee"), "w-60"))
    await asyncio.gather(*site.delivery.renditions.writes)

    assert await run(COFFEE, "--json", "--admin", site.admin_url) == 0

    facts = json.loads(capsys.readouterr().out)
    assert facts["status"] == "Completed"
    assert facts["purged"] | {"memory": 1, "disk": 1, "disk originals": 1} == facts["purged"]
    assert facts["requestId"] in site.server.house.purger.reports


@pytest.mark.parametrize("what", [["--endpoint", "/"], [f"https://img.example.com{COFFEE}*"]])
async def test_it_waits_for_what_takes_longer(site: Site, capsys: pytest.CaptureFixture[str], what: list[str]) -> None:
    await site.get(path_of(sample("coffee"), "w-60"))
    await asyncio.gather(*site.delivery.renditions.writes)

    assert await run(*what, "--wait", "--admin", f"{site.admin_url}/") == 0

    assert capsys.readouterr().out.startswith("Completed: memory 1, disk 1, disk originals 1\n")


async def test_address_and_token_come_from_the_settings(
    start: Start, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    site = await start(admin_token="t0ken")
    monkeypatch.setenv("MEDIA_PROXY_ADMIN_PORT", str(site.server.admin_port))
    refused = await run(COFFEE)
    assert "cannot be authenticated" in capsys.readouterr().err

    monkeypatch.setenv("MEDIA_PROXY_ADMIN_TOKEN", "t0ken")

    assert (refused, await run(COFFEE)) == (1, 0)
    assert capsys.readouterr().out.startswith("Completed: nothing was there\n")


async def test_the_words_of_a_refusal_are_told(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    assert await run("https://img.example.com/*", "--admin", site.admin_url) == 1

    assert "expected at least 2 levels" in capsys.readouterr().err


async def test_a_server_of_another_kind_is_told(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    public = f"http://127.0.0.1:{site.server.port}"

    assert await run(COFFEE, "--admin", public) == 1

    assert "405" in capsys.readouterr().err
