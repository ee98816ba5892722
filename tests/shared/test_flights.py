"""Replicas that are asked for the same new picture make it once, and nobody waits for one that is dead."""

import asyncio
from pathlib import Path
from typing import Any

from proxy.cache.shared.store import NEWS, RENDITIONS
from proxy.cache.shared.verdicts import KEY
from proxy.demo.faults import Hold, Status
from proxy.demo.pictures import sample
from proxy.demo.pim import DemoPim
from proxy.pixels.processes import Processes
from tests.shared.redis_server import RedisServer, until
from tests.shared.replicas import get_all, hurry_the_end_of_claims, in_earnest, renders, replicas, settled, stuck_leader
from tests.site import CHROME, Site, path_of

COFFEE, SHEET = sample("coffee"), sample("data sheet")
SMALL = path_of(COFFEE, "w-60")


async def test_three_replicas_make_one_download_and_one_render_of_it(
    pim: DemoPim, redis: RedisServer, tmp_path: Path, processes: Processes
) -> None:
    async with replicas(3, pim, redis, tmp_path, processes) as sites:
        answers = await get_all(sites, SMALL, 100)

        assert {answer.status for answer in answers} == {200}
        assert len({answer.body for answer in answers}) == 1
        assert len(answers) == 300
        assert (pim.downloads(), renders(*sites)) == (1, 1)


async def test_what_one_has_drawn_the_others_have(
    pim: DemoPim, redis: RedisServer, tmp_path: Path, processes: Processes
) -> None:
    async with replicas(2, pim, redis, tmp_path, processes) as (one, other):
        first = await one.get(SMALL)
        await settled(one)
        second = await other.get(SMALL)

        assert (first.headers["X-Cache"], second.headers["X-Cache"]) == ("MISS", "HIT")
        assert first.content == second.content
        assert other.counted("cache_lookups_total", tier="redis", outcome="hit") == 1
        assert pim.downloads() == 1


async def test_an_avif_behind_the_viewers_is_drawn_by_one_for_all(
    pim: DemoPim, redis: RedisServer, tmp_path: Path, processes: Processes
) -> None:
    output = {"auto_avif": True, "defer_avif": True}
    async with replicas(2, pim, redis, tmp_path, processes, output=output) as sites:
        await asyncio.gather(*(site.get(SMALL, CHROME) for site in sites))
        for site in sites:
            await site.delivery.deferring.flights.settle()
        await settled(*sites)
        late = [await site.get(SMALL, CHROME) for site in sites]

        assert {answer.headers["Content-Type"] for answer in late} == {"image/avif"}
        assert {answer.headers["Cache-Control"] for answer in late} == {"public, max-age=31536000, immutable"}
        assert (pim.downloads(), renders(*sites)) == (1, 2)


async def test_the_work_of_a_killed_replica_passes_on(
    pim: DemoPim, redis: RedisServer, tmp_path: Path, processes: Processes
) -> None:
    """It is killed while it downloads; two others wait for it, and one of them takes over."""
    async with stuck_leader(pim, redis, tmp_path, processes, SMALL) as (leader, sites):
        asked = asyncio.ensure_future(get_all(sites, SMALL, 50))
        await until(lambda: all(site.delivery.flights.under_way for site in sites))

        await leader.kill()
        await hurry_the_end_of_claims(redis)
        answers = await asked

        assert [answer.status for answer in answers] == [200] * 100
        assert pim.downloads() == 2
        assert renders(*sites) == 1


async def test_a_redis_that_is_killed_in_the_middle_costs_work_and_no_answer(
    pim: DemoPim, redis: RedisServer, tmp_path: Path, processes: Processes
) -> None:
    async with replicas(3, pim, redis, tmp_path, processes) as sites:
        held = asyncio.Event()
        pim.faults.add(Hold(held))
        asked = asyncio.ensure_future(get_all(sites, SMALL, 20))
        await until(lambda: pim.downloads() == 1)

        await redis.kill()
        await until(lambda: pim.downloads() == 3)
        held.set()

        assert {answer.status for answer in await asked} == {200}
        await redis.start()
        await until(lambda: all(not site.server.house.tiers.failing for site in sites))
        again = await get_all(sites, path_of(COFFEE, "w-70"), 20)
        assert {answer.status for answer in again} == {200}


async def test_a_redis_that_hangs_delays_nobody_for_long(
    pim: DemoPim, redis: RedisServer, tmp_path: Path, processes: Processes
) -> None:
    async with replicas(2, pim, redis, tmp_path, processes) as sites:
        in_earnest(*sites)
        redis.hang()
        try:
            answers = await get_all(sites, SMALL, 50)
        finally:
            redis.go_on()

        assert {answer.status for answer in answers} == {200}
        assert pim.downloads() == 2


async def test_without_redis_from_the_start_the_pictures_come_all_the_same(
    pim: DemoPim, redis: RedisServer, tmp_path: Path, processes: Processes
) -> None:
    await redis.kill()
    async with replicas(2, pim, redis, tmp_path, processes) as sites:
        assert {answer.status for answer in await get_all(sites, SMALL, 20)} == {200}
        assert (await sites[0].get("/-/health/ready")).status_code == 200

        await redis.start()
        await until(lambda: all(site.server.house.shared.news.heard() for site in sites))  # type: ignore[union-attr]


async def test_a_full_redis_costs_work_and_no_answer(
    pim: DemoPim, redis: RedisServer, tmp_path: Path, processes: Processes
) -> None:
    await redis.ask("CONFIG", "SET", "maxmemory", "1", "maxmemory-policy", "noeviction")
    async with replicas(2, pim, redis, tmp_path, processes) as sites:
        assert {answer.status for answer in await get_all(sites, SMALL, 20)} == {200}


async def test_garbage_in_redis_is_drawn_anew(
    pim: DemoPim, redis: RedisServer, tmp_path: Path, processes: Processes
) -> None:
    async with replicas(2, pim, redis, tmp_path, processes) as (one, other):
        good = (await one.get(SMALL)).content
        await settled(one)
        for key in await redis.ask("KEYS", RENDITIONS + "*"):
            await redis.ask("SET", key, b"garbage")

        answer = await other.get(SMALL)

        assert (answer.status_code, answer.content, answer.headers["X-Cache"]) == (200, good, "MISS")
        await settled(other)
        assert other.counted("cache_errors_total", tier="redis", operation="unpack") == 1


async def test_what_fails_at_one_lets_the_others_go_at_once(
    pim: DemoPim, redis: RedisServer, tmp_path: Path, processes: Processes
) -> None:
    async with replicas(3, pim, redis, tmp_path, processes) as sites:
        answers = await get_all(sites, "/tr:w-60/media-files/no/such/file.jpg", 10)

        assert {answer.status for answer in answers} == {404}
        assert pim.downloads() <= 3


async def test_files_as_they_are_need_no_turn(
    pim: DemoPim, redis: RedisServer, tmp_path: Path, processes: Processes
) -> None:
    async with replicas(2, pim, redis, tmp_path, processes) as sites:
        answers = await get_all(sites, path_of(SHEET), 5)
        originals = await get_all(sites, path_of(COFFEE, "orig-true"), 5)

        assert {answer.status for answer in [*answers, *originals]} == {200}
        assert not await redis.ask("KEYS", RENDITIONS + "*")


async def test_akeneo_is_never_called_more_than_four_times_at_once_by_all_of_them(
    pim: DemoPim, redis: RedisServer, tmp_path: Path, processes: Processes
) -> None:
    async with replicas(3, pim, redis, tmp_path, processes) as sites:
        held = asyncio.Event()
        pim.faults.add(Hold(held))
        names = ("coffee", "rocket", "astronaut", "chelsea")
        paths = [[path_of(sample(name), f"w-{50 + number}") for name in names] for number, _ in enumerate(sites)]
        asked = [
            asyncio.ensure_future(site.get_all([(it, "*/*") for it in some]))
            for site, some in zip(sites, paths, strict=True)
        ]
        await until(lambda: pim.downloads() == 4)
        held.set()

        answers = [answer for some in await asyncio.gather(*asked) for answer in some]

        assert {answer.status for answer in answers} == {200}
        assert pim.peak_in_flight <= 4
        assert not await redis.ask("KEYS", "*places*")


def places_of(site: Site) -> str:
    """The key in Redis."""
    return str(site.originals.origin.client.governor.shared.key)  # type: ignore[attr-defined]


async def milliseconds(redis: RedisServer) -> int:
    """The time of Redis."""
    seconds, micros = await redis.ask("TIME")
    return int(seconds) * 1000 + int(micros) // 1000


async def test_the_places_of_the_dead_and_of_strangers_are_given_to_others(
    pim: DemoPim, redis: RedisServer, tmp_path: Path, processes: Processes
) -> None:
    async with replicas(1, pim, redis, tmp_path, processes, akeneo={"max_concurrency": 2}) as (site,):
        await redis.ask("ZADD", places_of(site), 1, "dead", 1e15, "a stranger")

        assert (await site.get(SMALL)).status_code == 200


async def test_where_others_have_all_places_a_viewer_is_told_in_time(
    pim: DemoPim, redis: RedisServer, tmp_path: Path, processes: Processes
) -> None:
    busy: dict[str, Any] = {"akeneo": {"max_concurrency": 1}, "request_timeout_seconds": 0.5}
    async with replicas(1, pim, redis, tmp_path, processes, **busy) as (site,):
        await redis.ask("ZADD", places_of(site), await milliseconds(redis) + 4000, "somebody else")

        answer = await site.get(SMALL)

        assert answer.status_code in {503, 504}
        assert answer.headers["Retry-After"]
        assert pim.downloads() == 0


async def test_a_claim_without_an_end_holds_nobody_up(
    pim: DemoPim, redis: RedisServer, tmp_path: Path, processes: Processes
) -> None:
    async with replicas(1, pim, redis, tmp_path, processes) as (site,):
        await site.get(SMALL)
        await settled(site)
        [rendition] = await redis.ask("KEYS", RENDITIONS + "*")
        await redis.ask("FLUSHALL")
        await redis.ask("SET", rendition.replace(b"rendition", b"lease:rendition"), "nobody")
        site.delivery.renditions.memory.entries.clear()
        for store in site.delivery.renditions.stores:
            await store[1].delete(rendition.decode().rpartition(":")[2])

        answer = await site.get(SMALL)

        assert (answer.status_code, answer.headers["X-Cache"]) == (200, "MISS")


async def test_keys_of_another_kind_hold_nobody_up(
    pim: DemoPim, redis: RedisServer, tmp_path: Path, processes: Processes
) -> None:
    async with replicas(2, pim, redis, tmp_path, processes) as sites:
        await redis.ask("FLUSHALL")
        for key in (NEWS, KEY, places_of(sites[0])):
            await redis.ask("SET", key, "garbage")

        assert {answer.status for answer in await get_all(sites, SMALL, 5)} == {200}


async def test_an_error_of_akeneo_is_the_same_with_redis(
    pim: DemoPim, redis: RedisServer, tmp_path: Path, processes: Processes
) -> None:
    pim.faults.add(Status(500))
    async with replicas(2, pim, redis, tmp_path, processes) as sites:
        answers = await get_all(sites, SMALL, 3)

        assert {answer.status for answer in answers} <= {502, 503}
