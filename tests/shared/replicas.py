"""Several servers in one process, each with a disk of its own, in front of one Akeneo and one Redis."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from benchmarks.kills.tree import Tree
from proxy.cache.shared.link import TIMEOUT_SECONDS
from proxy.cache.shared.turns import LEASE_MILLISECONDS
from proxy.demo.faults import Hold
from proxy.demo.pim import DemoPim
from proxy.pixels.processes import Processes
from proxy.web.app import Server
from tests.shared.redis_server import RedisServer, until
from tests.site import Reply, Site, running
from tests.web.command import serving


def patient(server: Server) -> None:
    """A busy machine is no failure of Redis; one that has failed is asked again soon."""
    shared = server.house.shared
    assert shared is not None
    shared.link.seconds = shared.news.opening_seconds = 20.0
    shared.link.pause_seconds = shared.news.pause_seconds = 0.05
    for turns in shared.all_turns:
        turns.lease_milliseconds = 20_000
    for originals in server.house.connections.values():
        places = originals.origin.client.governor.shared  # type: ignore[attr-defined]
        places.place_milliseconds = 20_000


def hurried(server: Server) -> None:
    """The same for a Redis that is not to be waited for from the start."""
    patient(server)
    assert server.house.shared is not None
    server.house.shared.link.seconds = TIMEOUT_SECONDS
    server.house.shared.news.opening_seconds = TIMEOUT_SECONDS


def in_earnest(*sites: Site) -> None:
    """From here on a question to Redis has as little time as it has in a shop."""
    for site in sites:
        assert site.server.house.shared is not None
        site.server.house.shared.link.seconds = TIMEOUT_SECONDS


@asynccontextmanager
async def replicas(
    count: int,
    pim: DemoPim,
    redis: RedisServer,
    directory: Path,
    processes: Processes,
    *,
    prepare: Callable[[Server], None] = patient,
    **changes: Any,
) -> AsyncIterator[list[Site]]:
    """They listen to each other when this yields, if Redis answers."""
    async with AsyncExitStack() as stack:
        sites = []
        for number in range(count):
            cache = {"redis_url": redis.url, **changes.get("cache", {})}
            others = {name: change for name, change in changes.items() if name != "cache"}
            place = directory / f"replica {number}"
            site = running(pim, place, processes, prepare=prepare, cache=cache, **others)
            sites.append(await stack.enter_async_context(site))
        yield sites


async def get_all(sites: Sequence[Site], path: str, each: int) -> list[Reply]:
    answers = await asyncio.gather(*(site.get_all([(path, "*/*")] * each) for site in sites))
    return [answer for some in answers for answer in some]


async def settled(*sites: Site) -> None:
    """What was to be written has been, and its lease has ended."""
    for site in sites:
        await asyncio.gather(*site.delivery.renditions.writes)
        shared = site.server.house.shared
        assert shared is not None
        for turns in shared.all_turns:
            await until(lambda turns=turns: not turns.chores)  # type: ignore[misc]


def renders(*sites: Site) -> float:
    """Of all kinds of outcomes."""
    return sum(
        sample.value
        for site in sites
        for family in site.server.metrics.registry.collect()
        for sample in family.samples
        if sample.name == "media_proxy_renders_total"
    )


def kept(*sites: Site) -> set[str]:
    """Bodies in the memory of all of them, by their tags."""
    return {it.etag for site in sites for it in site.delivery.renditions.memory.entries.values()}


async def hurry_the_end_of_claims(redis: RedisServer) -> None:
    """Of a dead replica's; those of `patient` ones go on for longer, one without an end would stay."""
    for lease in await redis.ask("KEYS", "*:lease:*"):
        if 0 <= await redis.ask("PTTL", lease) <= LEASE_MILLISECONDS:
            await redis.ask("PEXPIRE", lease, 1)


@asynccontextmanager
async def stuck_leader(
    pim: DemoPim, redis: RedisServer, directory: Path, processes: Processes, path: str
) -> AsyncIterator[tuple[Tree, list[Site]]]:
    """The real command in the midst of the download of a picture, and two replicas beside it that have none."""
    held = asyncio.Event()
    async with (
        serving(pim, directory / "leader", CACHE__REDIS_URL=redis.url) as leader,
        replicas(2, pim, redis, directory, processes) as sites,
    ):
        pim.faults.add(Hold(held, times=1))
        viewer = await asyncio.create_subprocess_exec(
            "curl", "-s", leader.base + path, stdout=asyncio.subprocess.DEVNULL
        )
        try:
            await until(lambda: pim.downloads() == 1)
            yield leader, sites
        finally:
            held.set()
            await viewer.wait()
