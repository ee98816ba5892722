"""The token endpoint, held to what the real one answers."""

import httpx
import pytest

from proxy.demo.oauth import OLD_BODY_LIMIT
from proxy.demo.pim import DemoPim
from tests.clock import Clock
from tests.demo.caller import Caller, calling

TOKEN = "/api/oauth/v1/token"
UNKNOWN = "/api/rest/v1/media-files/unknown"

WRONG_CLIENT = 'Parameter "client_id" is missing or does not match any client, or secret is invalid'
MISSING_FIELDS = 'Parameter "grant_type", "username" or "password" is missing, empty or invalid'
STALE_REFRESH = "Refresh token is invalid or has expired"


def refused(answer: httpx.Response, status: int, message: str) -> bool:
    return answer.status_code == status and answer.json() == {"code": status, "message": message}


async def test_a_password_is_exchanged_for_a_bearer_token(caller: Caller) -> None:
    granted = await caller.ask_for_token()

    assert granted.status_code == 200
    assert granted.headers["Content-Type"] == "application/json"
    fields = granted.json()
    assert (fields["expires_in"], fields["token_type"], fields["scope"]) == (3600, "bearer", None)
    assert fields["access_token"] != fields["refresh_token"]


async def test_a_form_is_as_good_as_json(pim: DemoPim, caller: Caller) -> None:
    basic = (pim.credentials.client_id, pim.credentials.secret)
    form = {"grant_type": "password", "username": pim.credentials.username, "password": pim.credentials.password}

    granted = await caller.http.post(TOKEN, data=form, auth=basic)

    assert granted.status_code == 200
    assert pim.grants == ["password"]


async def test_a_refresh_token_works_once(pim: DemoPim, caller: Caller) -> None:
    refresh_token = (await caller.ask_for_token()).json()["refresh_token"]

    renewed = await caller.ask_for_token(grant_type="refresh_token", refresh_token=refresh_token)
    again = await caller.ask_for_token(grant_type="refresh_token", refresh_token=refresh_token)

    assert renewed.status_code == 200
    assert renewed.json()["refresh_token"] != refresh_token
    assert refused(again, 422, STALE_REFRESH)
    assert pim.grants == ["password", "refresh_token"]
    assert pim.token_requests == 3


async def test_a_refresh_token_dies_after_a_fortnight(caller: Caller, clock: Clock) -> None:
    refresh_token = (await caller.ask_for_token()).json()["refresh_token"]
    clock.now += 14 * 24 * 3600

    assert refused(
        await caller.ask_for_token(grant_type="refresh_token", refresh_token=refresh_token), 422, STALE_REFRESH
    )


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        (
            {"grant_type": "password", "username": "proxy_4711", "password": "x"},
            "No user found for the given username and password",
        ),
        ({"grant_type": "password", "username": "proxy_4711"}, MISSING_FIELDS),
        ({"grant_type": "magic", "username": "proxy_4711"}, MISSING_FIELDS),
        ({"username": "proxy_4711"}, MISSING_FIELDS),
        ({"grant_type": "client_credentials"}, "This grant type is not authorized for this client"),
        ({"grant_type": "refresh_token"}, 'Parameter "grant_type" or "refresh_token" is missing or empty'),
        ({"grant_type": "refresh_token", "refresh_token": "unknown"}, STALE_REFRESH),
    ],
)
async def test_wrong_fields_are_a_422_in_the_pims_words(caller: Caller, fields: dict[str, str], message: str) -> None:
    assert refused(await caller.ask_for_token(**fields), 422, message)


@pytest.mark.parametrize("secret", ["wrong", "{secret}\n"])
async def test_a_wrong_client_is_a_422_even_by_a_trailing_newline(pim: DemoPim, caller: Caller, secret: str) -> None:
    basic = (pim.credentials.client_id, secret.format(secret=pim.credentials.secret))

    assert refused(await caller.http.post(TOKEN, json={"grant_type": "password"}, auth=basic), 422, WRONG_CLIENT)


async def test_a_missing_basic_header_is_a_wrong_client(caller: Caller) -> None:
    assert refused(await caller.http.post(TOKEN, json={"grant_type": "password"}), 422, WRONG_CLIENT)


@pytest.mark.parametrize(
    ("content_type", "body", "status", "message"),
    [
        ("application/json", b"{", 400, "Invalid json message received"),
        (
            "application/xml",
            b"<a/>",
            415,
            '"application/xml" in "Content-Type" header is not valid.'
            ' Only "application/json" or "application/x-www-form-urlencoded" are allowed.',
        ),
        (
            "application/json",
            b" " * 301,
            413,
            "Request content exceeded the maximum allowed size of 300 bytes",
        ),
    ],
)
async def test_a_body_it_cannot_take_is_refused(
    caller: Caller, content_type: str, body: bytes, status: int, message: str
) -> None:
    answer = await caller.http.post(TOKEN, content=body, headers={"Content-Type": content_type})

    assert refused(answer, status, message)


async def test_a_missing_content_type_is_a_415(caller: Caller) -> None:
    answer = await caller.http.post(TOKEN, content=b"{}")

    assert answer.status_code == 415
    assert answer.json()["message"].startswith('The "Content-Type" header is missing.')


async def test_an_older_version_refuses_200_bytes_with_a_422() -> None:
    async with (
        DemoPim(token_body_limit=OLD_BODY_LIMIT) as pim,
        calling(pim) as caller,
    ):
        answer = await caller.http.post(TOKEN, content=b" " * 201, headers={"Content-Type": "application/json"})

    assert refused(answer, 422, "The request content size is too large")


async def test_another_method_than_post_is_a_405(pim: DemoPim, caller: Caller) -> None:
    answer = await caller.get(TOKEN)

    said = f'No route found for "GET {pim.url}{TOKEN}": Method Not Allowed (Allow: POST)'
    assert refused(answer, 405, said)
    assert answer.headers["Allow"] == "POST"


async def test_a_token_ends_when_it_said(caller: Caller, clock: Clock, pim: DemoPim) -> None:
    pim.tokens.expires_in = 2
    first = (await caller.ask_for_token()).json()
    clock.now += 1
    second = (await caller.ask_for_token()).json()

    # The first lives on beside the second, until its own end.
    assert (await caller.get(UNKNOWN, token=first["access_token"])).status_code == 404
    clock.now += 1
    assert refused(
        await caller.get(UNKNOWN, token=first["access_token"]), 401, "The access token provided has expired."
    )
    assert (await caller.get(UNKNOWN, token=second["access_token"])).status_code == 404
    assert first["expires_in"] == 2


async def test_tokens_can_be_expired_and_revoked_at_once(caller: Caller, pim: DemoPim) -> None:
    token = (await caller.ask_for_token()).json()["access_token"]

    pim.tokens.expire_all()
    assert refused(await caller.get(UNKNOWN, token=token), 401, "The access token provided has expired.")
    assert (await caller.get(UNKNOWN)).status_code == 404  # an App token has no end

    pim.tokens.revoke_all()
    assert refused(await caller.get(UNKNOWN, token=token), 401, "The access token provided is invalid.")
    assert (await caller.get(UNKNOWN)).status_code == 401
