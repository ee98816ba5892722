"""Random sizes and greedy clients, over loopback: the ladder and the budget."""

import asyncio
from typing import Any

import pytest

from proxy.demo.faults import Hold, Status
from proxy.demo.files import DemoFile, Family
from proxy.demo.pictures import sample
from tests.site import Site, path_of
from tests.web.conftest import Start, small_picture

COFFEE, CHELSEA = sample("coffee"), sample("chelsea")
ONE = {"new_renditions_per_minute": 1}


def shown(site: Site, *clients: str) -> list[dict[str, str]]:
    return [{"X_Forwarded_For": client} for client in clients]


async def behind_cdn(start: Start, **more: Any) -> Site:
    return await start(abuse=ONE | {"client_header": "X-Forwarded-For"} | more)


# -- the ladder --


async def test_sizes_snap_up_and_say_so(start: Start) -> None:
    site = await start(abuse={"width_ladder": (160, 320)})

    asked, step = await site.get(path_of(COFFEE, "w-300,f-png")), await site.get(path_of(COFFEE, "w-320,f-png"))
    again = await site.get(path_of(COFFEE, "w-299,f-png"), If_None_Match=asked.headers["ETag"])

    assert asked.headers["X-Snapped"] == "300->320"
    assert (step.content, step.headers["X-Cache"]) == (asked.content, "HIT")
    assert "X-Snapped" not in step.headers
    assert (again.status_code, again.headers["X-Snapped"]) == (304, "299->320")
    assert site.counted("renders_total", outcome="drawn") == 1
    assert site.counted("snapped_total") == 2


async def test_without_a_ladder_every_size_is_drawn(site: Site) -> None:
    response = await site.get(path_of(COFFEE, "w-300"))

    assert "X-Snapped" not in response.headers


# -- the budget --


async def test_over_budget_new_pictures_are_refused_and_old_ones_are_not(start: Start) -> None:
    site = await start(abuse=ONE)
    first = await site.get(path_of(COFFEE, "w-60"))

    refused, cached = await site.get(path_of(COFFEE, "w-61")), await site.get(path_of(COFFEE, "w-60"))
    known = await site.get(path_of(COFFEE, "w-60"), If_None_Match=first.headers["ETag"])
    stored = await site.get(path_of(COFFEE, "orig-true"))

    assert (refused.status_code, refused.headers["Cache-Control"]) == (429, "no-store")
    assert refused.headers["ik-error"].startswith("EBUDGET - ")
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert [reply.status_code for reply in (cached, known, stored)] == [200, 304, 200]
    assert site.counted("over_budget_total") == 1


async def test_what_the_disk_has_is_free(start: Start) -> None:
    site = await start(abuse=ONE)
    await site.get(path_of(COFFEE, "w-60"))
    await site.delivery.renditions.close()
    restarted = await start(abuse=ONE)

    found, new = await restarted.get(path_of(COFFEE, "w-60")), await restarted.get(path_of(COFFEE, "w-61"))

    assert (found.headers["X-Cache"], new.status_code) == ("HIT", 200)


async def test_who_is_over_budget_costs_akeneo_nothing(start: Start) -> None:
    site = await start(abuse=ONE)
    await site.get(path_of(COFFEE, "w-60"))

    refused = await site.get(path_of(CHELSEA, "w-60"))

    assert refused.status_code == 429
    assert site.pim.downloads(CHELSEA.code) == 0


async def test_each_client_has_its_own_budget(start: Start) -> None:
    site = await behind_cdn(start)

    statuses = [
        (await site.get(path_of(COFFEE, f"w-{60 + number}"), **headers)).status_code
        for number, headers in enumerate(shown(site, "192.0.2.1", "192.0.2.2", "192.0.2.1", "192.0.2.2"))
    ]

    assert statuses == [200, 200, 429, 429]


async def test_what_a_client_says_of_itself_is_not_believed(start: Start) -> None:
    site = await behind_cdn(start)

    statuses = [
        (await site.get(path_of(COFFEE, f"w-{60 + number}"), **headers)).status_code
        for number, headers in enumerate(shown(site, "192.0.2.1", "198.51.100.7, 192.0.2.1", "rubbish", "more rubbish"))
    ]

    assert statuses == [200, 429, 200, 429]


async def test_who_joins_the_work_of_another_pays_nothing(start: Start) -> None:
    site = await behind_cdn(start)
    one, other = shown(site, "192.0.2.1", "192.0.2.2")
    go_on = asyncio.Event()
    site.pim.faults.add(Hold(go_on))
    path = path_of(COFFEE, "w-60")

    starts = asyncio.ensure_future(site.get(path, **one))
    await site.pim.until(lambda: site.pim.in_flight == 1)
    joins = asyncio.ensure_future(site.get(path, **other))
    while not site.counted("flights_joined_total", flight="renditions"):  # noqa: ASYNC110 (no time is waited for)
        await asyncio.sleep(0)
    go_on.set()
    both = await asyncio.gather(starts, joins)
    later = [(await site.get(path_of(COFFEE, f"w-{70 + n}"), **who)).status_code for n, who in enumerate((one, other))]

    assert [reply.status_code for reply in both] == [200, 200]
    assert later == [429, 200]


async def test_a_refused_client_takes_nobody_with_it(start: Start) -> None:
    site = await behind_cdn(start)
    [poor] = shown(site, "192.0.2.1")
    await site.get(path_of(COFFEE, "w-60"), **poor)

    for width in range(61, 81):  # with luck, the one boards when the other's flight has failed and not landed yet
        [rich] = shown(site, f"192.0.3.{width}")
        replies = await asyncio.gather(*(site.get(path_of(COFFEE, f"w-{width}"), **who) for who in (poor, rich)))

        assert [reply.status_code for reply in replies][1] == 200


async def test_what_is_never_drawn_is_given_back(start: Start) -> None:
    site = await start(abuse=ONE)
    document = DemoFile.named(Family.PRODUCT, "manual.txt", "text/plain", b"read me")
    site.pim.add(document)
    missing = await site.get("/tr:w-60/media-files/0/0/0/0/none.jpg")
    site.pim.faults.add(Status(503, times=4))
    broken = await site.get(path_of(COFFEE, "w-60"))
    text = await site.get(path_of(document))

    drawn = await site.get(path_of(COFFEE, "w-60"))

    assert [reply.status_code for reply in (missing, broken, text, drawn)] == [404, 502, 200, 200]


async def test_an_endpoint_may_have_its_own(start: Start) -> None:
    site = await start(
        abuse=ONE, endpoints=[{"prefix": "a", "abuse": {"new_renditions_per_minute": 2}}, {"prefix": "b"}]
    )

    paths = [f"/{prefix}{path_of(COFFEE, f'w-{60 + number}')}" for number, prefix in enumerate("aaaba")]
    statuses = [(await site.get(path)).status_code for path in paths]

    assert statuses == [200, 200, 429, 429, 429]


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_the_operator_is_not_counted(start: Start, method: str) -> None:
    site = await start(abuse=ONE)
    address = "http://shop.example.com" + path_of(COFFEE, "w-61")
    await site.viewer.request(method, path_of(COFFEE, "w-60"))

    facts = await site.viewer.get(f"{site.admin_url}/v1/metadata", params={"url": address})

    assert facts.json()["width"] == 61


async def test_a_greedy_crawler_does_not_touch_others(start: Start) -> None:
    site = await behind_cdn(start, new_renditions_per_minute=3)
    [crawler, shopper] = shown(site, "192.0.2.1", "2001:db8::1")
    site.pim.add(small_picture(1))

    crawled = [(await site.get(path_of(COFFEE, f"w-{20 + size}"), **crawler)).status_code for size in range(8)]
    shopped = await site.get(path_of(small_picture(1), "w-20"), **shopper)

    assert crawled == [200] * 3 + [429] * 5
    assert shopped.status_code == 200
