"""Whole servers in front of a real S3 server: it serves, is purged, fails and is healed."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Protocol

import pytest

from proxy.cache.renditions import renditions
from proxy.delivery import purging
from proxy.demo.pictures import sample
from proxy.demo.pim import DemoPim
from proxy.pixels.processes import Processes
from proxy.web import app
from tests.objects.s3_server import KEY_ID, S3, SECRET_KEY, Fault, cut, hang, refuse
from tests.shared.redis_server import RedisServer, until
from tests.site import Site, client_of, path_of, running

COFFEE = sample("coffee")
SMALL, LARGE = path_of(COFFEE, "w-60"), path_of(COFFEE, "w-90")
AS_IT_IS = path_of(COFFEE, "orig-true")
HOST = "https://img.example.com"
PURGES: list[tuple[dict[str, str], int]] = [  # and how many of five objects they leave
    ({"url": HOST + SMALL}, 3),
    ({"code": COFFEE.code}, 2),
    ({"url": f"{HOST}{path_of(COFFEE)}*"}, 2),
    ({"endpoint": "/"}, 0),
]
LOADED = """
import sys
import proxy.web.app
sys.exit(any(name.partition('.')[0] == 'obstore' for name in sys.modules))
"""


class Replica(Protocol):
    async def __call__(self, name: str, **cache: Any) -> Site: ...


@pytest.fixture
async def replica(pim: DemoPim, s3: S3, processes: Processes, tmp_path: Path) -> AsyncIterator[Replica]:
    """Each with a disk of its own."""
    async with AsyncExitStack() as stack:

        async def replica(name: str, **cache: Any) -> Site:
            site = running(pim, tmp_path / name, processes, cache={**s3.settings, **cache})
            return await stack.enter_async_context(site)

        yield replica


async def settled(*sites: Site) -> None:
    """What was to be written has been."""
    for site in sites:
        objects, renditions = site.server.house.objects, site.delivery.renditions
        assert objects is not None
        await until(lambda it=objects: not it.archive.uploads)  # type: ignore[misc]
        await asyncio.gather(*renditions.writes, *renditions.far_writes)


async def seen(site: Site, path: str = SMALL) -> str:
    answer = await site.get(path)
    assert answer.status_code == 200, answer.text
    await settled(site)
    return str(answer.headers["X-Cache"])


async def purge(site: Site, body: dict[str, str]) -> None:
    async with client_of(site.admin_url) as operator:
        answer = await operator.post("/v1/files/purge", json=body)
    assert answer.status_code == 201, answer.text


async def walked(*sites: Site) -> None:
    for site in sites:
        await site.server.house.purger.walks.ended()


def test_what_speaks_to_it_is_not_loaded() -> None:
    assert subprocess.run([sys.executable, "-c", LOADED], check=False, cwd=Path.cwd()).returncode == 0


@pytest.mark.parametrize("disk_bytes", ["10MiB", "0"])
async def test_a_fresh_replica_serves_rendition_and_original_while_akeneo_is_down(
    replica: Replica, pim: DemoPim, s3: S3, disk_bytes: str
) -> None:
    one = await replica("one", disk_bytes=disk_bytes)
    drawn, whole = await one.get(SMALL), await one.get(AS_IT_IS)
    await settled(one)
    assert len(await s3.names()) == 2

    async with pim.down():
        fresh = await replica("fresh", disk_bytes=disk_bytes)
        again = await fresh.get(SMALL)
        assert (again.status_code, again.headers["X-Cache"], again.content) == (200, "HIT", drawn.content)
        assert (await fresh.get(AS_IT_IS)).content == whole.content == COFFEE.content
        assert await seen(fresh, LARGE) == "MISS"

    assert pim.downloads() == 1
    assert len(await s3.names("renditions")) == 2


async def test_what_was_found_there_is_on_the_disk_from_then_on(replica: Replica, s3: S3) -> None:
    await seen(await replica("one"))
    fresh = await replica("fresh")
    assert await seen(fresh) == "HIT"
    await s3.stop()
    fresh.delivery.renditions.memory.entries.clear()

    assert await seen(fresh) == "HIT"


@pytest.mark.parametrize(("body", "left"), PURGES, ids=["url", "code", "wildcard", "endpoint"])
async def test_a_purge_reaches_it(replica: Replica, s3: S3, body: dict[str, str], left: int) -> None:
    one = await replica("one")
    for path in (SMALL, LARGE, path_of(sample("rocket"), "w-60")):
        await seen(one, path)
    assert len(await s3.names()) == 5

    await purge(one, body)
    await walked(one)

    assert len(await s3.names()) == left
    assert await seen(one) == "MISS"


@pytest.mark.parametrize("body", [{"code": COFFEE.code}, {"endpoint": "/"}], ids=["code", "endpoint"])
async def test_what_was_purged_while_it_was_away_does_not_come_back(
    replica: Replica, pim: DemoPim, s3: S3, body: dict[str, str]
) -> None:
    one = await replica("one")
    await seen(one)
    await s3.stop()
    await purge(one, body)
    await until(lambda: one.server.house.tiers.failing)  # so it was asked in vain
    await s3.listen()

    assert await seen(one) == "MISS"  # though it is back, and has it
    assert pim.downloads() == 2
    assert one.server.house.ledger.purges


async def test_a_purge_that_is_owed_to_it_is_done_after_a_restart(replica: Replica, s3: S3) -> None:
    one = await replica("one")
    await seen(one)
    await s3.stop()
    await purge(one, {"code": COFFEE.code})
    await one.server.close()
    await s3.listen()
    assert len(await s3.names()) == 2

    again = await replica("one")
    await walked(again)

    assert not await s3.names()
    assert not again.server.house.ledger.purges


async def test_a_purge_that_is_owed_to_it_is_done_when_it_is_back(replica: Replica, s3: S3) -> None:
    one = await replica("one")
    woken = asyncio.Event()

    async def sleep(seconds: float) -> None:
        await woken.wait()

    one.server.house.purger.walks.sleep = sleep
    await seen(one)
    await s3.stop()
    await purge(one, {"code": COFFEE.code})
    objects = one.server.house.objects
    assert objects is not None
    await s3.listen()
    objects.link.clock = lambda: float("inf")
    woken.set()
    await walked(one)

    assert not await s3.names()
    assert not one.server.house.ledger.purges


@pytest.mark.parametrize(
    "fault",
    [refuse(503, "SlowDown"), refuse(403, "AccessDenied"), cut, hang],
    ids=["slow down", "denied", "cut", "hang"],
)
@pytest.mark.usefixtures("little_time")
async def test_a_viewer_gets_his_picture_whatever_it_does(
    replica: Replica, s3: S3, caplog: pytest.LogCaptureFixture, fault: Fault
) -> None:
    await seen(await replica("one"))
    s3.fault = fault
    fresh = await replica("fresh")

    answer = await fresh.get(SMALL)

    assert (answer.status_code, answer.headers["X-Cache"]) == (200, "MISS")
    await settled(fresh)
    ready = await fresh.get("/-/health/ready")
    assert ready.status_code == 200
    assert "object store" in ready.json()["cache"]["failing"]["objects"]
    metrics = fresh.server.metrics.expose()[0].decode()
    told = f"{caplog.text} {ready.text} {metrics} {fresh.server.settings!r} {vars(fresh.server.house.objects)}"
    assert not [secret for secret in (SECRET_KEY, KEY_ID) if secret in told]


@pytest.fixture
def little_time(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("store", "archive"):
        monkeypatch.setattr(f"proxy.cache.objects.{module}.READ_SECONDS", 0.3)
        monkeypatch.setattr(f"proxy.cache.objects.{module}.WRITE_SECONDS", 0.3)


async def test_a_bucket_that_is_not_there_is_told_at_the_start(replica: Replica, s3: S3) -> None:
    await s3.say("DELETE")

    one = await replica("one")
    await until(lambda: one.server.house.tiers.failing)

    assert "NoSuchBucket" in one.server.house.tiers.failing["objects"]
    assert await seen(one) == "MISS"


async def test_a_blocked_file_is_not_read_there(replica: Replica, s3: S3) -> None:
    one = await replica("one")
    await seen(one)
    async with client_of(one.admin_url) as operator:
        assert (await operator.post("/v1/blocklist", json={"code": COFFEE.code})).status_code < 300
    await walked(one)
    s3.calls.clear()

    assert (await one.get(SMALL)).status_code == 410

    assert not s3.calls
    assert not await s3.names()


async def test_with_a_redis_in_front_all_replicas_hear_of_a_purge(
    replica: Replica, pim: DemoPim, s3: S3, tmp_path: Path
) -> None:
    redis = RedisServer(tmp_path / "redis")
    await redis.start()
    try:
        one, other = [await replica(name, redis_url=redis.url) for name in ("one", "other")]
        assert [await seen(site) for site in (one, other)] == ["MISS", "HIT"]
        assert await seen(other, LARGE) == "MISS"
        assert pim.downloads() == 1

        await purge(one, {"code": COFFEE.code})
        await until(lambda: other.counted("purged_entries_total", tier="disk"))
        await walked(one, other)

        assert not await s3.names()
        assert await seen(other) == "MISS"
        assert pim.downloads() == 2
    finally:
        await redis.kill()


async def hold_off(site: Site) -> asyncio.Event:
    """From here on it tries again when it is told so."""
    woken = asyncio.Event()

    async def sleep(seconds: float) -> None:
        await woken.wait()

    site.server.house.purger.walks.sleep = sleep
    return woken


async def test_one_that_is_owed_to_it_keeps_no_other_from_the_disk(
    replica: Replica, s3: S3, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(purging, "MOST_WALKS", 2)
    one = await replica("one")
    await hold_off(one)
    for path in (SMALL, path_of(sample("rocket"), "w-60")):
        await seen(one, path)
    await s3.stop()

    for name in ("coffee", "rocket"):
        await purge(one, {"url": f"{HOST}{path_of(sample(name))}*"})
    await until(lambda: not [*(tmp_path / "one").glob("renditions/*/*")])
    for _ in range(3):
        await purge(one, {"code": COFFEE.code})

    assert len(one.server.house.ledger.purges) == 3
    async with client_of(one.admin_url) as operator:
        wildcard = await operator.post("/v1/files/purge", json={"endpoint": "/"})
    assert wildcard.status_code == 503


async def test_where_no_further_purge_can_wait_a_file_is_blocked_all_the_same(
    replica: Replica, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(purging, "MOST_FILES", 0)
    one = await replica("one")

    async with client_of(one.admin_url) as operator:
        purged = await operator.post("/v1/files/purge", json={"code": COFFEE.code})
        blocked = await operator.post("/v1/blocklist", json={"code": COFFEE.code})

    assert (purged.status_code, blocked.status_code) == (503, 201)
    assert (await one.get(SMALL)).status_code == 410


async def test_a_server_that_ends_gives_an_upload_its_time_and_closes_the_rest(
    replica: Replica, s3: S3, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    assert app.WRITE_OUT_SECONDS > renditions.FAR_SECONDS > app.LAST_SECONDS
    for module in ("objects.archive", "renditions.renditions"):
        monkeypatch.setattr(f"proxy.cache.{module}.FAR_SECONDS", 0.01)
    one = await replica("one")
    s3.fault = hang
    await one.get(SMALL)
    objects = one.server.house.objects
    assert objects is not None
    assert objects.archive.uploads

    await one.server.close()

    assert not objects.archive.uploads
    assert not one.delivery.renditions.far_writes
    assert "a fault of ours" not in caplog.text


async def test_one_that_has_never_reached_redis_leaves_the_store_alone(replica: Replica, s3: S3) -> None:
    await seen(await replica("one"))
    names = await s3.names()
    behind = await replica("behind", redis_url="redis://127.0.0.1:1/0")

    assert await seen(behind) == "MISS"
    assert await seen(behind, LARGE) == "MISS"

    assert await s3.names() == names


async def test_one_that_starts_later_knows_of_the_purges_of_before(replica: Replica, s3: S3, tmp_path: Path) -> None:
    """So that it does not take what a third one writes late."""
    redis = RedisServer(tmp_path / "redis")
    await redis.start()
    try:
        one = await replica("one", redis_url=redis.url)
        await seen(one)
        old = {name: await s3.get(name) for name in await s3.names()}
        await purge(one, {"code": COFFEE.code})
        assert not await s3.names()
        for name, body in old.items():
            await s3.put(name, body)

        later = await replica("later", redis_url=redis.url)
        assert later.server.house.past.places
        assert await seen(later) == "MISS"
        assert later.pim.downloads() == 2
    finally:
        await redis.kill()
