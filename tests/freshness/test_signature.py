"""Signatures: the reference's vectors, and whatever is not quite them."""

from hypothesis import given
from hypothesis import strategies as st

from proxy.freshness.signature import PRIMARY, SECONDARY, SIGNATURE, TIMESTAMP, Way, is_signed, signature, way_of

SECRET = "s3cr3t"
API_BODY, API_TIME = b'{"events":[]}', "1700000000"
API_SIGNATURE = "e7c3a235d564852dd59ea762a0cc8636ded62405ea7108d0cd2ed778cc213d6a"
API = {SIGNATURE: API_SIGNATURE, TIMESTAMP: API_TIME}
PLATFORM_BODY = b'{"specversion":"1.0","id":"1"}'
PLATFORM_SIGNATURE = "c8b1e3f418c51c4c0a21ea076569eaa1ffd3fa628397a0bbcca4fbf23731abb6"
PLATFORM = {PRIMARY: PLATFORM_SIGNATURE, "X-AKENEO-SIGNATURE-ALGORITHM": "HmacSHA256"}


def api_signed(headers: dict[str, str] = API, body: bytes = API_BODY, now: float = 1_700_000_000) -> bool:
    return is_signed(Way.EVENTS_API, SECRET, headers, body, now)


def platform_signed(headers: dict[str, str] = PLATFORM, body: bytes = PLATFORM_BODY, secret: str = SECRET) -> bool:
    return is_signed(Way.PLATFORM, secret, headers, body, 0)


def test_the_vectors_of_both_kinds() -> None:
    assert api_signed()
    assert platform_signed()


def test_another_body_another_secret_another_signature() -> None:
    assert not api_signed(body=b'{"events":[1]}')
    assert not platform_signed(body=b"{}")
    assert not platform_signed(secret="another")
    assert not platform_signed({PRIMARY: PLATFORM_SIGNATURE[:-1]})
    assert not platform_signed({PRIMARY: ""})
    assert not api_signed({SIGNATURE: API_SIGNATURE})


def test_hex_digits_may_be_in_either_case() -> None:
    assert platform_signed({PRIMARY: PLATFORM_SIGNATURE.upper()})


def test_the_second_signature_counts_while_a_secret_is_changed() -> None:
    assert platform_signed({PRIMARY: "0" * 64, SECONDARY: PLATFORM_SIGNATURE})


def test_another_algorithm_is_none() -> None:
    assert not platform_signed({**PLATFORM, "X-AKENEO-SIGNATURE-ALGORITHM": "HmacMD5"})


def test_a_timestamp_holds_for_five_minutes_in_either_direction() -> None:
    assert api_signed(now=1_700_000_300)
    assert api_signed(now=1_699_999_700)
    assert not api_signed(now=1_700_000_301)
    assert not api_signed(now=1_699_999_699)


def test_a_signed_timestamp_that_is_none_is_refused() -> None:
    for text in ("", "now", "-1700000000", "1_700_000_000", "१७०", "1" * 5000):
        signed = signature(SECRET, text.encode() + b"." + API_BODY)

        assert not api_signed({SIGNATURE: signed, TIMESTAMP: text})


def test_which_way_a_request_came() -> None:
    assert way_of(PLATFORM) is Way.PLATFORM
    assert way_of({SECONDARY: "0"}) is Way.PLATFORM
    assert way_of(API) is Way.EVENTS_API
    assert way_of({}) is None


@given(st.text(), st.text(), st.binary())
def test_no_text_is_a_signature_by_chance_or_a_fault(theirs: str, timestamp: str, body: bytes) -> None:
    assert not platform_signed({PRIMARY: theirs, SECONDARY: timestamp}, body)
    assert not api_signed({SIGNATURE: theirs, TIMESTAMP: timestamp}, body)
