"""What is answered from memory without reading its URL anew: the same answer, and never longer than it is true."""

import asyncio
import time
from dataclasses import fields
from pathlib import Path

import httpx
import pytest
from aiohttp import web

from proxy.demo.pictures import sample
from proxy.imagekit.signature import IMAGEKIT, STRONG, Scheme, signed
from proxy.media import Rendition
from proxy.web.outgoing import PIECE_BYTES
from proxy.web.ready import lines_of
from tests.site import CHROME, Site, client_of, path_of
from tests.web.conftest import Start
from tests.web.test_failures import raw

COFFEE, ROCKET = sample("coffee"), sample("rocket")
SMALL = path_of(COFFEE, "w-60")
LAYERED = path_of(ROCKET, f"w-90,l-image,i-{path_of(COFFEE)[1:].replace('/', '@@')},w-20,l-end")
EACH_TIME = {"date", "server-timing", "x-request-id"}
KEY = "private_example_key"


async def seen(site: Site, path: str, accept: str = "*/*", **headers: str) -> list[httpx.Response]:
    """A new answer, one from memory, and one that may be ready."""
    return [await site.get(path, accept, **headers) for _ in range(3)]


def ready(site: Site) -> int:
    return len(site.server.public.ready.answers)


def lasting(response: httpx.Response) -> dict[str, str]:
    return {name: value for name, value in response.headers.items() if name not in EACH_TIME}


@pytest.mark.parametrize(
    "transformation", ["w-60", "w-60,f-png", "w-60,zzz-1", "w-60,ik-attachment-true", "n-tile", ""]
)
async def test_a_ready_answer_is_the_one_that_was_put_together(start: Start, transformation: str) -> None:
    canonical = "https://shop.example/media"
    site = await start(named_transformations={"tile": "w-50"}, canonical_base_url=canonical)

    new, found, at_once = await seen(site, path_of(COFFEE, transformation), CHROME)

    assert ready(site) == 1
    assert [new.headers["X-Cache"], found.headers["X-Cache"]] == ["MISS", "HIT"]
    assert lasting(at_once) == lasting(found)
    assert at_once.content == found.content == new.content
    assert set(at_once.headers) >= EACH_TIME
    assert at_once.headers["X-Request-Id"] != found.headers["X-Request-Id"]


async def test_a_large_picture_comes_whole(site: Site) -> None:
    large = path_of(COFFEE, "w-600,f-png")

    *_, found, at_once = await seen(site, large)

    assert len(at_once.content) > 4 * PIECE_BYTES
    assert at_once.content == found.content
    assert site.server.public.outgoing.held == 0


async def test_it_is_counted_like_any_other(site: Site) -> None:
    path = path_of(COFFEE, "w-60,zzz-1")

    await seen(site, path)

    assert site.counted("requests_total", status="200", tier="memory") == 2
    assert site.counted("cache_lookups_total", tier="memory", outcome="hit") == 2
    assert site.counted("ignored_parameters_total") == 3


async def test_it_is_logged_like_any_other(start: Start, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "proxy.access")
    site = await start(log={"access": "all"})

    *_, at_once = await seen(site, SMALL)

    line = caplog.records[-1].getMessage()
    assert line.startswith(f"GET {SMALL} 200 HIT {len(at_once.content)}B ")
    assert line.endswith(at_once.headers["X-Request-Id"])


async def test_head_has_no_picture(site: Site) -> None:
    *_, whole = await seen(site, SMALL)

    head = await site.viewer.head(SMALL, headers={"Accept": "*/*"})

    assert lasting(head) == lasting(whole)
    assert head.content == b""


@pytest.mark.parametrize("validators", ["{}", "W/{}", '"other", {}', "*"])
async def test_who_has_it_is_told_so(site: Site, validators: str) -> None:
    *_, whole = await seen(site, SMALL)

    answer = await site.get(SMALL, If_None_Match=validators.format(whole.headers["ETag"]))

    assert (answer.status_code, answer.content) == (304, b"")
    assert answer.headers["ETag"] == whole.headers["ETag"]
    assert answer.headers["Cache-Control"] == whole.headers["Cache-Control"]
    assert not {"content-type", "content-length"} & set(answer.headers)


async def test_who_has_another_gets_this_one(site: Site) -> None:
    *_, whole = await seen(site, SMALL)

    answer = await site.get(SMALL, If_None_Match='"other"')

    assert (answer.status_code, answer.content) == (200, whole.content)


async def test_each_accept_has_its_own(site: Site) -> None:
    await seen(site, SMALL, "image/webp")
    await seen(site, SMALL, "image/jpeg")

    kinds = [(await site.get(SMALL, accept)).headers["Content-Type"] for accept in ("image/webp", "image/jpeg")]

    assert kinds == ["image/webp", "image/jpeg"]


async def test_each_host_has_its_own(start: Start) -> None:
    endpoints = [
        {"host": "a.example", "output": {"quality": 10}},
        {"host": "b.example", "output": {"quality": 90}},
    ]
    site = await start(endpoints=endpoints)

    a, b = [(await seen(site, SMALL, Host=f"{name}.example"))[-1] for name in "ab"]

    assert ready(site) == 2
    assert len(a.content) < len(b.content)


@pytest.mark.parametrize("head", ["GET {} HTTP/1.0\r\n\r\n", "GET {} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"])
async def test_a_connection_that_ends_is_ended(site: Site, head: str) -> None:
    *_, whole = await seen(site, SMALL, "", Host="a")
    await raw(site, head.format(SMALL).encode())  # learnt

    answer = await raw(site, head.format(SMALL).encode())

    assert answer.endswith(whole.content)  # and the stream has ended, or it would not have been read to its end


# -- what ends it --


async def test_a_purge_ends_it(site: Site) -> None:
    await seen(site, SMALL)

    async with client_of(site.admin_url) as operator:
        await operator.post("/v1/files/purge", json={"path": path_of(COFFEE)})

    assert [answer.headers["X-Cache"] for answer in await seen(site, SMALL)] == ["MISS", "HIT", "HIT"]


@pytest.mark.parametrize("path", [SMALL, LAYERED])
async def test_a_block_ends_it(site: Site, path: str) -> None:
    await seen(site, path)

    async with client_of(site.admin_url) as operator:
        await operator.post("/v1/blocklist", json={"code": COFFEE.code})

    assert (await site.get(path)).status_code == 410


@pytest.mark.parametrize("scheme", [IMAGEKIT, STRONG], ids=lambda scheme: scheme.signature)
async def test_a_signature_that_expires_ends_it(start: Start, scheme: Scheme) -> None:
    site = await start(signing={"private_key": KEY, "required": True})
    expires_at = int(time.time()) + 1000
    path = "/" + signed(SMALL[1:], KEY, expires_at, scheme)
    await seen(site, path)
    [answer] = site.server.public.ready.answers.values()

    assert answer.until == expires_at
    assert answer.picture(lambda: float(expires_at)) is not None
    assert answer.picture(lambda: expires_at + 1.0) is None


@pytest.mark.parametrize("scheme", [IMAGEKIT, STRONG], ids=lambda scheme: scheme.signature)
async def test_a_fragment_with_another_time_does_not_put_the_end_off(start: Start, scheme: Scheme) -> None:
    site = await start(signing={"private_key": KEY, "required": True})
    target = f"/{signed(SMALL[1:], KEY, int(time.time()) + 1000, scheme)}#&{scheme.expiry}=9999999999"
    request = f"GET {target} HTTP/1.1\r\nHost: a\r\n\r\n".encode()
    last = request.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")

    for again in (request + last, request + last):
        assert (await raw(site, again)).count(b"HTTP/1.1 200 OK\r\n") == 2

    assert ready(site) == 0


async def test_a_picture_that_memory_has_lost_is_found_on_disk(site: Site) -> None:
    await seen(site, SMALL)
    await asyncio.gather(*site.delivery.renditions.writes)
    for key in list(site.delivery.renditions.memory.entries):
        site.delivery.renditions.memory.drop(key)

    answer = await site.get(SMALL)

    assert answer.headers["X-Cache"] == "HIT"
    assert site.counted("requests_total", status="200", tier="disk") == 1


async def test_memory_alone_decides_what_is_kept(site: Site) -> None:
    """8192 ready answers with their pictures would be gigabytes."""
    *_, whole = await seen(site, path_of(COFFEE, "w-400"))
    [answer] = site.server.public.ready.answers.values()

    held = [getattr(answer, field.name) for field in fields(answer)]

    assert not [it for it in held if isinstance(it, Rendition)]
    assert sum(len(it) for it in held if isinstance(it, bytes)) < 2000 < len(whole.content)


# -- what never becomes one --


async def test_a_line_that_would_be_two_is_never_kept(site: Site) -> None:
    response = web.Response(headers={"X-Good": "a"})
    assert lines_of(response) == b"X-Good: a\r\n"

    response.headers["X-Bad"] = "a\r\nSet-Cookie: b"

    assert lines_of(response) is None


async def test_a_url_that_claims_to_have_ended_is_read_each_time(site: Site) -> None:
    """There is no key here, so that nobody cares."""
    assert (await seen(site, f"{SMALL}?ik-t=12"))[-1].status_code == 200

    assert ready(site) == 0


async def test_what_depends_on_more_than_the_url_is_read_each_time(start: Start, tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "cup.png").write_bytes(COFFEE.content)
    site = await start(folder={"directory": tmp_path / "files"})

    await seen(site, path_of(COFFEE, "w-auto"), Sec_CH_Width="100")
    await seen(site, "/tr:w-60/cup.png")
    await seen(site, path_of(COFFEE, "w-60,di-cup.png").replace(COFFEE.code, "nobody.png"))
    await seen(site, path_of(COFFEE, "orig-true"))
    await seen(site, path_of(COFFEE, "w-abc"))

    assert ready(site) == 0


async def test_there_are_only_so_many(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("proxy.web.ready.MOST", 2)
    sizes = [path_of(COFFEE, f"w-{width}") for width in (20, 21, 22)]

    for path in sizes:
        await seen(site, path)
    await seen(site, sizes[1])
    await seen(site, f"{sizes[0]}?v={'9' * 3000}")

    assert [asked[0] for asked in site.server.public.ready.answers] == [sizes[2], sizes[1]]
