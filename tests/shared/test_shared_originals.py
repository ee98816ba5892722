"""Replicas that are asked for different sizes of one new picture download it once."""

import asyncio
from pathlib import Path

import pytest

from proxy.cache.shared import exchange
from proxy.cache.shared.exchange import ORIGINALS, RING
from proxy.demo.faults import Hold
from proxy.demo.pictures import sample
from proxy.demo.pim import DemoPim
from proxy.pixels.processes import Processes
from tests.shared.redis_server import RedisServer, until
from tests.shared.replicas import hurry_the_end_of_claims, in_earnest, replicas, settled, stuck_leader
from tests.site import Reply, Site, client_of, path_of

COFFEE = sample("coffee")
WIDTHS = (50, 60, 70, 80, 90, 100)


async def sizes(*sites: Site, picture: str = "coffee") -> list[Reply]:
    """All widths of it at once, dealt out to the replicas."""
    asked: list[list[tuple[str, str]]] = [[] for _ in sites]
    for number, width in enumerate(WIDTHS):
        asked[number % len(sites)].append((path_of(sample(picture), f"w-{width}"), "*/*"))
    answers = await asyncio.gather(*(site.get_all(some) for site, some in zip(sites, asked, strict=True)))
    return [answer for some in answers for answer in some]


def records_below(folder: Path) -> list[Path]:
    """Of originals on the disks of all replicas."""
    return list(folder.glob("replica */originals/*/*.json"))


def statuses(answers: list[Reply]) -> list[int]:
    return [answer.status for answer in answers]


async def test_six_sizes_at_three_replicas_are_one_download(
    pim: DemoPim, redis: RedisServer, tmp_path: Path, processes: Processes
) -> None:
    async with replicas(3, pim, redis, tmp_path, processes) as sites:
        assert statuses(await sizes(*sites)) == [200] * 6
        assert pim.downloads() == 1

        await settled(*sites)
        assert len(records_below(tmp_path)) == 3
        assert 0 < await redis.ask("TTL", (await redis.ask("KEYS", ORIGINALS + "*"))[0]) <= 60


async def test_one_that_is_killed_while_it_downloads_holds_nobody_up(
    pim: DemoPim, redis: RedisServer, tmp_path: Path, processes: Processes
) -> None:
    async with stuck_leader(pim, redis, tmp_path, processes, path_of(COFFEE, "w-40")) as (leader, sites):
        asked = asyncio.ensure_future(sizes(*sites))
        await until(lambda: all(site.originals.flights.under_way for site in sites))

        await leader.kill()
        await hurry_the_end_of_claims(redis)
        answers = await asked

        assert statuses(answers) == [200] * 6
        assert pim.downloads() == 2


async def test_what_is_purged_meanwhile_is_fetched_anew(
    pim: DemoPim, redis: RedisServer, tmp_path: Path, processes: Processes
) -> None:
    async with replicas(2, pim, redis, tmp_path, processes) as (one, other):
        assert (await one.get(path_of(COFFEE, "w-50"))).status_code == 200
        await settled(one)
        assert await redis.ask("KEYS", ORIGINALS + "*")

        async with client_of(one.admin_url) as operator:
            await operator.post("/v1/files/purge", json={"path": path_of(COFFEE)[1:]})
        assert (await other.get(path_of(COFFEE, "w-60"))).status_code == 200

        assert pim.downloads() == 2


async def test_garbage_in_the_place_of_an_original_is_no_picture(
    pim: DemoPim, redis: RedisServer, tmp_path: Path, processes: Processes
) -> None:
    async with replicas(2, pim, redis, tmp_path, processes) as (one, other):
        good = await one.get(path_of(COFFEE, "w-50"))
        await settled(one)
        [key] = await redis.ask("KEYS", ORIGINALS + "*")
        await redis.ask("HSET", key, "file", b"garbage")

        assert statuses(await sizes(other)) == [200] * 6
        assert (await other.get(path_of(COFFEE, "w-50"))).content == good.content
        assert pim.downloads() == 2


async def test_one_too_large_for_redis_is_fetched_by_each_at_once(
    pim: DemoPim, redis: RedisServer, tmp_path: Path, processes: Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchange, "MOST_BYTES", 1000)
    async with replicas(3, pim, redis, tmp_path, processes) as sites:
        held = asyncio.Event()
        pim.faults.add(Hold(held))
        asked = asyncio.ensure_future(sizes(*sites))
        await until(lambda: pim.downloads() == 1)
        held.set()

        assert statuses(await asked) == [200] * 6
        assert pim.downloads() == 3
        assert not await redis.ask("KEYS", ORIGINALS + "*")


async def test_redis_never_holds_more_than_a_few(
    pim: DemoPim, redis: RedisServer, tmp_path: Path, processes: Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchange, "MOST_ENTRIES", 2)
    async with replicas(1, pim, redis, tmp_path, processes) as (site,):
        for name in ("coffee", "rocket", "chelsea"):
            assert (await site.get(path_of(sample(name), "w-50"))).status_code == 200
            await settled(site)

        assert len(await redis.ask("KEYS", ORIGINALS + "*")) == 2
        assert await redis.ask("ZCARD", RING) == 2


async def test_a_redis_that_hangs_costs_downloads_and_no_answer(
    pim: DemoPim, redis: RedisServer, tmp_path: Path, processes: Processes
) -> None:
    async with replicas(2, pim, redis, tmp_path, processes) as sites:
        in_earnest(*sites)
        redis.hang()
        try:
            answers = await sizes(*sites)
        finally:
            redis.go_on()

        assert statuses(answers) == [200] * 6
        assert pim.downloads() == 2
