"""Links out of the PIM, with real sockets: where they may lead, and what comes of a host that means harm."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from proxy.deadline import Deadline
from proxy.errors import (
    MediaForbidden,
    MediaNotFound,
    OriginBroken,
    OriginError,
    OriginMisconfigured,
    OriginTimeout,
    ProxyError,
    SourceTooLarge,
)
from proxy.media import Family, MediaPath
from proxy.metrics import Metrics
from proxy.origins.links import LinkOrigin, is_public
from proxy.origins.origin import Body
from proxy.slices import AddressSettings
from tests.origins.hosts import LOOPBACK, Handler, Host, Names, host_with

ISATAP = "2606:2800:21f:cb07:200:5efe:808:808"  # round an address of the open Internet
PICTURE = b"\x89PNG" + bytes(range(256)) * 40


def on_loopback(address: str) -> bool:
    """In the tests, this one address stands for the open Internet."""
    return address == LOOPBACK


async def picture(_: web.BaseRequest) -> web.StreamResponse:
    return web.Response(body=PICTURE, headers={"ETag": '"1"'})


class Bench:
    def __init__(self, origin: LinkOrigin, host: Host, metrics: Metrics) -> None:
        self.origin = origin
        self.host = host
        self.metrics = metrics

    def path(self, link: str) -> MediaPath:
        return MediaPath(Family.LINK, self.origin.checked(link.replace("PORT", str(self.host.port))))

    async def get(self, link: str) -> bytes:
        async def store(body: Body) -> bytes:
            return b"".join([chunk async for chunk in body.chunks])

        return await self.origin.fetch(self.path(link), store, Deadline.after(30))

    def counted(self, status: str) -> float:
        return self.metrics.registry.get_sample_value("media_proxy_link_fetches_total", {"status": status}) or 0.0


@asynccontextmanager
async def bench_with(
    handler: Handler = picture,
    names: Names | None = None,
    hosts: tuple[str, ...] = ("media.test:PORT",),
    is_allowed: Callable[[str], bool] = on_loopback,
    timeout_seconds: float = 10,
) -> AsyncIterator[Bench]:
    async with host_with(handler) as host:
        named = tuple(it.replace("PORT", str(host.port)) for it in hosts)
        settings = AddressSettings(link_hosts=named, link_timeout_seconds=timeout_seconds)
        metrics = Metrics()
        resolver = names or Names(media_test=[LOOPBACK])
        origin = LinkOrigin(settings, len(PICTURE), metrics, is_allowed=is_allowed, resolver=resolver)
        try:
            yield Bench(origin, host, metrics)
        finally:
            await origin.close()


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    async with bench_with() as bench:
        yield bench


async def test_a_file_is_fetched_and_nothing_is_told_to_its_host(bench: Bench) -> None:
    body = await bench.get("http://media.test:PORT/a%20b/c%2Fd.png?v=1#top")

    assert body == PICTURE
    (request,) = bench.host.asked
    assert request.raw_path == "/a%20b/c%2Fd.png?v=1"
    assert {"Authorization", "Cookie", "Referer"}.isdisjoint(request.headers)
    assert bench.counted("200") == 1


@pytest.mark.parametrize(
    "link",
    [
        "http://other.test:PORT/x.png",
        "http://media.test/x.png",  # on a port that is not named
        "http://media.test.evil.test:PORT/x.png",
        "http://media.test:PORT@evil.test/x.png",
        "http://user:word@media.test:PORT/x.png",
        "http://evil.test\\@media.test:PORT/x.png",
        "http://evil.test#@media.test:PORT/x.png",
        "ftp://media.test:PORT/x.png",
        "file:///etc/passwd",
        "gopher://media.test:PORT/x",
        "//evil.test/x.png",
        "evil.test/x.png",
        "http://127.0.0.1:PORT/x.png",
        "http://[::1]:PORT/x.png",
        "http://2130706433:PORT/x.png",
        "http://media.test:99999/x.png",
        "http://[media.test/x.png",
        "http://media.test:PORT/" + "x" * 3000,
        "",
        "http://",
    ],
)
async def test_only_hosts_that_are_named_are_spoken_to(bench: Bench, link: str) -> None:
    with pytest.raises(MediaForbidden):
        await bench.get(link)

    assert bench.host.asked == []
    assert bench.counted("refused") >= 1


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.8.8.8",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "255.255.255.255",
        "224.0.0.1",
        "240.0.0.1",
        "::1",
        "::",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "::127.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "2002:a00:1::1",
        "fe80::1%eth0",
        "fc00::1",
        "fd00:ec2::254",
        "ff02::1",
        "fec0::1",
        "feff::1",
        "2001:db8::5efe:10.0.0.1",
        "2606:2800:21f:cb07:0:5efe:7f00:1",
        "2606:2800:21f:cb07:200:5efe:a9fe:a9fe",
        "192.0.0.1",
        "192.0.0.9",
        "192.88.99.1",
        "::ffff:192.88.99.1",
        "no address",
        "",
    ],
)
def test_no_socket_is_opened_into_a_network_of_ones_own(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.215.14", "8.8.8.8", "2606:2800:21f:cb07::1", "::ffff:8.8.8.8", ISATAP])
def test_the_open_internet_is_allowed(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses(v=4))
def test_an_address_in_another_dress_is_the_same(address: object) -> None:
    assert is_public(f"::ffff:{address}") == is_public(str(address))


@pytest.mark.parametrize("inner", ["127.0.0.1", "::1", "::ffff:127.0.0.1"])
async def test_a_name_that_means_a_private_address_is_refused_at_its_socket(inner: str) -> None:
    async with bench_with(names=Names(media_test=[inner]), is_allowed=is_public) as bench:
        with pytest.raises(MediaForbidden):
            await bench.get("http://media.test:PORT/x.png")

        assert bench.host.asked == []


async def test_a_private_address_that_is_named_is_refused_all_the_same() -> None:
    async with bench_with(hosts=("127.0.0.1:PORT",), is_allowed=is_public) as bench:
        with pytest.raises(MediaForbidden):
            await bench.get("http://127.0.0.1:PORT/x.png")

        assert bench.host.asked == []


async def test_a_name_that_changes_its_meaning_is_looked_at_each_time() -> None:
    names = Names(media_test=[LOOPBACK, "127.0.0.2"])
    async with bench_with(names=names) as bench:
        first = await bench.get("http://media.test:PORT/x.png")
        with pytest.raises(MediaForbidden):
            await bench.get("http://media.test:PORT/x.png")

    assert first == PICTURE
    assert (len(bench.host.asked), names.asked) == (1, ["media.test", "media.test"])


@pytest.mark.parametrize(
    ("location", "error"),
    [
        ("http://other.test:PORT/x.png", MediaForbidden),
        ("//other.test/x.png", MediaForbidden),
        ("file:///etc/passwd", MediaForbidden),
        ("/again", OriginMisconfigured),
        ("", OriginMisconfigured),
        ("//[x", OriginMisconfigured),
        ("http://[::1", OriginMisconfigured),
    ],
)
async def test_a_redirect_leads_to_nobody_else_and_not_for_ever(location: str, error: type[ProxyError]) -> None:
    async def moved(request: web.BaseRequest) -> web.StreamResponse:
        port = str(request.url.port)
        return web.Response(status=302, headers={"Location": location.replace("PORT", port)})

    async with bench_with(moved) as bench:
        with pytest.raises(error):
            await bench.get("http://media.test:PORT/x.png")

        assert len(bench.host.asked) <= 4
        assert {request.host for request in bench.host.asked} == {f"media.test:{bench.host.port}"}


async def test_a_redirect_within_allowed_hosts_is_followed() -> None:
    async def moved(request: web.BaseRequest) -> web.StreamResponse:
        if request.path == "/old":
            return web.Response(status=301, headers={"Location": "/new"})
        return await picture(request)

    async with bench_with(moved) as bench:
        assert await bench.get("http://media.test:PORT/old") == PICTURE


@pytest.mark.parametrize("told", [True, False])
async def test_more_bytes_than_are_allowed_are_not_taken(told: bool) -> None:
    async def large(request: web.BaseRequest) -> web.StreamResponse:
        if told:
            return web.Response(body=PICTURE * 2)
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(2):
            await response.write(PICTURE)
        return response

    async with bench_with(large) as bench:
        with pytest.raises(SourceTooLarge):
            await bench.get("http://media.test:PORT/x.png")


async def test_a_host_that_says_nothing_is_given_up() -> None:
    async def silent(_: web.BaseRequest) -> web.StreamResponse:
        await asyncio.Event().wait()
        raise AssertionError

    async with bench_with(silent, timeout_seconds=0.05) as bench:
        with pytest.raises(OriginTimeout):
            await bench.get("http://media.test:PORT/x.png")

        assert bench.counted("failed") == 1


async def test_a_body_that_is_cut_is_fetched_again_and_then_given_up() -> None:
    async def cut(request: web.BaseRequest) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": str(len(PICTURE))})
        await response.prepare(request)
        await response.write(PICTURE[:100])
        assert request.transport is not None
        request.transport.abort()
        return response

    async with bench_with(cut) as bench:
        with pytest.raises(OriginBroken):
            await bench.get("http://media.test:PORT/x.png")

        assert len(bench.host.asked) == 2


@pytest.mark.parametrize(("status", "error"), [(404, MediaNotFound), (410, MediaNotFound), (500, OriginError)])
async def test_a_status_is_told_for_what_it_is(status: int, error: type[ProxyError]) -> None:
    async def failing(_: web.BaseRequest) -> web.StreamResponse:
        return web.Response(status=status)

    async with bench_with(failing) as bench:
        with pytest.raises(error):
            await bench.get("http://media.test:PORT/x.png")


async def test_a_revision_is_what_the_host_says_of_the_file() -> None:
    tags = iter(['"1"', '"1"', '"2"'])

    async def tagged(_: web.BaseRequest) -> web.StreamResponse:
        return web.Response(body=PICTURE, headers={"ETag": next(tags)})

    async with bench_with(tagged) as bench:
        first, same, other = [await bench.origin.pin(bench.path("http://media.test:PORT/x")) for _ in range(3)]

    assert first == same
    assert first != other


async def test_of_a_host_that_says_nothing_the_file_itself_is_the_revision() -> None:
    bodies = iter([PICTURE, PICTURE, PICTURE[::-1]])

    async def silent(_: web.BaseRequest) -> web.StreamResponse:
        return web.Response(body=next(bodies))

    async with bench_with(silent) as bench:
        first, same, other = [await bench.origin.pin(bench.path("http://media.test:PORT/x")) for _ in range(3)]

    assert first == same
    assert first != other


async def test_a_redirect_in_no_encoding_leads_nowhere() -> None:
    """Which no server of ours would write."""

    async def raw(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 302 Found\r\nLocation: /\xff\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(raw, LOOPBACK, 0) as server:
        port = server.sockets[0].getsockname()[1]
        async with bench_with(hosts=(f"media.test:{port}",)) as bench:
            with pytest.raises(OriginMisconfigured):
                await bench.origin.pin(bench.path(f"http://media.test:{port}/x"))


async def test_what_of_a_link_is_no_text_is_replaced(bench: Bench) -> None:
    base = f"http://media.test:{bench.host.port}"
    assert bench.path("http://media.test:PORT/a\ud800b").code == f"{base}/a?b"
    with pytest.raises(MediaForbidden):
        bench.path("http://other.test\ud800/x")


def test_without_a_scheme_a_link_is_one_of_https() -> None:
    origin = LinkOrigin(AddressSettings(link_hosts=("media.test",)), 1, Metrics())

    assert origin.checked("media.test/a b.png?u=http://x") == "https://media.test/a%20b.png?u=http://x"
    assert origin.checked("//media.test/é") == "https://media.test/%C3%A9"
    assert origin.checked("https://MEDIA.test:443/x") == "https://MEDIA.test:443/x"
