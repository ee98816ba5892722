"""Every way to misbehave, seen from the client's side."""

from datetime import UTC, datetime

import httpx
import pytest

from proxy.demo.faults import (
    Alter,
    CutBody,
    EmptyBody,
    Gzip,
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
from proxy.demo.pim import DemoPim
from proxy.demo.routes import download_path
from tests.demo.caller import APP_TOKEN, Caller, Download


async def received(caller: Caller, file: DemoFile) -> tuple[bytes, httpx.Response]:
    """What arrived before the connection was lost."""
    body, path = bytearray(), download_path(file.family, file.code)
    async with caller.http.stream("GET", path, headers={"Authorization": f"Bearer {APP_TOKEN}"}) as answer:
        try:
            async for chunk in answer.aiter_raw():
                body += chunk
        except httpx.RemoteProtocolError:
            return bytes(body), answer
    raise AssertionError("the body came to its end")


async def test_a_status_is_limited_to_so_many_calls(pim: DemoPim, download: Download, shoe: DemoFile) -> None:
    pim.faults.add(Status(503, times=2))

    assert [(await download(shoe)).status_code for _ in range(3)] == [503, 503, 200]


async def test_statuses_one_after_the_other_are_a_sequence(pim: DemoPim, download: Download, shoe: DemoFile) -> None:
    pim.faults.add(Status(503, times=1), Status(429, times=2), CutBody(0, clean=True, times=1))

    answers = [await download(shoe) for _ in range(5)]

    assert [(answer.status_code, len(answer.content) == len(shoe.content)) for answer in answers] == [
        (503, False),
        (429, False),
        (429, False),
        (200, False),
        (200, True),
    ]


async def test_a_fault_can_be_for_one_family_or_one_code(
    pim: DemoPim, download: Download, shoe: DemoFile, poster: DemoFile, swatch: DemoFile
) -> None:
    pim.faults.add(Status(500, code=shoe.code), Status(502, family=Family.ASSET))

    assert [(await download(file)).status_code for file in (shoe, poster, swatch)] == [500, 502, 200]


async def test_a_fault_meets_downloads_unless_it_names_a_path(pim: DemoPim, caller: Caller, shoe: DemoFile) -> None:
    metadata = f"/api/rest/v1/media-files/{shoe.code}"

    with pim.misbehaving(Status(503)):
        assert (await caller.get(metadata)).status_code == 200
    with pim.misbehaving(Status(503, path="/")):
        assert (await caller.get(metadata)).status_code == 503
        assert (await caller.ask_for_token()).status_code == 503


async def test_misbehaving_ends_with_its_block_and_leaves_other_faults(
    pim: DemoPim, download: Download, shoe: DemoFile, poster: DemoFile
) -> None:
    pim.faults.add(Status(500, code=poster.code))

    with pim.misbehaving(Status(503)):
        assert (await download(shoe)).status_code == 503

    assert (await download(shoe)).status_code == 200
    assert (await download(poster)).status_code == 500
    pim.faults.clear()
    assert (await download(poster)).status_code == 200


async def test_a_body_that_is_spoilt_leaves_refusals_alone(pim: DemoPim, caller: Caller, shoe: DemoFile) -> None:
    pim.faults.add(EmptyBody(times=1))
    path = download_path(shoe.family, shoe.code)

    assert (await caller.get(path, token="unknown")).json()["code"] == 401
    assert (await caller.get(path)).content == b""
    assert (await caller.get(path)).content == shoe.content


@pytest.mark.parametrize(
    ("retry_after", "header"),
    [(7, "7"), (datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC), "Wed, 02 Jan 2030 03:04:05 GMT"), (None, None)],
)
async def test_retry_after_is_seconds_or_a_date_or_absent(
    pim: DemoPim, download: Download, shoe: DemoFile, retry_after: int | datetime | None, header: str | None
) -> None:
    pim.faults.add(Status(429, retry_after=retry_after))

    assert (await download(shoe)).headers.get("Retry-After") == header


async def test_an_error_is_json_or_html_or_nothing(pim: DemoPim, download: Download, shoe: DemoFile) -> None:
    pim.faults.add(Status(500, "Oh", times=1), Status(502, body="html", times=1), Status(503, body="empty", times=1))

    as_json, as_html, empty = [await download(shoe) for _ in range(3)]

    assert as_json.json() == {"code": 500, "message": "Oh"}
    assert "<h1>Bad Gateway</h1>" in as_html.text
    assert (empty.status_code, empty.content) == (503, b"")


@pytest.mark.parametrize("after", [0, 1, 5000])
async def test_an_unclean_cut_sends_exactly_so_many_bytes(
    pim: DemoPim, caller: Caller, shoe: DemoFile, after: int
) -> None:
    pim.faults.add(CutBody(after))

    body, _ = await received(caller, shoe)

    assert body == shoe.content[:after]
    assert not pim.calls[-1].whole


async def test_a_clean_cut_looks_whole(pim: DemoPim, download: Download, shoe: DemoFile) -> None:
    pim.faults.add(CutBody(5000, clean=True))

    answer = await download(shoe)

    assert (answer.status_code, answer.content) == (200, shoe.content[:5000])


async def test_a_length_may_promise_more_than_comes(pim: DemoPim, caller: Caller, shoe: DemoFile) -> None:
    pim.faults.add(WrongLength(lacking=10))

    body, answer = await received(caller, shoe)

    assert int(answer.headers["Content-Length"]) == len(body) + 10


async def test_a_login_page_comes_with_a_200(pim: DemoPim, download: Download, shoe: DemoFile) -> None:
    pim.faults.add(LoginPage())

    answer = await download(shoe)

    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/html; charset=UTF-8")


async def test_a_redirect_leads_to_another_host(pim: DemoPim, download: Download, shoe: DemoFile) -> None:
    pim.faults.add(Redirect("http://elsewhere.example/"))

    answer = await download(shoe)

    assert (answer.status_code, answer.headers["Location"]) == (302, "http://elsewhere.example/")


async def test_a_front_end_may_compress(pim: DemoPim, download: Download, shoe: DemoFile) -> None:
    pim.faults.add(Gzip(times=1), Gzip(truncated=True))

    whole, truncated = await download(shoe), await download(shoe)

    assert (whole.headers["Content-Encoding"], whole.content) == ("gzip", shoe.content)
    assert len(truncated.content) < len(shoe.content)


async def test_a_connection_is_reset_before_an_answer(pim: DemoPim, download: Download, shoe: DemoFile) -> None:
    pim.faults.add(Reset(times=1))

    with pytest.raises(httpx.ReadError):
        await download(shoe)

    assert pim.calls[-1].status is None
    assert (await download(shoe)).status_code == 200


async def test_while_down_it_refuses_connections_and_comes_back(
    pim: DemoPim, download: Download, shoe: DemoFile
) -> None:
    before = pim.url

    async with pim.down():
        with pytest.raises(httpx.ConnectError):
            await download(shoe)

    assert pim.url == before
    assert (await download(shoe)).status_code == 200


async def test_any_other_change_can_be_made(pim: DemoPim, download: Download, shoe: DemoFile) -> None:
    pim.faults.add(Alter(lambda answer: answer.with_headers({"Content-Type": "text/plain"})))

    assert (await download(shoe)).headers["Content-Type"] == "text/plain"


async def test_rights_and_storage_fail_in_the_pims_words(
    pim: DemoPim, download: Download, shoe: DemoFile, poster: DemoFile
) -> None:
    pim.faults.add(forbidden(Family.ASSET), not_on_filesystem(shoe.code))

    denied, lost = await download(poster), await download(shoe)

    assert denied.json() == {"code": 403, "message": "Access forbidden. You are not allowed to list assets."}
    assert lost.json() == {"code": 404, "message": f'Media file "{shoe.code}" is not present on the filesystem.'}


async def test_tokens_can_be_rejected_however_new(pim: DemoPim, caller: Caller, shoe: DemoFile) -> None:
    pim.faults.add(tokens_rejected())

    token = (await caller.ask_for_token()).json()["access_token"]

    assert (await caller.get(download_path(shoe.family, shoe.code), token=token)).status_code == 401


async def test_the_token_endpoint_can_fail_without_using_up_a_refresh_token(pim: DemoPim, caller: Caller) -> None:
    refresh_token = (await caller.ask_for_token()).json()["refresh_token"]
    pim.faults.add(token_endpoint_fails(500, times=1))

    answers = [await caller.ask_for_token(grant_type="refresh_token", refresh_token=refresh_token) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [500, 200]
