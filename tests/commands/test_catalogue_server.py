"""How the commands over a catalogue ask a server: with patience where it is busy, and none where that is in vain."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web

from proxy.commands.asking import Refused
from proxy.commands.catalogue.server import Failed, Server, server_at


class Time:
    """Passes when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


Answer = Callable[[int], web.Response]


@asynccontextmanager
async def server_that(answers: Answer, time: Time) -> AsyncIterator[Server]:
    """`answers` is called with the number of each call."""
    calls: list[Any] = []

    async def handle(request: web.BaseRequest) -> web.StreamResponse:
        calls.append(await request.read())
        return answers(len(calls))

    runner = web.ServerRunner(web.Server(handle))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        async with server_at(f"http://127.0.0.1:{runner.addresses[0][1]}", "", None, time.sleep) as server:
            server.clock = lambda: time.now
            yield server
    finally:
        await runner.cleanup()


def told(status: int, retry_after: int = 0) -> web.Response:
    headers = {"Retry-After": str(retry_after)} if retry_after else {}
    return web.json_response({"message": "words", "help": ""}, status=status, headers=headers)


async def test_a_busy_server_is_left_alone_as_long_as_it_says() -> None:
    time = Time()
    async with server_that(lambda call: told(503, 7) if call < 3 else web.json_response({"good": 1}), time) as server:
        assert await server.ask("/v1/warm", {}) == {"good": 1}

    assert time.slept == [7, 7]


async def test_it_is_not_waited_for_without_end() -> None:
    time = Time()
    async with server_that(lambda _: told(503, 3600), time) as server:
        with pytest.raises(Failed, match="words"):
            await server.ask("/v1/warm", {})

    assert (len(time.slept), max(time.slept)) == (19, 60)


@pytest.mark.parametrize(("status", "sleeps"), [(404, 0), (500, 0), (502, 2), (504, 2)])
async def test_a_file_in_trouble_is_tried_a_few_times(status: int, sleeps: int) -> None:
    time = Time()
    async with server_that(lambda _: told(status), time) as server:
        with pytest.raises(Failed) as failed:
            await server.ask("/v1/warm", {})

    assert (failed.value.status, len(time.slept)) == (status, sleeps)


async def test_who_is_not_let_in_is_told_at_once() -> None:
    time = Time()
    async with server_that(lambda _: told(401), time) as server:
        with pytest.raises(Refused, match="401"):
            await server.ask("/v1/warm", {})

    assert time.slept == []


def page(status: int) -> web.Response:
    return web.Response(status=status, text="<h1>Bad Gateway</h1>", content_type="text/html")


@pytest.mark.parametrize("status", [502, 503, 504])
async def test_a_gateways_page_is_waited_out_while_the_server_starts_anew(status: int) -> None:
    time = Time()
    async with server_that(
        lambda call: page(status) if 1 < call < 9 else web.json_response({"good": 1}), time
    ) as server:
        answers = [await server.ask("/v1/warm", {}) for _ in range(2)]

    assert (answers, sum(time.slept)) == ([{"good": 1}] * 2, 60)


@pytest.mark.parametrize(
    "answer",
    [
        lambda: page(502),
        lambda: web.json_response({"error": "none"}, status=404),
        lambda: web.json_response({"error": "none"}, status=503),
        lambda: web.json_response(["none"]),
        lambda: web.Response(text="{", content_type="application/json"),
        lambda: web.Response(body=b"\xff", content_type="application/json"),
    ],
)
async def test_a_service_that_is_not_ours_is_told_at_once(answer: Callable[[], web.Response]) -> None:
    async with server_that(lambda _: answer(), Time()) as server:
        with pytest.raises(Refused, match=r"answers \d+"):
            await server.ask("/v1/warm", {})


async def test_a_server_that_was_there_and_goes_is_waited_for() -> None:
    time = Time()
    async with server_that(lambda _: web.json_response({}), time) as server:
        await server.ask("/v1/warm", {})
        server.base = "http://127.0.0.1:1"
        with pytest.raises(Refused, match="no admin port"):
            await server.ask("/v1/warm", {})

    assert sum(time.slept) == 75


async def never(_: float) -> None:
    raise AssertionError("nothing to wait for")


async def test_a_server_that_was_never_there_is_not() -> None:
    async with server_at("http://127.0.0.1:1", "", None, never) as server:
        with pytest.raises(Refused, match="no admin port"):
            await server.ask("/v1/warm", {})
