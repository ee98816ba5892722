"""The wire to a DAM: httpx, and its errors as ours."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from http.cookiejar import CookieJar, DefaultCookiePolicy
from pathlib import Path
from typing import BinaryIO

import httpx

from proxy.sync.outcomes import DataError, Reason, TransientError

CONNECT_SECONDS = 5.0
HEADERS = {"User-Agent": "akeneo-media-proxy", "Accept-Encoding": "identity"}
UNSENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError, httpx.PoolTimeout)
REDIRECTS = 3


class Passing(TransientError):
    """A fault that another try may get over. `unsent`: the request was not carried out for certain."""

    def __init__(self, part: str, expected: str = "", *, unsent: bool, seconds: float | None = None) -> None:
        super().__init__(part, expected, maybe_applied=not unsent)
        self.unsent = unsent
        self.seconds = seconds


class Wire:
    """One pool of connections. Cookies are not kept; redirects are the caller's matter."""

    def __init__(self, timeout_seconds: float) -> None:
        self.timeout_seconds = timeout_seconds
        self.http: httpx.AsyncClient | None = None
        self.opening = asyncio.Lock()

    async def open(self) -> httpx.AsyncClient:
        async with self.opening:
            if self.http is None:
                context = await asyncio.to_thread(ssl.create_default_context)
                self.http = httpx.AsyncClient(
                    verify=context,
                    follow_redirects=False,
                    max_redirects=REDIRECTS,
                    timeout=httpx.Timeout(self.timeout_seconds, connect=min(CONNECT_SECONDS, self.timeout_seconds)),
                    headers=HEADERS,
                    cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
                )
        return self.http

    async def close(self) -> None:
        if self.http is not None:
            await self.http.aclose()

    @asynccontextmanager
    async def send(
        self, request: Callable[[httpx.AsyncClient], httpx.Request], label: str
    ) -> AsyncIterator[httpx.Response]:
        """Raises Passing, of the body as well as of the head."""
        http = self.http or await self.open()
        try:
            async with asyncio.timeout(self.timeout_seconds + CONNECT_SECONDS):
                response = await http.send(request(http), stream=True)
        except (httpx.HTTPError, OSError) as error:  # TimeoutError is an OSError
            raise passing(label, error) from None
        try:
            yield response
        finally:
            await response.aclose()


def passing(label: str, error: Exception) -> Passing:
    """Not with the words of httpx alone: some of its errors have none."""
    return Passing(label, f"a whole answer: {error or type(error).__name__}", unsent=isinstance(error, UNSENT))


async def body_of(response: httpx.Response, label: str, limit: int) -> bytes:
    """Raises Passing for a body that is cut, DataError for one that is too long."""
    body = bytearray()
    try:
        async for chunk in response.aiter_raw():
            body += chunk
            if len(body) > limit:
                raise DataError(Reason.TOO_LARGE, label, f"an answer of at most {limit} bytes")
    except (httpx.HTTPError, httpx.StreamError, OSError) as error:
        raise passing(label, error) from None
    return bytes(body)


async def store(response: httpx.Response, to: Path, label: str, limit: int) -> int:
    """The bytes of the whole body; a file that is not whole is not left behind."""
    part = to.with_name(f"{to.name}.part")
    try:
        size = await pour(response, part, label, limit)
        await asyncio.to_thread(part.replace, to)
    except OSError as error:  # a full disk, a folder that is gone
        raise TransientError(label, f"a file that can be written: {error.strerror}") from error
    finally:
        await asyncio.to_thread(part.unlink, missing_ok=True)
    return size


async def pour(response: httpx.Response, part: Path, label: str, limit: int) -> int:
    size = 0
    file: BinaryIO = await asyncio.to_thread(part.open, "wb")
    try:
        async for chunk in response.aiter_raw(2**18):
            size += len(chunk)
            if size > limit:
                raise DataError(Reason.TOO_LARGE, label, f"a file of at most {limit} bytes")
            await asyncio.to_thread(file.write, chunk)
    except (httpx.HTTPError, httpx.StreamError) as error:
        raise passing(label, error) from None
    finally:
        await asyncio.to_thread(file.close)
    if size == 0:
        raise Passing(label, "a file that is not empty", unsent=False)
    return size
