"""A bucket for each test."""

import secrets
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from proxy.cache.objects.link import Link
from proxy.cache.objects.objects import connect
from proxy.cache.objects.store import ObjectStore
from proxy.cache.purges.past import Past
from proxy.cache.tiers import Tiers
from proxy.metrics import Metrics
from proxy.slices import CacheSettings
from tests.cache.bench import Clock
from tests.cache.conftest import clock
from tests.objects.s3_server import S3, S3Server
from tests.web.conftest import pim, processes, site, start

__all__ = ["clock", "pim", "processes", "site", "start"]


@pytest.fixture(scope="session")
def s3_server() -> Iterator[S3Server]:
    server = S3Server()
    yield server
    server.close()


@pytest.fixture
async def s3(s3_server: S3Server) -> AsyncIterator[S3]:
    s3 = S3(s3_server, f"bucket-{secrets.token_hex(8)}")
    await s3.open()
    await s3.make_bucket()
    yield s3
    await s3.close()


@pytest.fixture
def link(s3: S3, metrics: Metrics, clock: Clock, tmp_path: Path) -> Link:
    """Its pauses go by the test's clock, its time limits by the real one."""
    settings = CacheSettings.model_validate({"directory": tmp_path, **s3.settings})
    return Link(connect(settings), Tiers(metrics), metrics, clock)


@pytest.fixture
def past() -> Past:
    """By the clock, as where there is no Redis."""
    return Past()


@pytest.fixture
def store(link: Link, past: Past, metrics: Metrics) -> ObjectStore:
    return ObjectStore(link, past, metrics)
