"""Background work of a running server, asked for over its admin port: with patience where it says that it is busy."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from proxy.commands.asking import Refused

WARM, INSPECT, THUMBNAIL, CATALOGUE = "/v1/warm", "/v1/inspect", "/v1/thumbnail", "/v1/catalogue"
TIMEOUT_SECONDS = 330.0  # a little longer than the server takes
BUSY = {429, 503}  # for everything that is asked for
PASSING = {502, 504}  # for this file
AWAY = {502, 503, 504}  # of a gateway that has no server behind it
BUSY_TRIES, PASSING_TRIES = 20, 3
MOST_SAID = 500  # characters, of what is not ours
LONGEST_PAUSE_SECONDS = 60.0
AWAY_SECONDS = (1, 2, 4, 8, 15, 15, 15, 15)  # between calls of a server that does not answer: a restart is waited for

Sleep = Callable[[float], Awaitable[object]]


class Failed(Exception):
    """What became of one call, in the words of the server."""

    def __init__(self, status: int, message: str, code: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.code = code


class Away(Exception):
    """Somebody else answers in place of the server: it is starting anew, perhaps."""


class Server:
    """All callers pause together when it is busy."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        base: str,
        endpoint: str | None,
        sleep: Sleep = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.session = session
        self.base = base
        self.common = {} if endpoint is None else {"endpoint": endpoint}
        self.sleep = sleep
        self.clock = clock
        self.paused_until = float("-inf")
        self.answered = False

    async def ask(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Raises Failed for this one, Refused where the server does not let us in or is not there."""
        tries = away = 0
        while True:
            await self.wait()
            try:
                status, facts, retry_after = await self.call(path, body)
            except (aiohttp.ClientError, TimeoutError, OSError, Away) as error:
                if not self.answered or away == len(AWAY_SECONDS):
                    told = f"no admin port of a media-proxy answers at {self.base}: {error or type(error).__name__}"
                    raise Refused(told) from None
                self.pause(AWAY_SECONDS[away])
                away += 1
                continue
            if status == 200:
                return facts
            tries, away = tries + 1, 0
            if tries >= (BUSY_TRIES if status in BUSY else PASSING_TRIES if status in PASSING else 1):
                raise Failed(status, facts["message"], facts.get("code", ""))
            seconds = min(max(retry_after, 1.0), LONGEST_PAUSE_SECONDS)
            if status in BUSY:
                self.pause(seconds)
            else:
                await self.sleep(seconds)

    async def call(self, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any], float]:
        url = self.base + path
        async with self.session.post(url, json=self.common | body, allow_redirects=False) as response:
            said = await response.text(errors="replace")
            retry_after = response.headers.get("Retry-After", "")
            seconds = float(retry_after) if retry_after.isdecimal() else 0.0
            facts = facts_in(response, said)
            if facts is not None:
                self.answered = True
                return response.status, facts, seconds
            if response.status in AWAY:
                raise Away(told(url, response))
            raise Refused(f"{told(url, response)}: {said.strip()[:MOST_SAID]}")

    def pause(self, seconds: float) -> None:
        self.paused_until = max(self.paused_until, self.clock() + seconds)

    async def wait(self) -> None:
        while (left := self.paused_until - self.clock()) > 0:
            await self.sleep(left)


def facts_in(response: aiohttp.ClientResponse, said: str) -> dict[str, Any] | None:
    """None for what is no answer of ours to whom it lets in."""
    if response.content_type != "application/json" or response.status in {401, 403, 405}:
        return None
    try:
        facts = json.loads(said)
    except ValueError:
        return None
    good = isinstance(facts, dict) and (response.status == 200 or isinstance(facts.get("message"), str))
    return facts if good else None


def told(url: str, response: aiohttp.ClientResponse) -> str:
    return f"{url} answers {response.status} {response.reason}"


@asynccontextmanager
async def server_at(base: str, token: str, endpoint: str | None, sleep: Sleep = asyncio.sleep) -> AsyncIterator[Server]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    timeout = aiohttp.ClientTimeout(total=TIMEOUT_SECONDS)
    async with aiohttp.ClientSession(headers=headers, timeout=timeout) as session:
        yield Server(session, base, endpoint, sleep)
