"""Every setting with its default and what it takes. `proxy.configuration` reads them, once."""

import os
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from pydantic import ByteSize, Field, model_validator
from pydantic_settings import BaseSettings, EnvSettingsSource, SettingsConfigDict
from pydantic_settings import PydanticBaseSettingsSource as Source

from proxy.container import memory_bytes
from proxy.setting_types import (
    MEBIBYTE,
    BaseUrl,
    Count,
    HostName,
    Port,
    Seconds,
    Token,
    UrlPrefix,
    plain,
    wrong,
)
from proxy.slices import (
    LEAST_MEMORY,
    AbuseSettings,
    AddressSettings,
    AkeneoSettings,
    CacheSettings,
    FolderSettings,
    FreshnessSettings,
    LogSettings,
    OutputSettings,
    RenderSettings,
    SigningSettings,
    Slice,
    SyncSettings,
    TracingSettings,
)

PREFIX = "MEDIA_PROXY_"
# What is read in place of the process's own environment, which nobody here changes.
ENVIRONMENT: ContextVar[Mapping[str, str] | None] = ContextVar("environment", default=None)
AKENEO = "akeneo"  # the connection that the environment describes
SERVER_BYTES = 256 * MEBIBYTE  # of itself, of answers on their way out, of the nursery
LOOPBACK = {"127.0.0.1", "::1", "localhost"}


class EndpointSettings(Slice):
    """A way in: by the first segments of the path, by the host, or both. What it leaves unsaid is said at the top."""

    prefix: UrlPrefix = ""
    host: HostName | None = None
    connections: tuple[str, ...] | None = None
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
    addresses: AddressSettings

    @property
    def knows_entries(self) -> bool:
        """Whether there are addresses of products and the like."""
        return bool(self.connections) and self.addresses.mode != "off"


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
    drain_seconds: Seconds = 25  # below what orchestrators wait before they kill
    max_connections: Count = 20_000
    canonical_base_url: BaseUrl | None = None
    named_transformations: dict[str, str] = Field(default_factory=dict)  # in the file, as a table
    named_only: bool = False  # no transformation but these
    akeneo: AkeneoSettings | None = None
    connections: dict[str, AkeneoSettings] = Field(default_factory=dict)  # further ones, in the file
    folder: FolderSettings = Field(default_factory=FolderSettings)
    addresses: AddressSettings = Field(default_factory=AddressSettings)
    endpoints: tuple[EndpointSettings, ...] = ()  # in the file; without any there is one, at the root
    cache: CacheSettings = Field(default_factory=CacheSettings)
    render: RenderSettings = Field(default_factory=RenderSettings)
    output: OutputSettings = Field(default_factory=OutputSettings)
    signing: SigningSettings = Field(default_factory=SigningSettings)
    abuse: AbuseSettings = Field(default_factory=AbuseSettings)
    freshness: FreshnessSettings = Field(default_factory=FreshnessSettings)
    log: LogSettings = Field(default_factory=LogSettings)
    tracing: TracingSettings = Field(default_factory=TracingSettings)
    sync: SyncSettings = Field(default_factory=SyncSettings)

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
        names = [connection.name for connection in known.values()]
        if len(set(names)) < len(names):
            raise wrong("connections", "expected each to have an address or a user of its own")
        if AKENEO in self.connections and self.akeneo is not None:
            raise wrong("connections__akeneo", "expected another name: this one is that of the table [akeneo]")
        for number, endpoint in enumerate(self.endpoints):
            if endpoint.connections == () and (endpoint.folder or self.folder).directory is None:
                raise wrong(f"endpoints__{number}__connections", "expected at least one name, or a folder")
            for name in endpoint.connections or ():
                if name not in known:
                    raise wrong(f"endpoints__{number}__connections", f"expected names of {', '.join(known)}")
        return self

    @model_validator(mode="after")
    def keeps_its_cache_to_itself(self) -> Self:
        cache = real(self.cache.directory)
        for folder in (self.folder, *(endpoint.folder for endpoint in self.endpoints)):
            directory = folder and folder.directory and real(folder.directory)
            if directory and cache.is_relative_to(directory):
                raise wrong("folder__directory", "expected a directory that does not hold that of the cache")
        return self

    @model_validator(mode="after")
    def tells_its_endpoints_apart(self) -> Self:
        doors = [(endpoint.host, endpoint.prefix) for endpoint in self.endpoints]
        for number, door in enumerate(doors):
            if door in doors[:number]:
                raise wrong(f"endpoints__{number}", "expected another prefix or host than an endpoint before it has")
        return self

    @model_validator(mode="after")
    def has_keys_where_signatures_are_required(self) -> Self:
        """An endpoint may require what the common key signs, or have the key for what all have to be."""
        for number, said in enumerate(self.endpoints or (EndpointSettings(),)):
            signing = self.signing_of(said)
            if signing.required and not plain(signing.private_key):
                name = "signing" if said.signing is None else f"endpoints__{number}__signing"
                raise wrong(name, "expected a PRIVATE_KEY, since signatures are REQUIRED")
        return self

    @property
    def rendering(self) -> RenderSettings:
        """With the memory that the container leaves to the workers, unless it is said."""
        if self.render.memory_bytes is not None:
            return self.render
        left = memory_bytes() - SERVER_BYTES - self.cache.memory_bytes
        return self.render.model_copy(update={"memory_bytes": ByteSize(max(LEAST_MEMORY, left))})

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
            connections=tuple(self.all_connections) if said.connections is None else said.connections,
            folder=(said.folder or self.folder).directory,
            canonical_base_url=said.canonical_base_url or self.canonical_base_url,
            named_transformations=self.named_transformations | said.named_transformations,
            named_only=self.named_only if said.named_only is None else said.named_only,
            output=self.output.model_copy(update=output),
            signing=self.signing_of(said),
            abuse=self.abuse.model_copy(update=abuse),
            addresses=self.addresses,
        )

    def signing_of(self, said: EndpointSettings) -> SigningSettings:
        """Keys of its own take the place of the common ones; whether they are required has to be said to be changed."""
        if said.signing is None:
            return self.signing
        fields = said.signing.model_fields_set
        required = said.signing.required if "required" in fields else self.signing.required
        keys = said.signing if fields & {"private_key", "previous_keys"} else self.signing
        return keys.model_copy(update={"required": required})

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


def real(directory: Path) -> Path:
    """Without links, as far as they lead somewhere: a circle of them is a broken disk, and no reason not to start."""
    return Path(os.path.realpath(directory))
