"""Every setting, read once from the environment over an optional TOML file; the only reader of either."""

import difflib
import math
import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ByteSize,
    ConfigDict,
    Field,
    HttpUrl,
    SecretStr,
    TypeAdapter,
    ValidationError,
    model_validator,
)
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from pydantic_settings import PydanticBaseSettingsSource as Source
from pydantic_settings import SettingsError as PydanticSettingsError

from proxy.errors import SettingsError

PREFIX = "MEDIA_PROXY_"
CONFIG = PREFIX + "CONFIG"
CONNECTION = PREFIX + "AKENEO__"
# What Kubernetes injects into every container beside a Service called `media-proxy`.
KUBERNETES = re.compile(r"MEDIA_PROXY_(SERVICE_(HOST|PORT\w*)|PORT_\d+_(TCP|UDP|SCTP)\w*)", re.IGNORECASE)
LOOPBACK = {"127.0.0.1", "::1", "localhost"}
MEBIBYTE = 2**20
GIBIBYTE = 2**30


def base_url(text: str) -> str:
    """A URL to put paths behind: no query, no credentials, no slash at its end."""
    url = TypeAdapter(HttpUrl).validate_python(text)
    if url.username or url.password or url.query or url.fragment:
        raise ValueError("expected a URL without credentials, query or fragment")
    return str(url).rstrip("/")


def existing_file(path: Path) -> Path:
    if not path.is_file():
        raise ValueError("expected the path of an existing file")
    return path


def header_value(text: str) -> str:
    if not text.isascii() or not text.isprintable():
        raise ValueError("expected printable ASCII text")
    return text


def user_cache_directory() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "akeneo-media-proxy"


def cores() -> int:
    """Processors that this process may use, in a container too (cgroup v2 gives a quota and its period)."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text().split()
    except (OSError, ValueError):
        return usable
    return usable if quota == "max" else max(1, min(usable, math.ceil(int(quota) / int(period))))


def separated(value: object) -> object:
    """In the environment a list is written with commas."""
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def plain(value: str | SecretStr | None) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else value or ""


BaseUrl = Annotated[str, AfterValidator(base_url)]
ExistingFile = Annotated[Path, AfterValidator(existing_file)]
Bytes = Annotated[ByteSize, Field(ge=0)]
Port = Annotated[int, Field(ge=0, le=65535)]  # 0: any free one
Seconds = Annotated[float, Field(gt=0, le=3600)]
Count = Annotated[int, Field(ge=1, le=100_000)]


class Slice(BaseModel):
    """A part of the settings that is handed to whoever needs it; never changes."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class AkeneoSettings(Slice):
    """The connection: an App's `access_token`, or the four credentials of a connection."""

    url: BaseUrl
    client_id: str = ""
    secret: SecretStr = SecretStr("")
    username: str = ""
    password: SecretStr = SecretStr("")
    access_token: SecretStr | None = None
    max_concurrency: Count = 4  # Akeneo's own limit for a connection
    queue: Count = 1024
    connect_timeout_seconds: Seconds = 5
    read_timeout_seconds: Seconds = 30
    ca_file: ExistingFile | None = None

    @model_validator(mode="after")
    def needs_credentials(self) -> Self:
        if self.access_token is not None:
            return self
        names = ("client_id", "secret", "username", "password")
        missing = [name.upper() for name in names if not plain(getattr(self, name))]
        if missing:
            raise ValueError(f"expected ACCESS_TOKEN, or all four credentials (missing: {', '.join(missing)})")
        return self


class CacheSettings(Slice):
    directory: Path = Field(default_factory=user_cache_directory)
    memory_bytes: Bytes = ByteSize(128 * MEBIBYTE)
    disk_bytes: Bytes = ByteSize(10 * GIBIBYTE)


class RenderSettings(Slice):
    """Worker processes and what one picture may cost."""

    workers: Annotated[int, Field(ge=1, le=256)] = Field(default_factory=cores)
    queue: Count = 1024
    timeout_seconds: Seconds = 10  # from when a worker starts on it
    worker_memory_bytes: Annotated[ByteSize, Field(ge=64 * MEBIBYTE)] = ByteSize(GIBIBYTE)
    max_source_bytes: Annotated[ByteSize, Field(ge=1)] = ByteSize(40_000_000)
    max_source_pixels: Annotated[int, Field(ge=1)] = 100_000_000
    max_output_side: Annotated[int, Field(ge=1, le=65535)] = 8192


class OutputSettings(Slice):
    """What a URL that says nothing about it gets."""

    quality: Annotated[int, Field(ge=1, le=100)] = 80
    auto_format: bool = True
    auto_avif: bool = False
    auto_orient: bool = True
    cache_control: Annotated[str, AfterValidator(header_value)] = "public, max-age=31536000, immutable"


class SigningSettings(Slice):
    """The key that signs URLs, and earlier ones that are still accepted."""

    private_key: SecretStr | None = None
    previous_keys: Annotated[tuple[SecretStr, ...], NoDecode, BeforeValidator(separated)] = ()
    required: bool = False

    @model_validator(mode="after")
    def needs_a_key(self) -> Self:
        if self.required and not plain(self.private_key):
            raise ValueError("expected a PRIVATE_KEY, since signatures are REQUIRED")
        return self

    @property
    def keys(self) -> list[str]:
        """None of them empty: that would be a signature that anybody can make."""
        return [text for key in (self.private_key, *self.previous_keys) if (text := plain(key))]


class LogSettings(Slice):
    access: Literal["all", "errors", "off"] = "all"
    format: Literal["text", "json"] = "text"
    level: Literal["debug", "info", "warning", "error"] = "info"


class Settings(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter="__", env_ignore_empty=True, frozen=True, extra="forbid"
    )

    host: str = "0.0.0.0"  # the public port is meant to be reached
    port: Port = 8080
    admin_host: str = "127.0.0.1"
    admin_port: Port = 8081
    admin_token: SecretStr | None = None
    admin_open_metrics: bool = False  # metrics without the token
    request_timeout_seconds: Seconds = 30
    canonical_base_url: BaseUrl | None = None
    akeneo: AkeneoSettings
    cache: CacheSettings = Field(default_factory=CacheSettings)
    render: RenderSettings = Field(default_factory=RenderSettings)
    output: OutputSettings = Field(default_factory=OutputSettings)
    signing: SigningSettings = Field(default_factory=SigningSettings)
    log: LogSettings = Field(default_factory=LogSettings)

    @model_validator(mode="after")
    def guards_the_admin_port(self) -> Self:
        if self.admin_host not in LOOPBACK and not plain(self.admin_token):
            raise ValueError("expected a token, since ADMIN_HOST is not a loopback address")
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: Source,
        env_settings: Source,
        dotenv_settings: Source,
        file_secret_settings: Source,
    ) -> tuple[Source, ...]:
        """The environment, over what `read_settings` passes in from the file."""
        return env_settings, init_settings


def read_settings(config: Path | None = None, fixed: Mapping[str, str] | None = None) -> Settings:
    """Settings from the environment over the TOML file; raises SettingsError, which names what is wrong.

    `fixed` variables go over both; setting one of a connection lets the environment's whole connection go.
    """
    environment = relevant(dict(os.environ), fixed or {})
    refuse_unknown(environment)
    file = config or (Path(environment[CONFIG]) if environment.get(CONFIG) else None)
    for name in set(os.environ) - set(environment):
        del os.environ[name]
    os.environ.update(fixed or {})
    try:
        return Settings(**(read_toml(file) if file else {}))
    except PydanticSettingsError as error:
        raise SettingsError(str(error)) from None
    except ValidationError as error:
        raise SettingsError("; ".join(explain(problem) for problem in error.errors())) from None


def read_signing(config: Path | None = None) -> SigningSettings:
    """The keys alone: who signs URLs need not know how Akeneo is reached. Raises SettingsError."""
    elsewhere = {CONNECTION + "URL": "http://localhost", CONNECTION + "ACCESS_TOKEN": "unused"}
    return read_settings(config, elsewhere).signing


def relevant(environment: dict[str, str], fixed: Mapping[str, str]) -> dict[str, str]:
    """Without what Kubernetes injects, and without credentials that would mix with the `fixed` ones."""
    ours = {name: value for name, value in environment.items() if not is_from_kubernetes(name, value)}
    if any(name.startswith(CONNECTION) for name in fixed):
        ours = {name: value for name, value in ours.items() if not name.upper().startswith(CONNECTION)}
    return ours | dict(fixed)


def is_from_kubernetes(name: str, value: str) -> bool:
    injected_port = name.upper() == PREFIX + "PORT" and "://" in value
    return injected_port or KUBERNETES.fullmatch(name) is not None


def refuse_unknown(names: Iterable[str]) -> None:
    """pydantic-settings passes over top-level variables that it does not know, so a typing error would go unseen."""
    known = {field.upper() for field in Settings.model_fields} | {"CONFIG"}
    for name in sorted(names):
        field, *inner = name.upper().removeprefix(PREFIX).split("__")
        if not name.upper().startswith(PREFIX) or (field in known and inner_fits(field, inner)):
            continue
        near = difflib.get_close_matches(name.upper(), setting_names(), n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise SettingsError(f"{name}: expected one of the settings in the README{hint}")


def inner_fits(field: str, inner: list[str]) -> bool:
    """A slice is set by its fields (`AKENEO__URL`), a plain setting by its bare name."""
    return bool(inner) == (field != "CONFIG" and slice_of(field.lower()) is not None)


def slice_of(field: str) -> type[Slice] | None:
    annotation = Settings.model_fields[field].annotation
    return annotation if isinstance(annotation, type) and issubclass(annotation, Slice) else None


def setting_names() -> list[str]:
    """Every environment variable that exists, sorted; the README's table is compared with it."""
    names = [CONFIG]
    for field in Settings.model_fields:
        inner = slice_of(field)
        suffixes = [f"__{name}" for name in inner.model_fields] if inner else [""]
        names += [PREFIX + (field + suffix).upper() for suffix in suffixes]
    return sorted(names)


def read_toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text())
    except OSError as error:
        raise SettingsError(f"{CONFIG}: expected a readable file, {file}: {error.strerror}") from None
    except ValueError as error:
        raise SettingsError(f"{CONFIG}: expected TOML in {file}: {error}") from None


def explain(problem: ErrorDetails) -> str:
    """One line that names the variable and what was expected, and never repeats a value: it may be a secret."""
    loc = problem["loc"] or ("admin_token",)  # the one rule that spans the whole
    name = PREFIX + "__".join(str(part) for part in loc).upper()
    message = problem["msg"].removeprefix("Value error, ")
    if problem["type"] == "extra_forbidden":
        message = "no such setting"
    if problem["type"] == "missing" and problem["loc"] == ("akeneo",):
        name, message = PREFIX + "AKENEO__URL", "expected the address of your Akeneo"
    return f"{name}: {message[:1].lower()}{message[1:]}"
