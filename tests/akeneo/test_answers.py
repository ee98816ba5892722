"""Every status of the reference's tables, over HTTP, as one of our errors; viewers see nothing of the inside."""

from dataclasses import replace

import pytest

from proxy.demo.answers import Answer
from proxy.demo.faults import Alter, Fault, LoginPage, Redirect, Status, forbidden, not_on_filesystem
from proxy.demo.files import Family
from proxy.errors import (
    MediaForbidden,
    MediaMissing,
    MediaNotFound,
    OriginBroken,
    OriginBusy,
    OriginMisconfigured,
    OriginRefused,
    OriginTimeout,
    ProxyError,
)
from tests.akeneo.bench import POSTER, SHOE, Bench, bench_with

ROWS = [
    (Status(301), OriginMisconfigured),
    (Redirect(), OriginMisconfigured),
    (Redirect("https://elsewhere.example/", 308), OriginMisconfigured),
    (Status(400), OriginMisconfigured),
    (Status(401), OriginRefused),
    (Status(401, body="html"), OriginRefused),
    (Status(403, "You are not allowed to access the web API."), MediaForbidden),
    (Status(403, body="html"), MediaForbidden),
    (forbidden(Family.PRODUCT), MediaForbidden),
    (Status(404, 'Media file "x" does not exist.'), MediaNotFound),
    (Status(404, 'No route found for "GET https://inner.example/x"'), MediaNotFound),
    (Status(404, body="html"), MediaNotFound),
    (Status(404, body="empty"), MediaNotFound),
    (Status(410), MediaNotFound),
    (not_on_filesystem(SHOE.code), MediaMissing),
    (Status(405), OriginMisconfigured),
    (Status(406), OriginMisconfigured),
    (Status(408), OriginTimeout),
    (Status(413), OriginMisconfigured),
    (Status(415), OriginMisconfigured),
    (Status(418), OriginMisconfigured),
    (Status(422, 'Unable to fetch the file "x" from the filesystem.'), OriginBroken),
    (Status(429), OriginBusy),
    (Status(429, body="html"), OriginBusy),
    (Status(429, body="empty"), OriginBusy),
    (Status(500), OriginBroken),
    (Status(502, body="html"), OriginBroken),
    (Status(503, body="empty"), OriginBroken),
    (Status(504), OriginBroken),
    (Status(204, body="empty"), OriginBroken),
    (LoginPage(), OriginMisconfigured),
]


@pytest.mark.parametrize(("fault", "error"), ROWS, ids=[repr(fault) for fault, _ in ROWS])
async def test_each_answer_has_its_meaning(bench: Bench, fault: Fault, error: type[ProxyError]) -> None:
    found = await bench.fails(fault)

    assert isinstance(found, error)
    assert not any(inner in str(found) for inner in ("127.0.0.1", "inner", "api/rest", str(bench.pim.port)))


async def test_an_unknown_code_is_not_found(bench: Bench) -> None:
    unknown = replace(SHOE, code="0/0/0/0/none.jpg")

    assert isinstance(await bench.fails(file=unknown), MediaNotFound)
    assert bench.origin.health.outcome == "ok"


async def test_a_code_of_another_family_is_not_found(bench: Bench) -> None:
    stray = replace(SHOE, family=Family.ASSET)

    assert isinstance(await bench.fails(file=stray), MediaNotFound)


async def test_an_edition_without_the_family_says_so_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    async with bench_with(families=[Family.PRODUCT]) as bench:
        assert isinstance(await bench.fails(file=POSTER), MediaNotFound)

    assert "this edition of Akeneo may lack this family" in caplog.text


async def test_a_redirect_to_the_log_in_hints_at_the_base_url(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    await bench.fails(Redirect())

    assert "check the base URL" in caplog.text
    assert "/user/login" in caplog.text


async def test_an_endless_error_page_is_not_read_to_its_end(bench: Bench) -> None:
    def flood(answer: Answer) -> Answer:
        return replace(answer, status=404, body=b"x" * 50_000_000)

    assert isinstance(await bench.fails(Alter(flood)), MediaNotFound)
    assert bench.pim.calls[-1].bytes_sent < 40_000_000


async def test_the_same_trouble_is_logged_once_a_minute(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(5):
        await bench.fails(Status(500))
    assert len([record for record in caplog.records if record.levelname == "WARNING"]) == 1

    bench.clock.now += 60
    await bench.fails(Status(500))

    assert len([record for record in caplog.records if record.levelname == "WARNING"]) == 2
