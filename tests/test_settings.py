"""Settings: read once, the environment over a file; a wrong one stops the start with one line that names it."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import certifi
import pytest
from pydantic import SecretStr, ValidationError

from proxy.configuration import read_settings, read_without_akeneo, setting_names
from proxy.container import cores, memory_bytes
from proxy.errors import SettingsError
from proxy.settings import SERVER_BYTES, Settings

URL = "https://pim.example.com"
SECRET = "hunter2-is-no-good-secret"
CREDENTIALS = {
    "AKENEO__URL": URL,
    "AKENEO__CLIENT_ID": "1_id",
    "AKENEO__SECRET": SECRET,
    "AKENEO__USERNAME": "shop",
    "AKENEO__PASSWORD": SECRET,
}
MIB, GIB = 2**20, 2**30
Read = Callable[..., Settings]
Refusal = Callable[..., str]


@pytest.fixture(autouse=True)
def environment() -> Iterator[None]:
    """None of our variables is set before a test, and none that a test has set after it."""
    saved = dict(os.environ)
    for name in list(os.environ):
        if name.upper().startswith("MEDIA_PROXY_"):
            del os.environ[name]
    yield
    os.environ.clear()
    os.environ.update(saved)


@pytest.fixture
def read() -> Read:
    """Settings from these variables, over an access to Akeneo that is good."""

    def read(config: Path | None = None, fixed: dict[str, str] | None = None, /, **variables: str) -> Settings:
        for name, value in (CREDENTIALS | variables).items():
            os.environ[f"MEDIA_PROXY_{name}"] = value
        return read_settings(config, fixed)

    return read


@pytest.fixture
def refusal(read: Read) -> Refusal:
    """The line with which such variables are refused."""

    def refusal(config: Path | None = None, /, **variables: str) -> str:
        with pytest.raises(SettingsError) as error:
            read(config, **variables)
        return str(error.value)

    return refusal


@pytest.fixture
def toml(tmp_path: Path) -> Callable[[str], Path]:
    def write(text: str) -> Path:
        file = tmp_path / "media-proxy.toml"
        file.write_text(text)
        return file

    return write


def at(settings: Settings, name: str) -> object:
    """The value of a variable, by its name without the prefix."""
    value: object = settings
    for part in name.lower().split("__"):
        value = getattr(value, part)
    return value


# -- defaults --

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
    "RENDER__MEMORY_BYTES": None,
    "AKENEO__EVENT_SECRETS": (),
    "AKENEO__POLL_SECONDS": None,
    "AKENEO__TIME_ZONE": "UTC",
    "FRESHNESS__PURGE_REMOVED": False,
    "FRESHNESS__WARM": (),
    "LOG__ACCESS": "all",
    "LOG__FORMAT": "text",
    "LOG__LEVEL": "info",
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


# -- good values --

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


# -- wrong values --

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


# -- the admin port --


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.5", "admin.example.com"])
def test_an_admin_port_that_others_reach_wants_a_token(refusal: Refusal, read: Read, host: str) -> None:
    assert refusal(ADMIN_HOST=host).startswith("MEDIA_PROXY_ADMIN_TOKEN: expected a token")
    assert read(ADMIN_HOST=host, ADMIN_TOKEN="a token").admin_host == host


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_on_loopback_it_wants_none(read: Read, host: str) -> None:
    assert read(ADMIN_HOST=host).admin_token is None


def test_an_empty_token_guards_nothing(toml: Callable[[str], Path], refusal: Refusal) -> None:
    assert "MEDIA_PROXY_ADMIN_TOKEN" in refusal(toml('admin_host = "0.0.0.0"\nadmin_token = ""\n'))


# -- signatures --


def test_signatures_that_are_required_want_a_key(refusal: Refusal, read: Read) -> None:
    assert refusal(SIGNING__REQUIRED="true").startswith("MEDIA_PROXY_SIGNING: expected a PRIVATE_KEY")
    assert read(SIGNING__REQUIRED="true", SIGNING__PRIVATE_KEY="a key").signing.required


def test_the_newest_key_comes_first_and_an_empty_one_is_none(toml: Callable[[str], Path], read: Read) -> None:
    settings = read(toml('[signing]\nprevious_keys = ["old", "", "older"]\n'), SIGNING__PRIVATE_KEY="new")

    assert settings.signing.keys == ["new", "old", "older"]


def test_the_keys_are_read_without_an_akeneo(toml: Callable[[str], Path]) -> None:
    assert read_without_akeneo(toml('[signing]\nprivate_key = "key"\n')).signing.keys == ["key"]


# -- Kubernetes --

INJECTED = {
    "PORT": "tcp://10.0.0.1:8080",
    "SERVICE_HOST": "10.0.0.1",
    "SERVICE_PORT": "8080",
    "SERVICE_PORT_HTTP": "8080",
    "PORT_8080_TCP": "tcp://10.0.0.1:8080",
    "PORT_8080_TCP_PROTO": "tcp",
    "PORT_8080_TCP_PORT": "8080",
    "PORT_8080_TCP_ADDR": "10.0.0.1",
    "PORT_53_UDP": "udp://10.0.0.1:53",
}


def test_what_kubernetes_injects_for_a_service_of_our_name_is_ignored(read: Read) -> None:
    assert read(**INJECTED).port == 8080


def test_what_kubernetes_injects_does_not_hide_what_the_file_says(read: Read, toml: Callable[[str], Path]) -> None:
    assert read(toml("port = 9000\n"), **INJECTED).port == 9000


def test_only_what_kubernetes_injects_is_ignored(refusal: Refusal) -> None:
    assert refusal(SERVICE_NAME="x").startswith("MEDIA_PROXY_SERVICE_NAME: ")
    assert refusal(PORT_8080="x").startswith("MEDIA_PROXY_PORT_8080: ")


@pytest.mark.parametrize("service", ["ADMIN", "REDIS", "DEMO_PIM"])
def test_what_it_injects_for_a_neighbour_whose_name_begins_like_ours_is_ignored_too(read: Read, service: str) -> None:
    """A release called `media-proxy` calls its other services `media-proxy-admin` and `media-proxy-redis`."""
    settings = read(**{f"{service}_{name}": value for name, value in INJECTED.items()})

    assert settings.admin_port == 8081


# -- the file --

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


# -- what the demo fixes --

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


# -- secrets --


def test_secrets_appear_in_no_text_of_the_settings(read: Read) -> None:
    settings = read(
        AKENEO__ACCESS_TOKEN=SECRET,
        ADMIN_TOKEN=SECRET,
        SIGNING__PRIVATE_KEY=SECRET,
        SIGNING__PREVIOUS_KEYS=SECRET,
        CACHE__REDIS_URL=f"redis://:{SECRET}@redis",
        CACHE__OBJECT_STORE_URL="s3://shop-media",
        CACHE__OBJECT_STORE_ACCESS_KEY_ID=SECRET,
        CACHE__OBJECT_STORE_SECRET_ACCESS_KEY=SECRET,
    )

    texts = [
        repr(settings),
        str(settings),
        f"{settings.akeneo}",
        str(settings.model_dump()),
        settings.model_dump_json(),
    ]

    assert not [text for text in texts if SECRET in text]


@pytest.mark.parametrize("name", ["PORT", "AKENEO__QUEUE", "AKENEO__URL", "CACHE__DISK_BYTES", "LOG__LEVEL", "SECRET"])
def test_a_secret_in_the_wrong_place_is_not_repeated(refusal: Refusal, name: str) -> None:
    assert SECRET not in refusal(**{name: SECRET})


def test_a_refusal_carries_no_secret_in_what_caused_it(read: Read) -> None:
    with pytest.raises(SettingsError) as error:
        read(PORT=SECRET)

    assert error.value.__cause__ is None
    assert error.value.__suppress_context__


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
