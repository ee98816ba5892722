"""Calls to a DAM: retried where that may help, measured, and every answer that is no success as one of three errors."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TypeVar

import httpx
import tenacity

from proxy.sync.dam_answers import (
    LIMITED,
    REDIRECT_STATUSES,
    Answer,
    Limited,
    Said,
    document_of,
    document_or_none,
    pause_of,
    refusal,
)
from proxy.sync.outcomes import ConfigurationError, DataError, Reason, SyncError, worded
from proxy.sync.pace import Pace
from proxy.sync.wire import REDIRECTS, Passing, Wire, body_of, store
from proxy.sync_metrics import SyncMetrics

ANSWER_BYTES = 32 * 2**20
DOWNLOAD_BYTES = 500 * 2**20
TRIES = 4
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE = 30.0  # seconds, of one call; a limit may ask for more
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class DamCall:
    """`label` is what metrics call it. `path` is below the base URL; `form` or `json` is the body, not both.

    `repeatable`: a second time does no harm, so it is tried again after a cut. `accepted` are further statuses to be
    handed back rather than raised, such as a 404.
    """

    label: str
    path: str
    method: str = "GET"
    query: Mapping[str, str | list[str]] | None = None
    form: Mapping[str, str | list[str]] | None = field(default=None, repr=False)
    json: object = None
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    repeatable: bool = True
    accepted: frozenset[int] = frozenset()


class DamCalls:
    """The way to one account of one DAM: share it, its pauses are for all.

    `said` finds the server's own words in the JSON of a refusal. `authorization` is sent to `base_url` alone; redirects
    are followed within its host alone, by GET. `secrets` are cut out of every error.
    """

    def __init__(
        self,
        system: str,
        base_url: str,
        metrics: SyncMetrics,
        *,
        said: Said,
        authorization: str = "",
        secrets: tuple[str, ...] = (),
        pace: Pace | None = None,
        timeout_seconds: float = 30.0,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self.system = system
        self.base_url = base_url.rstrip("/")
        self.origin = httpx.URL(base_url)
        self.metrics = metrics
        self.said = said
        self.authorization = authorization
        self.secrets = tuple(secret for secret in (*secrets, *authorization.split()[1:]) if secret)
        self.pace = pace or Pace(sleep=sleep, clock=clock)
        self.wire = Wire(timeout_seconds)
        self.sleep = sleep
        self.clock = clock
        self.chance = chance

    async def close(self) -> None:
        await self.wire.close()

    async def ask(self, call: DamCall) -> Answer:
        """Raises TransientError (408, 420, 429, 5xx, no or half an answer), ConfigurationError (401, 403, a page where
        JSON was due, a redirect to elsewhere) and DataError(REFUSED) for every other 4xx.
        """
        return await self.retried(call.label, call.repeatable, lambda: self.asked(call))

    async def download(self, url: str, to: Path, *, label: str = "download", limit: int = DOWNLOAD_BYTES) -> int:
        """The bytes of a whole file from whatever host, without our authorization. The file is there only when it is
        whole. Raises TransientError (a 403 or 404 as well: such addresses end soon, the next run has a fresh one),
        DataError TOO_LARGE and ADDRESS_NOT_ALLOWED.
        """
        return await self.retried(label, True, lambda: self.downloaded(url, to, label, limit))

    # -- one try --

    async def asked(self, call: DamCall) -> Answer:
        url, redirects = self.base_url + call.path, REDIRECTS
        while True:
            async with self.sent(call.label, partial(self.request_of, call, url)) as response:
                if call.method == "GET" and response.status_code in REDIRECT_STATUSES and redirects:
                    url, redirects = self.followed(url, response, call.label), redirects - 1
                    continue
                return await self.read(call, response)

    def request_of(self, call: DamCall, url: str, http: httpx.AsyncClient) -> httpx.Request:
        headers = {"Accept": "application/json", **call.headers}
        if self.authorization:
            headers["Authorization"] = self.authorization
        query = call.query if url == self.base_url + call.path else None  # where we are led to has its own
        data = None if call.form is None else dict(call.form)
        return http.build_request(call.method, url, params=query, data=data, json=call.json, headers=headers)

    async def read(self, call: DamCall, response: httpx.Response) -> Answer:
        status, headers = response.status_code, response.headers
        body = await body_of(response, call.label, ANSWER_BYTES)
        if 200 <= status < 300:
            return Answer(status, headers, document_of(headers, body, call.label))
        if status in call.accepted:
            return Answer(status, headers, document_or_none(body))
        raise refusal(status, headers, body, call.label, self.said)

    def followed(self, url: str, response: httpx.Response, label: str) -> str:
        """Where we are led to, on the same host: elsewhere nobody may see the token."""
        to = httpx.URL(url).join(response.headers.get("location", ""))
        if (to.scheme, to.host, to.port) != (self.origin.scheme, self.origin.host, self.origin.port):
            raise ConfigurationError(label, "no redirect to another host: check the address")
        return str(to)

    async def downloaded(self, url: str, to: Path, label: str, limit: int) -> int:
        for _ in range(REDIRECTS + 1):
            self.check_scheme(url, label)
            async with self.sent(label, partial(plain_get, url)) as response:
                status = response.status_code
                if status in REDIRECT_STATUSES:
                    url = str(httpx.URL(url).join(response.headers.get("location", "")))
                    continue
                if status == 200:
                    return await store(response, to, label, limit)
                kind = Limited if status in LIMITED else Passing
                raise kind(
                    label,
                    f"a file: {status}",
                    unsent=True,
                    seconds=pause_of(response.headers, limited=status in LIMITED),
                )
        raise Passing(label, "a file: led from one address to the other", unsent=True)

    def check_scheme(self, url: str, label: str) -> None:
        """Files of a DAM that is reached over TLS come over TLS."""
        try:
            scheme = httpx.URL(url).scheme
        except httpx.InvalidURL:
            scheme = ""
        if scheme not in {"https", self.origin.scheme}:
            raise DataError(Reason.ADDRESS_NOT_ALLOWED, label, "an address that begins with https://")

    @asynccontextmanager
    async def sent(
        self, label: str, request: Callable[[httpx.AsyncClient], httpx.Request]
    ) -> AsyncIterator[httpx.Response]:
        """One request and its answer, measured."""
        await self.pace.turn()
        began, outcome = self.clock(), "abandoned"
        try:
            async with self.wire.send(request, label) as response:
                outcome = str(response.status_code)
                yield response
        except Passing as error:
            if outcome == "abandoned":
                outcome = "unreachable" if error.unsent else "cut"
            if isinstance(error, Limited):
                self.pace.pause(error.seconds)
            raise
        finally:
            self.metrics.called(self.system, label, outcome, self.clock() - began)

    # -- several --

    async def retried(self, label: str, repeatable: bool, attempt: Callable[[], Awaitable[T]]) -> T:
        async def once() -> T:  # tenacity awaits only what it sees to be a coroutine function
            return await attempt()

        try:
            return await self.tries(label, repeatable)(once)
        except SyncError as error:
            raise self.hidden(error) from None

    def tries(self, label: str, repeatable: bool) -> tenacity.AsyncRetrying:
        return tenacity.AsyncRetrying(
            stop=tenacity.stop_after_attempt(TRIES),
            retry=tenacity.retry_if_exception(
                lambda error: isinstance(error, Passing) and (repeatable or error.unsent)
            ),
            wait=self.pause_after,
            sleep=self.sleep,
            before_sleep=lambda state: self.metrics.retried(self.system, label),
            reraise=True,
        )

    def pause_after(self, state: tenacity.RetryCallState) -> float:
        """A limit is a matter of all callers: the pace lets nobody through before its end."""
        error = state.outcome.exception() if state.outcome else None
        if isinstance(error, Limited):
            return 0.0
        jitter = 0.5 + self.chance() / 2
        wished = error.seconds if isinstance(error, Passing) else None
        return max(FIRST_PAUSE_SECONDS * 2.0 ** (state.attempt_number - 1) * jitter, min(wished or 0.0, LONGEST_PAUSE))

    def hidden(self, error: SyncError) -> SyncError:
        for secret in self.secrets:
            error.part = error.part.replace(secret, "***")
            error.expected = error.expected.replace(secret, "***")
        error.args = (worded(error.reason, error.part, error.expected),)
        return error


def plain_get(url: str, http: httpx.AsyncClient) -> httpx.Request:
    return http.build_request("GET", url)
