"""`media-proxy warm` against a running server in front of a pretend Akeneo with a catalogue."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus

import aiohttp
import pytest

from proxy.cli import main
from proxy.commands.catalogue.server import server_at
from proxy.demo.catalogue.samples import sample_catalogue
from proxy.demo.faults import Hold, Status
from proxy.demo.pictures import sample, sample_files
from proxy.demo.pim import DemoPim
from proxy.pixels.pool import BACKGROUND, VIEWERS
from proxy.pixels.ticket import Ticket
from proxy.web.background import MOST
from tests.site import CHROME, Site, hurried_sleep, path_of
from tests.web.conftest import Start, small_picture
from tests.web.warming import Warm

FILES = 10  # of the sample catalogue


@pytest.fixture
async def pim() -> AsyncIterator[DemoPim]:
    async with DemoPim(sample_files(), catalogue=sample_catalogue()) as pim:
        yield pim


async def test_each_file_of_the_catalogue_is_fetched_once(warm: Warm) -> None:
    status, facts = await warm()

    assert (status, facts["files"], facts["done"], facts["failed"]) == (0, FILES, FILES, [])
    assert facts["originals"] == {"fetched": FILES, "there": 0}
    assert facts["kinds"] == {"asset": 3, "model": 2, "product": 5, "record": 1, "reference entity": 1}
    assert warm.site.pim.downloads() == FILES
    assert warm.site.counted("background_jobs_total", work="warm", outcome="done") == FILES + 1  # and the words


async def test_what_was_warmed_is_a_hit_for_the_viewers_meant(warm: Warm) -> None:
    _, facts = await warm("--transformation", "w-60", "--accept", "webp")

    hit = await warm.site.get(path_of(sample("coffee"), "w-60"), CHROME)
    miss = await warm.site.get(path_of(sample("coffee"), "w-60"), "image/jpeg")

    assert (hit.headers["X-Cache"], miss.headers["X-Cache"]) == ("HIT", "MISS")
    assert facts["renditions"]["made"] == FILES - 1  # the manual is no picture
    assert warm.site.pim.downloads() == FILES


async def test_deferred_avif_is_drawn_to_its_end(start: Start, tmp_path: Path, capsys: Any) -> None:
    site = await start(output={"auto_avif": True, "defer_avif": True})

    status, _ = await Warm(site, tmp_path, capsys)("--kind", "records", "--transformation", "w-60", "--accept", "avif")

    answer = await site.get(path_of(sample("astronaut"), "w-60"), CHROME)
    assert status == 0
    assert (answer.headers["X-Cache"], answer.headers["Cache-Control"][-9:]) == ("HIT", "immutable")


async def test_a_second_run_asks_for_nothing_but_what_is_new(warm: Warm) -> None:
    await warm()
    new = small_picture(1)
    warm.site.pim.add(new)
    warm.site.pim.catalogue.products["poster"].set("picture", new)
    asked = warm.site.counted("background_jobs_total", work="warm", outcome="done")

    status, facts = await warm()

    assert (status, facts["files"]) == (0, FILES + 1)
    assert warm.site.counted("background_jobs_total", work="warm", outcome="done") == asked + 2  # the words, the file


async def test_a_restart_forgets_what_is_done(warm: Warm) -> None:
    await warm()

    _, facts = await warm("--restart")

    assert facts["originals"] == {"fetched": 0, "there": FILES}
    assert warm.site.pim.downloads() == FILES


async def test_failures_are_told_with_their_places_and_tried_again(warm: Warm) -> None:
    hubble = sample("hubble_deep_field")
    warm.site.pim.remove(hubble)
    status, facts = await warm("--kind", "assets")

    [failed] = facts["failed"]
    assert (status, failed["path"]) == (1, f"{hubble.family}/{hubble.code}")
    assert failed["places"] == ["asset packshots/hubble (media)"]

    warm.site.pim.add(hubble)
    warm.site.server.house.refusals.pardon(lambda _: True)
    assert (await warm("--kind", "assets"))[0] == 0


async def test_a_busy_akeneo_is_waited_for(warm: Warm) -> None:
    warm.site.pim.faults.add(Status(429, retry_after=1, times=1))

    status, facts = await warm("--kind", "records")

    assert (status, facts["done"]) == (0, 2)


async def test_a_list_that_cannot_be_read_is_told_and_the_others_are_done(
    warm: Warm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("proxy.commands.catalogue.session.server_at", partial(server_at, sleep=hurried_sleep))
    warm.site.pim.faults.add(Status(500, path="/api/rest/v1/product-models"))

    status, facts = await warm("--kind", "models,records")

    assert (status, facts["done"]) == (1, 2)
    assert facts["troubles"][0].startswith("the list of product-models of akeneo: ")


async def test_an_edition_without_assets_has_none(warm: Warm) -> None:
    warm.site.pim.faults.add(Status(404, path="/api/rest/v1/asset-families"))

    status, facts = await warm("--kind", "assets,records")

    assert (status, facts["kinds"], facts["troubles"]) == (0, {"record": 1, "reference entity": 1}, [])


async def test_times_are_said_by_the_clock_of_the_pims_server(start: Start, tmp_path: Path, capsys: Any) -> None:
    site = await start(akeneo={"time_zone": "Asia/Tokyo"})

    await Warm(site, tmp_path, capsys)("--since", "2026-01-31T08:00+01:00", "--dry-run", "--kind", "products,assets")

    queries = [unquote_plus(call.query) for call in site.pim.calls]
    assert any('"value":"2026-01-31 16:00:00"' in query for query in queries)
    assert any('"value":"2026-01-31T16:00:00+09:00"' in query for query in queries)


async def test_a_dry_run_counts_and_leaves_nothing_behind(warm: Warm) -> None:
    status, out, _ = await warm.run("--dry-run")

    assert (status, out.startswith(f"{FILES} files: asset 3, model 2")) == (0, True)
    assert (warm.site.pim.downloads(), warm.state.exists()) == (0, False)


async def test_families_locales_and_times_choose(warm: Warm) -> None:
    _, cups = await warm("--family", "cups", "--locale", "fr_FR", "--dry-run")
    _, new = await warm("--since", "1h", "--dry-run", "--kind", "products")

    assert set(cups["kinds"]) == {"model", "product"}
    assert (cups["files"], new["files"]) == (4, 0)


async def test_transformations_may_come_from_a_file(warm: Warm, tmp_path: Path) -> None:
    (tmp_path / "sizes").write_text("# for lists\nw-60\n\nw-80,f-png\n")

    _, facts = await warm("--kind", "records", "--transformations", str(tmp_path / "sizes"), "--accept", "other,webp")
    status, _, err = await warm.run("--transformations", str(tmp_path / "none"))

    assert facts["renditions"]["made"] == 2 * (2 + 1)  # the PNG is one for all viewers
    assert (status, "expected a readable file" in err) == (2, True)


async def test_wrong_words_are_refused_before_the_walk(warm: Warm) -> None:
    status, out, err = await warm.run("--transformation", "w-none")

    assert (status, out) == (2, "")
    assert "w-none: expected" in err
    assert warm.site.pim.calls == []


async def test_one_command_at_a_time_has_the_state(warm: Warm) -> None:
    release = asyncio.Event()
    warm.site.pim.faults.add(Hold(release))
    first = asyncio.create_task(warm.run("--kind", "records"))
    await warm.site.pim.until(lambda: warm.site.pim.downloads() > 0)

    status = await asyncio.to_thread(main, ["warm", "--admin", warm.site.admin_url, "--state", str(warm.state)])
    release.set()

    assert (status, (await first)[0]) == (2, 0)


async def test_viewers_come_first_and_akeneo_keeps_a_place_for_them(start: Start, pim: DemoPim, tmp_path: Path) -> None:
    """With all its calls held, the background has three of four places, and the viewer the last."""
    site = await start()
    release = asyncio.Event()
    pim.faults.add(Hold(release))
    async with aiohttp.ClientSession() as session:
        paths = [f"{file.family}/{file.code}" for file in sample_files()[:6]]
        calls = [asyncio.ensure_future(ask(session, site, path)) for path in paths]
        await pim.until(lambda: pim.downloads() == 3)
        viewer = asyncio.ensure_future(site.get(path_of(sample_files()[7])))
        await pim.until(lambda: pim.downloads() == 4)
        assert pim.calls[-1].code == sample_files()[7].code
        release.set()
        assert (await viewer).status_code == 200
        assert [await call for call in calls] == [200] * 6
    assert pim.peak_in_flight <= 4


@pytest.mark.parametrize("joined", [False, True])
async def test_a_picture_is_drawn_behind_the_viewers_unless_one_waits_for_it(
    site: Site, monkeypatch: pytest.MonkeyPatch, joined: bool
) -> None:
    release = asyncio.Event()
    lanes: list[int] = []
    site.pim.faults.add(Hold(release))
    renderers = site.server.renderers
    join = renderers.line.join

    def note(ticket: Ticket[Any]) -> None:
        lanes.append(ticket.lane)
        join(ticket)

    monkeypatch.setattr(renderers.line, "join", note)
    path = path_of(sample("coffee"))[1:]
    async with aiohttp.ClientSession() as session:
        warmed = asyncio.ensure_future(ask(session, site, path, ["w-60"]))
        await site.pim.until(lambda: site.pim.downloads() == 1)
        viewer = asyncio.ensure_future(site.get(f"/tr:w-60/{path}")) if joined else None
        while joined and not site.delivery.flights.under_way:  # noqa: ASYNC110 (the viewer's request)
            await asyncio.sleep(0.001)
        release.set()
        assert await warmed == 200
        assert viewer is None or (await viewer).status_code == 200

    assert lanes == [VIEWERS if joined else BACKGROUND]


async def ask(session: aiohttp.ClientSession, site: Site, path: str, transformations: Sequence[str] = ()) -> int:
    body = {"path": path, "transformations": list(transformations)}
    async with session.post(f"{site.admin_url}/v1/warm", json=body) as response:
        return response.status


async def test_only_so_much_is_taken_on_at_once(site: Site) -> None:
    release = asyncio.Event()
    site.pim.faults.add(Hold(release))
    path = path_of(sample("coffee"))[1:]
    async with aiohttp.ClientSession() as session:
        calls = [asyncio.ensure_future(ask(session, site, path)) for _ in range(MOST + 1)]
        done, _ = await asyncio.wait(calls, return_when=asyncio.FIRST_COMPLETED)
        assert [call.result() for call in done] == [503]
        release.set()
        assert sorted(await asyncio.gather(*calls)) == [200] * MOST + [503]
    assert site.counted("background_jobs_total", work="warm", outcome="again") == 1


async def test_who_hangs_up_has_nothing_fetched_twice(site: Site) -> None:
    """A killed command has asked for a file whose download has hardly begun."""
    release = asyncio.Event()
    site.pim.faults.add(Hold(release))
    path = path_of(sample("coffee"))[1:]
    async with aiohttp.ClientSession() as session:
        left = asyncio.ensure_future(ask(session, site, path))
        await site.pim.until(lambda: site.pim.downloads() == 1)
        left.cancel()
        await asyncio.gather(left, return_exceptions=True)
    release.set()

    async with aiohttp.ClientSession() as session:
        assert await ask(session, site, path) == 200
    assert site.pim.downloads() == 1


@pytest.mark.parametrize(
    "body",
    [{"path": "etc/passwd"}, {"transformations": ["w-1/x"]}, {"transformations": "w-1"}, {"endpoint": "none"}, []],
)
async def test_what_cannot_be_meant_is_refused_politely(site: Site, body: object) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{site.admin_url}/v1/warm", json=body) as response,
    ):
        assert response.status == 400
        assert "expected" in (await response.json())["message"]
