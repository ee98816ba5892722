"""A variable sets its setting, within its bounds."""

import os
from pathlib import Path

import certifi
import pytest
from pydantic import SecretStr, ValidationError

from tests.configuration.access import MIB, URL, Read, Refusal, at

GOOD = [
    ("HOST", "::1", "::1"),
    ("PORT", "0", 0),
    ("PORT", "65535", 65535),
    ("ADMIN_TOKEN", "a token", SecretStr("a token")),
    ("ADMIN_OPEN_METRICS", "true", True),
    ("REQUEST_TIMEOUT_SECONDS", "0.5", 0.5),
    ("CANONICAL_BASE_URL", "https://media.example.com/", "https://media.example.com"),
    ("CANONICAL_BASE_URL", "https://example.com/media/", "https://example.com/media"),
    ("AKENEO__URL", "http://pim:8080/", "http://pim:8080"),
    ("AKENEO__URL", "https://pim.example.com/sub/path/", "https://pim.example.com/sub/path"),
    ("AKENEO__MAX_CONCURRENCY", "1", 1),
    ("AKENEO__CA_FILE", certifi.where(), Path(certifi.where())),
    ("CACHE__DIRECTORY", "/var/cache/media", Path("/var/cache/media")),
    ("CACHE__MEMORY_BYTES", "0", 0),
    ("CACHE__MEMORY_BYTES", "64MiB", 64 * MIB),
    ("CACHE__MEMORY_BYTES", "1.5 GiB", 1536 * MIB),
    ("CACHE__DISK_BYTES", "20 GB", 20 * 10**9),
    ("CACHE__REDIS_URL", "redis://redis", SecretStr("redis://redis")),
    ("CACHE__REDIS_URL", "redis://:p%40ss@redis:6379/1", SecretStr("redis://:p%40ss@redis:6379/1")),
    ("CACHE__REDIS_URL", "rediss://u:p@[::1]:6380?db=2", SecretStr("rediss://u:p@[::1]:6380?db=2")),
    ("CACHE__REDIS_URL", "unix:///run/redis.sock", SecretStr("unix:///run/redis.sock")),
    ("CACHE__OBJECT_STORE_URL", "s3://shop-media", "s3://shop-media"),
    ("CACHE__OBJECT_STORE_URL", "s3://shop-media/images/live/", "s3://shop-media/images/live"),
    ("RENDER__WORKERS", "2", 2),
    ("RENDER__MAX_OUTPUT_SIDE", "65535", 65535),
    ("OUTPUT__QUALITY", "1", 1),
    ("OUTPUT__QUALITY", "100", 100),
    ("OUTPUT__AUTO_AVIF", "1", True),
    ("OUTPUT__DEFER_AVIF", "true", True),
    ("OUTPUT__AVIF_MAX_PIXELS", "2000000", 2_000_000),
    ("OUTPUT__AUTO_FORMAT", "no", False),
    ("OUTPUT__CACHE_CONTROL", "private, max-age=60", "private, max-age=60"),
    ("SIGNING__PRIVATE_KEY", "a key", SecretStr("a key")),
    ("SIGNING__PREVIOUS_KEYS", "one", (SecretStr("one"),)),
    ("SIGNING__PREVIOUS_KEYS", "one, two,", (SecretStr("one"), SecretStr("two"))),
    ("AKENEO__EVENT_SECRETS", "one, two", (SecretStr("one"), SecretStr("two"))),
    ("AKENEO__POLL_SECONDS", "300", 300),
    ("AKENEO__TIME_ZONE", "Europe/Paris", "Europe/Paris"),
    ("FRESHNESS__PURGE_REMOVED", "true", True),
    ("FRESHNESS__WARM", "w-300,h-200 n-card", ("w-300,h-200", "n-card")),
    ("FRESHNESS__WARM", '["w-300,h-200", "n-card"]', ("w-300,h-200", "n-card")),
    ("LOG__ACCESS", "errors", "errors"),
    ("LOG__FORMAT", "json", "json"),
    ("LOG__LEVEL", "debug", "debug"),
    ("TRACING__SAMPLE_RATIO", "0", 0),
    ("TRACING__ENABLED", "true", True),
    ("SYNC__CONFIG", "/etc/sync.yaml", Path("/etc/sync.yaml")),
]


@pytest.mark.parametrize(("name", "text", "value"), GOOD)
def test_a_variable_sets_its_setting(read: Read, name: str, text: str, value: object) -> None:
    assert at(read(**{name: text}), name) == value


def test_names_of_variables_may_be_in_any_case(read: Read) -> None:
    os.environ["MEDIA_PROXY_PORT".lower()] = "1234"

    assert read().port == 1234


def test_an_empty_variable_is_one_that_is_not_set(read: Read) -> None:
    settings = read(PORT="", AKENEO__CA_FILE="", OUTPUT__QUALITY="", AKENEO__ACCESS_TOKEN="")

    assert (settings.port, settings.all_connections["akeneo"].ca_file, settings.output.quality) == (8080, None, 80)
    assert settings.all_connections["akeneo"].access_token is None


def test_other_programs_variables_are_none_of_ours(read: Read) -> None:
    os.environ["PORT"] = "1"
    os.environ["MEDIA_PORT"] = "2"
    os.environ["AKENEO__URL"] = "https://elsewhere.example.com"

    assert (read().port, read().all_connections["akeneo"].url) == (8080, URL)


def test_settings_never_change(read: Read) -> None:
    settings = read()

    with pytest.raises(ValidationError):
        settings.port = 1
    with pytest.raises(ValidationError):
        settings.all_connections["akeneo"].queue = 1


def test_nothing_bounds_viewers_unless_it_is_set(read: Read) -> None:
    plain, bounded = read().abuse, read(ABUSE__WIDTH_LADDER="640, 160,640").abuse

    assert (plain.width_ladder, plain.new_renditions_per_minute, plain.client_header) == ((), None, None)
    assert bounded.width_ladder == (160, 640)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ABUSE__WIDTH_LADDER", "160,wide"),
        ("ABUSE__WIDTH_LADDER", "0"),
        ("ABUSE__NEW_RENDITIONS_PER_MINUTE", "0"),
        ("ABUSE__CLIENT_HEADER", "X Forwarded For"),
        ("ABUSE__TRUSTED_PROXIES", "0"),
    ],
)
def test_a_wrong_bound_is_named(refusal: Refusal, name: str, value: str) -> None:
    assert refusal(**{name: value}).startswith(f"MEDIA_PROXY_{name}")


@pytest.mark.parametrize(
    "hosts", ["https://media.example.com", "*.example.com", "media.example.com/x", "a b", "x:0", "-"]
)
def test_hosts_of_links_are_names_and_ports(refusal: Refusal, hosts: str) -> None:
    assert "MEDIA_PROXY_ADDRESSES__LINK_HOSTS" in refusal(ADDRESSES__LINK_HOSTS=hosts)


def test_hosts_of_links_are_a_list(read: Read) -> None:
    settings = read(ADDRESSES__LINK_HOSTS="Media.example.com, cdn.example.com:8443")

    assert settings.addresses.link_hosts == ("media.example.com", "cdn.example.com:8443")
