"""Signed URLs over loopback: optional, required, and which error comes first."""

import base64

import httpx
import pytest

from proxy.demo.pictures import sample
from proxy.imagekit.signature import IMAGEKIT, STRONG, Scheme, signed
from tests.site import Site, path_of
from tests.web.conftest import Start

KEY = "private_example_key"
COFFEE = path_of(sample("coffee"), "w-60")
REQUIRED = {"private_key": KEY, "required": True}
IN_VALUES = f"{sample('logo').family}/{sample('logo').code}".replace("/", "@@")
MISSING = "/media-files/0/0/0/0/none.jpg"


def signed_path(path: str, scheme: Scheme = IMAGEKIT) -> str:
    return "/" + signed(path.removeprefix("/"), KEY, scheme=scheme)


@pytest.mark.parametrize("scheme", [IMAGEKIT, STRONG], ids=lambda scheme: scheme.signature)
async def test_a_signed_url_gives_the_picture(start: Start, scheme: Scheme) -> None:
    site = await start(signing=REQUIRED)

    response = await site.get(signed_path(COFFEE, scheme))

    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"


async def test_an_unsigned_url_is_refused_where_a_signature_is_required(start: Start) -> None:
    site = await start(signing=REQUIRED)

    refused = await site.get(COFFEE)

    assert refused.status_code == 401
    assert refused.headers["Cache-Control"] == "no-store"
    assert refused.headers["ik-error"].startswith("EACCES - ")
    assert site.pim.calls == []


async def test_a_wrong_signature_is_refused_even_where_none_is_required(start: Start) -> None:
    site = await start(signing={"private_key": KEY})

    unsigned, wrong = await site.get(COFFEE), await site.get(signed_path(COFFEE).replace("w-60", "w-61"))

    assert (unsigned.status_code, wrong.status_code) == (200, 401)


async def test_without_a_key_a_signature_is_passed_over_and_counted(site: Site) -> None:
    for url in (f"{COFFEE}?ik-s=0", f"{COFFEE}?ik-s=0", f"{COFFEE}?ik-t=1&ik-s=0"):
        assert (await site.get(url)).status_code == 200

    assert site.counted("ignored_parameters_total") == 4


async def test_the_signature_is_checked_before_the_transformation_and_after_the_path(start: Start) -> None:
    site = await start(signing=REQUIRED)

    malformed = path_of(sample("coffee"), "w-abc")
    statuses = [(await site.get(path)).status_code for path in ("/robots.txt", malformed, signed_path(malformed))]

    assert statuses == [404, 401, 400]


async def test_a_list_that_is_too_long_is_looked_at_when_it_is_signed(start: Start) -> None:
    site = await start(signing=REQUIRED)
    target = f"mp-lqip.json?path=a.jpg&v={'1' * 16_000}"

    statuses = [(await site.get(f"/{url}")).status_code for url in (target, signed(target, KEY))]

    assert statuses == [401, 400]


@pytest.mark.parametrize(
    "url",
    [
        f"{COFFEE}?tr=l-image,i-{IN_VALUES},w-10,l-end",
        f"{COFFEE}?tr=l-image,ie-{base64.b64encode(IN_VALUES.encode()).decode()},w-10,l-end",
        f"{MISSING}?tr=w-60,di-{IN_VALUES}",
        f"{COFFEE}?tr=l-text,i-Sale,ff-Lobster,l-end",
    ],
    ids=["layer", "encoded", "default", "font"],
)
async def test_what_a_signed_url_names_is_covered_by_its_signature(start: Start, url: str) -> None:
    site = await start(signing=REQUIRED)
    good = signed_path(url)
    end = good.index("&ik-s=")
    other = good[: end - 12] + ("A" if good[end - 12] != "A" else "B") + good[end - 11 :]

    assert [(await site.get(path)).status_code for path in (good, other, url)] == [200, 401, 401]


async def test_several_keys_are_good_while_they_are_changed(start: Start) -> None:
    site = await start(signing={"private_key": "newer", "previous_keys": [KEY], "required": True})
    remainder = COFFEE.removeprefix("/")

    statuses = [(await site.get(f"/{signed(remainder, key)}")).status_code for key in ("newer", KEY, "neither")]

    assert statuses == [200, 200, 401]


async def test_neither_head_nor_a_condition_goes_past_the_signature(start: Start) -> None:
    site = await start(signing=REQUIRED)
    etag = (await site.get(signed_path(COFFEE))).headers["ETag"]

    for path, found, same in ((signed_path(COFFEE), 200, 304), (COFFEE, 401, 401), (f"{COFFEE}?ik-s=0", 401, 401)):
        assert (await site.viewer.head(path)).status_code == found
        assert (await site.get(path, If_None_Match=etag)).status_code == same


async def test_signed_and_unsigned_urls_share_a_rendition(start: Start) -> None:
    site = await start(signing={"private_key": KEY})
    await site.get(COFFEE)

    assert (await site.get(signed_path(COFFEE))).headers["X-Cache"] == "HIT"


async def test_health_needs_no_signature(start: Start) -> None:
    site = await start(signing=REQUIRED)

    assert (await site.get("/-/health/live")).status_code == 200


async def test_repeated_slashes_count_for_the_signature_and_not_for_the_path(start: Start) -> None:
    site = await start(signing=REQUIRED)
    target = "/" + signed(f"/{sample('coffee').family}/{sample('coffee').code}?tr=w-60", KEY)

    response = await raw_get(site, target)

    assert response.status_code == 200


async def raw_get(site: Site, target: str) -> httpx.Response:
    return await site.viewer.get(f"http://127.0.0.1:{site.server.port}{target}")
