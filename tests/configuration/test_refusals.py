"""A wrong setting stops the start with one line that names it."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from proxy.configuration import read_settings
from proxy.errors import SettingsError
from tests.configuration.access import SECRET, URL, Refusal

WRONG = [
    ("PORT", "eighty"),
    ("PORT", "-1"),
    ("PORT", "65536"),
    ("PORT", "80.5"),
    ("PORT", "udp:9"),
    ("ADMIN_PORT", "8081/tcp"),
    ("ADMIN_OPEN_METRICS", "perhaps"),
    ("REQUEST_TIMEOUT_SECONDS", "0"),
    ("REQUEST_TIMEOUT_SECONDS", "-1"),
    ("REQUEST_TIMEOUT_SECONDS", "nan"),
    ("REQUEST_TIMEOUT_SECONDS", "inf"),
    ("REQUEST_TIMEOUT_SECONDS", "30s"),
    ("CANONICAL_BASE_URL", "media.example.com"),
    ("CANONICAL_BASE_URL", "https://media.example.com/?a=b"),
    ("CANONICAL_BASE_URL", "https://media.example.com/#top"),
    ("AKENEO__URL", "pim.example.com"),
    ("AKENEO__URL", "ftp://pim.example.com"),
    ("AKENEO__URL", "https://"),
    ("AKENEO__URL", f"https://user:{SECRET}@pim.example.com"),
    ("AKENEO__URL", f"https://user:{SECRET}@pim.example.com:99999"),
    ("AKENEO__URL", f"https://pim.example.com/?key={SECRET}"),
    ("AKENEO__URL", "https://pim.example.com/?"),
    ("AKENEO__MAX_CONCURRENCY", "0"),
    ("AKENEO__MAX_CONCURRENCY", "four"),
    ("AKENEO__QUEUE", "0"),
    ("AKENEO__CONNECT_TIMEOUT_SECONDS", "0"),
    ("AKENEO__READ_TIMEOUT_SECONDS", "4000"),
    ("AKENEO__CA_FILE", "/not/there.pem"),
    ("AKENEO__CA_FILE", "/"),
    ("AKENEO__POLL_SECONDS", "5"),
    ("AKENEO__TIME_ZONE", "Mars/Olympus"),
    ("AKENEO__TIME_ZONE", "../../etc/passwd"),
    ("FRESHNESS__WARM", "[w-300"),
    ("CACHE__MEMORY_BYTES", "-1"),
    ("CACHE__MEMORY_BYTES", "lots"),
    ("CACHE__DISK_BYTES", "10 parsecs"),
    ("CACHE__REDIS_URL", "redis.internal:6379"),
    ("CACHE__OBJECT_STORE_URL", "https://shop-media.example.com"),
    ("CACHE__OBJECT_STORE_URL", f"s3://key:{SECRET}@shop-media"),
    ("CACHE__OBJECT_STORE_URL", f"s3://shop-media?secret_access_key={SECRET}"),
    ("CACHE__OBJECT_STORE_URL", "s3://shop-media/../other"),
    ("CACHE__OBJECT_STORE_URL", "s3://x"),
    ("CACHE__REDIS_URL", f"http://:{SECRET}@redis"),
    ("CACHE__REDIS_URL", f"redis://:{SECRET}@redis:port"),
    ("CACHE__REDIS_URL", f"redis://:{SECRET}@redis:99999"),
    ("CACHE__REDIS_URL", f"rediss://:{SECRET}@redis?ssl_cert_reqs=none"),
    ("RENDER__WORKERS", "0"),
    ("RENDER__WORKERS", "1000"),
    ("RENDER__QUEUE", "0"),
    ("RENDER__TIMEOUT_SECONDS", "0"),
    ("RENDER__WORKER_MEMORY_BYTES", "1MiB"),
    ("RENDER__MAX_SOURCE_BYTES", "0"),
    ("RENDER__MAX_SOURCE_PIXELS", "0"),
    ("RENDER__MAX_OUTPUT_SIDE", "65536"),
    ("OUTPUT__QUALITY", "0"),
    ("OUTPUT__QUALITY", "101"),
    ("OUTPUT__AVIF_MAX_PIXELS", "0"),
    ("OUTPUT__AUTO_FORMAT", "webp"),
    ("OUTPUT__CACHE_CONTROL", "public\r\nX-Injected: yes"),
    ("OUTPUT__CACHE_CONTROL", "öffentlich"),
    ("SIGNING__REQUIRED", "sometimes"),
    ("LOG__ACCESS", "some"),
    ("LOG__FORMAT", "xml"),
    ("LOG__LEVEL", "loud"),
    ("TRACING__SAMPLE_RATIO", "1.5"),
    ("TRACING__ENABLED", "sometimes"),
]


@pytest.mark.parametrize(("name", "text"), WRONG)
def test_a_wrong_value_is_refused_in_one_line_that_names_it_and_does_not_repeat_it(
    refusal: Refusal, name: str, text: str
) -> None:
    line = refusal(**{name: text})

    assert line.startswith(f"MEDIA_PROXY_{name}: ")
    assert line.isprintable()
    assert len(line) < 200
    assert SECRET not in line
    assert len(text) < 5 or text not in line


@pytest.mark.parametrize("name", ["ACCESS_KEY_ID", "SECRET_ACCESS_KEY"])
def test_one_key_of_an_object_store_is_not_enough(refusal: Refusal, name: str) -> None:
    line = refusal(CACHE__OBJECT_STORE_URL="s3://shop-media", **{f"CACHE__OBJECT_STORE_{name}": SECRET})

    assert "expected OBJECT_STORE_ACCESS_KEY_ID and OBJECT_STORE_SECRET_ACCESS_KEY, or neither" in line
    assert SECRET not in line


def test_an_object_store_without_a_bucket_is_refused(refusal: Refusal) -> None:
    line = refusal(CACHE__OBJECT_STORE_ENDPOINT="http://minio.internal:9000")

    assert "expected OBJECT_STORE_URL" in line


def test_all_wrong_values_are_told_at_once(refusal: Refusal) -> None:
    line = refusal(PORT="x", OUTPUT__QUALITY="y")

    assert "MEDIA_PROXY_PORT: " in line
    assert "; MEDIA_PROXY_OUTPUT__QUALITY: " in line


UNKNOWN = [
    ("PRT", "did you mean MEDIA_PROXY_PORT?"),
    ("AKENEO_URL", "did you mean MEDIA_PROXY_AKENEO__URL?"),
    ("AKENEO__URI", ""),
    ("CACHE__MEMRY_BYTES", ""),
    ("CACHE", ""),
    ("AKENEO", ""),
    ("PORT__X", "did you mean MEDIA_PROXY_PORT?"),
    ("CONFIG__X", "did you mean MEDIA_PROXY_CONFIG?"),
    ("CACHE__DIRECTORY__X", ""),
    ("NOTHING_LIKE_IT_AT_ALL", ""),
    ("AKENEO__", ""),
    ("", ""),
]


@pytest.mark.parametrize(("name", "hint"), UNKNOWN)
def test_an_unknown_variable_stops_the_start(refusal: Refusal, name: str, hint: str) -> None:
    line = refusal(**{name: SECRET})

    assert line.startswith(f"MEDIA_PROXY_{name}".partition("__X")[0])
    assert line.endswith(hint)
    assert SECRET not in line


def test_without_akeneo_the_line_says_what_is_wanted() -> None:
    with pytest.raises(SettingsError, match=r"^MEDIA_PROXY_AKENEO__URL: expected the address of your Akeneo$"):
        read_settings()


@pytest.mark.parametrize("name", ["CLIENT_ID", "SECRET", "USERNAME", "PASSWORD"])
def test_a_missing_credential_is_named(refusal: Refusal, name: str) -> None:
    line = refusal(**{f"AKENEO__{name}": ""})

    assert line.startswith("MEDIA_PROXY_AKENEO: expected ACCESS_TOKEN, or all four credentials")
    assert f"(missing: {name})" in line
    assert SECRET not in line


def test_an_apps_token_takes_the_place_of_the_four() -> None:
    os.environ["MEDIA_PROXY_AKENEO__URL"] = URL
    os.environ["MEDIA_PROXY_AKENEO__ACCESS_TOKEN"] = SECRET

    token = read_settings().all_connections["akeneo"].access_token

    assert token is not None
    assert token.get_secret_value() == SECRET


def test_an_empty_token_is_no_token(toml: Callable[[str], Path]) -> None:
    file = toml(f'[akeneo]\nurl = "{URL}"\naccess_token = ""\n')

    with pytest.raises(SettingsError, match="expected ACCESS_TOKEN"):
        read_settings(file)
