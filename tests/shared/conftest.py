"""A Redis server for each test, and replicas that share it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from proxy.cache.shared.link import Link
from proxy.cache.tiers import Tiers
from proxy.metrics import Metrics
from tests.cache.bench import Clock
from tests.cache.conftest import clock
from tests.shared.redis_server import RedisServer
from tests.web.conftest import pim, processes, site, start

__all__ = ["clock", "pim", "processes", "site", "start"]


@pytest.fixture
async def redis(tmp_path: Path) -> AsyncIterator[RedisServer]:
    server = RedisServer(tmp_path / "redis")
    await server.start()
    yield server
    await server.kill()


@pytest.fixture
async def link(redis: RedisServer, metrics: Metrics, clock: Clock) -> AsyncIterator[Link]:
    """Its pauses go by the test's clock; a busy machine is no slow server."""
    link = Link(redis.url, Tiers(metrics), clock, seconds=20)
    yield link
    await link.close()
