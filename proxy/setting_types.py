"""What a setting may be: addresses, files, names, secrets, sizes. Whatever else is given is a ValueError."""

import os
import re
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, ByteSize, Field, HttpUrl, SecretStr, TypeAdapter
from pydantic_core import PydanticCustomError
from pydantic_settings import NoDecode

from proxy.json_text import parsed

MEBIBYTE = 2**20
GIBIBYTE = 2**30
PREFIX_PATH = re.compile(r"[A-Za-z0-9_-]+(?:/[A-Za-z0-9_-]+)*")
RESERVED_SEGMENTS = {"-", "media-files", "asset-media-files", "reference-entities-media-files", "ik-seo"}
REDIS_OPTION = r"(?:db=\d+|ssl_(?:ca_certs|certfile|keyfile)=[^&]+)"
REDIS_URL = re.compile(
    r"(?:rediss?://(?:[^\s@/?#]*@)?(?:[\w.-]+|\[[0-9A-Fa-f:.]+\])(?::\d+)?(?:/\d*)?|unix://(?:[^\s@/?#]*@)?/[^\s?#]+)"
    rf"(?:\?{REDIS_OPTION}(?:&{REDIS_OPTION})*)?"
)
BUCKET_URL = re.compile(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](?:/[A-Za-z0-9_.-]+)*/?")
HEADER_NAME = re.compile(r"[A-Za-z0-9-]{1,100}")
HOST_NAME = re.compile(r"[A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]+\]")


def base_url(text: str) -> str:
    """A URL to put paths behind: no query, no credentials, no slash at its end."""
    url = TypeAdapter(HttpUrl).validate_python(text)
    if url.username or url.password or "?" in text or "#" in text:
        raise ValueError("expected a URL without credentials, query or fragment")
    return str(url).rstrip("/")


def redis_url(secret: SecretStr) -> SecretStr:
    """No option but those of a database and of certificates: none that turns a check off."""
    text = secret.get_secret_value()
    if not REDIS_URL.fullmatch(text) or not redis_port_is_one(text):
        raise ValueError("expected redis://[user:password@]host[:port][/database], rediss://... or unix:///path")
    return secret


def redis_port_is_one(text: str) -> bool:
    try:
        return urlsplit(text).port != 0
    except ValueError:
        return False


def bucket_url(text: str) -> str:
    """A bucket and, maybe, a prefix: no keys, no options."""
    if not BUCKET_URL.fullmatch(text) or {".", ".."} & set(text.split("/")):
        raise ValueError("expected s3://bucket or s3://bucket/prefix; keys and endpoint have settings of their own")
    return text.rstrip("/")


def existing_directory(path: Path) -> Path:
    if not path.is_absolute() or not path.is_dir():
        raise ValueError("expected the absolute path of an existing directory")
    return path


def url_prefix(text: str) -> str:
    """`shop` and `/shop/` are one; nothing is the root."""
    path = text.strip("/")
    if path and (not PREFIX_PATH.fullmatch(path) or RESERVED_SEGMENTS & set(path.split("/"))):
        raise ValueError("expected letters, digits, hyphens and underscores, such as shop, and no path of our own")
    return path


def host_name(text: str) -> str:
    if not HOST_NAME.fullmatch(text):
        raise ValueError("expected a host name without scheme and port")
    return text.lower().removesuffix(".")


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
    text = secret.get_secret_value().strip()
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("expected text in UTF-8") from None
    return SecretStr(text)


def token(secret: SecretStr) -> SecretStr:
    """Something that a header can carry as it is."""
    header_value(secret.get_secret_value())
    return secret


def header_value(text: str) -> str:
    if not text.isascii() or not text.isprintable():
        raise ValueError("expected printable ASCII text")
    return text


def header_name(text: str) -> str:
    if not HEADER_NAME.fullmatch(text):
        raise ValueError("expected the name of a header, such as X-Forwarded-For")
    return text


def ascending(steps: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(sorted(set(steps)))


def user_cache_directory() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "akeneo-media-proxy"


def separated(value: object) -> object:
    """In the environment a list is written with commas, or in JSON."""
    if isinstance(value, str) and value.lstrip().startswith("["):
        try:
            return parsed(value)
        except ValueError:
            raise ValueError("expected a list in JSON, or values with commas between them") from None
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def spaced(value: object) -> object:
    """The same for what has commas of its own: with spaces between them, or in JSON."""
    return value.split() if isinstance(value, str) and not value.lstrip().startswith("[") else separated(value)


def time_zone(name: str) -> str:
    from zoneinfo import ZoneInfo  # noqa: PLC0415 (few set it)

    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        raise ValueError("expected the name of a time zone such as UTC or Europe/Paris") from None
    return name


def plain(value: str | SecretStr | None) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else value or ""


def wrong(name: str, expected: str) -> PydanticCustomError:
    """A rule that spans several settings is broken; `name` is the one to look at."""
    return PydanticCustomError("rule", "{expected}", {"name": name, "expected": expected})


BaseUrl = Annotated[str, AfterValidator(base_url)]
Directory = Annotated[Path, AfterValidator(existing_directory)]
UrlPrefix = Annotated[str, AfterValidator(url_prefix)]
HostName = Annotated[str, AfterValidator(host_name)]
Authorities = Annotated[Path, AfterValidator(authorities)]
Secret = Annotated[SecretStr, AfterValidator(trimmed)]
Token = Annotated[Secret, AfterValidator(token)]
RedisUrl = Annotated[Secret, AfterValidator(redis_url)]
BucketUrl = Annotated[str, AfterValidator(bucket_url)]
Name = Annotated[str, Field(pattern=r"^[\x21-\x7e]{1,200}$")]
Bytes = Annotated[ByteSize, Field(ge=0)]
Port = Annotated[int, Field(ge=0, le=65535)]  # 0: any free one
Seconds = Annotated[float, Field(gt=0, le=3600)]
Interval = Annotated[float, Field(ge=10, le=86_400)]  # seconds between two calls of ours
TimeZone = Annotated[str, AfterValidator(time_zone)]
HeaderName = Annotated[str, AfterValidator(header_name)]
Sides = Annotated[
    tuple[Annotated[int, Field(ge=1, le=65535)], ...], NoDecode, BeforeValidator(separated), AfterValidator(ascending)
]
Count = Annotated[int, Field(ge=1, le=100_000)]
