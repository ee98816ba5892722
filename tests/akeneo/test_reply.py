"""What the headers of an answer say."""

from collections.abc import AsyncGenerator

import pytest

from proxy.akeneo.reply import Reply

DATE = "Wed, 21 Oct 2026 07:28:00 GMT"
LATER = "Wed, 21 Oct 2026 07:30:00 GMT"


async def nothing() -> AsyncGenerator[bytes, None]:
    yield b""


def reply(**headers: str) -> Reply:
    return Reply(200, {name.replace("_", "-"): value for name, value in headers.items()}, nothing())


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry_after": "120"}, 120),
        ({"retry_after": "0"}, 0),
        ({"retry_after": "9" * 400}, 86400),
        ({"retry_after": LATER, "date": DATE}, 120),
        ({"retry_after": DATE, "date": LATER}, 0),
        ({"retry_after": "Wed, 21 Oct 1997 07:28:00 GMT"}, 0),
        ({"retry_after": "soon"}, None),
        ({"retry_after": "-5"}, None),
        ({"retry_after": "1.5"}, None),
        ({"retry_after": "Wed, 99 Foo 99999999999 99:99:99 GMT"}, None),
    ],
)
def test_retry_after_is_seconds_a_date_or_nothing(headers: dict[str, str], seconds: float | None) -> None:
    assert reply(**headers).retry_after_seconds == seconds


@pytest.mark.parametrize(
    ("headers", "length"),
    [
        ({}, None),
        ({"content_length": "12"}, 12),
        ({"content_length": "12", "transfer_encoding": "chunked"}, None),
        ({"content_length": "many"}, None),
    ],
)
def test_a_length_counts_where_it_means_something(headers: dict[str, str], length: int | None) -> None:
    assert reply(**headers).length == length


@pytest.mark.parametrize(
    ("text", "attachment"),
    [('attachment; filename="a "b" é.jpg"', True), ("ATTACHMENT", True), ("inline", False), ("", False)],
)
def test_an_attachment_is_marked_as_such(text: str, attachment: bool) -> None:
    assert reply(content_disposition=text).attachment is attachment
