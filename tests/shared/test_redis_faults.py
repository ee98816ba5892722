"""Whatever Redis does, viewers get their pictures, and the server is ready."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from proxy.cache.shared.store import NEWS
from proxy.demo.pictures import sample
from proxy.demo.pim import DemoPim
from proxy.pixels.processes import Processes
from tests.shared.redis_server import RedisServer, until
from tests.shared.replicas import get_all, hurried, in_earnest, replicas
from tests.site import Site, path_of

SMALL, LARGE = (path_of(sample("coffee"), size) for size in ("w-60", "w-90"))
OTHER = path_of(sample("rocket"), "w-60")
Fault = Callable[[RedisServer], Awaitable[None]]


async def down(redis: RedisServer) -> None:
    await redis.kill()


async def restarted_empty(redis: RedisServer) -> None:
    await redis.kill()
    await redis.start()


async def hung(redis: RedisServer) -> None:
    redis.hang()


async def full(redis: RedisServer) -> None:
    await redis.ask("CONFIG", "SET", "maxmemory", "1", "maxmemory-policy", "noeviction")


async def read_only(redis: RedisServer) -> None:
    await redis.ask("REPLICAOF", "127.0.0.1", "1")


async def with_garbage(redis: RedisServer) -> None:
    for key in await redis.ask("KEYS", "*"):
        await redis.ask("DEL", key)
        await redis.ask("LPUSH", key, b"\xffgarbage")
    await redis.ask("LPUSH", NEWS, "garbage")


async def with_another_password(redis: RedisServer) -> None:
    await redis.ask("CONFIG", "SET", "requirepass", "changed")


async def refuses_tls(redis: RedisServer) -> None:
    """It speaks none."""


LATER = [down, restarted_empty, hung, full, read_only, with_garbage]
SILENT = [down, hung, with_another_password, refuses_tls]
AT_START = [*LATER, with_another_password, refuses_tls]


def errors_of(site: Site) -> float:
    """How often Redis was told to fail."""
    operations = ("ask", "read", "write")
    return sum(site.counted("cache_errors_total", tier="redis", operation=it) for it in operations)


@asynccontextmanager
async def suffering(redis: RedisServer, fault: Fault) -> AsyncIterator[None]:
    await fault(redis)
    try:
        yield
    finally:
        if fault is hung:
            redis.go_on()


@pytest.mark.parametrize("fault", LATER)
async def test_a_fault_while_it_is_used_costs_no_answer(
    pim: DemoPim, redis: RedisServer, tmp_path: Path, processes: Processes, fault: Fault
) -> None:
    async with replicas(2, pim, redis, tmp_path, processes) as sites:
        assert {it.status for it in await get_all(sites, SMALL, 2)} == {200}
        in_earnest(*sites)
        async with suffering(redis, fault):
            answers = [answer for path in (SMALL, LARGE, OTHER) for answer in await get_all(sites, path, 2)]

            assert {answer.status for answer in answers} == {200}
            assert {(await site.get("/-/health/ready")).status_code for site in sites} == {200}


@pytest.mark.parametrize("fault", AT_START)
async def test_a_fault_at_the_start_costs_no_answer(
    pim: DemoPim, redis: RedisServer, tmp_path: Path, processes: Processes, fault: Fault
) -> None:
    cache = {"redis_url": redis.url.replace("redis:", "rediss:")} if fault is refuses_tls else {}
    async with (
        suffering(redis, fault),
        replicas(1, pim, redis, tmp_path, processes, prepare=hurried, cache=cache) as (site,),
    ):
        answers = [answer for path in (SMALL, LARGE) for answer in await get_all([site], path, 2)]

        assert fault not in SILENT or errors_of(site)
        assert {answer.status for answer in answers} == {200}
        assert (await site.get("/-/health/ready")).status_code == 200


async def slowly(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, seconds: float) -> None:
    try:
        while piece := await reader.read(65536):
            await asyncio.sleep(seconds)
            writer.write(piece)
    finally:
        writer.close()  # or the other way would wait for ever


@pytest.mark.parametrize("seconds", [0.02, 0.3])
async def test_a_slow_one_costs_no_answer(
    pim: DemoPim, redis: RedisServer, tmp_path: Path, processes: Processes, seconds: float
) -> None:
    """Every word takes that long, in either direction: less than the limit, or more."""

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        source, sink = await asyncio.open_connection("127.0.0.1", redis.port)
        await asyncio.gather(slowly(reader, sink, seconds), slowly(source, writer, seconds), return_exceptions=True)
        for end in (sink, writer):
            end.close()
            await asyncio.gather(end.wait_closed(), return_exceptions=True)

    relay = await asyncio.start_server(carry, "127.0.0.1", 0)
    async with relay:
        port = relay.sockets[0].getsockname()[1]
        cache = {"redis_url": f"redis://127.0.0.1:{port}/0"}
        async with replicas(2, pim, redis, tmp_path, processes, prepare=hurried, cache=cache) as sites:
            answers = [answer for path in (SMALL, LARGE) for answer in await get_all(sites, path, 2)]

            assert {answer.status for answer in answers} == {200}
    await until(lambda: len(asyncio.all_tasks()) == 1)
