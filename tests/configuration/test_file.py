"""The file, under the environment; and what the demo fixes goes over both."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from proxy.configuration import read_settings
from proxy.errors import SettingsError
from tests.configuration.access import MIB, SECRET, URL, Read, Refusal

FILE = f"""
port = 9000
canonical_base_url = "https://media.example.com"

[akeneo]
url = "https://from-the-file.example.com"
client_id = "file"
secret = "{SECRET}"
username = "file"
password = "{SECRET}"
max_concurrency = 2

[cache]
memory_bytes = "1MiB"
disk_bytes = 2_000_000

[output]
auto_avif = true
"""


def test_a_file_may_say_everything(toml: Callable[[str], Path]) -> None:
    settings = read_settings(toml(FILE))

    assert (
        settings.port,
        settings.all_connections["akeneo"].username,
        settings.all_connections["akeneo"].max_concurrency,
    ) == (9000, "file", 2)
    assert (settings.cache.memory_bytes, settings.cache.disk_bytes) == (MIB, 2_000_000)
    assert settings.output.auto_avif


def test_the_environment_goes_over_the_file_setting_by_setting(toml: Callable[[str], Path], read: Read) -> None:
    settings = read(toml(FILE), CACHE__MEMORY_BYTES="3MiB")

    assert (settings.all_connections["akeneo"].url, settings.all_connections["akeneo"].username) == (URL, "shop")
    assert (settings.cache.memory_bytes, settings.cache.disk_bytes) == (3 * MIB, 2_000_000)
    assert (settings.port, settings.all_connections["akeneo"].max_concurrency) == (9000, 2)


def test_a_variable_may_name_the_file(toml: Callable[[str], Path], read: Read) -> None:
    assert read(CONFIG=str(toml(FILE))).port == 9000


def test_the_file_of_the_command_line_goes_over_that_of_the_variable(toml: Callable[[str], Path], read: Read) -> None:
    assert read(toml(FILE), CONFIG="/not/there.toml").port == 9000


BAD_FILES = [
    ("prt = 1", "MEDIA_PROXY_PRT: no such setting"),
    ("[cache]\nmemry = 1", "MEDIA_PROXY_CACHE__MEMRY: no such setting"),
    ("[cash]\nmemory_bytes = 1", "MEDIA_PROXY_CASH: no such setting"),
    ("port = 'x'", "MEDIA_PROXY_PORT: "),
    ("port = [1]", "MEDIA_PROXY_PORT: "),
    ("cache = 1", "MEDIA_PROXY_CACHE: "),
    ("port = ", "MEDIA_PROXY_CONFIG: expected TOML in "),
    (f"[akeneo]\nsecret = {SECRET}", "MEDIA_PROXY_CONFIG: expected TOML in "),
    (f"[akeneo]\nsecret = ['{SECRET}']", "MEDIA_PROXY_AKENEO__SECRET: "),
    (f"[akeneo]\nsecret = {{ is = '{SECRET}' }}", "MEDIA_PROXY_AKENEO__SECRET: "),
]


@pytest.mark.parametrize(("text", "expected"), BAD_FILES)
def test_a_wrong_file_is_refused_in_one_line(
    toml: Callable[[str], Path], text: str, expected: str, tmp_path: Path
) -> None:
    os.environ["MEDIA_PROXY_AKENEO__URL"] = URL
    os.environ["MEDIA_PROXY_AKENEO__ACCESS_TOKEN"] = "token"

    with pytest.raises(SettingsError) as error:
        read_settings(toml(text))

    assert str(error.value).startswith(expected)
    assert str(error.value).isprintable()
    assert SECRET not in str(error.value)


def test_a_file_that_cannot_be_read_is_named(refusal: Refusal, tmp_path: Path) -> None:
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe\x00")

    assert "not there.toml" in refusal(CONFIG=str(tmp_path / "not there.toml"))
    assert "binary.toml" in refusal(tmp_path / "binary.toml")
    assert str(tmp_path) in refusal(CONFIG=str(tmp_path))
    assert refusal(CONFIG=str(tmp_path)).startswith("MEDIA_PROXY_CONFIG: expected a readable file")


DEMO = {
    "MEDIA_PROXY_AKENEO__URL": "http://127.0.0.1:1234",
    "MEDIA_PROXY_AKENEO__CLIENT_ID": "demo",
    "MEDIA_PROXY_AKENEO__SECRET": "demo",
    "MEDIA_PROXY_AKENEO__USERNAME": "demo",
    "MEDIA_PROXY_AKENEO__PASSWORD": "demo",
}


def test_what_is_fixed_goes_over_everything(read: Read, toml: Callable[[str], Path]) -> None:
    settings = read(toml(FILE), {"MEDIA_PROXY_PORT": "1"}, PORT="2")

    assert settings.port == 1


def test_a_fixed_connection_is_not_mixed_with_the_environments(read: Read) -> None:
    settings = read(None, DEMO, AKENEO__ACCESS_TOKEN=SECRET, AKENEO__CA_FILE="/not/there", PORT="2")

    assert settings.all_connections["akeneo"].access_token is None
    assert (settings.all_connections["akeneo"].username, settings.port) == ("demo", 2)


def test_a_fixed_connection_is_not_mixed_with_the_files(toml: Callable[[str], Path]) -> None:
    """The demo would show a real token to a pretend Akeneo, and be refused."""
    settings = read_settings(toml(f'port = 2\n[akeneo]\nurl = "{URL}"\naccess_token = "{SECRET}"\n'), DEMO)

    assert settings.all_connections["akeneo"].access_token is None
    assert (settings.all_connections["akeneo"].username, settings.port) == ("demo", 2)
