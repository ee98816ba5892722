"""Every setting with its default and what it takes. `proxy.configuration` reads them, once."""

import math
import os
from collections.abc import Mapping
from contextvars import ContextVar
from pathlib import Path
from typing import Annotated, Literal, Self

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
    model_validator,
)
from pydantic_settings import BaseSettings, EnvSettingsSource, NoDecode, SettingsConfigDict
from pydantic_settings import PydanticBaseSettingsSource as Source

PREFIX = "MEDIA_PROXY_"
# What is read in place of the process's own environment, which nobody here changes.
ENVIRONMENT: ContextVar[Mapping[str, str] | None] = ContextVar("environment", default=None)
LOOPBACK = {"127.0.0.1", "::1", "localhost"}
MEBIBYTE = 2**20
GIBIBYTE = 2**30


def base_url(text: str) -> str:
    """A URL to put paths behind: no query, no credentials, no slash at its end."""
    url = TypeAdapter(HttpUrl).validate_python(text)
    if url.username or url.password or "?" in text or "#" in text:
        raise ValueError("expected a URL without credentials, query or fragment")
    return str(url).rstrip("/")


def existing_file(path: Path) -> Path:
    if not path.is_file():
        raise ValueError("expected the path of an existing file")
    return path


def authorities(path: Path) -> Path:
    """Certificates that OpenSSL can read: found out now, not at the first call."""
    import ssl  # noqa: PLC0415 (few set it, and everybody would wait for it)

    try:
        ssl.create_default_context(cafile=str(existing_file(path)))
    except ssl.SSLError:
        raise ValueError("expected a file of certificates in PEM") from None
    return path


def trimmed(secret: SecretStr) -> SecretStr:
    """Without the line break that a file of one secret ends with."""
    return SecretStr(secret.get_secret_value().strip())


def token(secret: SecretStr) -> SecretStr:
    """Something that a header can carry as it is."""
    header_value(secret.get_secret_value())
    return secret


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
Authorities = Annotated[Path, AfterValidator(authorities)]
Secret = Annotated[SecretStr, AfterValidator(trimmed)]
Token = Annotated[Secret, AfterValidator(token)]
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
    secret: Secret = SecretStr("")
    username: str = ""
    password: Secret = SecretStr("")
    access_token: Token | None = None
    max_concurrency: Count = 4  # Akeneo's own limit for a connection
    queue: Count = 1024
    connect_timeout_seconds: Seconds = 5
    read_timeout_seconds: Seconds = 30
    ca_file: Authorities | None = None

    @model_validator(mode="after")
    def needs_credentials(self) -> Self:
        if plain(self.access_token):
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
    admin_token: Token | None = None
    admin_open_metrics: bool = False  # metrics without the token
    request_timeout_seconds: Seconds = 30
    canonical_base_url: BaseUrl | None = None
    named_transformations: dict[str, str] = Field(default_factory=dict)  # in the file, as a table
    named_only: bool = False  # no transformation but these
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
        environment = ENVIRONMENT.get()
        if environment is not None and isinstance(env_settings, EnvSettingsSource):
            env_settings.env_vars = {name.lower(): value for name, value in environment.items() if value}
        return env_settings, init_settings
