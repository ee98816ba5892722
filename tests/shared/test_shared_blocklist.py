"""What one replica blocks is gone at all of them, whatever becomes of Redis and of the replicas."""

import shutil
from pathlib import Path

import httpx

from proxy.cache.blocklist import Verdict
from proxy.cache.shared.verdicts import KEY
from proxy.demo.pictures import sample
from proxy.demo.pim import DemoPim
from proxy.pixels.processes import Processes
from tests.shared.redis_server import RedisServer, until
from tests.shared.replicas import replicas
from tests.site import Site, path_of

COFFEE = sample("coffee")
SMALL = path_of(COFFEE, "w-60")
PATH = path_of(COFFEE)[1:]


async def change(site: Site, method: str) -> None:
    async with httpx.AsyncClient(base_url=site.admin_url, verify=False) as operator:
        answer = await operator.request(method, "/v1/blocklist", json={"path": PATH})
    assert answer.status_code in {200, 201}, answer.text


async def becomes(status: int, *sites: Site) -> None:
    """The answer of each, as soon as the news have come."""

    async def is_so() -> bool:
        return {(await site.get(SMALL)).status_code for site in sites} == {status}

    await until(is_so)


async def test_a_block_and_its_end_reach_every_replica(
    pim: DemoPim, redis: RedisServer, tmp_path: Path, processes: Processes
) -> None:
    async with replicas(3, pim, redis, tmp_path, processes) as sites:
        await becomes(200, *sites)

        await change(sites[0], "POST")
        await becomes(410, *sites)
        await change(sites[1], "DELETE")
        await becomes(200, *sites)


async def test_a_replica_without_a_disk_has_it_from_redis_at_its_start(
    pim: DemoPim, redis: RedisServer, tmp_path: Path, processes: Processes
) -> None:
    async with replicas(1, pim, redis, tmp_path, processes) as (site,):
        await change(site, "POST")
    shutil.rmtree(tmp_path / "replica 0")

    async with replicas(1, pim, redis, tmp_path, processes) as (site,):
        assert (await site.get(SMALL)).status_code == 410


async def test_without_redis_the_disk_has_it(
    pim: DemoPim, redis: RedisServer, tmp_path: Path, processes: Processes
) -> None:
    async with replicas(1, pim, redis, tmp_path, processes) as (site,):
        await change(site, "POST")
    await redis.kill()

    async with replicas(1, pim, redis, tmp_path, processes) as (site,):
        assert (await site.get(SMALL)).status_code == 410


async def test_what_is_blocked_while_redis_is_down_reaches_all_when_it_is_back(
    pim: DemoPim, redis: RedisServer, tmp_path: Path, processes: Processes
) -> None:
    async with replicas(2, pim, redis, tmp_path, processes) as sites:
        await redis.kill()
        await change(sites[0], "POST")
        await becomes(410, sites[0])
        await becomes(200, sites[1])

        await redis.start()

        await becomes(410, *sites)


async def test_a_redis_that_has_forgotten_it_is_told_again(
    pim: DemoPim, redis: RedisServer, tmp_path: Path, processes: Processes
) -> None:
    async with replicas(1, pim, redis, tmp_path, processes) as (site,):
        await change(site, "POST")
        await redis.kill()
        await redis.start()

        await until(lambda: redis.ask("HEXISTS", KEY, PATH))
        assert (await site.get(SMALL)).status_code == 410


async def test_who_was_away_does_not_bring_back_what_was_lifted(
    pim: DemoPim, redis: RedisServer, tmp_path: Path, processes: Processes
) -> None:
    async with replicas(2, pim, redis, tmp_path, processes) as sites:
        await change(sites[0], "POST")
        await becomes(410, *sites)
    async with replicas(1, pim, redis, tmp_path, processes) as (site,):
        await change(site, "DELETE")

    async with replicas(2, pim, redis, tmp_path, processes) as sites:
        await becomes(200, *sites)


async def test_garbage_in_the_shared_list_is_passed_over(
    pim: DemoPim, redis: RedisServer, tmp_path: Path, processes: Processes
) -> None:
    await redis.ask("HSET", KEY, PATH, str(Verdict(True, 5)), "other", "no verdict", b"\xff", "9 blocked")

    async with replicas(1, pim, redis, tmp_path, processes) as (site,):
        await becomes(410, site)
