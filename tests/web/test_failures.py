"""The failure table of the design: what the viewer gets, and how long a CDN may remember it."""

import asyncio
import os
from pathlib import Path
from typing import Any

import pytest

from proxy.demo.faults import (
    CutBody,
    EmptyBody,
    Fault,
    Gzip,
    Hold,
    LoginPage,
    Redirect,
    Reset,
    Status,
    WrongLength,
    forbidden,
    not_on_filesystem,
    token_endpoint_fails,
    tokens_rejected,
)
from proxy.demo.files import DemoFile, Family
from proxy.demo.pictures import sample
from proxy.demo.pim import DemoPim
from proxy.media import MediaPath
from proxy.pixels.processes import Processes
from tests.site import Site, path_of, running
from tests.web.conftest import Start

COFFEE = sample("coffee")
DAY_SECONDS = 86_400
UNKNOWN = "/media-files/0/0/0/0/0000000000000000000000000000000000000000_none.jpg"


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/favicon.ico",
        "/robots.txt",
        "/media-files/",
        "/media-files/../secret",
        "/media-files/a/%2e%2e/b.jpg",
        "/media-files/a/b%00.jpg",
        "/media-files/a b.jpg",
        "/media-files/a%20b.jpg",
        "/tr:w-100/elsewhere/a.jpg",
        "/tr:nonsense-//etc/passwd",
        "/-/metrics",
        "/-/health",
        "/api/rest/v1/media-files/a.jpg/download",
    ],
)
async def test_what_is_no_media_path_is_not_found_without_a_call(site: Site, path: str) -> None:
    response = await site.get(path)

    assert response.status_code == 404
    assert response.headers["Cache-Control"] == "public, max-age=60"
    assert response.headers["ik-error"].startswith("ENOENT - ")
    assert site.pim.calls == []


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "PURGE", "TRACE"])
async def test_other_methods_are_refused(site: Site, method: str) -> None:
    response = await site.viewer.request(method, path_of(COFFEE))

    assert response.status_code == 405
    assert response.headers["Allow"] == "GET, HEAD, OPTIONS"
    assert site.pim.calls == []


async def test_options_are_told_to_other_sites(site: Site) -> None:
    response = await site.viewer.options(path_of(COFFEE), headers={"Origin": "https://shop.example.com"})

    assert response.status_code == 204
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "GET" in response.headers["Access-Control-Allow-Methods"]


async def test_a_malformed_value_is_named_with_what_was_expected(site: Site) -> None:
    response = await site.get(path_of(COFFEE, "w-abc"))

    assert response.status_code == 400
    assert response.headers["ik-error"].startswith("EINVAL - w-abc: expected pixels")
    assert response.headers["Cache-Control"] == "public, max-age=300"
    assert site.pim.calls == []


async def test_a_window_outside_the_picture_is_refused_and_not_tried_again(site: Site) -> None:
    path = path_of(COFFEE, "cm-extract,w-300,h-200,x-5000,y-0")

    first, second = await site.get(path), await site.get(path)

    assert (first.status_code, second.status_code) == (400, 400)
    assert site.counted("renders_total", outcome="refused") == 1


async def test_a_side_beyond_the_limit_is_refused(site: Site) -> None:
    response = await site.get(path_of(COFFEE, "w-9000"))

    assert response.status_code == 400
    assert response.headers["ik-error"].startswith("ELIMIT - ")


async def test_unknown_parameters_are_ignored_and_counted(site: Site) -> None:
    response = await site.get(path_of(COFFEE, "w-60,zz-9"))

    assert response.status_code == 200
    assert site.counted("ignored_parameters_total") == 1


async def test_a_missing_file_is_remembered_for_a_while(site: Site) -> None:
    answers = [await site.get(UNKNOWN), await site.get(UNKNOWN + "?v=2"), await site.get("/tr:w-90" + UNKNOWN)]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert answers[0].headers["ik-error"].startswith("ENOENT - ")
    assert answers[0].headers["Cache-Control"] == "public, max-age=60"
    assert site.pim.downloads() == 1


async def test_a_file_whose_bytes_akeneo_lost_is_remembered_for_seconds_only(site: Site) -> None:
    site.pim.faults.add(not_on_filesystem(COFFEE.code))

    response = await site.get(path_of(COFFEE))

    assert (response.status_code, response.headers["Cache-Control"]) == (404, "public, max-age=5")


async def test_a_forbidden_file_is_not_found_and_not_remembered(site: Site) -> None:
    with site.pim.misbehaving(forbidden(Family.PRODUCT)):
        refused = await site.get(path_of(COFFEE))
    allowed = await site.get(path_of(COFFEE))

    assert (refused.status_code, refused.headers["Cache-Control"]) == (404, "no-store")
    assert refused.headers["ik-error"].startswith("EACCES - ")
    assert allowed.status_code == 200


PASSING = [
    (Status(503, times=4), 502),
    (Status(500, body="html", times=4), 502),
    (Status(422, times=4), 502),
    (Reset(times=4), 502),
    (CutBody(after=500, times=4), 502),
    (WrongLength(times=4), 502),
    (EmptyBody(times=4), 502),
    (Gzip(truncated=True, times=4), 502),
    (LoginPage(times=4), 502),
    (Redirect("http://127.0.0.1:9/user/login", times=4), 502),
    (Status(429, retry_after=60, times=4), 503),
    (tokens_rejected(times=4), 503),
    (token_endpoint_fails(422, times=4), 503),
]


@pytest.mark.parametrize(("fault", "status"), PASSING, ids=lambda value: type(value).__name__)
async def test_a_passing_fault_is_told_and_never_remembered(start: Start, fault: Fault, status: int) -> None:
    site = await start(request_timeout_seconds=20)
    site.pim.faults.add(fault)

    failed = await site.get(path_of(COFFEE, "w-80"))

    assert failed.status_code == status
    assert failed.headers["Cache-Control"] == "no-store"
    assert int(failed.headers["Retry-After"]) >= 1
    assert "ik-error" in failed.headers
    assert site.pim.url not in failed.text + failed.headers["ik-error"]


async def test_an_unreachable_akeneo_does_not_touch_what_is_cached(site: Site) -> None:
    cached = await site.get(path_of(COFFEE, "w-80"))

    async with site.pim.down():
        again = await site.get(path_of(COFFEE, "w-80"))
        other_size = await site.get(path_of(COFFEE, "w-81"))
        new = await site.get(path_of(sample("chelsea"), "w-80"))
        ready = await site.get("/-/health/ready")

    assert again.content == cached.content
    assert other_size.status_code == 200
    assert new.status_code == 502
    assert new.headers["ik-error"].startswith("ECONNREFUSED - ")
    assert ready.status_code == 200
    assert ready.json()["connections"]["akeneo"]["outcome"] == "unreachable"


async def test_an_outage_of_days_with_a_restart_in_it_takes_nothing_that_was_cached(
    pim: DemoPim, tmp_path: Path, processes: Processes
) -> None:
    """Nothing that is stored by its code has a lifetime: only the budget of the disk ends it."""
    pictures = [path_of(file, "w-40") for file in (COFFEE, sample("chelsea"))]
    notes = path_of(sample("data sheet"))
    async with running(pim, tmp_path, processes) as before:
        known = [(await before.get(path)).content for path in [*pictures, notes]]
        await before.server.house.write_out()
    age(tmp_path, days=30)
    async with pim.down(), running(pim, tmp_path, processes) as after:
        answers = [await after.get(path) for path in [*pictures, notes]]
        other_size = await after.get(path_of(COFFEE, "w-50"))
        unknown = await after.get(path_of(sample("rocket"), "w-40"))

    assert [answer.content for answer in answers] == known
    assert [answer.headers["X-Cache"] for answer in answers] == ["HIT"] * 3
    assert other_size.status_code == 200
    assert unknown.status_code == 502


def age(directory: Path, days: int) -> None:
    for path in directory.rglob("*"):
        then = path.stat().st_mtime - days * DAY_SECONDS
        os.utime(path, (then, then))


async def test_a_slow_akeneo_costs_a_viewer_no_more_than_the_time_limit(start: Start) -> None:
    site = await start(request_timeout_seconds=0.2)
    go_on = asyncio.Event()
    site.pim.faults.add(Hold(go_on, after=5000))

    late = await site.get(path_of(COFFEE, "w-80"))
    go_on.set()
    await site.originals.flights.settle()
    found = await site.originals.find(MediaPath.parse(path_of(COFFEE)[1:]))

    assert late.status_code == 504
    assert late.headers["Cache-Control"] == "no-store"
    assert found is not None


async def test_an_akeneo_that_says_nothing_at_all_is_left_alone_after_a_while(start: Start) -> None:
    """With the viewers' time limit as long as that for Akeneo, as it is by default."""
    site = await start(request_timeout_seconds=0.5, akeneo={"read_timeout_seconds": 0.5})
    films = [DemoFile.named(Family.ASSET, f"film {number}.bin", None, b"film" * 99) for number in range(40)]
    site.pim.add(*films)
    await site.get(path_of(films[0]))  # from here on there is a token
    site.pim.faults.add(Hold(asyncio.Event()))

    for first in range(1, len(films), 4):
        await asyncio.gather(*(site.get(path_of(film)) for film in films[first : first + 4]))
        if site.counted("origin_circuit_open", connection="akeneo"):
            break
    refused = await site.get(path_of(films[-1]))

    assert refused.status_code == 503
    assert site.counted("origin_refused_total", connection="akeneo") >= 1


async def test_garbage_is_fetched_twice_then_remembered(site: Site) -> None:
    garbage = DemoFile.named(
        Family.ASSET, "broken.jpg", "image/jpeg", b"\xff\xd8\xff\xe0" + b"rubbish" * 99 + b"\xff\xd9"
    )
    site.pim.add(garbage)

    answers = [await site.get(path_of(garbage, f"w-{width}")) for width in (80, 90, 100)]

    assert [answer.status_code for answer in answers] == [422, 422, 422]
    assert answers[0].headers["Cache-Control"] == "public, max-age=300"
    assert site.pim.downloads(garbage.code) == 2
    assert site.counted("renders_total", outcome="refused") == 1


async def test_a_picture_cut_with_a_clean_end_is_fetched_again_and_drawn_whole(site: Site) -> None:
    rocket = sample("rocket")
    site.pim.faults.add(CutBody(after=40_000, clean=True, times=1))

    response = await site.get(path_of(rocket, "orig-true"))

    assert response.content == rocket.content
    assert site.pim.downloads(rocket.code) == 2


async def test_a_picture_above_the_limit_of_bytes_is_refused(start: Start) -> None:
    site = await start(render={"max_source_bytes": 50_000})

    answers = [await site.get(path_of(COFFEE, "w-80")) for _ in range(2)]
    pdf = await site.get(path_of(sample("data sheet")))

    assert [answer.status_code for answer in answers] == [413, 413]
    assert answers[0].headers["ik-error"].startswith("ELIMIT - ")
    assert site.pim.downloads(COFFEE.code) == 1
    assert pdf.status_code == 200


async def test_a_picture_above_the_limit_of_pixels_is_refused(start: Start) -> None:
    site = await start(render={"max_source_pixels": 1000})

    response = await site.get(path_of(COFFEE, "w-80"))

    assert response.status_code == 413


async def test_a_full_queue_answers_at_once(start: Start) -> None:
    site = await start(akeneo={"max_concurrency": 1, "queue": 1})
    go_on = asyncio.Event()
    site.pim.faults.add(Hold(go_on))
    names = ["coffee", "chelsea", "rocket"]
    running = [asyncio.ensure_future(site.get(path_of(sample(name), "w-50"))) for name in names]

    done, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
    refused = done.pop().result()
    go_on.set()
    others = [await answer for answer in running]

    assert refused.status_code == 503
    assert int(refused.headers["Retry-After"]) >= 1
    assert sorted(answer.status_code for answer in others) == [200, 200, 503]


async def test_a_broken_cache_directory_costs_no_picture(start: Start, tmp_path: Any) -> None:
    blocked = tmp_path / "a file, not a directory"
    blocked.write_text("")
    site = await start(blocked)

    answers = [await site.get(path_of(COFFEE, f"w-{width}")) for width in (50, 60)]
    pdf = await site.get(path_of(sample("data sheet")))
    ready = await site.get("/-/health/ready")

    assert [answer.status_code for answer in answers] == [200, 200]
    assert pdf.content == sample("data sheet").content
    assert ready.status_code == 200
    assert "disk" in ready.json()["cache"]["failing"]
    assert site.counted("cache_errors_total", tier="disk", operation="store an original") > 0


async def test_nothing_of_the_viewer_reaches_akeneo(site: Site) -> None:
    await site.get(path_of(COFFEE) + "?v=secret", Cookie="a=secret", X_Forwarded_For="1.2.3.4", Range="bytes=0-4")

    for call in site.pim.calls:
        assert "secret" not in str(call.headers) + call.query
        assert call.headers.get("Accept", "*/*") == "*/*"
        assert not {"Cookie", "Range", "X-Forwarded-For", "If-None-Match"} & set(call.headers)


async def raw(site: Site, request: bytes) -> bytes:
    """What the server says to these bytes until it closes the connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", site.server.port)
    writer.write(request)
    try:
        return await reader.read()
    finally:
        writer.close()
        await writer.wait_closed()


@pytest.mark.parametrize(
    ("request_bytes", "status", "code"),
    [
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400, "EINVAL"),
        (b"GET /media-files/\x00.jpg HTTP/1.1\r\nHost: a\r\n\r\n", 400, "EINVAL"),
        (b"NONSENSE\r\n\r\n", 400, "EINVAL"),
        (b"GET / HTTP/1.1\r\nHost: a\r\n" + b"A: b\r\n" * 500 + b"\r\n", 431, "ELIMIT"),
        (b"GET /" + b"a" * 40_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", 414, "ELIMIT"),
    ],
    ids=["tls", "nul", "words", "headers", "long"],
)
async def test_what_is_no_http_is_refused_in_our_own_words_and_without_a_flood(
    site: Site, request_bytes: bytes, status: int, code: str, caplog: pytest.LogCaptureFixture
) -> None:
    answer = await raw(site, request_bytes)

    assert answer.startswith(b"HTTP/1.")
    assert f" {status} ".encode() in answer.splitlines()[0]
    assert f"ik-error: {code} - ".encode() in answer
    assert b"aiohttp" not in answer
    assert site.counted("requests_total", status=str(status), tier="none") == 1
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


async def test_a_url_that_is_too_long_is_refused_with_the_limit(site: Site) -> None:
    response = await site.get("/tr:w-1/media-files/" + "a" * 9000)

    assert (response.status_code, response.headers["ik-error"].partition(" - ")[0]) == (400, "ELIMIT")


async def test_a_stream_that_breaks_off_does_not_end_cleanly_for_http_1_0_either(site: Site) -> None:
    """The end of the connection is its only sign of an end, so it waits until the length is known."""
    film = DemoFile.named(Family.ASSET, "film.mp4", "video/mp4", b"\x00\x00\x00\x18ftypisom" + bytes(300_000))
    site.pim.add(film)
    request = f"GET {path_of(film)} HTTP/1.0\r\nHost: a\r\n\r\n".encode()
    site.pim.faults.add(CutBody(after=200_000, times=4))

    broken = await raw(site, request)
    await site.originals.flights.settle()
    whole = await raw(site, request)

    assert b" 502 " in broken.splitlines()[0]
    assert whole.endswith(film.content)
    assert f"Content-Length: {len(film.content)}".encode() in whole


async def test_who_comes_just_after_another_one_left_gets_his_picture(site: Site) -> None:
    """As when a page is reloaded."""
    for width in range(20, 40):
        _, writer = await asyncio.open_connection("127.0.0.1", site.server.port)
        path = path_of(COFFEE, f"w-{width}")
        writer.write(f"GET {path} HTTP/1.1\r\nHost: a\r\nAccept: */*\r\n\r\n".encode())
        await writer.drain()
        writer.close()

        assert (await site.get(path)).status_code == 200


async def test_a_file_that_cannot_be_drawn_is_still_delivered_as_it_is(site: Site) -> None:
    odd = DemoFile.named(
        Family.ASSET, "odd.svg", "image/svg+xml", b"<svg xmlns='http://www.w3.org/2000/svg'>&nbsp;</svg>"
    )
    site.pim.add(odd)

    drawn = [await site.get(path_of(odd, "f-png")) for _ in range(2)]
    untouched, stored = await site.get(path_of(odd)), await site.get(path_of(odd, "orig-true"))

    assert [answer.status_code for answer in drawn] == [422, 422]
    assert untouched.content == stored.content == odd.content


async def test_remembered_failures_hold_nothing_open(start: Start) -> None:
    site = await start(render={"max_source_bytes": 50_000})
    large = b"\x89PNG\r\n\x1a\n" + bytes(60_000)
    before = len(os.listdir("/proc/self/fd"))

    for number in range(30):
        file = DemoFile.named(Family.ASSET, f"large {number}.png", "image/png", large)
        site.pim.add(file)
        assert (await site.get(path_of(file))).status_code == 413

    assert len(os.listdir("/proc/self/fd")) < before + 10


async def test_a_range_without_end_is_no_fault_of_ours(site: Site) -> None:
    sheet = sample("data sheet")
    await site.get(path_of(sheet))

    endless = await site.get(path_of(sheet), Range=f"bytes={'9' * 5000}-")
    beyond = await site.get(path_of(sheet), Range="bytes=99999999-")

    assert endless.status_code == 200
    assert (beyond.status_code, beyond.headers["Cache-Control"]) == (416, "no-store")
