"""Signatures of what SDKs had written, before an HTTP client made a proper URL of it."""

import pytest

from proxy.errors import SignatureRefused
from proxy.imagekit.signature import signed, verify
from proxy.imagekit.spellings import pieces_of

KEY = "private_example_key"
MUG = "media-files/1/2/a/b/12ab_mug.jpg"


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("tr=l-text,i-Mug,ff-Open Sans,l-end", "tr=l-text,i-Mug,ff-Open%20Sans,l-end"),
        ("tr=l-text,i-Mug,ff-Open Sans,l-end", "tr=l-text,i-Mug,ff-Open+Sans,l-end"),
        ("tr=l-text,i-My%20mug,ff-Open Sans,l-end", "tr=l-text,i-My%20mug,ff-Open%20Sans,l-end"),
        ("tr=l-text,i-%C3%A9,ff-Open Sans,l-end", "tr=l-text,i-%C3%A9,ff-Open%20Sans,l-end"),
        ("tr=l-text,i-Joe's%20mug,l-end", "tr=l-text,i-Joe%27s%20mug,l-end"),
        ("tr=l-image,i-größe.png,l-end", "tr=l-image,i-gr%C3%B6%C3%9Fe.png,l-end"),
        ('v=a "b" <c>&tr=w-3', "v=a%20%22b%22%20%3Cc%3E&tr=w-3"),
    ],
)
def test_what_a_client_has_encoded_may_have_been_signed_as_it_was(written: str, sent: str) -> None:
    signature = signed(f"{MUG}?{written}", KEY).rpartition("&")[2]

    assert verify(f"{MUG}?{sent}&{signature}", [KEY], required=True)


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("my%20logo.png?tr=l-text,i-New,ff-Open Sans,l-end", "my%20logo.png?tr=l-text,i-New,ff-Open%20Sans,l-end"),
        ("tr:l-text,i-New,ff-Open Sans,l-end/my%20logo.png", "tr:l-text,i-New,ff-Open%20Sans,l-end/my%20logo.png"),
        (
            "gr%C3%B6%C3%9Fe.png?tr=l-image,i-größe.png,l-end",
            "gr%C3%B6%C3%9Fe.png?tr=l-image,i-gr%C3%B6%C3%9Fe.png,l-end",
        ),
        ("my%20logo.png?note=two wörds&tr=w-3", "my%20logo.png?note=two%20w%C3%B6rds&tr=w-3"),
        (
            "my%20logo.png?note=%C3%A9&tr=l-image,i-é.png,l-end",
            "my%20logo.png?note=%C3%A9&tr=l-image,i-%C3%A9.png,l-end",
        ),
        ("my%20logo.png?tr=l-text,i-a%20b,ff-Open Sans,l-end", "my%20logo.png?tr=l-text,i-a%20b,ff-Open+Sans,l-end"),
        ("my logo.png?tr=l-text,i-%C3%A9,l-end", "my%20logo.png?tr=l-text,i-%C3%A9,l-end"),
        ("my logo.png?note=%C3%A9", "my%20logo.png?note=%C3%A9"),
    ],
)
def test_the_source_may_have_been_signed_encoded_and_the_rest_as_it_was(written: str, sent: str) -> None:
    signature = signed(written, KEY).rpartition("ik-s=")[2]

    assert verify(f"{sent}{'&' if '?' in sent else '?'}ik-s={signature}", [KEY], required=True)


def test_a_long_url_is_spelled_in_few_pieces() -> None:
    """Anybody can send one, and each of its spellings is hashed before it is refused."""
    text = "/%20" * 2000 + "/tr:w-3,l-text,i-%27,l-end/a.jpg?" + "&v=%20" * 1000 + "&tr=w-4&" + "&" * 4000

    assert len(list(pieces_of(text))) == 8


def test_an_endpoint_that_ends_in_ik_seo_is_not_signed() -> None:
    assert verify(f"ik-seo/{signed(f'tr:w-3/{MUG}', KEY)}", [KEY], required=True)
    assert verify(signed(f"ik-seo/tr:w-3/{MUG}", KEY), [KEY], required=True)


def test_the_speaking_name_of_an_address_may_be_signed_there_too() -> None:
    assert verify(f"ik-seo/{signed('products/cup/picture/red-cup.jpg?tr=w-3', KEY)}", [KEY], required=True)


@pytest.mark.parametrize(
    "picture",
    [
        "products/cup/picture",
        "tr:w-3/products/cup/picture/ik-thumbnail.jpg",
        "reference-entities/brands/blue/logo/mp-lqip.json",
        "logos/new/blue.png",
        "tr:w-3//logos/new/blue.png",
    ],
)
def test_a_signature_opens_no_other_picture_behind_ik_seo(picture: str) -> None:
    """`ik-seo/logos/new/blue.png` is `logos/new.png`, `ik-seo/products/cup/picture` the main picture of the cup."""
    with pytest.raises(SignatureRefused):
        verify(f"ik-seo/{signed(picture, KEY)}", [KEY], required=True)


@pytest.mark.parametrize("sent", ["tr=w-3%2Ch-4", "tr=w%2D3,h-4", "tr=w-3,h-4%26", "tr=w-3,h-4&%FF"])
def test_other_encodings_are_other_urls(sent: str) -> None:
    signature = signed(f"{MUG}?tr=w-3,h-4", KEY).rpartition("&")[2]

    with pytest.raises(SignatureRefused):
        verify(f"{MUG}?{sent}&{signature}", [KEY], required=True)
