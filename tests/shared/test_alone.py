"""A server that is alone has nothing to do with Redis."""

import subprocess
import sys
from pathlib import Path

import pytest

from proxy.cache.renditions.memory import MemoryStore
from tests.site import Site

LOADED = """
import sys
import proxy.web.app
sys.exit(any(name.partition('.')[0] == 'redis' for name in sys.modules))
"""


def test_what_speaks_to_redis_is_not_loaded() -> None:
    assert subprocess.run([sys.executable, "-c", LOADED], check=False, cwd=Path.cwd()).returncode == 0


@pytest.mark.parametrize("first", ["redis.asyncio", "aiocache"])
def test_it_can_be_loaded_before_and_after(first: str) -> None:
    code = f"import {first}, proxy.web.app, proxy.cache.shared.shared, redis; redis.Redis"

    assert subprocess.run([sys.executable, "-c", code], check=False, cwd=Path.cwd()).returncode == 0


async def test_memory_is_an_aiocache_cache_all_the_same(site: Site) -> None:
    from aiocache.base import BaseCache  # noqa: PLC0415

    assert isinstance(site.delivery.renditions.memory, MemoryStore)
    assert isinstance(site.delivery.renditions.memory, BaseCache)
    assert site.server.house.shared is None
