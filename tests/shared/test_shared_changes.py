"""An event that reaches one replica takes effect on all; one of them polls, whatever becomes of the others."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from proxy.cache.shared.changes import RedisChanges
from proxy.cache.shared.link import Link
from proxy.demo.catalogue.samples import sample_catalogue
from proxy.demo.pictures import sample, sample_files
from proxy.demo.pim import DemoPim
from proxy.pixels.processes import Processes
from proxy.web.app import Server
from tests.freshness import shop as fresh
from tests.freshness.shop import SECRET, Shop
from tests.shared.redis_server import RedisServer, until
from tests.shared.replicas import patient, replicas
from tests.site import path_of

HUBBLE = sample("hubble_deep_field")


@pytest.fixture
async def pim() -> AsyncIterator[DemoPim]:
    async with DemoPim(sample_files(), catalogue=sample_catalogue()) as pim:
        yield pim


def prepared(server: Server) -> None:
    patient(server)
    fresh.hurried(server)
    changes = server.house.freshness.common
    assert isinstance(changes, RedisChanges)
    changes.news.pause_seconds, changes.news.opening_seconds = 0.05, 20.0
    server.house.freshness.teller.pause_seconds = 0.05


@asynccontextmanager
async def shops(
    pim: DemoPim, redis: RedisServer, directory: Path, processes: Processes, **akeneo: Any
) -> AsyncIterator[list[Shop]]:
    settings = {"akeneo": {"event_secrets": [SECRET], **akeneo}, "freshness": {"purge_removed": True}}
    async with replicas(2, pim, redis, directory, processes, prepare=prepared, **settings) as sites:
        yield [Shop(site) for site in sites]


async def test_an_event_at_one_replica_reaches_all(
    pim: DemoPim, redis: RedisServer, tmp_path: Path, processes: Processes
) -> None:
    async with shops(pim, redis, tmp_path, processes) as (first, second):
        assert await first.webhooks.asset("packshots", "hubble") == 200

        await second.addresses.has("asset", "packshots", "hubble")


async def test_what_is_gone_is_purged_at_all(
    pim: DemoPim, redis: RedisServer, tmp_path: Path, processes: Processes
) -> None:
    async with shops(pim, redis, tmp_path, processes) as (first, second):
        small = path_of(HUBBLE, "w-60")
        assert (await second.site.get(small)).status_code == 200
        await first.webhooks.asset("packshots", "hubble")
        await first.refreshed("asset")
        pim.remove(HUBBLE)

        await first.webhooks.asset("packshots", "hubble", "deleted")

        async def is_gone() -> bool:
            return (await second.site.get(small)).status_code == 404

        await until(is_gone)


async def test_an_event_that_comes_to_two_replicas_is_worked_on_by_one(
    pim: DemoPim, redis: RedisServer, tmp_path: Path, processes: Processes
) -> None:
    async with shops(pim, redis, tmp_path, processes) as (first, second):
        hooks = first.webhooks
        await hooks.asset("packshots", "hubble")
        await first.refreshed("asset")

        await second.webhooks.send(hooks.signed[0])
        await second.refreshed("asset", outcome="elsewhere")

        assert first.looks == 1


async def test_while_redis_is_away_each_acts_alone_and_the_others_are_told_later(
    pim: DemoPim, redis: RedisServer, tmp_path: Path, processes: Processes
) -> None:
    async with shops(pim, redis, tmp_path, processes) as (first, second):
        await redis.kill()
        assert await first.webhooks.asset("packshots", "hubble") == 200
        await first.refreshed("asset")
        assert ("asset", "packshots", "hubble") in first.addresses.forgotten

        await redis.start()
        await second.addresses.has("asset", "packshots", "hubble")


async def test_one_replica_polls_for_all(
    pim: DemoPim, redis: RedisServer, tmp_path: Path, processes: Processes
) -> None:
    async with shops(pim, redis, tmp_path, processes, poll_seconds=3600) as (first, second):
        for one in (first, second):
            one.follower.cursor.since -= 7200
        pim.catalogue.models["cup"].touch()

        first.follower.due.set()
        await first.counted(1, "polls_total", connection="akeneo", outcome="done")
        second.follower.due.set()
        await second.counted(1, "polls_total", connection="akeneo", outcome="elsewhere")

        await second.addresses.has("model", "cup")
        assert second.follower.cursor.since == pytest.approx(first.follower.cursor.since)


# -- the parts --


async def test_a_duty_has_one_owner_and_passes_on(link: Link, redis: RedisServer) -> None:
    mine, yours = RedisChanges(link, redis.url, None), RedisChanges(link, redis.url, None)
    try:
        async with mine.duty("poll") as ours:
            assert ours
            async with yours.duty("poll") as theirs:
                assert not theirs
        async with yours.duty("poll") as theirs:
            assert theirs
    finally:
        await mine.close()
        await yours.close()


async def test_an_event_is_new_once(link: Link, redis: RedisServer) -> None:
    changes = RedisChanges(link, redis.url, None)
    try:
        assert await changes.is_first("shop", frozenset({"a"}))
        assert not await changes.is_first("shop", frozenset({"a"}))
        assert await changes.is_first("another", frozenset({"a"}))
        assert await changes.is_first("shop", frozenset({"a", "\ud800"}))
        assert not await changes.is_first("shop", frozenset({"\ud800"}))
    finally:
        await changes.close()
