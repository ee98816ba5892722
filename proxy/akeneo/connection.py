"""The wire: httpx, and its errors as ours. Loaded on first use, since httpx takes its time to import."""

import asyncio
import math
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from http.cookiejar import CookieJar, DefaultCookiePolicy
from pathlib import Path

import httpx

from proxy.akeneo.reply import Reply
from proxy.errors import OriginBroken, OriginError, OriginMisconfigured, OriginTimeout, OriginUnreachable
from proxy.slices import AkeneoSettings

# `image/*` would be a 406, here too (akeneo-api, 2.5); a picture gains nothing from compression.
HEADERS = {"Accept": "*/*", "Accept-Encoding": "identity", "User-Agent": "akeneo-media-proxy"}
KEEP_ALIVE_SECONDS = 15
LEAST_UPLOAD_BYTES_PER_SECOND = 64 * 1024


class Connection:
    """Keep-alive connections to one Akeneo. Redirects are not followed, cookies not kept."""

    def __init__(self, settings: AkeneoSettings) -> None:
        self.base_url = settings.url
        self.head_timeout_seconds = settings.connect_timeout_seconds + settings.read_timeout_seconds
        try:
            self.http = open_client(settings)
        except (httpx.InvalidURL, ImportError, ValueError, OSError) as error:  # HTTPS_PROXY, CA_FILE
            raise noted(OriginMisconfigured("the way to Akeneo is misconfigured"), error) from None

    @asynccontextmanager
    async def send(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes | AsyncIterator[bytes] | None = None,
        patience_seconds: float = math.inf,
    ) -> AsyncIterator[Reply]:
        """The head of an answer, its body to be read inside the block."""
        request = self.http.build_request(method, self.base_url + path, headers=headers, content=body)
        response = await self.head(request, patience_seconds)
        try:
            yield Reply(response.status_code, response.headers, chunks_of(response))
        finally:
            await response.aclose()

    async def head(self, request: httpx.Request, patience_seconds: float) -> httpx.Response:
        # httpx limits each read; a server that drips its headers would go on for ever.
        longest = self.head_timeout_seconds + upload_seconds(request)
        try:
            async with asyncio.timeout(min(longest, patience_seconds)):
                return await self.http.send(request, stream=True)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError) as error:
            raise noted(OriginUnreachable("Akeneo cannot be reached"), error) from None
        except (httpx.HTTPError, OSError) as error:
            raise fault(error) from None

    async def close(self) -> None:
        await self.http.aclose()


def open_client(settings: AkeneoSettings) -> httpx.AsyncClient:
    """Over TLS the environment's HTTPS_PROXY and NO_PROXY are followed: such a proxy tunnels and sees no token.

    With a plain `http://` address it would read the token, so there the environment is not looked at.
    """
    tls = settings.url.startswith("https://")
    places = settings.max_concurrency
    return httpx.AsyncClient(
        verify=trusted(settings.ca_file) if tls else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
        trust_env=tls,
        follow_redirects=False,
        timeout=httpx.Timeout(settings.read_timeout_seconds, connect=settings.connect_timeout_seconds),
        limits=httpx.Limits(
            max_connections=places, max_keepalive_connections=places, keepalive_expiry=KEEP_ALIVE_SECONDS
        ),
        headers=HEADERS,
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
    )


def upload_seconds(request: httpx.Request) -> float:
    """What is sent first takes its time, too; how long one write may stand still is limited by httpx."""
    return int(request.headers.get("content-length", 0)) / LEAST_UPLOAD_BYTES_PER_SECOND


def trusted(ca_file: Path | None) -> ssl.SSLContext:
    """The system's authorities, or those of the file alone. Reading them takes 40 ms."""
    return ssl.create_default_context(cafile=ca_file)


async def chunks_of(response: httpx.Response) -> AsyncGenerator[bytes, None]:
    """The body as it is on the wire; its consumer's errors never pass through here."""
    stream = response.aiter_raw()
    try:
        async for chunk in stream:
            yield chunk
    except (httpx.HTTPError, httpx.StreamError, OSError) as error:
        raise fault(error) from None


def fault(error: Exception) -> OriginError:
    """TimeoutError is an OSError, and asyncio's own."""
    if isinstance(error, httpx.TimeoutException | TimeoutError):
        return noted(OriginTimeout("Akeneo does not answer in time"), error)
    return noted(OriginBroken("Akeneo broke off its answer"), error)


def noted(ours: OriginError, theirs: Exception) -> OriginError:
    """The reason is for the log alone: it may hold inner addresses."""
    ours.add_note(f"{type(theirs).__name__}: {theirs}")
    return ours
