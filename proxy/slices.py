"""The parts of the settings, each handed to whoever needs it."""

from datetime import UTC, tzinfo
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ByteSize, ConfigDict, Field, SecretStr, model_validator
from pydantic_settings import NoDecode

from proxy.container import cores
from proxy.formats import AVIF_MAX_PIXELS
from proxy.setting_types import (
    GIBIBYTE,
    MEBIBYTE,
    Authorities,
    BaseUrl,
    BucketUrl,
    Bytes,
    Count,
    Directory,
    HeaderName,
    Interval,
    LinkHost,
    Name,
    RedisUrl,
    Seconds,
    Secret,
    Sides,
    TimeZone,
    Token,
    Tracing,
    header_value,
    plain,
    separated,
    spaced,
    user_cache_directory,
)

LEAST_MEMORY = 64 * MEBIBYTE
IDLE_SHARE, IDLE_BYTES = 0.5, 256 * MEBIBYTE
KEPT_SHARE, KEPT_BYTES = 8, 64 * MEBIBYTE


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
    event_secrets: Annotated[tuple[Secret, ...], NoDecode, BeforeValidator(separated)] = ()  # of Akeneo's webhooks
    poll_seconds: Interval | None = None  # between two looks at what has changed
    time_zone: TimeZone = "UTC"  # of the PIM's server

    @property
    def zone(self) -> tzinfo:
        """Of the PIM's server; not every machine has a list of them."""
        if self.time_zone == "UTC":
            return UTC
        from zoneinfo import ZoneInfo  # noqa: PLC0415 (few set it)

        return ZoneInfo(self.time_zone)

    @property
    def is_followed(self) -> bool:
        """Whether anything tells what changes there."""
        return bool(self.secrets_of_events) or self.poll_seconds is not None

    @property
    def secrets_of_events(self) -> tuple[str, ...]:
        """None of them empty: that would be a signature that anybody can make."""
        return tuple(text for secret in self.event_secrets if (text := plain(secret)))

    @property
    def name(self) -> str:
        """Which connection it is, for cache keys; the same when secrets are changed."""
        host = self.url.partition("://")[2]
        return host if self.access_token or not self.username else f"{self.username}@{host}"

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


class AddressSettings(Slice):
    """Addresses of products and the like, which stand for whichever file they have at present."""

    mode: Literal["serve", "redirect", "off"] = "serve"
    lifetime_seconds: Seconds = 60  # of what Akeneo has said of an entry
    link_hosts: Annotated[tuple[LinkHost, ...], NoDecode, BeforeValidator(separated)] = ()  # of `media_link`s
    link_timeout_seconds: Seconds = 10  # for a host to be found, to answer, and to go on


class CacheSettings(Slice):
    directory: Path = Field(default_factory=user_cache_directory)
    memory_bytes: Bytes = ByteSize(128 * MEBIBYTE)
    disk_bytes: Bytes = ByteSize(10 * GIBIBYTE)
    redis_url: RedisUrl | None = None  # what several replicas share
    object_store_url: BucketUrl | None = None  # where originals and renditions last
    object_store_endpoint: BaseUrl | None = None  # of a store that is not Amazon's
    object_store_region: Name | None = None
    object_store_access_key_id: Token | None = None
    object_store_secret_access_key: Token | None = None
    object_store_ca_file: Authorities | None = None

    @model_validator(mode="after")
    def needs_both_keys(self) -> Self:
        if bool(plain(self.object_store_access_key_id)) != bool(plain(self.object_store_secret_access_key)):
            raise ValueError("expected OBJECT_STORE_ACCESS_KEY_ID and OBJECT_STORE_SECRET_ACCESS_KEY, or neither")
        return self

    @model_validator(mode="after")
    def needs_a_bucket(self) -> Self:
        names = [name for name in type(self).model_fields if name.startswith("object_store_")]
        if self.object_store_url is None and any(getattr(self, name) for name in names):
            raise ValueError("expected OBJECT_STORE_URL beside the other settings of an object store")
        return self


class RenderSettings(Slice):
    """Worker processes and what one picture may cost."""

    workers: Annotated[int, Field(ge=1, le=256)] = Field(default_factory=cores)
    queue: Count = 1024
    timeout_seconds: Seconds = 10  # from when a worker starts on it
    worker_memory_bytes: Annotated[ByteSize, Field(ge=LEAST_MEMORY)] = ByteSize(GIBIBYTE)
    memory_bytes: Annotated[ByteSize, Field(ge=LEAST_MEMORY)] | None = None  # of all workers; None: of the container
    max_source_bytes: Annotated[ByteSize, Field(ge=1)] = ByteSize(40_000_000)
    max_source_pixels: Annotated[int, Field(ge=1)] = 100_000_000
    max_output_side: Annotated[int, Field(ge=1, le=65535)] = 8192
    decode_once: bool = True  # sizes of one original are drawn from one decode, where they come together

    @property
    def memory_budget(self) -> int:
        """What jobs that run together may hold."""
        return self.memory_bytes or self.workers * self.worker_memory_bytes

    @property
    def most_worker_bytes(self) -> int:
        """One alone may have all of it, and no more: it is to be refused by us rather than ended by the kernel."""
        return min(self.worker_memory_bytes, self.memory_budget)

    @property
    def kept_bytes(self) -> int:
        """What a worker may hold of decoded pictures between two jobs; counted as taken for good."""
        share = min(self.most_worker_bytes, self.memory_budget // self.workers) // KEPT_SHARE
        return min(KEPT_BYTES, share) if self.decode_once else 0

    @property
    def most_idle_bytes(self) -> float:
        """A worker that holds more between two jobs is replaced."""
        return min(self.worker_memory_bytes, max(IDLE_BYTES, self.memory_budget / self.workers)) * IDLE_SHARE


class OutputSettings(Slice):
    """What a URL that says nothing about it gets."""

    quality: Annotated[int, Field(ge=1, le=100)] = 80
    auto_format: bool = True
    auto_avif: bool = False
    defer_avif: bool = False  # it is drawn behind the first viewer, who gets another format
    avif_max_pixels: Annotated[int, Field(ge=1)] = AVIF_MAX_PIXELS  # of what is not asked for by `f-avif`
    auto_orient: bool = True
    save_data_quality: Annotated[int, Field(ge=1, le=100)] | None = None
    cache_control: Annotated[str, AfterValidator(header_value)] = "public, max-age=31536000, immutable"


class SigningSettings(Slice):
    """The key that signs URLs, and earlier ones that are still accepted."""

    private_key: Secret | None = None
    previous_keys: Annotated[tuple[Secret, ...], NoDecode, BeforeValidator(separated)] = ()
    required: bool = False

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
    most_in_list: Annotated[int, Field(ge=0, le=500)] = 50  # placeholders of one list; 0: there are no lists


class TracingSettings(Slice):
    """OpenTelemetry's; where spans go to is said by its own variables, `OTEL_EXPORTER_OTLP_...`."""

    enabled: Tracing = False
    sample_ratio: Annotated[float, Field(ge=0, le=1)] = 0.1
    trust_traceparent: bool = False  # of a viewer: whoever reaches us decides what is sampled


class SyncSettings(Slice):
    """Where the settings of a sync with a DAM are; `proxy.sync` reads them."""

    config: Path | None = None


class FreshnessSettings(Slice):
    """What follows when Akeneo tells of a change, or polling finds one."""

    purge_removed: bool = False  # files that nothing names any more
    warm: Annotated[tuple[str, ...], NoDecode, BeforeValidator(spaced)] = ()  # transformations for new ones


class LogSettings(Slice):
    access: Literal["all", "errors", "off"] = "all"
    format: Literal["text", "json"] = "text"
    level: Literal["debug", "info", "warning", "error"] = "info"
