"""Calls to a DAM: what is tried again, what is an error of which class, and who sees the token."""

import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest
from aiolimiter import AsyncLimiter

from proxy.metrics import Metrics
from proxy.sync.calls import DamCall, DamCalls
from proxy.sync.outcomes import ConfigurationError, DataError, Reason, SyncError, TransientError
from proxy.sync.pace import Pace
from tests.akeneo.bench import Clock
from tests.sync.desk import Answering, Desk, cut, desk_with, says

TOKEN = "t0ken-of-the-portal"
PAGE = says(200, "<html>log in</html>", Content_Type="text/html")
LIST = DamCall("media", "/api/v4/media/")


@asynccontextmanager
async def dam(*answers: Answering, **options: Any) -> AsyncIterator[tuple[Desk, DamCalls, Clock]]:
    clock = Clock()
    async with desk_with(*answers) as desk:
        pace = Pace(sleep=clock.sleep, clock=clock, **options)
        authorization = f"Bearer {TOKEN}"
        calls = DamCalls(
            "bynder",
            desk.url,
            Metrics().sync,
            said=lambda found: str(found.get("message", "")),
            authorization=authorization,
            pace=pace,
            sleep=clock.sleep,
            clock=clock,
        )
        try:
            yield desk, calls, clock
        finally:
            await calls.close()


async def test_an_answer_is_its_json() -> None:
    async with dam(says(202, '{"message": "Accepted"}')) as (desk, calls, _):
        call = DamCall("save", "/api/v4/media/8D1E/", "POST", form={"metaproperty.1": "a,b"}, repeatable=False)
        answer = await calls.ask(call)

    assert (answer.status, answer.document) == (202, {"message": "Accepted"})
    assert desk.asked[0].body == b"metaproperty.1=a%2Cb"
    assert desk.asked[0].request.headers["Authorization"] == f"Bearer {TOKEN}"


@pytest.mark.parametrize(
    "fault", [says(503), says(408), cut, says(200, "[{"), says(502, "<html>", Content_Type="text/html")]
)
async def test_a_passing_fault_is_tried_again(fault: Answering) -> None:
    async with dam(fault, fault, says(200, "[1]")) as (desk, calls, clock):
        assert (await calls.ask(LIST)).document == [1]
        assert (len(desk.asked), len(clock.naps)) == (3, 2)


async def test_a_fault_that_does_not_pass_is_transient() -> None:
    async with dam(says(500, '{"message": "broken"}')) as (desk, calls, _):
        with pytest.raises(TransientError, match="500 broken"):
            await calls.ask(LIST)
        assert len(desk.asked) == 4


async def test_what_may_have_been_carried_out_is_not_repeated_blindly() -> None:
    async with dam(cut, says()) as (desk, calls, _):
        with pytest.raises(TransientError) as error:
            await calls.ask(DamCall("save", "/", "POST", form={"a": "b"}, repeatable=False))
        assert error.value.maybe_applied
        assert len(desk.asked) == 1


async def test_a_limit_is_a_pause_for_everybody() -> None:
    async with dam(says(429), says(), silence_seconds=300, longest_wait_seconds=400) as (desk, calls, clock):
        await calls.ask(DamCall("save", "/", "POST", form={}, repeatable=False))
        assert (clock.naps, len(desk.asked)) == ([0.0, 300.0], 2)


async def test_a_pause_that_is_too_long_is_told_at_once() -> None:
    async with dam(says(420, Retry_After="3000"), says()) as (desk, calls, _):
        with pytest.raises(TransientError, match="limit of requests"):
            await calls.ask(LIST)
        with pytest.raises(TransientError, match="limit of requests"):
            await calls.ask(LIST)
        assert len(desk.asked) == 1


async def test_calls_come_one_after_the_other_from_the_first_on() -> None:
    pace = Pace(2)
    await pace.turn()
    assert pace.limiter is not None
    assert not pace.limiter.has_capacity()


async def test_a_silence_that_begins_while_a_call_waits_for_its_turn_is_kept() -> None:
    clock = Clock()
    pace = Pace(1000, sleep=clock.sleep, clock=clock, longest_wait_seconds=400)

    class Busy(AsyncLimiter):
        async def acquire(self, amount: float = 1) -> None:
            if not clock.naps:
                pace.pause(300)

    pace.limiter = Busy(1)
    await pace.turn()
    assert clock.naps == [300.0]


async def test_a_file_that_cannot_be_written_is_a_passing_fault(tmp_path: Path) -> None:
    async with dam(says(200, "picture")) as (desk, calls, _):
        with pytest.raises(TransientError, match="can be written"):
            await calls.download(f"{desk.url}/a.png", tmp_path / "gone" / "a.png")


@pytest.mark.parametrize(
    ("answer", "kind", "expected"),
    [
        (says(401, '{"message": "no ' + TOKEN + '"}'), ConfigurationError, "401 no ***"),
        (says(403, "plain words", Content_Type="text/plain"), ConfigurationError, "403 plain words"),
        (PAGE, ConfigurationError, "found a page"),
        (says(404, "<p>", Content_Type="text/html"), ConfigurationError, "check its address"),
        (says(302, "", Location="https://elsewhere.example/"), ConfigurationError, "another host"),
        (says(400, '{"message": "bad"}'), DataError, "400 bad"),
    ],
)
async def test_an_error_is_of_its_class_and_tells_no_token(
    answer: Answering, kind: type[SyncError], expected: str
) -> None:
    async with dam(answer) as (desk, calls, _):
        with pytest.raises(kind) as error:
            await calls.ask(LIST)
        assert expected in str(error.value)
        assert TOKEN not in str(error.value)
        assert len(desk.asked) == 1


async def test_a_status_may_be_wanted() -> None:
    async with dam(says(404, '{"message": "gone"}')) as (_, calls, _clock):
        assert (await calls.ask(DamCall("media", "/x", accepted=frozenset({404})))).status == 404


@pytest.mark.parametrize(
    "answer",
    [
        says(404, "Media not found", Content_Type="text/plain"),
        says(404, "<html>gone</html>", Content_Type="text/html"),
        says(404, ""),
    ],
)
async def test_a_status_that_is_wanted_needs_no_json(answer: Answering) -> None:
    async with dam(answer) as (desk, calls, _):
        found = await calls.ask(DamCall("media", "/x", accepted=frozenset({404})))

    assert (found.status, found.document, len(desk.asked)) == (404, None, 1)


@pytest.mark.parametrize("status", [500, 503, 408])
async def test_the_end_of_the_hour_is_waited_for_over_the_limit_alone(status: int) -> None:
    hour = {"X_FeatureRateLimit_Reset": formatdate(time.time() + 3000, usegmt=True)}
    async with dam(says(status, "{}", **hour), says()) as (_, calls, clock):
        await calls.ask(LIST)

    assert sum(clock.naps) < 10


async def test_a_redirect_on_the_same_host_is_followed() -> None:
    async with dam(says(301, "", Location="/api/v4/media/1/"), says(200, "[]")) as (desk, calls, _):
        await calls.ask(DamCall("media", "/api/v4/media/1", query={"versions": "1"}))
        assert desk.lines == ["GET /api/v4/media/1?versions=1", "GET /api/v4/media/1/"]


async def test_a_download_comes_whole_and_without_the_token(tmp_path: Path) -> None:
    target = tmp_path / "file"
    async with dam(cut, says(200, "picture")) as (desk, calls, _):
        assert await calls.download(f"{desk.url}/s3", target) == 7
        assert "Authorization" not in desk.asked[-1].request.headers
    assert target.read_text() == "picture"
    assert os.listdir(tmp_path) == ["file"]


async def test_a_download_that_is_too_large_leaves_nothing(tmp_path: Path) -> None:
    async with dam(says(200, "picture")) as (desk, calls, _):
        with pytest.raises(DataError) as error:
            await calls.download(f"{desk.url}/s3", tmp_path / "file", limit=3)
        with pytest.raises(DataError):
            await calls.download("ftp://x/y", tmp_path / "file")
    assert error.value.reason is Reason.TOO_LARGE
    assert not os.listdir(tmp_path)
