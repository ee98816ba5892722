"""Every setting with its default and what it takes. `proxy.configuration` reads them, once."""

from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ByteSize, ConfigDict, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, EnvSettingsSource, NoDecode, SettingsConfigDict
from pydantic_settings import PydanticBaseSettingsSource as Source

from proxy.setting_types import (
    GIBIBYTE,
    MEBIBYTE,
    Authorities,
    BaseUrl,
    Bytes,
    Count,
    Directory,
    HeaderName,
    HostName,
    Port,
    Seconds,
    Secret,
    Sides,
    Token,
    UrlPrefix,
    cores,
    header_value,
    plain,
    separated,
    user_cache_directory,
    wrong,
)

PREFIX = "MEDIA_PROXY_"
# What is read in place of the process's own environment, which nobody here changes.
ENVIRONMENT: ContextVar[Mapping[str, str] | None] = ContextVar("environment", default=None)
AKENEO = "akeneo"  # the connection that the environment describes
LOOPBACK = {"127.0.0.1", "::1", "localhost"}


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


class FolderSettings(Slice):
    """Files of the operator's own, beside Akeneo's: default images, fonts, logos."""

    directory: Directory | None = None


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
    save_data_quality: Annotated[int, Field(ge=1, le=100)] | None = None
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


class AbuseSettings(Slice):
    """What a viewer may make of us; nothing of it holds unless it is set."""

    width_ladder: Sides = ()
    new_renditions_per_minute: Count | None = None
    client_header: HeaderName | None = None  # whoever reaches us must have it set or removed by a proxy of ours
    trusted_proxies: Annotated[int, Field(ge=1, le=10)] = 1


class EndpointSettings(Slice):
    """A way in: by the first segments of the path, by the host, or both. What it leaves unsaid is said at the top."""

    prefix: UrlPrefix = ""
    host: HostName | None = None
    connections: tuple[str, ...] = ()
    folder: FolderSettings | None = None
    canonical_base_url: BaseUrl | None = None
    named_transformations: dict[str, str] = Field(default_factory=dict)
    named_only: bool | None = None
    output: OutputSettings | None = None
    signing: SigningSettings | None = None
    abuse: AbuseSettings | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Endpoint:
    """The same with nothing left unsaid. `prefix` has no slash at its ends; empty, it is the root."""

    prefix: str
    host: str | None
    connections: tuple[str, ...]
    folder: Path | None
    canonical_base_url: str | None
    named_transformations: Mapping[str, str]
    named_only: bool
    output: OutputSettings
    signing: SigningSettings
    abuse: AbuseSettings


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
    header_timeout_seconds: Seconds = 10  # for a request to come whole
    send_timeout_seconds: Seconds = 30  # without a byte of the answer being taken
    max_connections: Count = 20_000
    canonical_base_url: BaseUrl | None = None
    named_transformations: dict[str, str] = Field(default_factory=dict)  # in the file, as a table
    named_only: bool = False  # no transformation but these
    akeneo: AkeneoSettings | None = None
    connections: dict[str, AkeneoSettings] = Field(default_factory=dict)  # further ones, in the file
    folder: FolderSettings = Field(default_factory=FolderSettings)
    endpoints: tuple[EndpointSettings, ...] = ()  # in the file; without any there is one, at the root
    cache: CacheSettings = Field(default_factory=CacheSettings)
    render: RenderSettings = Field(default_factory=RenderSettings)
    output: OutputSettings = Field(default_factory=OutputSettings)
    signing: SigningSettings = Field(default_factory=SigningSettings)
    abuse: AbuseSettings = Field(default_factory=AbuseSettings)
    log: LogSettings = Field(default_factory=LogSettings)

    @model_validator(mode="after")
    def guards_the_admin_port(self) -> Self:
        if self.admin_host not in LOOPBACK and not plain(self.admin_token):
            raise wrong("admin_token", "expected a token, since ADMIN_HOST is not a loopback address")
        return self

    @model_validator(mode="after")
    def knows_its_connections(self) -> Self:
        known = self.all_connections
        if not known:
            raise wrong("akeneo__url", "expected the address of your Akeneo")
        if AKENEO in self.connections and self.akeneo is not None:
            raise wrong("connections__akeneo", "expected another name: this one is that of the table [akeneo]")
        for number, endpoint in enumerate(self.endpoints):
            for name in endpoint.connections:
                if name not in known:
                    raise wrong(f"endpoints__{number}__connections", f"expected names of {', '.join(known)}")
        return self

    @model_validator(mode="after")
    def tells_its_endpoints_apart(self) -> Self:
        doors = [(endpoint.host, endpoint.prefix) for endpoint in self.endpoints]
        for number, door in enumerate(doors):
            if door in doors[:number]:
                raise wrong(f"endpoints__{number}", "expected another prefix or host than an endpoint before it has")
        return self

    @property
    def all_connections(self) -> dict[str, AkeneoSettings]:
        """By name; that of the environment comes first."""
        return ({} if self.akeneo is None else {AKENEO: self.akeneo}) | self.connections

    @property
    def all_endpoints(self) -> tuple[Endpoint, ...]:
        return tuple(self.completed(endpoint) for endpoint in self.endpoints or (EndpointSettings(),))

    def completed(self, said: EndpointSettings) -> Endpoint:
        """Its named transformations join the common ones; keys of its own replace them."""
        output = {} if said.output is None else said.output.model_dump(exclude_unset=True)
        abuse = {} if said.abuse is None else said.abuse.model_dump(exclude_unset=True)
        return Endpoint(
            prefix=said.prefix,
            host=said.host,
            connections=said.connections or tuple(self.all_connections),
            folder=(said.folder or self.folder).directory,
            canonical_base_url=said.canonical_base_url or self.canonical_base_url,
            named_transformations=self.named_transformations | said.named_transformations,
            named_only=self.named_only if said.named_only is None else said.named_only,
            output=self.output.model_copy(update=output),
            signing=said.signing or self.signing,
            abuse=self.abuse.model_copy(update=abuse),
        )

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
