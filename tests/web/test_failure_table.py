"""Rows of the failure table that the other files leave open: what is cached outlives every fault, and what is told."""

import pytest

from proxy.demo.faults import (
    CutBody,
    EmptyBody,
    Fault,
    LoginPage,
    Redirect,
    Reset,
    Status,
    WrongLength,
    forbidden,
    token_endpoint_fails,
    tokens_rejected,
)
from proxy.demo.files import Family
from proxy.demo.pictures import sample
from proxy.imagekit.signature import signed
from tests.site import path_of
from tests.web.conftest import Start

COFFEE, SHEET = sample("coffee"), sample("data sheet")
KEY = "private_of_these_tests"
FAULTS = [
    Status(429, retry_after=600),
    Status(500),
    Status(503),
    Reset(),
    CutBody(after=500),
    WrongLength(),
    EmptyBody(),
    LoginPage(),
    Redirect("http://127.0.0.1:9/user/login"),
    tokens_rejected(),
    token_endpoint_fails(422),
    forbidden(Family.PRODUCT),
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: type(fault).__name__)
async def test_what_is_cached_is_served_through_every_fault_of_akeneo(start: Start, fault: Fault) -> None:
    site = await start()
    drawn, stored = await site.get(path_of(COFFEE, "w-80")), await site.get(path_of(SHEET))
    site.pim.tokens.expire_all()

    with site.pim.misbehaving(fault):
        again, file = await site.get(path_of(COFFEE, "w-80")), await site.get(path_of(SHEET))
        other_size = await site.get(path_of(COFFEE, "w-81"))

    assert (again.status_code, again.content, again.headers["X-Cache"]) == (200, drawn.content, "HIT")
    assert (file.status_code, file.content) == (200, stored.content)
    assert other_size.status_code == 200


async def test_an_expired_signature_is_refused(start: Start) -> None:
    site = await start(signing={"private_key": KEY})
    path = path_of(COFFEE, "w-60").removeprefix("/")

    response = await site.get(f"/{signed(path, KEY, expires_at=1_600_000_000)}")

    assert "expired" in response.headers["ik-error"]
    assert (response.status_code, response.headers["Cache-Control"]) == (401, "no-store")
    assert site.pim.calls == []


async def test_each_kind_of_answer_says_how_long_it_may_be_kept(start: Start) -> None:
    site = await start(signing={"private_key": KEY})
    missing = "media-files/0/0/0/0/0000000000000000000000000000000000000000_none.jpg"
    default = path_of(COFFEE)[1:].replace("/", "@@")
    for_ever, a_minute = "public, max-age=31536000, immutable", "public, max-age=60"

    kept = {
        path: (await site.get(path)).headers["Cache-Control"]
        for path in (
            path_of(COFFEE, "w-80"),
            path_of(SHEET),
            f"/{missing}",
            f"/tr:w-60,di-{default}/{missing}",
            path_of(COFFEE, "w-x"),
            path_of(COFFEE, "w-80") + "?ik-s=wrong",
        )
    }

    assert list(kept.values()) == [for_ever, for_ever, a_minute, a_minute, "public, max-age=300", "no-store"]
