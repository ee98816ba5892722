"""What leaves the house, and what does not: paths, headers, tokens; and what an operator sees."""

import asyncio
import logging
import sys
from base64 import b64encode
from dataclasses import replace

import pytest
from aiohttp import web

from proxy.akeneo.calls import Call
from proxy.akeneo.client import AkeneoClient
from proxy.deadline import Deadline
from proxy.demo.answers import Answer
from proxy.demo.faults import Alter, Redirect, Status
from proxy.demo.files import DemoFile
from proxy.demo.routes import Kind
from proxy.errors import MediaNotFound, OriginBroken, OriginMisconfigured, OriginRefused, OriginUnreachable
from proxy.metrics import Metrics
from tests.akeneo.bench import (
    APP_TOKEN,
    FILES,
    JPEG,
    POSTER,
    SHOE,
    SWATCH,
    Bench,
    bench_with,
    collect,
    connection_of,
    path_of,
    recorder,
)


@pytest.mark.parametrize("file", FILES, ids=[file.family for file in FILES])
async def test_each_family_has_its_own_address(bench: Bench, file: DemoFile) -> None:
    assert await bench.fetch(file) == file.content

    suffix = "/download" if file is SHOE else ""
    assert bench.pim.calls[-1].path == f"/api/rest/v1/{file.family}/{file.code}{suffix}"


async def test_a_prefix_in_the_base_url_is_kept_for_every_call() -> None:
    async with bench_with(prefix="/pim/") as bench:
        assert await bench.fetch() == JPEG
        assert await bench.origin.size(path_of(SHOE), bench.deadline()) == len(JPEG)

        assert all(call.path.startswith("/pim/api/") for call in bench.pim.calls)
        assert bench.origin.name.endswith(f"@127.0.0.1:{bench.pim.port}/pim")


async def test_slashes_in_a_code_stay_as_they_are_on_the_wire() -> None:
    async with recorder() as server, bench_with({"url": server.url, "access_token": "t"}) as bench:
        await bench.fails()

    assert server.requests[0][0].raw_path == f"/api/rest/v1/media-files/{SHOE.code}/download"


async def test_nothing_is_sent_but_our_own_headers() -> None:
    answer = web.Response(status=404, headers={"Set-Cookie": "BAPID=abc; Path=/"})
    async with recorder(answer) as server, bench_with({"url": server.url, "access_token": "t"}) as bench:
        await bench.fails()
        await bench.fails()

    for request, body in server.requests:
        headers = {name.lower(): value for name, value in request.headers.items()}
        assert body == b""
        assert headers == {
            "host": server.url.removeprefix("http://"),
            "accept": "*/*",
            "accept-encoding": "identity",
            "authorization": "Bearer t",
            "connection": "keep-alive",
            "user-agent": "akeneo-media-proxy",
        }


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed_and_the_token_goes_nowhere_else(bench: Bench, status: int) -> None:
    async with recorder() as elsewhere:
        error = await bench.fails(Redirect(f"{elsewhere.url}/steal", status))

        assert isinstance(error, OriginMisconfigured)
        assert elsewhere.requests == []
    assert bench.pim.downloads() == 1


async def test_a_redirect_of_the_token_endpoint_gets_no_password(bench: Bench) -> None:
    async with recorder() as elsewhere:
        error = await bench.fails(Redirect(f"{elsewhere.url}/steal", 307, path="/api/oauth"))

        assert isinstance(error, OriginMisconfigured)
        assert elsewhere.requests == []


async def test_only_product_media_have_a_size(bench: Bench) -> None:
    sizes = [await bench.origin.size(path_of(file), bench.deadline()) for file in (SHOE, POSTER, SWATCH)]

    assert sizes == [len(JPEG), None, None]
    assert [call.kind for call in bench.pim.calls] == [Kind.TOKEN, Kind.METADATA]
    assert bench.counted("origin_calls_total", family="metadata", status="200") == 1


async def test_the_size_of_an_unknown_file_is_an_error(bench: Bench) -> None:
    path = path_of(replace(SHOE, code="0/0/0/0/none.jpg"))

    with pytest.raises(MediaNotFound):
        await bench.origin.size(path, bench.deadline())


@pytest.mark.parametrize("document", [b"", b"[]", b"<html>", b"{}", b"7"])
async def test_metadata_that_are_none_are_broken(bench: Bench, document: bytes) -> None:
    def change(answer: Answer) -> Answer:
        return replace(answer, body=document)

    with bench.pim.misbehaving(Alter(change, path="/api/rest/")), pytest.raises(OriginBroken):
        await bench.origin.size(path_of(SHOE), bench.deadline())


async def test_a_size_that_is_no_number_is_unknown(bench: Bench) -> None:
    def change(answer: Answer) -> Answer:
        return replace(answer, body=b'{"size": "12 KB"}')

    with bench.pim.misbehaving(Alter(change, path="/api/rest/")):
        assert await bench.origin.size(path_of(SHOE), bench.deadline()) is None


async def test_health_is_what_past_calls_have_shown(bench: Bench) -> None:
    assert (bench.origin.health.outcome, bench.origin.health.since) == ("unknown", None)

    await bench.fetch()
    well = bench.origin.health
    await bench.fails(Status(500))
    ill = bench.origin.health

    assert (well.outcome, ill.outcome) == ("ok", "broken")
    assert well.since is not None
    assert ill.since is not None
    assert ill.since > well.since
    calls = len(bench.pim.calls)
    assert bench.origin.health == ill
    assert len(bench.pim.calls) == calls


async def test_every_call_is_counted_under_its_family_and_status(bench: Bench) -> None:
    await bench.fetch()
    await bench.fetch(POSTER)
    await bench.fails(Status(404))

    def calls(family: str, status: str) -> float:
        return bench.counted("origin_calls_total", family=family, status=status)

    assert calls("media-files", "200") == calls("asset-media-files", "200") == calls("media-files", "404") == 1
    assert calls("token", "200") == bench.counted("tokens_total", grant="password", status="200") == 1
    assert bench.counted("origin_seconds_count", family="media-files") == 2
    assert bench.counted("origin_up") == 1


async def test_no_secret_is_in_any_log_error_or_repr(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with bench_with() as bench:
        await bench.fetch()
        token = await bench.client.bearer.token()
        credentials = bench.pim.credentials
        secrets = [token, credentials.secret, credentials.password]
        echo = " ".join(["We got", *secrets])
        pair = b64encode(f"{credentials.client_id}:{credentials.secret}".encode()).decode()

        shown = [await bench.fails(Status(status, echo)) for status in (403, 404, 500, 302, 406)]
        bench.pim.tokens.revoke_all()
        shown.append(await bench.fails(Status(422, f"We got {pair} {credentials.password}", path="/api/oauth")))

        objects = [bench.client, bench.client.bearer, bench.client.settings, bench.client.calls, bench.origin]
        call = Call("token", "/", body=credentials.password.encode())
        bearer = bench.client.bearer
        texts = [repr(vars(one)) + repr(one) for one in objects] + [repr(call), repr(vars(bearer))]
        texts += [repr(error) + str(error) + str(error.__notes__) for error in shown]

    text = caplog.text + "".join(texts)
    assert "We got" in text
    assert not any(secret in text for secret in [*secrets, pair])


async def test_refused_credentials_are_said_loudly_in_akeneos_own_words(caplog: pytest.LogCaptureFixture) -> None:
    async with bench_with({"secret": "wrong"}) as bench:
        assert isinstance(await bench.fails(), OriginRefused)

    (line,) = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert "secret is invalid" in line
    assert "422" in line


async def test_a_proxy_of_the_environment_sees_no_token_over_plain_http(monkeypatch: pytest.MonkeyPatch) -> None:
    async with recorder() as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        async with bench_with() as bench:
            assert await bench.fetch() == JPEG

        assert proxy.requests == []


async def test_a_proxy_of_the_environment_tunnels_tls_and_sees_no_token(monkeypatch: pytest.MonkeyPatch) -> None:
    async with recorder() as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        async with bench_with({"url": "https://pim.example", "access_token": APP_TOKEN}) as bench:
            assert isinstance(await bench.fails(seconds=0.1), OriginUnreachable)

    ((request, body),) = proxy.requests
    assert (request.method, body) == ("CONNECT", b"")
    assert APP_TOKEN not in str(request.headers)


async def test_a_broken_proxy_setting_is_told_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "gopher://proxy.example")
    async with bench_with({"url": "https://pim.example"}) as bench:
        assert isinstance(await bench.fails(), OriginMisconfigured)


async def test_many_first_calls_open_one_way(bench: Bench) -> None:
    await asyncio.gather(bench.origin.warm(), bench.fetch(), bench.fetch(), bench.origin.warm())

    assert bench.client.calls.connection is await bench.client.calls.open()
    assert bench.pim.token_requests == 1


async def test_httpx_is_not_imported_before_it_is_needed() -> None:
    script = "import sys, proxy.origins; print('httpx' in sys.modules)"
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", script, stdout=asyncio.subprocess.PIPE)
    out, _ = await process.communicate()

    assert out.strip() == b"False"


async def test_a_client_that_never_called_closes_too() -> None:
    async with bench_with() as bench:
        assert bench.client.calls.connection is None


async def test_tls_to_a_server_that_speaks_none_never_becomes_a_call_in_the_clear(bench: Bench) -> None:
    settings = connection_of(bench.pim, url=bench.pim.url.replace("http://", "https://"), access_token="t")
    client = AkeneoClient(settings, Metrics().of_connection("akeneo"), sleep=bench.clock.sleep)

    with pytest.raises(OriginUnreachable):
        await client.download(path_of(SHOE), collect, Deadline.after(5))

    await client.close()
    assert bench.pim.calls == []
