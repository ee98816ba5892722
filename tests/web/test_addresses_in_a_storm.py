"""Look-ups while other things change all the time, and look-ups that nobody waits for."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from proxy.addresses.kept import Kept
from proxy.cache.flights import Flight
from proxy.demo.faults import Hold
from proxy.demo.pictures import sample
from proxy.demo.pim import DemoPim
from tests.shared.redis_server import until
from tests.site import Site
from tests.web.conftest import Start
from tests.web.shops import asked, pim_with_catalogue

POSTER = "/products/poster?tr=w-20"


@pytest.fixture
async def pim() -> AsyncIterator[DemoPim]:
    async with pim_with_catalogue() as pim:
        yield pim


@pytest.fixture
async def shop(start: Start) -> Site:
    return await start(render={"workers": 2})


def under_way(shop: Site) -> dict[str, Flight[Kept]]:
    return shop.server.house.addresses.by_name[shop.originals.origin.name].documents.flights.under_way


async def looked_up_while(shop: Site, address: str, happens: str) -> list[int]:
    """Statuses of three viewers, who come before and after another product has changed."""
    held = asyncio.Event()
    addresses = shop.server.house.addresses
    viewers = []
    with shop.pim.misbehaving(Hold(held, path="/api/rest/v1/products")):
        for _ in range(3):
            viewers.append(asyncio.create_task(shop.get(address)))
            await until(lambda: sum(it.waiters for it in under_way(shop).values()) == len(viewers))
            addresses.forget_product(happens)
        held.set()
        return [(await viewer).status_code for viewer in viewers]


async def test_what_changes_elsewhere_has_nothing_asked_twice(shop: Site) -> None:
    before = await looked_up_while(shop, POSTER, "cup-red-small")
    after = await shop.get(POSTER)

    assert ([*before, after.status_code], asked(shop).count("products/poster")) == ([200] * 4, 1)


async def test_that_there_is_none_is_remembered_whatever_else_changes(shop: Site) -> None:
    before = await looked_up_while(shop, "/products/none", "cup-red-small")
    after = await shop.get("/products/none")

    assert ([*before, after.status_code], asked(shop).count("products/none")) == ([404] * 4, 1)


async def test_who_comes_after_a_change_by_another_name_sees_it(shop: Site) -> None:
    poster = shop.pim.catalogue.products["poster"]
    address = f"/products/{poster.uuid}?tr=orig-true"
    held = asyncio.Event()
    with shop.pim.misbehaving(Hold(held, path="/api/rest/v1/products-uuid", times=1)):
        early = asyncio.create_task(shop.get(address))
        await until(lambda: f"products-uuid/{poster.uuid}" in asked(shop))
        poster.set("packshots", ["hubble"])
        shop.server.house.addresses.forget_product("POSTER")
        late = asyncio.create_task(shop.get(address))
        await until(lambda: any(it.waiters == 2 for it in under_way(shop).values()))
        held.set()
        await early
        assert (await late).content == sample("hubble_deep_field").content


async def test_look_ups_that_nobody_waits_for_leave_akeneos_queue(shop: Site) -> None:
    release = asyncio.Event()
    governor = shop.server.house.clients["akeneo"].governor
    names = [f"random-{number}" for number in range(40)]
    with shop.pim.misbehaving(Hold(release, path="/api/rest/v1/products")):
        viewers = [asyncio.create_task(shop.get(f"/products/{name}")) for name in names]
        await until(lambda: (governor.waiting, len(asked(shop))) == (36, 4))
        for viewer in viewers:
            viewer.cancel()
        await asyncio.gather(*viewers, return_exceptions=True)
        await until(lambda: governor.waiting == 0)
        release.set()
        await until(lambda: not under_way(shop))

    assert len(asked(shop)) == 4


async def test_random_names_use_up_a_clients_budget_and_those_that_are_found_do_not(start: Start) -> None:
    shop = await start(abuse={"new_renditions_per_minute": 3})

    found = [
        await shop.get(f"/products/{name}?tr=orig-true") for name in ("poster", "cup-red-small", "cup%2Fred%20tall")
    ]
    missing = [await shop.get(f"/products/{name}") for name in ("none-1", "none-1", "none-2", "none-3", "none-4")]
    known = await shop.get("/products/poster?tr=orig-true")

    assert [reply.status_code for reply in found] == [200] * 3
    assert [reply.status_code for reply in missing] == [404, 404, 404, 404, 429]
    assert missing[-1].headers["ik-error"].startswith("EBUDGET - ")
    assert known.status_code == 200
    assert "products/none-4" not in asked(shop)
