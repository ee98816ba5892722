"""What holds without a setting."""

import os
from pathlib import Path

import pytest

from proxy.configuration import setting_names
from proxy.container import cores, memory_bytes
from proxy.settings import SERVER_BYTES
from tests.configuration.access import CREDENTIALS, GIB, MIB, Read, at

DEFAULTS = {
    "HOST": "0.0.0.0",
    "PORT": 8080,
    "ADMIN_HOST": "127.0.0.1",
    "ADMIN_PORT": 8081,
    "ADMIN_TOKEN": None,
    "REQUEST_TIMEOUT_SECONDS": 30,
    "CANONICAL_BASE_URL": None,
    "NAMED_TRANSFORMATIONS": {},
    "NAMED_ONLY": False,
    "CONNECTIONS": {},
    "FOLDER__DIRECTORY": None,
    "ADDRESSES__MODE": "serve",
    "ADDRESSES__LIFETIME_SECONDS": 60.0,
    "ADDRESSES__LINK_HOSTS": (),
    "ADDRESSES__LINK_TIMEOUT_SECONDS": 10.0,
    "ENDPOINTS": (),
    "AKENEO__ACCESS_TOKEN": None,
    "AKENEO__MAX_CONCURRENCY": 4,
    "AKENEO__QUEUE": 1024,
    "AKENEO__CONNECT_TIMEOUT_SECONDS": 5,
    "AKENEO__READ_TIMEOUT_SECONDS": 30,
    "AKENEO__CA_FILE": None,
    "CACHE__MEMORY_BYTES": 128 * MIB,
    "CACHE__DISK_BYTES": 10 * GIB,
    "CACHE__REDIS_URL": None,
    "CACHE__OBJECT_STORE_URL": None,
    "CACHE__OBJECT_STORE_ENDPOINT": None,
    "CACHE__OBJECT_STORE_REGION": None,
    "CACHE__OBJECT_STORE_ACCESS_KEY_ID": None,
    "CACHE__OBJECT_STORE_SECRET_ACCESS_KEY": None,
    "CACHE__OBJECT_STORE_CA_FILE": None,
    "RENDER__QUEUE": 1024,
    "RENDER__TIMEOUT_SECONDS": 10,
    "RENDER__WORKER_MEMORY_BYTES": GIB,
    "RENDER__MAX_SOURCE_BYTES": 40_000_000,
    "RENDER__MAX_SOURCE_PIXELS": 100_000_000,
    "RENDER__MAX_OUTPUT_SIDE": 8192,
    "RENDER__DECODE_ONCE": True,
    "OUTPUT__QUALITY": 80,
    "OUTPUT__AUTO_FORMAT": True,
    "OUTPUT__AUTO_AVIF": False,
    "OUTPUT__DEFER_AVIF": False,
    "OUTPUT__AVIF_MAX_PIXELS": 12_000_000,
    "OUTPUT__AUTO_ORIENT": True,
    "OUTPUT__SAVE_DATA_QUALITY": None,
    "OUTPUT__CACHE_CONTROL": "public, max-age=31536000, immutable",
    "SIGNING__PRIVATE_KEY": None,
    "SIGNING__PREVIOUS_KEYS": (),
    "SIGNING__REQUIRED": False,
    "HEADER_TIMEOUT_SECONDS": 10,
    "SEND_TIMEOUT_SECONDS": 30,
    "DRAIN_SECONDS": 25,
    "MAX_CONNECTIONS": 20_000,
    "ABUSE__WIDTH_LADDER": (),
    "ABUSE__NEW_RENDITIONS_PER_MINUTE": None,
    "ABUSE__CLIENT_HEADER": None,
    "ABUSE__TRUSTED_PROXIES": 1,
    "ABUSE__MOST_IN_LIST": 50,
    "RENDER__MEMORY_BYTES": None,
    "AKENEO__EVENT_SECRETS": (),
    "AKENEO__POLL_SECONDS": None,
    "AKENEO__TIME_ZONE": "UTC",
    "FRESHNESS__PURGE_REMOVED": False,
    "FRESHNESS__WARM": (),
    "LOG__ACCESS": "all",
    "LOG__FORMAT": "text",
    "LOG__LEVEL": "info",
    "TRACING__ENABLED": False,
    "TRACING__SAMPLE_RATIO": 0.1,
    "TRACING__TRUST_TRACEPARENT": False,
    "SYNC__CONFIG": None,
}


@pytest.mark.parametrize("name", DEFAULTS)
def test_the_defaults_are_those_of_the_guide(read: Read, name: str) -> None:
    assert at(read(), name) == DEFAULTS[name]


def test_there_is_a_worker_for_each_core_that_may_be_used(read: Read) -> None:
    assert read().render.workers == cores()
    assert 1 <= cores() <= (os.cpu_count() or 1)


def test_workers_get_the_memory_that_the_container_leaves(read: Read) -> None:
    given, said = read().rendering, read(RENDER__MEMORY_BYTES="96MiB", RENDER__WORKERS="4").rendering

    assert given.memory_bytes == max(64 * 2**20, memory_bytes() - SERVER_BYTES - 128 * 2**20)
    assert said.memory_budget == 96 * 2**20
    assert said.most_worker_bytes == 96 * 2**20


def test_the_cache_lies_where_the_users_caches_lie(read: Read, tmp_path: Path) -> None:
    os.environ["XDG_CACHE_HOME"] = str(tmp_path)

    assert read().cache.directory == tmp_path / "akeneo-media-proxy"


def test_every_default_belongs_to_a_setting_and_the_names_are_complete() -> None:
    names = {f"MEDIA_PROXY_{name}" for name in (*DEFAULTS, *CREDENTIALS)}
    others = {"CONFIG", "ADMIN_OPEN_METRICS", "CACHE__DIRECTORY", "RENDER__WORKERS"}

    assert set(setting_names()) == names | {f"MEDIA_PROXY_{name}" for name in others}
