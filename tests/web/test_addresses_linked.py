"""Assets that only link to a file outside of the PIM: delivered like others, as long as the link may be followed."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from proxy.demo.catalogue.model import Asset
from proxy.demo.faults import Status
from proxy.demo.pictures import sample
from proxy.demo.pim import DemoPim
from tests.clock import Clock
from tests.origins.hosts import LOOPBACK, Host, Names, host_with
from tests.site import Site, client_of
from tests.web.conftest import Start
from tests.web.shops import CHANGING, on, pim_with_catalogue


@pytest.fixture
async def pim() -> AsyncIterator[DemoPim]:
    async with pim_with_catalogue() as pim:
        yield pim


@pytest.fixture
async def host() -> AsyncIterator[Host]:
    shown = sample("coffee").content

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        if "missing" in request.path:
            return web.Response(status=404)
        return web.Response(body=shown, content_type="image/png", headers={"ETag": f'"{len(shown)}"'})

    async with host_with(answer) as host:
        yield host


async def linked(start: Start, host: Host, *, allowed: bool = True, **changes: object) -> Site:
    """The `linked` asset leads to the host, which stands for one in the open Internet."""
    name = f"media.test:{host.port}"
    site = await start(addresses={"link_hosts": (name,) if allowed else (), **changes})
    family = site.pim.catalogue.asset_families["packshots"]
    next(it for it in family.attributes if it.code == "link").prefix = f"http://{name}/"
    lost = Asset("lost")
    lost.set("link", "missing.png")
    family.add(lost)
    origin = site.server.house.link_origin
    origin.is_allowed = lambda address: address == LOOPBACK
    origin.resolver = Names(media_test=[LOOPBACK])
    return site


async def test_a_linked_picture_is_drawn_like_others(start: Start, host: Host) -> None:
    site = await linked(start, host)

    first = await site.get("/tr:w-30/assets/packshots/linked/link")
    again = await site.get("/tr:w-30/assets/packshots/linked/link")

    assert first.status_code == 200, first.headers.get("ik-error")
    assert (first.headers["X-Cache"], again.headers["X-Cache"]) == ("MISS", "HIT")
    assert first.headers["Cache-Control"] == again.headers["Cache-Control"] == CHANGING
    assert {request.raw_path for request in host.asked} == {"/shelf/badge.png?v=1"}
    assert all("Authorization" not in request.headers for request in host.asked)
    assert len(host.asked) == 2  # what it is, and the file


async def test_a_host_that_is_not_named_is_not_asked(start: Start, host: Host) -> None:
    site = await linked(start, host, allowed=False)

    reply = await site.get("/assets/packshots/linked/link")

    assert (reply.status_code, reply.headers["Cache-Control"]) == (404, "no-store")
    assert reply.headers["ik-error"] == "EACCES - the link leads to a host that is not allowed here"
    assert host.asked == []


async def test_a_link_into_our_own_network_is_not_followed(start: Start, host: Host) -> None:
    site = await linked(start, host)
    site.server.house.link_origin.resolver = Names(media_test=["127.0.0.2"])

    reply = await site.get("/assets/packshots/linked/link")

    assert (reply.status_code, host.asked) == (404, [])


async def test_a_link_to_nothing_is_remembered(start: Start, host: Host) -> None:
    site = await linked(start, host)

    replies = [await site.get("/assets/packshots/lost/link") for _ in range(2)]

    assert [reply.status_code for reply in replies] == [404, 404]
    assert len(host.asked) == 1


async def test_a_linked_picture_that_changed_is_seen_after_its_lifetime(start: Start, host: Host) -> None:
    site, clock = await linked(start, host), Clock()
    on(clock, site.server)
    before = await site.get("/assets/packshots/linked/link?tr=orig-true")
    new = sample("chelsea").content

    async def answer(_: web.BaseRequest) -> web.StreamResponse:
        return web.Response(body=new, headers={"ETag": '"new"'})

    host.handler = answer
    clock.now += 60 * 60 * 24 * 3
    after = await site.get("/assets/packshots/linked/link?tr=orig-true")

    assert before.content == sample("coffee").content
    assert after.content == new


async def test_while_its_host_is_down_a_linked_picture_is_served_stale(start: Start, host: Host) -> None:
    site, clock = await linked(start, host), Clock()
    on(clock, site.server)
    before = await site.get("/tr:w-30/assets/packshots/linked/link")

    async def failing(_: web.BaseRequest) -> web.StreamResponse:
        return web.Response(status=500)

    host.handler = failing
    clock.now += 60 * 60 * 24 * 3
    with site.pim.misbehaving(Status(503, path="/api/rest/v1")):
        stale = await site.get("/tr:w-30/assets/packshots/linked/link")

    assert (stale.status_code, stale.headers["X-Cache"]) == (200, "STALE")
    assert stale.content == before.content


async def test_what_is_outside_is_served_even_where_others_are_redirected(start: Start, host: Host) -> None:
    site = await linked(start, host, mode="redirect")

    reply = await site.get("/tr:w-30/assets/packshots/linked/link")

    assert reply.status_code == 200


@pytest.mark.parametrize("way", ["purge", "refresh", "asset", "collection"])
async def test_who_says_that_a_linked_picture_has_changed_is_believed(start: Start, host: Host, way: str) -> None:
    """Though its host says nothing, or the same as before."""
    site = await linked(start, host)
    site.pim.catalogue.asset_families["packshots"].main_media = "link"
    site.pim.catalogue.products["poster"].set("packshots", ["linked"])
    address = "/products/poster" if way == "collection" else "/assets/packshots/linked/link"
    before = await site.get(f"{address}?tr=w-30,orig-true")
    tags = {} if way == "asset" else {"ETag": f'"{len(sample("coffee").content)}"'}

    async def answer(_: web.BaseRequest) -> web.StreamResponse:
        return web.Response(body=sample("chelsea").content, headers=tags)

    host.handler = answer
    async with client_of(site.admin_url) as admin:
        if way in ("purge", "collection"):
            told = await admin.post("/v1/files/purge", json={"path": address[1:]})
        elif way == "refresh":
            source = {"kind": "asset", "code": "linked", "owner": "packshots"}
            told = await admin.post("/v1/pictures/refresh", json={"sources": [source], "originals": True})
        else:
            site.server.house.addresses.forget_asset("packshots", "linked")
            told = None
    after = await site.get(f"{address}?tr=w-30,orig-true")

    assert told is None or told.status_code in (200, 201), told.text
    assert before.content == sample("coffee").content
    assert after.content == sample("chelsea").content


async def test_a_host_that_redirects_to_nonsense_is_asked_now_and_then(start: Start, host: Host) -> None:
    site = await linked(start, host)

    async def moved(_: web.BaseRequest) -> web.StreamResponse:
        return web.Response(status=302, headers={"Location": "//[x"})

    host.handler = moved
    replies = [await site.get("/tr:w-30/assets/packshots/linked/link") for _ in range(2)]

    assert [reply.status_code for reply in replies] == [502, 502]
    assert len(host.asked) == 1
