"""AVIF behind the viewers: the first gets another format for a short time, and then whatever is smaller."""

import asyncio
from pathlib import Path

import httpx
import pytest

from proxy.cache.refusals import STRIKES
from proxy.delivery import deferring
from proxy.demo.faults import Hold, not_on_filesystem
from proxy.demo.pictures import sample
from proxy.errors import RenderTimeout
from proxy.media import MediaPath
from proxy.pixels.job import ENGINE
from tests.cache.bench import Clock
from tests.site import CHROME, Site, client_of, path_of
from tests.web.conftest import Start, small_picture

COFFEE, ROCKET = sample("coffee"), sample("rocket")
SMALL = path_of(COFFEE, "w-90")
MARKED = path_of(COFFEE, f"w-90,l-image,i-{path_of(ROCKET)[1:].replace('/', '@@')},w-20,l-end")
WEBP = "image/webp"
DEFERRED = {"auto_avif": True, "defer_avif": True}
FOR_NOW, LASTING = "public, max-age=60", "public, max-age=31536000, immutable"

Seen = tuple[str, str, str]


async def seen(site: Site, path: str = SMALL, accept: str = CHROME) -> Seen:
    answer = await site.get(path, accept)
    assert (answer.status_code, answer.headers.get("Vary")) == (200, "Accept")
    return facts(answer)


def facts(answer: httpx.Response) -> Seen:
    headers = answer.headers
    return headers["Content-Type"].removeprefix("image/"), headers["X-Cache"], headers["Cache-Control"]


async def drawn_behind(site: Site) -> None:
    await site.delivery.deferring.flights.settle()


def outcomes(site: Site) -> dict[str, float]:
    counts = {name: site.counted("deferred_total", outcome=name) for name in ("avif", "other", "dropped", "failed")}
    return {name: count for name, count in counts.items() if count}


async def forget(site: Site, path: str) -> None:
    original = await site.originals.find(MediaPath.parse(path[1:]))
    assert original is not None
    await site.originals.forget(original)


async def test_the_first_viewer_gets_another_format_for_a_short_time(start: Start) -> None:
    site = await start(output=DEFERRED)

    first = await seen(site)
    await drawn_behind(site)

    assert first == ("webp", "MISS", FOR_NOW)
    assert [await seen(site), await seen(site)] == [("avif", "HIT", LASTING)] * 2
    assert await seen(site, accept=WEBP) == ("webp", "HIT", LASTING)
    assert (outcomes(site), site.pim.downloads(), site.counted("renders_total", outcome="drawn")) == ({"avif": 1}, 1, 2)


async def test_a_viewer_who_knows_nothing_but_avif_gets_jpeg_for_now(start: Start) -> None:
    site = await start(output=DEFERRED)
    photograph = path_of(ROCKET, "w-90")

    first = await seen(site, photograph, "image/avif")
    await drawn_behind(site)

    assert first == ("jpeg", "MISS", FOR_NOW)
    assert await seen(site, photograph, "image/avif") == ("avif", "HIT", LASTING)


async def test_without_the_setting_avif_is_waited_for(start: Start) -> None:
    site = await start(output={"auto_avif": True})

    assert await seen(site) == ("avif", "MISS", LASTING)
    assert outcomes(site) == {}


async def test_many_first_viewers_have_two_pictures_drawn(start: Start) -> None:
    site = await start(output=DEFERRED)

    answers = await site.get_all([(SMALL, CHROME), (SMALL, WEBP)] * 20)
    await drawn_behind(site)

    assert {(answer.body, answer.headers["Cache-Control"]) for answer in answers[1::2]} == {(answers[1].body, LASTING)}
    assert answers[0].body == answers[1].body
    assert (outcomes(site), site.counted("renders_total", outcome="drawn")) == ({"avif": 1}, 2)


async def test_what_viewers_of_webp_have_had_drawn_does_for_now(start: Start) -> None:
    site = await start(output=DEFERRED)
    await seen(site, accept=WEBP)

    first = await seen(site)
    await drawn_behind(site)

    assert first == ("webp", "HIT", FOR_NOW)
    assert await seen(site) == ("avif", "HIT", LASTING)
    assert site.counted("renders_total", outcome="drawn") == 2


async def test_where_avif_is_larger_the_other_format_stays(start: Start) -> None:
    site = await start(output=DEFERRED)
    flat = small_picture(1)
    site.pim.add(flat)

    first = await site.get(path_of(flat), CHROME)
    await drawn_behind(site)
    again = await site.get(path_of(flat), CHROME, If_None_Match=first.headers["ETag"])
    await drawn_behind(site)

    assert facts(first) == ("webp", "MISS", FOR_NOW)
    assert (again.status_code, again.headers["Cache-Control"]) == (304, LASTING)
    assert await seen(site, path_of(flat)) == ("webp", "HIT", LASTING)
    assert outcomes(site) == {"other": 1}


@pytest.mark.parametrize("deferred", [True, False])
async def test_nothing_above_the_cap_becomes_avif_unasked(start: Start, deferred: bool) -> None:
    site = await start(output=DEFERRED | {"defer_avif": deferred, "avif_max_pixels": 90 * 60 - 1})

    above = [await seen(site), await seen(site)]
    asked = await site.get(path_of(COFFEE, "w-90,f-avif"), CHROME)

    assert above == [("webp", "MISS", LASTING), ("webp", "HIT", LASTING)]
    assert facts(asked) == ("avif", "MISS", LASTING)
    assert outcomes(site) == {}


@pytest.mark.parametrize("name", ["orbit", "steaming cup"])
async def test_an_animation_is_final_at_once(start: Start, name: str) -> None:
    site = await start(output=DEFERRED)

    assert await seen(site, path_of(sample(name), "w-20")) == ("webp", "MISS", LASTING)
    assert await seen(site, path_of(sample(name), "w-20")) == ("webp", "HIT", LASTING)
    assert outcomes(site) == {}


async def test_a_stored_file_is_final_at_once(start: Start) -> None:
    site = await start(output=DEFERRED)

    answer = await site.get(path_of(sample("badge"), "w-20"), CHROME)

    assert facts(answer) == ("svg+xml", "MISS", LASTING)
    assert outcomes(site) == {}


async def test_where_too_much_is_drawn_the_next_viewer_asks_again(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    site, clock = await start(output=DEFERRED), Clock()
    site.delivery.deferring.clock = clock
    with monkeypatch.context() as busy:
        busy.setattr(deferring, "MOST", 0)
        early = [await seen(site), await seen(site)]
    resting = [await seen(site)]
    clock.now += deferring.PAUSE_SECONDS
    late = [await seen(site)]
    await drawn_behind(site)

    assert early == [("webp", "MISS", FOR_NOW), ("webp", "HIT", FOR_NOW)]
    assert resting == late == [("webp", "HIT", FOR_NOW)]
    assert await seen(site) == ("avif", "HIT", LASTING)
    assert outcomes(site) == {"dropped": 1, "avif": 1}


async def test_it_is_dropped_where_the_workers_have_no_time(start: Start) -> None:
    site = await start(output=DEFERRED)
    site.delivery.deferring.clock = Clock()
    await seen(site, accept=WEBP)
    renderers = site.delivery.drawing.renderers
    renderers.waiting, waiting = renderers.settings.queue, renderers.waiting

    first = await seen(site)
    await drawn_behind(site)
    renderers.waiting = waiting

    assert first == ("webp", "HIT", FOR_NOW)
    assert await seen(site) == ("webp", "HIT", FOR_NOW)
    assert outcomes(site) == {"dropped": 1}


async def test_an_answer_for_now_is_never_ready(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deferring, "MOST", 0)
    site = await start(output=DEFERRED)

    for _ in range(3):
        await seen(site)

    assert len(site.server.public.ready.answers) == 0


async def test_the_next_server_goes_on(start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as busy:
        busy.setattr(deferring, "MOST", 0)
        before = await start(tmp_path, output=DEFERRED)
        await seen(before)
        await before.delivery.renditions.close()
    second = await start(tmp_path, output=DEFERRED)

    for_now = await seen(second)
    await drawn_behind(second)
    await second.delivery.renditions.close()
    third = await start(tmp_path, output=DEFERRED)

    assert for_now == ("webp", "HIT", FOR_NOW)
    assert await seen(third) == ("avif", "HIT", LASTING)
    assert (outcomes(third), third.counted("renders_total", outcome="drawn")) == ({}, 0)


async def test_what_comes_of_a_drawing_of_before_a_purge_is_not_kept(start: Start) -> None:
    site = await start(output=DEFERRED)
    await seen(site, MARKED, WEBP)
    await forget(site, path_of(ROCKET))
    go_on = asyncio.Event()
    site.pim.faults.add(Hold(go_on, code=ROCKET.code, times=1))
    async with client_of(site.admin_url) as operator:
        first = await seen(site, MARKED)
        await site.pim.until(lambda: site.pim.in_flight == 1)
        answer = await operator.post("/v1/files/purge", json={"path": path_of(COFFEE)})
        go_on.set()
        await drawn_behind(site)

    assert (first, answer.status_code) == (("webp", "HIT", FOR_NOW), 201)
    assert await seen(site, MARKED) == ("webp", "MISS", FOR_NOW)
    await drawn_behind(site)
    assert await seen(site, MARKED) == ("avif", "HIT", LASTING)
    assert outcomes(site) == {"dropped": 1, "avif": 1}


async def test_a_purge_takes_both_files(start: Start) -> None:
    site = await start(output=DEFERRED)
    await seen(site)
    await drawn_behind(site)

    async with client_of(site.admin_url) as operator:
        await operator.post("/v1/files/purge", json={"path": path_of(COFFEE)})

    assert await seen(site) == ("webp", "MISS", FOR_NOW)
    await drawn_behind(site)
    assert await seen(site) == ("avif", "HIT", LASTING)


async def test_what_is_blocked_meanwhile_is_blocked(start: Start) -> None:
    site = await start(output=DEFERRED)
    await seen(site)
    await drawn_behind(site)

    async with client_of(site.admin_url) as operator:
        await operator.post("/v1/blocklist", json={"path": path_of(COFFEE)})

    assert (await site.get(SMALL, CHROME)).status_code == 410


async def test_a_failure_behind_the_viewers_is_not_theirs(start: Start) -> None:
    site, clock = await start(output=DEFERRED), Clock()
    site.delivery.deferring.clock = clock
    await seen(site, MARKED, WEBP)
    await forget(site, path_of(ROCKET))
    site.pim.faults.add(not_on_filesystem(ROCKET.code))

    for _ in range(3):
        assert await seen(site, MARKED) == ("webp", "HIT", FOR_NOW)
        await drawn_behind(site)

    assert outcomes(site) == {"failed": 1}


async def test_what_has_ended_workers_is_left_alone(start: Start) -> None:
    site = await start(output=DEFERRED)
    [gate] = site.server.house.endpoints.gates
    key = site.delivery.key_of(gate.read(SMALL[1:], CHROME).request)
    for _ in range(STRIKES):
        site.delivery.refusals.strike(key, RenderTimeout("this picture took too long to draw"))

    answers = [await seen(site), await seen(site)]
    await drawn_behind(site)

    assert answers == [("webp", "MISS", FOR_NOW), ("webp", "HIT", FOR_NOW)]
    assert outcomes(site) == {}


async def test_after_an_upgrade_the_old_file_is_served_until_the_smaller_new_one_is_there(start: Start) -> None:
    site = await start(output=DEFERRED)
    await seen(site)
    await drawn_behind(site)
    await site.delivery.renditions.close()
    newer = await start(engine=ENGINE + 1, output=DEFERRED)

    old = await seen(newer)
    await drawn_behind(newer)

    assert old == ("avif", "STALE", LASTING)
    assert await seen(newer) == ("avif", "HIT", LASTING)
    assert await seen(newer, accept=WEBP) == ("webp", "HIT", LASTING)
    assert (outcomes(newer), newer.counted("redraws_total")) == ({"avif": 1}, 1)


async def test_after_an_upgrade_the_old_file_is_served_though_nothing_can_be_drawn_anew(
    start: Start, tmp_path: Path
) -> None:
    site = await start(output=DEFERRED)
    await seen(site)
    await drawn_behind(site)
    await site.delivery.renditions.close()
    for file in tmp_path.glob("renditions/*/*"):  # noqa: ASYNC240
        if b'"format": "webp"' in file.read_bytes():
            file.unlink()
    strict = {"max_source_pixels": 1000}
    newer = await start(engine=ENGINE + 1, output=DEFERRED, cache={"memory_bytes": 0}, render=strict)

    first = await seen(newer)
    await drawn_behind(newer)

    assert [first, await seen(newer)] == [("avif", "STALE", LASTING)] * 2


async def test_an_old_file_of_viewers_without_avif_is_drawn_anew_first(start: Start) -> None:
    site = await start(output=DEFERRED)
    await seen(site, accept=WEBP)
    await site.delivery.renditions.close()
    newer = await start(engine=ENGINE + 1, output=DEFERRED)

    first = await seen(newer)
    await newer.delivery.redraws.settle()
    second = await seen(newer)
    await drawn_behind(newer)

    assert (first, second) == (("webp", "STALE", FOR_NOW), ("webp", "HIT", FOR_NOW))
    assert await seen(newer) == ("avif", "HIT", LASTING)


async def test_it_is_explained(start: Start) -> None:
    site = await start(output=DEFERRED | {"avif_max_pixels": 10_000})
    async with client_of(site.admin_url) as operator:

        async def explained() -> tuple[bool, bool]:
            answer = await operator.get("/v1/explain", params={"url": SMALL, "accept": CHROME})
            output, cache = answer.json()["output"], answer.json()["cache"]
            assert (output["avif_is_deferred"], output["avif_max_pixels"]) == (True, 10_000)
            return cache["rendition"], cache["rendition_for_now"]

        before = await explained()
        await seen(site, accept=WEBP)
        meanwhile = await explained()
        await seen(site)
        await drawn_behind(site)

        assert (before, meanwhile, await explained()) == ((False, False), (False, True), (True, True))
