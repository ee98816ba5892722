"""A whole URL, as it came over the wire -> what is asked for."""

import re
from dataclasses import dataclass, replace
from urllib.parse import unquote_to_bytes

from proxy.errors import LimitExceeded, NoSuchPath
from proxy.imagekit.accept import enabled, read_accept
from proxy.imagekit.reading import Reading, read_plan
from proxy.media import MediaPath, MediaRequest
from proxy.plan.output import OutputFormat
from proxy.settings import OutputSettings

MAX_LENGTH = 8192
ORIGIN = re.compile(r"\Ahttps?://[^/?#]*", re.IGNORECASE)  # of a target in absolute form, as proxies are sent
SLASHES = re.compile(r"/{2,}")
TRANSFORMATION = re.compile(r"tr(?::|%3[Aa])")


@dataclass(frozen=True, slots=True)
class ReadUrl:
    """A request, and the parameters of its URL that have no effect, or only a simpler one."""

    request: MediaRequest
    ignored: tuple[str, ...] = ()
    fallbacks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Address:
    """A request target taken apart, its transformation not read yet. `remainder` is what a signature covers."""

    path: MediaPath
    transformation: str
    arguments: dict[str, str]
    remainder: str


def locate(target: str) -> Address:
    """Take a raw request target apart; raises NoSuchPath, or LimitExceeded if it is too long to look at."""
    if len(target) > MAX_LENGTH:
        raise LimitExceeded(f"a URL may have at most {MAX_LENGTH} characters")
    local = ORIGIN.sub("", target.partition("#")[0], count=1)
    location, _, query = local.partition("?")
    source, transformation = split_path(location)
    return Address(read_source(source), transformation, first_values(query), local.removeprefix("/"))


def read_url(target: str, accept: str, output: OutputSettings) -> ReadUrl:
    """A whole target at once, for who asks for no signature."""
    return read_address(locate(target), accept, output)


def read_address(address: Address, accept: str, output: OutputSettings) -> ReadUrl:
    """What is asked for; `accept` is the viewer's header. Raises InvalidTransformation, LimitExceeded."""
    reading = read_plan(address.transformation, address.arguments.get("tr", ""))
    attachment = address.arguments.get("ik-attachment") == "true"
    return ReadUrl(request_for(address.path, reading, accept, output, attachment), reading.ignored, reading.fallbacks)


def split_path(location: str) -> tuple[str, str]:
    """Source path, still encoded, and the value of the one `tr:` segment before the file name."""
    segments = SLASHES.sub("/", location).removeprefix("/").split("/")
    for index, segment in enumerate(segments[:-1]):
        opening = TRANSFORMATION.match(segment)
        if opening:
            return "/".join(segments[:index] + segments[index + 1 :]), segment[opening.end() :]
    return "/".join(segments), ""


def read_source(encoded: str) -> MediaPath:
    try:
        return MediaPath.parse(unquote_to_bytes(encoded).decode())
    except UnicodeError:
        raise NoSuchPath("no such media path") from None


def first_values(query: str) -> dict[str, str]:
    """Raw values by key; of a repeated key the first counts. Cache busters and the like are never looked at."""
    values: dict[str, str] = {}
    for pair in query.split("&"):
        key, _, value = pair.partition("=")
        values.setdefault(key, value)
    return values


def request_for(
    path: MediaPath, reading: Reading, accept: str, output: OutputSettings, attachment: bool
) -> MediaRequest:
    """Fill in what the URL leaves to the settings."""
    unsaid = OutputFormat.AUTO if output.auto_format else OutputFormat.SAME
    plan = reading.plan if reading.plan.original else reading.plan.with_defaults(unsaid, output.auto_orient)
    request = MediaRequest(path, plan, default_quality=output.quality, attachment=attachment)
    if not request.negotiates:
        return request
    return replace(request, accepts=enabled(read_accept(accept), plan.output, output))
