"""Signatures, with the worked examples that the official SDK has made."""

import re
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.errors import SignatureRefused
from proxy.imagekit.signature import FOR_EVER, IMAGEKIT, SCHEMES, STRONG, Scheme, signed, verify

KEY = "private_example_key"
MUG = "media-files/1/2/a/b/12ab_mug.jpg"
EXAMPLES = [
    f"tr:w-320,h-240/{MUG}?ik-s=ae3fcd3135d9e9a9751af7218e81b9e22e37354d",
    f"{MUG}?v=42&tr=w-400:rt-90&ik-t=1767229200&ik-s=e3ce1149964d53efb3f1c92ab754ab44da8e6fe3",
    "asset-media-files/c/d/e/f/caf%C3%A9%20noir.png?tr=l-text,ie-RMOpasOgIHZ1,fs-32,l-end"
    "&ik-s=cdeb2d7bd968108959d85f85629742a6cfb416d2",
]
BEFORE, AFTER = 1767229200.0, 1767229201.0


@pytest.mark.parametrize("remainder", EXAMPLES)
def test_what_the_official_sdk_has_signed_is_accepted(remainder: str) -> None:
    assert verify(remainder, [KEY], required=True, clock=lambda: BEFORE)


def test_our_own_signing_gives_what_the_sdk_gives() -> None:
    assert signed(f"tr:w-320,h-240/{MUG}", KEY) == EXAMPLES[0]
    assert signed(f"{MUG}?v=42&tr=w-400:rt-90", KEY, 1767229200) == EXAMPLES[1]


def test_a_url_is_good_up_to_its_last_second() -> None:
    assert verify(EXAMPLES[1], [KEY], required=False, clock=lambda: BEFORE)
    with pytest.raises(SignatureRefused, match="expired"):
        verify(EXAMPLES[1], [KEY], required=False, clock=lambda: AFTER)


@pytest.mark.parametrize(
    "remainder",
    [
        EXAMPLES[0].replace("w-320", "w-321"),
        EXAMPLES[0].replace("ae3f", "AE3F"),
        EXAMPLES[0].replace("?", "?v=1&"),
        EXAMPLES[0] + "&ik-t=9999999999999",
        EXAMPLES[1].replace("1767229200", "1767229999"),
        f"{MUG}?ik-s=",
        f"{MUG}?ik-t=1767229200",
        f"{MUG}?mp-s=",
        f"{MUG}?ik-s=%C3%A9",
        f"{MUG}?mp-t=1767229200",
        f"{EXAMPLES[0]}&ik-s=0",
        f"{EXAMPLES[0]}&{EXAMPLES[0].partition('?')[2]}",
        f"{EXAMPLES[1]}&ik-t=9999999999",
        f"{EXAMPLES[0]}&mp-t=9999999999",
        f"{signed(MUG, KEY, scheme=STRONG)}&ik-t=9999999999",
    ],
)
def test_a_tampered_url_is_refused_even_where_none_is_required(remainder: str) -> None:
    with pytest.raises(SignatureRefused):
        verify(remainder, [KEY], required=False, clock=lambda: BEFORE)


@pytest.mark.parametrize("expires_at", [None, 1767229200])
@pytest.mark.parametrize("moved", [1, 2, -1])
def test_digits_do_not_move_between_the_url_and_its_expiry(expires_at: int | None, moved: int) -> None:
    """ImageKit's scheme signs both without a mark between them."""
    text = f"{MUG}?v=4200{expires_at or FOR_EVER}"
    signature = IMAGEKIT.sign(KEY, f"{MUG}?v=4200", None if expires_at is None else str(expires_at))
    split = len(text) - 10 - moved

    with pytest.raises(SignatureRefused):
        verify(f"{text[:split]}&ik-t={text[split:]}&ik-s={signature}", [KEY], required=True, clock=lambda: 5)


def test_an_unsigned_url_is_refused_where_a_signature_is_required() -> None:
    assert not verify(MUG, [KEY], required=False)
    with pytest.raises(SignatureRefused, match="expected a signed URL"):
        verify(MUG, [KEY], required=True)


def test_without_a_key_signatures_are_passed_over() -> None:
    assert not verify(f"{MUG}?ik-s=anything", [], required=False)


def test_a_previous_key_is_accepted_while_keys_are_changed() -> None:
    assert verify(signed(MUG, "old"), ["new", "old"], required=True)


def test_the_signature_may_stand_anywhere_in_the_query() -> None:
    remainder = signed(f"{MUG}?v=1&tr=w-3", KEY)
    location, _, query = remainder.partition("?")
    first, second, signature = query.split("&")

    assert verify(f"{location}?{signature}&{first}&{second}", [KEY], required=True)


def test_a_space_that_was_signed_as_it_is_may_arrive_encoded() -> None:
    remainder = signed(f"{MUG}?tr=l-text,i-a b,l-end", KEY)

    assert verify(remainder.replace(" ", "%20"), [KEY], required=True)


@pytest.mark.parametrize("scheme", SCHEMES, ids=lambda scheme: scheme.signature)
@given(
    path=st.text(max_size=40), key=st.text(min_size=1), expires_at=st.none() | st.integers(1_000_000_000, 9_999_999_999)
)
def test_what_is_signed_is_accepted_and_nothing_else(
    scheme: Scheme, path: str, key: str, expires_at: int | None
) -> None:
    remainder = signed(quote(path), key, expires_at, scheme)

    assert verify(remainder, [key], required=True, clock=lambda: 5)
    with pytest.raises(SignatureRefused):
        verify("x" + remainder, [key], required=True, clock=lambda: 5)
    with pytest.raises(SignatureRefused):
        verify(remainder, [key + "x"], required=True, clock=lambda: 5)


def test_a_bare_question_mark_may_have_been_signed_too() -> None:
    signature = IMAGEKIT.sign(KEY, f"{MUG}?", None)

    assert verify(f"{MUG}?&ik-s={signature}", [KEY], required=True)


@pytest.mark.parametrize("scheme", SCHEMES, ids=lambda scheme: scheme.signature)
def test_a_url_with_a_bare_question_mark_can_be_signed(scheme: Scheme) -> None:
    assert verify(signed(f"{MUG}?", KEY, None, scheme), [KEY], required=True)


def test_the_stronger_scheme_does_not_take_imagekits_signature() -> None:
    weak = IMAGEKIT.sign(KEY, MUG, None)

    with pytest.raises(SignatureRefused):
        verify(f"{MUG}?{STRONG.signature}={weak}", [KEY], required=True)


@pytest.mark.parametrize("expires_at", [None, 1767229200])
@pytest.mark.parametrize("url", [MUG, f"{MUG}?v=42&tr=w-400"])
def test_the_code_that_the_documentation_gives_signs_as_we_do(url: str, expires_at: int | None) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", Path("docs/signed-urls.md").read_text(), re.DOTALL)
    told: dict[str, Any] = {}
    exec(code, told)

    assert told["imagekit"](KEY, url, expires_at) == signed(url, KEY, expires_at)
    assert told["stronger"](KEY, url, expires_at) == signed(url, KEY, expires_at, STRONG)
