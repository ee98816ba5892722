"""Files that assets only link to (`media_link`), on hosts that the operator has named; never with Akeneo's token.

A link is text that somebody has written into the PIM, so it must not lead into the network that this server stands in:
each socket is opened to an address that was checked, whatever a name may mean the next moment.
"""

import asyncio
import hashlib
import ipaddress
import socket
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import SplitResult, quote, urljoin, urlsplit

import aiohttp

from proxy.akeneo.health import OK, Health
from proxy.deadline import Deadline
from proxy.errors import (
    MediaForbidden,
    MediaNotFound,
    OriginBroken,
    OriginError,
    OriginMisconfigured,
    OriginTimeout,
    OriginUnreachable,
    SourceTooLarge,
)
from proxy.media import MediaPath
from proxy.metrics import Metrics
from proxy.origins.origin import Body
from proxy.slices import AddressSettings

T = TypeVar("T")
NAME = "links"
CHUNK_BYTES = 256 * 1024
LONGEST = 2048
REDIRECTS = 3
PLACES = 32  # connections at a time
MOVED = {301, 302, 303, 307, 308}
GONE = {404, 410}
PORTS = {"http": 80, "https": 443}
SAFE = "/%:=&?~#+!$,;'@()*[]"  # in a URL that may be encoded already
HEADERS = {"User-Agent": "akeneo-media-proxy", "Accept": "*/*", "Accept-Encoding": "identity"}
# What some version of Python's tables takes for global: sites of old, protocol assignments, relays of 6to4.
SPECIAL = tuple(map(ipaddress.ip_network, ("fec0::/10", "192.0.0.0/24", "192.88.99.0/24")))
TRIES = 2  # of a body that is cut
WHOLE_SECONDS = 300.0  # for all of a file


class Forbidden(OSError):
    """The address of a socket is none of the open Internet."""


@dataclass(frozen=True, slots=True)
class LinkBody:
    length: int | None
    chunks: AsyncIterator[bytes]
    attachment: bool = False


def is_public(address: str) -> bool:
    """Of an IP address as a socket takes it; in IPv4 within IPv6, however wrapped, the inner one counts."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        inner = [found.ipv4_mapped, found.sixtofour, *(found.teredo or ()), translated(found), tunnelled(found)]
        if any(it is not None and not is_public(str(it)) for it in inner):
            return False
        if found.ipv4_mapped is not None:
            return True
    if any(found in network for network in SPECIAL if network.version == found.version):
        return False
    return found.is_global and not (found.is_multicast or found.is_reserved)


def translated(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """Of NAT64, `64:ff9b::/96`, and of the ancient form `::a.b.c.d`."""
    prefix = int(address) >> 32
    return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF) if prefix in (0x64FF9B << 64, 0) else None


def tunnelled(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """Of ISATAP, whose interfaces are called `0:5efe:a.b.c.d`, or `200:5efe:...`."""
    interface = int(address) & 0xFFFFFFFFFFFFFFFF
    return ipaddress.IPv4Address(interface & 0xFFFFFFFF) if interface >> 32 in (0x5EFE, 0x02005EFE) else None


class LinkOrigin:
    """`is_allowed` says of each IP address whether a socket may be opened to it."""

    def __init__(
        self,
        settings: AddressSettings,
        most_bytes: int,
        metrics: Metrics,
        *,
        is_allowed: Callable[[str], bool] = is_public,
        resolver: aiohttp.abc.AbstractResolver | None = None,
    ) -> None:
        self.hosts = frozenset(settings.link_hosts)
        self.timeout_seconds = settings.link_timeout_seconds
        self.most_bytes = most_bytes
        self.metrics = metrics
        self.is_allowed = is_allowed
        self.resolver = resolver
        self.name = NAME
        self.health = Health(OK)
        self.session: aiohttp.ClientSession | None = None

    def checked(self, link: str) -> str:
        """As a whole URL; without a scheme it is one of HTTPS. Raises MediaForbidden."""
        text = link if "://" in link.partition("?")[0] else f"https://{link.lstrip('/')}"
        url = quote(text.strip(), safe=SAFE, errors="replace").partition("#")[0]
        parts = taken_apart(url)
        if parts is None or len(url) > LONGEST or not self.leads_to_allowed(parts):
            self.metrics.link_fetched("refused")
            raise MediaForbidden("the link leads to a host that is not allowed here")
        return url

    def leads_to_allowed(self, parts: SplitResult) -> bool:
        if parts.scheme not in PORTS or "@" in parts.netloc or parts.hostname is None:
            return False
        usual = PORTS[parts.scheme]
        host = parts.hostname.rstrip(".")
        named = {f"{host}:{parts.port or usual}"} | ({host} if parts.port in (None, usual) else set())
        return not named.isdisjoint(self.hosts)

    async def pin(self, path: MediaPath) -> MediaPath:
        """The revision is what the host says of the file; where it says nothing, what the file is. Raises
        MediaForbidden, MediaNotFound, SourceTooLarge, OriginError.
        """
        async with self.answer(path.code) as response:
            facts = [response.headers.get(name, "") for name in ("ETag", "Last-Modified", "Content-Length")]
            digest = hashlib.blake2b("\n".join(facts).encode(errors="replace"), digest_size=10)
            if not any(facts[:2]):
                async with aclosing(self.pieces(response)) as pieces:
                    async for piece in pieces:
                        digest.update(piece)
        return MediaPath(path.family, path.code, digest.hexdigest())

    async def fetch(self, path: MediaPath, store: Callable[[Body], Awaitable[T]], deadline: Deadline) -> T:
        """Tried once more when it is cut; raises SourceTooLarge, too."""
        for number in range(TRIES):
            try:
                async with self.answer(path.code) as response, aclosing(self.pieces(response)) as chunks:
                    return await store(LinkBody(response.content_length, chunks))
            except OriginBroken:
                if number == TRIES - 1 or not deadline.remaining():
                    raise
        raise OriginBroken("the host broke off its answer", retry_after_seconds=5)

    async def pieces(self, response: aiohttp.ClientResponse) -> AsyncGenerator[bytes, None]:
        received = 0
        if (response.content_length or 0) > self.most_bytes:
            raise SourceTooLarge(f"the linked file is larger than {self.most_bytes} bytes")
        try:
            async for chunk in response.content.iter_chunked(CHUNK_BYTES):
                received += len(chunk)
                if received > self.most_bytes:
                    raise SourceTooLarge(f"the linked file is larger than {self.most_bytes} bytes")
                yield chunk
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise trouble(error) from None

    @asynccontextmanager
    async def answer(self, url: str) -> AsyncIterator[aiohttp.ClientResponse]:
        """A 200, its body to be read inside the block; redirects are followed to allowed hosts only."""
        for _ in range(REDIRECTS + 1):
            response = await self.head(self.checked(url))
            try:
                self.metrics.link_fetched(response.status)
                if response.status not in MOVED:
                    check(response)
                    yield response
                    return
                url = moved(url, response.headers.get("Location", ""))
            finally:
                response.close()  # with its connection: what is left of a body is not waited for
        raise OriginMisconfigured("the link leads from one place to the next")

    async def head(self, url: str) -> aiohttp.ClientResponse:
        try:
            return await self.open().get(url, allow_redirects=False)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            causes = (error, getattr(error, "os_error", None), error.__cause__)
            if any(isinstance(cause, Forbidden) for cause in causes):
                self.metrics.link_fetched("refused")
                raise MediaForbidden("the link leads to a host that is not allowed here") from None
            self.metrics.link_fetched("failed")
            raise trouble(error) from None

    def open(self) -> aiohttp.ClientSession:
        """No cookies, no proxy of the environment, no credentials of a netrc."""
        if self.session is None:
            connector = aiohttp.TCPConnector(
                resolver=self.resolver, use_dns_cache=False, limit=PLACES, force_close=True, socket_factory=self.socket
            )
            patience = self.timeout_seconds
            timeout = aiohttp.ClientTimeout(
                total=WHOLE_SECONDS, connect=patience, sock_connect=patience, sock_read=patience
            )
            self.session = aiohttp.ClientSession(
                connector=connector,
                timeout=timeout,
                headers=HEADERS,
                cookie_jar=aiohttp.DummyCookieJar(),
                trust_env=False,
                auto_decompress=False,
            )
        return self.session

    def socket(self, found: tuple[Any, ...]) -> socket.socket:
        """For the very address that is connected to next; raises Forbidden."""
        family, kind, protocol, _, address = found
        if not self.is_allowed(str(address[0])):
            raise Forbidden("not an address of the open Internet")
        opened = socket.socket(family, kind, protocol)
        opened.setblocking(False)
        return opened

    async def size(self, path: MediaPath, deadline: Deadline) -> int | None:
        return None

    async def warm(self) -> None:
        """Few have links."""

    async def close(self) -> None:
        if self.session is not None:
            await self.session.close()
            await asyncio.sleep(0)  # sockets close a turn of the loop later


def taken_apart(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        return parts if parts.port != 0 else None  # which is looked at here, as it may be none
    except ValueError:
        return None


def moved(url: str, location: str) -> str:
    """Raises OriginMisconfigured for what is no URL, or no text."""
    try:
        there = urljoin(url, location)
        there.encode()
    except ValueError:
        raise OriginMisconfigured("the link leads on to what is no address") from None
    return there


def check(response: aiohttp.ClientResponse) -> None:
    if response.status in GONE:
        raise MediaNotFound("there is no file where the link leads to")
    if response.status != 200:
        raise OriginBroken("the host of the link fails", retry_after_seconds=5)


def trouble(error: Exception) -> OriginError:
    if isinstance(error, TimeoutError):
        ours: OriginError = OriginTimeout("the host of the link does not answer in time", retry_after_seconds=5)
    elif isinstance(error, aiohttp.ClientConnectorError):
        ours = OriginUnreachable("the host of the link cannot be reached", retry_after_seconds=5)
    else:
        ours = OriginBroken("the host of the link broke off its answer", retry_after_seconds=5)
    ours.add_note(f"{type(error).__name__}: {error}")
    return ours
