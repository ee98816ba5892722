"""Tokens: asked for once, used to their end, renewed by whoever needs it first, and never hammered for."""

import asyncio
import json
from base64 import b64decode

import pytest
from aiohttp import web

from proxy.akeneo.answers import token_refusal
from proxy.akeneo.auth import OAUTH_PATH, GrantedTokens, Token
from proxy.akeneo.calls import Call
from proxy.akeneo.client import AkeneoClient
from proxy.deadline import Deadline
from proxy.demo.faults import Hold, LoginPage, Status, token_endpoint_fails, tokens_rejected
from proxy.demo.oauth import OLD_BODY_LIMIT
from proxy.demo.routes import Kind
from proxy.errors import OriginBroken, OriginError, OriginMisconfigured, OriginRefused
from proxy.metrics import Metrics
from proxy.slices import AkeneoSettings
from tests.akeneo.bench import APP_TOKEN, JPEG, SHOE, Bench, Clock, bench_with, collect, path_of, recorder


async def test_a_token_is_asked_for_with_exactly_the_needed_fields_and_the_pair_in_the_header() -> None:
    async with recorder(web.Response(status=422)) as server:
        settings = AkeneoSettings.model_validate(
            {"url": server.url, "client_id": "1_ab", "secret": "sé", "username": "proxy_1", "password": "pä ss"}
        )
        client = AkeneoClient(settings, Metrics().of_connection("akeneo"))
        with pytest.raises(OriginRefused):
            await client.download(path_of(SHOE), collect, Deadline.after(5))
        await client.close()

    (request, body), *others = server.requests
    assert not others
    assert (request.method, request.path_qs) == ("POST", "/api/oauth/v1/token")
    assert body == '{"grant_type":"password","username":"proxy_1","password":"pä ss"}'.encode()
    assert request.headers["Content-Type"] == "application/json"
    scheme, _, pair = request.headers["Authorization"].partition(" ")
    assert (scheme, b64decode(pair, validate=True).decode()) == ("Basic", "1_ab:sé")


async def test_the_oldest_limit_on_token_requests_is_kept() -> None:
    async with bench_with(token_body_limit=OLD_BODY_LIMIT) as bench:
        await bench.fetch()
        bench.clock.now += 3600

        assert await bench.fetch() == JPEG
        assert bench.pim.grants == ["password", "refresh_token"]


async def test_a_token_is_used_until_a_minute_before_its_end(bench: Bench) -> None:
    await bench.fetch()
    bench.clock.now += 3539
    await bench.fetch()
    assert bench.pim.grants == ["password"]

    bench.clock.now += 1
    await bench.fetch()

    assert bench.pim.grants == ["password", "refresh_token"]


async def test_a_short_life_is_read_and_used_to_nine_tenths() -> None:
    async with bench_with(expires_in=2) as bench:
        await bench.fetch()
        bench.clock.now += 1.7
        await bench.fetch()
        assert bench.pim.token_requests == 1

        bench.clock.now += 0.2
        await bench.fetch()

        assert bench.pim.token_requests == 2
        assert [call.status for call in bench.pim.calls] == [200] * 5


async def test_each_refresh_uses_the_newest_refresh_token(bench: Bench) -> None:
    for _ in range(4):
        await bench.fetch()
        bench.clock.now += 3600

    assert bench.pim.grants == ["password", *["refresh_token"] * 3]
    assert all(call.status == 200 for call in bench.pim.calls)


async def test_a_refused_refresh_token_falls_back_to_the_password(bench: Bench) -> None:
    await bench.fetch()
    bench.clock.now += 3600
    bench.pim.tokens.revoke_refresh_tokens()

    assert await bench.fetch() == JPEG

    assert bench.pim.token_requests == 3
    assert bench.counted("tokens_total", grant="refresh_token", status="422") == 1
    assert bench.counted("tokens_total", grant="password", status="200") == 2


async def test_an_app_token_never_meets_the_token_endpoint() -> None:
    async with bench_with({"access_token": APP_TOKEN}, app_token=APP_TOKEN) as bench:
        await bench.fetch()
        bench.clock.now += 10_000_000

        assert await bench.fetch() == JPEG
        assert bench.pim.token_requests == 0


async def test_a_401_with_an_app_token_is_final() -> None:
    async with bench_with({"access_token": "revoked"}) as bench:
        error = await bench.fails()

    assert isinstance(error, OriginRefused)
    assert [call.kind for call in bench.pim.calls] == [Kind.DOWNLOAD]


async def test_fifty_calls_at_once_ask_for_one_token(bench: Bench) -> None:
    await asyncio.gather(*(bench.fetch() for _ in range(50)))

    assert bench.pim.token_requests == 1


async def test_many_401s_together_cause_one_renewal(bench: Bench) -> None:
    await bench.fetch()
    bench.pim.tokens.expire_all()
    bench.pim.reset()

    bodies = await asyncio.gather(*(bench.fetch() for _ in range(50)))

    assert bodies == [JPEG] * 50
    assert bench.pim.token_requests == 1
    assert len([call for call in bench.pim.calls if call.status == 401]) <= 4


async def test_a_401_that_comes_late_finds_the_new_token_already_there(bench: Bench) -> None:
    await bench.fetch()
    bench.pim.tokens.expire_all()
    held = asyncio.Event()
    with bench.pim.misbehaving(Hold(held, times=1)):
        late = asyncio.create_task(bench.fetch())
        await bench.pim.until(lambda: bench.pim.in_flight == 1)
        await bench.fetch()
        assert bench.pim.token_requests == 2

        held.set()

        assert await late == JPEG
    assert bench.pim.token_requests == 2


async def test_a_second_401_is_final_and_asks_for_no_more_tokens(bench: Bench) -> None:
    error = await bench.fails(tokens_rejected())
    assert isinstance(error, OriginRefused)
    assert [call.status for call in bench.pim.calls] == [200, 401, 200, 401]

    for _ in range(10):
        await bench.fails(tokens_rejected())

    assert bench.pim.token_requests == 2
    bench.clock.now += 6
    assert await bench.fetch() == JPEG


async def test_lasting_401s_do_not_cause_a_storm_of_tokens(bench: Bench) -> None:
    for _ in range(3):
        with bench.pim.misbehaving(tokens_rejected()):
            errors = await asyncio.gather(*(bench.fetch() for _ in range(20)), return_exceptions=True)
        assert {type(error).__mro__[1] for error in errors} == {OriginRefused}
        bench.clock.now += 10

    assert bench.pim.token_requests <= 4


async def test_refused_credentials_are_remembered_for_ever_longer_pauses() -> None:
    async with bench_with({"password": "not-the-one"}) as bench:
        errors = await asyncio.gather(*(bench.fetch() for _ in range(20)), return_exceptions=True)
        assert {type(error) for error in errors} == {OriginRefused}
        assert bench.pim.token_requests == 1

        asked = []
        for second in range(100):
            bench.clock.now += 1
            before = bench.pim.token_requests
            await bench.fails()
            if bench.pim.token_requests > before:
                asked.append(second + 1)

        assert asked == [5, 15, 35, 75]
        assert bench.pim.downloads() == 0


async def test_credentials_that_are_put_right_work_again(bench: Bench) -> None:
    error = await bench.fails(token_endpoint_fails(422))
    assert isinstance(error, OriginRefused)
    assert error.retry_after_seconds is not None

    bench.clock.now += 6

    assert await bench.fetch() == JPEG


async def test_a_passing_fault_of_the_token_endpoint_is_tried_again(bench: Bench) -> None:
    with bench.pim.misbehaving(token_endpoint_fails(503, times=2)):
        assert await bench.fetch() == JPEG

    assert bench.pim.token_requests == 3


async def test_calls_that_wait_for_a_token_share_the_failure_to_get_it(bench: Bench) -> None:
    held = asyncio.Event()
    with bench.pim.misbehaving(Hold(held, path=OAUTH_PATH, times=1), token_endpoint_fails(503, times=1)):
        calls = [asyncio.create_task(bench.fetch()) for _ in range(4)]
        await bench.pim.until(lambda: bench.pim.in_flight == 1)
        held.set()

        assert await asyncio.gather(*calls) == [JPEG] * 4

    assert bench.pim.token_requests == 2


async def test_a_token_whose_renewal_fails_early_is_used_to_its_end(bench: Bench) -> None:
    await bench.fetch()
    bench.clock.now += 3550
    with bench.pim.misbehaving(token_endpoint_fails(503)):
        for _ in range(5):
            assert await bench.fetch() == JPEG
        assert bench.pim.token_requests == 2

        bench.clock.now += 50
        assert isinstance(await bench.fails(), OriginBroken)


async def test_a_log_in_page_is_no_token(bench: Bench) -> None:
    error = await bench.fails(LoginPage(path=OAUTH_PATH))

    assert isinstance(error, OriginMisconfigured)
    await bench.fails()
    assert bench.pim.token_requests == 1


async def test_a_dropped_call_leaves_the_token_to_the_next(bench: Bench) -> None:
    with bench.pim.misbehaving(Hold(asyncio.Event(), path=OAUTH_PATH, times=1)):
        first = asyncio.create_task(bench.fetch())
        await bench.pim.until(lambda: bench.pim.in_flight == 1)
        second = asyncio.create_task(bench.fetch())
        await asyncio.sleep(0)
        first.cancel()

        assert await second == JPEG


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, OriginRefused),
        (401, OriginRefused),
        (404, OriginMisconfigured),
        (405, OriginRefused),
        (413, OriginRefused),
        (415, OriginRefused),
        (422, OriginRefused),
        (302, OriginMisconfigured),
        (500, OriginBroken),
        (503, OriginBroken),
    ],
)
def test_a_refusal_of_the_token_endpoint_has_its_meaning(status: int, error: type[OriginError]) -> None:
    assert type(token_refusal(status, "")) is error


@pytest.mark.parametrize(
    "answer",
    ["", "[]", "null", "<html>", "{}", '{"access_token": 7}', '{"access_token": "a\\nb"}', '{"access_token": ""}'],
)
def test_what_is_no_token_is_misconfigured(answer: str) -> None:
    with pytest.raises(OriginMisconfigured):
        Token.read(answer.encode(), 0)


@pytest.mark.parametrize("life", [None, "soon", -5, [], True])
def test_a_strange_life_is_not_believed(life: object) -> None:
    token = Token.read(json.dumps({"access_token": "a", "expires_in": life}).encode(), 100)

    assert token.ends_at == (101 if life is True else 3700)
    assert token.refresh is None


async def test_another_call_is_not_asked_while_the_token_lives() -> None:
    asked = []

    async def ask(call: Call, authorization: str) -> bytes:
        asked.append(call.grant)
        return b'{"access_token": "t%d", "expires_in": 100}' % len(asked)

    settings = AkeneoSettings.model_validate(
        {"url": "http://pim", "client_id": "c", "secret": "s", "username": "u", "password": "p"}
    )
    tokens = GrantedTokens(settings, ask, Clock())
    first = await tokens.token()
    second = await tokens.renew(first)

    assert (first, second) == ("t1", "t2")
    assert await tokens.renew(first) == "t2"
    assert asked == ["password", "password"]


async def test_a_429_of_the_token_endpoint_pauses_everybody(bench: Bench) -> None:
    with bench.pim.misbehaving(Status(429, path=OAUTH_PATH, retry_after=7, times=1)):
        assert await bench.fetch() == JPEG

    assert bench.clock.naps[-1] == 7
