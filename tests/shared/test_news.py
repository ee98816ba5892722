"""A purge at one replica reaches all of them, their disks and Redis, also those that were away for a while."""

import asyncio
import os
from pathlib import Path

import pytest

from proxy.cache.shared.store import NEWS, RENDITIONS
from proxy.demo.faults import Hold
from proxy.demo.pictures import sample
from proxy.demo.pim import DemoPim
from proxy.pixels.processes import Processes
from proxy.web import house
from tests.shared.redis_server import RedisServer, until
from tests.shared.replicas import in_earnest, patient, replicas, settled
from tests.site import Site, client_of, path_of, running
from tests.web.command import serving

COFFEE = sample("coffee")
SMALL, LARGE = path_of(COFFEE, "w-60"), path_of(COFFEE, "w-90")
HOST = "https://img.example.com"
BODIES = [
    {"url": HOST + SMALL},
    {"path": path_of(COFFEE)[1:]},
    {"code": COFFEE.code},
    {"url": f"{HOST}{path_of(COFFEE)}*"},
    {"endpoint": "/"},
]


async def purge(site: Site, body: dict[str, str]) -> None:
    async with client_of(site.admin_url) as operator:
        answer = await operator.post("/v1/files/purge", json=body)
    assert answer.status_code == 201, answer.text


async def all_heard(redis: RedisServer, *sites: Site) -> None:
    """Everything that is in the stream, and every walk through a disk has ended."""

    async def heard() -> bool:
        tip = (await redis.ask("XREVRANGE", NEWS, "+", "-", "COUNT", "1"))[0][0].decode()
        return all(site.server.house.shared.news.heard() == tip for site in sites)  # type: ignore[union-attr]

    await until(heard)
    for site in sites:
        await site.server.house.purger.walks.ended()


def entries_below(folder: Path) -> list[Path]:
    """On the disks of all replicas."""
    return [file for room in ("renditions", "originals") for file in folder.glob(f"replica */{room}/*/*")]


async def seen(site: Site, path: str = SMALL) -> str:
    answer = await site.get(path)
    assert answer.status_code == 200
    await settled(site)
    return str(answer.headers["X-Cache"])


@pytest.mark.parametrize("body", BODIES, ids=lambda body: next(iter(body)))
async def test_a_purge_reaches_every_tier_of_every_replica(
    pim: DemoPim, redis: RedisServer, tmp_path: Path, processes: Processes, body: dict[str, str]
) -> None:
    async with replicas(3, pim, redis, tmp_path, processes) as sites:
        assert [await seen(site) for site in sites] == ["MISS", "HIT", "HIT"]

        await purge(sites[0], body)
        await all_heard(redis, *sites)

        assert not await redis.ask("KEYS", RENDITIONS + "*")
        assert not entries_below(tmp_path)
        assert [await seen(site) for site in sites] == ["MISS", "HIT", "HIT"]
        assert pim.downloads() == 2


async def test_what_was_not_named_stays(pim: DemoPim, redis: RedisServer, tmp_path: Path, processes: Processes) -> None:
    async with replicas(2, pim, redis, tmp_path, processes) as sites:
        for site in sites:
            await seen(site)
            await seen(site, LARGE)

        await purge(sites[0], {"url": HOST + SMALL})
        await all_heard(redis, *sites)

        assert [await seen(site, LARGE) for site in sites] == ["HIT", "HIT"]


async def test_what_another_draws_of_before_the_purge_is_not_kept_by_anybody(
    pim: DemoPim, redis: RedisServer, tmp_path: Path, processes: Processes
) -> None:
    async with replicas(2, pim, redis, tmp_path, processes) as (one, other):
        held = asyncio.Event()
        pim.faults.add(Hold(held, times=1))
        drawing = asyncio.ensure_future(other.get(SMALL))
        await until(lambda: pim.downloads() == 1)

        await purge(one, {"path": path_of(COFFEE)[1:]})
        await all_heard(redis, one, other)
        held.set()
        assert (await drawing).status_code == 200
        await settled(one, other)

        assert await seen(one) == "MISS"


async def test_a_purge_while_redis_is_down_is_told_when_it_is_back(
    pim: DemoPim, redis: RedisServer, tmp_path: Path, processes: Processes
) -> None:
    async with replicas(2, pim, redis, tmp_path, processes) as (one, other):
        for site in (one, other):
            await seen(site)
        await redis.kill()

        await purge(one, {"path": path_of(COFFEE)[1:]})
        assert await seen(one) == "MISS"
        await redis.start()
        await until(lambda: not one.server.house.shared.news.owed)  # type: ignore[union-attr]
        await all_heard(redis, one, other)

        assert await seen(other) == "MISS"


async def test_a_purge_that_is_owed_outlives_the_replica(
    pim: DemoPim, redis: RedisServer, tmp_path: Path, processes: Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is killed before Redis is back, and started again."""
    monkeypatch.setitem(os.environ, "MEDIA_PROXY_CACHE__REDIS_URL", redis.url)
    async with replicas(1, pim, redis, tmp_path, processes) as (other,):
        await seen(other)
        await redis.kill()
        async with serving(pim, tmp_path / "replica 1") as server:
            async with client_of(server.admin) as operator:
                answer = await operator.post("/v1/files/purge", json={"path": path_of(COFFEE)[1:]})
            await server.kill()
        assert answer.status_code == 201
        assert await seen(other) == "HIT"

        await redis.start()
        async with running(
            pim, tmp_path / "replica 1", processes, prepare=patient, cache={"redis_url": redis.url}
        ) as it:
            await until(lambda: not it.server.house.shared.news.owed)  # type: ignore[union-attr]
            await all_heard(redis, it, other)

            assert await seen(other) == "MISS"


async def test_an_old_picture_in_a_redis_that_hung_is_not_served_again(
    pim: DemoPim, redis: RedisServer, tmp_path: Path, processes: Processes
) -> None:
    async with replicas(1, pim, redis, tmp_path, processes) as (site,):
        await seen(site)
        in_earnest(site)
        redis.hang()
        try:
            await purge(site, {"path": path_of(COFFEE)[1:]})
        finally:
            redis.go_on()

        assert await seen(site) == "MISS"
        await until(lambda: not site.server.house.shared.news.owed)  # type: ignore[union-attr]


async def test_a_replica_that_was_down_hears_of_it_at_its_start(
    pim: DemoPim, redis: RedisServer, tmp_path: Path, processes: Processes
) -> None:
    async with replicas(2, pim, redis, tmp_path, processes) as (one, other):
        await seen(one)
        await seen(other)
        await purge(one, {"path": path_of(sample("rocket"))[1:]})  # so that both have a place to go on from
        await all_heard(redis, one, other)
        assert await seen(other, path_of(COFFEE, "w-70")) == "MISS"
    async with replicas(1, pim, redis, tmp_path / "alone", processes) as (alone,):
        await purge(alone, {"path": path_of(COFFEE)[1:]})
        await all_heard(redis, alone)

    async with replicas(2, pim, redis, tmp_path, processes) as (_, other):
        assert await seen(other, path_of(COFFEE, "w-70")) == "MISS"


async def test_a_redis_that_has_forgotten_everything_is_no_trouble(
    pim: DemoPim, redis: RedisServer, tmp_path: Path, processes: Processes
) -> None:
    async with replicas(2, pim, redis, tmp_path, processes) as (one, other):
        await purge(one, {"path": path_of(COFFEE)[1:]})
        await all_heard(redis, one, other)
        await redis.kill()
        await redis.start()
        await until(lambda: not one.server.house.tiers.failing)
        await redis.ask("XADD", NEWS, "1-1", "from", "nobody", "kind", "garbage", "facts", "{}")
        await all_heard(redis, one, other)
        await seen(one)
        await seen(other)

        await purge(one, {"path": path_of(COFFEE)[1:]})
        await all_heard(redis, one, other)

        assert await seen(other) == "MISS"


@pytest.mark.parametrize(
    "fields",
    [
        ["from", "x", "kind", "purge", "facts", "no json"],
        ["from", "x", "kind", "purge", "facts", "[]"],
        ["from", "x", "kind", "purge", "facts", '{"renditions": [""], "originals": [""]}'],
        ["from", "x", "kind", "purge", "facts", '{"renditions": 7}'],
        ["kind", "purge"],
        [b"\xff\xfe", b"\xff"],
    ],
)
async def test_garbage_among_the_news_is_passed_over(
    pim: DemoPim, redis: RedisServer, tmp_path: Path, processes: Processes, fields: list[str]
) -> None:
    async with replicas(1, pim, redis, tmp_path, processes) as (site,):
        await seen(site)

        await redis.ask("XADD", NEWS, "*", *fields)
        await all_heard(redis, site)

        assert await seen(site) == "HIT"
        assert not site.server.house.purger.reports


async def test_a_disk_that_is_away_at_the_start_hears_what_it_has_missed_when_it_is_back(
    pim: DemoPim, redis: RedisServer, tmp_path: Path, processes: Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of others, and of its own replica, which had another disk at that time."""
    monkeypatch.setattr(house, "WATCH_SECONDS", 0.02)
    rocket = path_of(sample("rocket"), "w-60")
    async with replicas(2, pim, redis, tmp_path, processes) as (one, other):
        await seen(other)
        await seen(other, rocket)
        await purge(one, {"path": path_of(sample("chelsea"))[1:]})  # so that both have a place to go on from
        await all_heard(redis, one, other)
    directory, aside = tmp_path / "replica 1", tmp_path / "aside"
    directory.rename(aside)
    async with replicas(2, pim, redis, tmp_path, processes) as (one, other):
        await purge(one, {"path": path_of(COFFEE)[1:]})
        await purge(other, {"path": path_of(sample("rocket"))[1:]})
        await all_heard(redis, one, other)
        assert len([*aside.glob("renditions/*/*")]) == 2

        if directory.exists():
            directory.rename(tmp_path / "what was there meanwhile")
        aside.rename(directory)

        await until(lambda: not [*directory.glob("renditions/*/*"), *directory.glob("originals/*/*")])
        await all_heard(redis, one, other)
