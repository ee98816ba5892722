"""nginx as the edge: what it keeps apart, what it keeps, and what it gives while ours is away."""

import asyncio
from asyncio.subprocess import DEVNULL
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from proxy.demo.pictures import sample
from proxy.demo.pim import DemoPim
from proxy.imagekit.placeholders import LONGEST
from proxy.imagekit.signature import signed
from proxy.pixels.processes import Processes
from tests.deploy.edge import Edge, nginx
from tests.deploy.files import DEPLOY
from tests.site import CHROME, Site, path_of, running
from tests.web.conftest import Start, small_picture

FIREFOX = "image/avif,image/webp,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5"
OLD_CHROME = "image/webp,image/apng,image/*,*/*;q=0.8"
OLD_SAFARI = "image/png,image/svg+xml,image/*;q=0.8,video/*;q=0.8,*/*;q=0.5"
KEY = "private_key_of_these_tests"
LOGO = path_of(sample("logo"), "w-40")


def outcome(response: httpx.Response) -> str:
    return response.headers["X-Edge-Cache"]


def kept(edge: Edge) -> int:
    return len([path for path in edge.cache.rglob("*") if path.is_file()])


async def test_the_second_viewer_gets_what_the_first_has_brought(edge: Edge, site: Site) -> None:
    first, second = [await edge.get(LOGO, CHROME) for _ in range(2)]

    assert (outcome(first), outcome(second)) == ("MISS", "HIT")
    assert first.content == second.content
    assert second.headers["Vary"] == "Accept"
    assert sum(site.counted("requests_total", status="200", tier=tier) for tier in ("none", "memory")) == 1


async def test_three_kinds_of_accept_are_three_entries(edge: Edge) -> None:
    accepts = [CHROME, OLD_CHROME, "*/*", FIREFOX, OLD_SAFARI, "image/webp"]

    responses = [await edge.get(LOGO, accept) for accept in accepts]

    types = [response.headers["Content-Type"].removeprefix("image/") for response in responses]
    assert types == ["avif", "webp", "png", "avif", "png", "webp"]
    assert [outcome(response) for response in responses] == ["MISS"] * 3 + ["HIT"] * 3
    assert kept(edge) == 3


async def test_the_first_viewer_of_a_kind_decides_nothing_for_the_others(edge: Edge) -> None:
    await edge.get(LOGO, "image/avif;q=0,image/webp")

    later = await edge.get(LOGO, CHROME)

    assert (outcome(later), later.headers["Content-Type"]) == ("HIT", "image/avif")


async def test_hints_count_only_for_urls_that_ask_for_them(edge: Edge) -> None:
    auto = path_of(sample("logo"), "w-auto")

    wide = await edge.get(auto, Sec_CH_Width="400")
    narrow = await edge.get(auto, Sec_CH_Width="100")
    plain = [await edge.get(LOGO, Sec_CH_Width=width) for width in ("100", "50")]

    assert outcome(narrow) == "MISS"
    assert wide.content != narrow.content
    assert [outcome(response) for response in plain] == ["MISS", "HIT"]


async def test_the_url_goes_on_as_it_came(start: Start, tmp_path: Path) -> None:
    """A signature covers it letter by letter."""
    site = await start(signing={"private_key": KEY, "required": True})
    text = path_of(sample("logo"), "w-80:l-text,i-10%25%20off,fs-10,l-end")
    async with nginx(tmp_path, site.server.port) as edge:
        good = await edge.get("/" + signed(text.removeprefix("/"), KEY))
        changed = await edge.get("/" + signed(text.removeprefix("/"), KEY).replace("w-80", "w-81"))

    assert (good.status_code, changed.status_code) == (200, 401)


async def test_a_head_comes_from_the_entry_of_the_picture(edge: Edge) -> None:
    whole = await edge.get(LOGO)

    head = await edge.viewer.head(LOGO, headers={"Accept": "*/*"})

    assert (head.headers["Content-Length"], outcome(head)) == (str(len(whole.content)), "HIT")


async def test_the_longest_list_goes_through_it_and_is_kept(edge: Edge, site: Site) -> None:
    files = [small_picture(number, name="long " * 40) for number in range(50)]
    site.pim.add(*files)
    listed = f"mp-lqip.json?{'&'.join(f'path={quote(path_of(file), safe=str())}' for file in files)}&v="

    first, second = [await edge.get(f"/{listed:x<{LONGEST}}") for _ in range(2)]

    assert first.status_code == 200
    assert not any("error" in one for one in first.json()["placeholders"].values())
    assert (outcome(first), outcome(second)) == ("MISS", "HIT")


async def test_sounds_can_be_sought_in(edge: Edge) -> None:
    chime = path_of(sample("chime"))
    whole = await edge.get(chime)

    part = await edge.get(chime, Range="bytes=10-19")

    assert (part.status_code, part.content) == (206, whole.content[10:20])


async def test_a_passing_fault_is_not_kept_and_a_missing_file_is(edge: Edge, site: Site) -> None:
    missing = "/media-files/0/0/0/0/0_missing.jpg"
    async with site.pim.down():
        faults = [await edge.get(LOGO) for _ in range(2)]

    absences = [await edge.get(missing) for _ in range(2)]

    assert [response.status_code // 100 for response in faults] == [5, 5]
    assert "HIT" not in [outcome(response) for response in faults]
    assert (await edge.get(LOGO)).status_code == 200
    assert [(response.status_code, outcome(response)) for response in absences] == [(404, "MISS"), (404, "HIT")]


async def test_what_it_has_is_served_while_ours_is_away(pim: DemoPim, processes: Processes, tmp_path: Path) -> None:
    short = {"cache_control": "public, max-age=1, stale-if-error=600"}
    async with (
        running(pim, tmp_path / "cache", processes, output=short) as site,
        nginx(tmp_path, site.server.port) as edge,
    ):
        fresh = await edge.get(LOGO)
        await site.server.close()
        while outcome(stale := await edge.get(LOGO)) == "HIT":  # noqa: ASYNC110 (another process)
            await asyncio.sleep(0.05)
        new = await edge.get(path_of(sample("logo"), "w-41"))

    assert (outcome(stale), stale.status_code, stale.content) == ("STALE", 200, fresh.content)
    assert new.status_code == 502


@pytest.mark.parametrize(("allowed", "then"), [(", stale-while-revalidate=600", "STALE"), ("", "REVALIDATED")])
async def test_stale_is_served_while_ours_is_there_only_where_it_says_so(
    start: Start, tmp_path: Path, allowed: str, then: str
) -> None:
    site = await start(output={"cache_control": f"public, max-age=1{allowed}"})
    async with nginx(tmp_path, site.server.port) as edge:
        await edge.get(LOGO)
        while outcome(later := await edge.get(LOGO)) == "HIT":  # noqa: ASYNC110 (another process)
            await asyncio.sleep(0.05)

    assert (outcome(later), later.status_code) == (then, 200)


async def test_only_pictures_are_reached_through_it(edge: Edge) -> None:
    for path in ("/-/health/ready", "/-/metrics"):
        assert (await edge.get(path)).status_code == 404
        assert "X-Edge-Cache" not in (await edge.get(path)).headers


async def test_a_picture_is_purged_for_all_kinds_of_accept(edge: Edge) -> None:
    accepts = [CHROME, OLD_CHROME, "*/*"]
    for accept in accepts:
        await edge.get(LOGO, accept)
    other = path_of(sample("logo"), "w-50")
    await edge.get(other)

    purge = await asyncio.create_subprocess_exec(
        DEPLOY / "nginx/purge.sh", edge.cache, "127.0.0.1", LOGO, stdout=DEVNULL
    )
    assert await purge.wait() == 0

    assert [outcome(await edge.get(LOGO, accept)) for accept in accepts] == ["MISS"] * 3
    assert outcome(await edge.get(other)) == "HIT"
