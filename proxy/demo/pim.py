"""A pretend Akeneo on a port of its own: the real one's API to the letter, and its bad days on request."""

import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractContextManager, asynccontextmanager
from typing import Self

from aiohttp import web

from proxy.demo.answers import Answer, html_answer, refusal
from proxy.demo.calls import Call, CallLog
from proxy.demo.catalogue.model import DemoCatalogue
from proxy.demo.faults import Fault
from proxy.demo.files import DemoFile, Family
from proxy.demo.misbehaviour import Faults
from proxy.demo.oauth import NEW_BODY_LIMIT, BodyLimit, Credentials, TokenEndpoint
from proxy.demo.rest import Asked, RestApi, method_not_allowed
from proxy.demo.routes import Kind, Target, find_target
from proxy.demo.sending import send
from proxy.demo.tokens import Tokens


class DemoPim:
    """Start it, call `url`, read `calls`; `faults`, `tokens` and `catalogue` may be changed while it runs."""

    def __init__(
        self,
        files: Iterable[DemoFile] = (),
        *,
        port: int = 0,
        prefix: str = "",
        credentials: Credentials | None = None,
        app_token: str | None = None,
        expires_in: int = 3600,
        max_concurrency: int | None = None,
        retry_after_seconds: int | None = 1,
        families: Iterable[Family] = tuple(Family),
        token_body_limit: BodyLimit = NEW_BODY_LIMIT,
        link_base: str | None = None,
        catalogue: DemoCatalogue | None = None,
        saas: bool = True,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.port = port
        self.prefix = prefix.rstrip("/")
        self.max_concurrency = max_concurrency
        self.retry_after_seconds = retry_after_seconds
        self.credentials = credentials or Credentials()
        self.faults = Faults()
        self.tokens = Tokens(clock, expires_in, app_token)
        self.log = CallLog(clock)
        self._token_endpoint = TokenEndpoint(self.tokens, self.credentials, token_body_limit)
        self._rest = RestApi(
            files, self.tokens, families, lambda: link_base or self.url, catalogue=catalogue, saas=saas
        )
        self._runner: web.ServerRunner | None = None

    # -- life --

    async def start(self) -> None:
        server = web.Server(self._serve, handler_cancellation=True, access_log=None)
        self._runner = web.ServerRunner(server, shutdown_timeout=0.01)
        await self._runner.setup()
        await self._listen(self._runner)

    async def close(self) -> None:
        """Calls that are still held or dripping are broken off."""
        if self._runner:
            await self._runner.cleanup()
            self._runner = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    @property
    def url(self) -> str:
        """The base URL that an operator would configure."""
        return f"http://127.0.0.1:{self.port}{self.prefix}"

    @asynccontextmanager
    async def down(self) -> AsyncIterator[None]:
        """Inside the block connections are refused, and those that were open are lost."""
        await self.close()
        try:
            yield
        finally:
            await self.start()

    async def _listen(self, runner: web.ServerRunner) -> None:
        """The port is chosen once: after an outage the PIM is where it was."""
        await web.TCPSite(runner, "127.0.0.1", self.port, reuse_address=True).start()
        self.port = int(runner.addresses[0][1])

    # -- what it holds --

    @property
    def files(self) -> list[DemoFile]:
        return list(self._rest.files.values())

    @property
    def catalogue(self) -> DemoCatalogue:
        """Products, models, assets, records; a change is seen by the next call."""
        return self._rest.catalogue

    def add(self, *files: DemoFile) -> None:
        self._rest.files.update({(file.family, file.code): file for file in files})

    def remove(self, file: DemoFile) -> None:
        self._rest.files.pop((file.family, file.code), None)

    # -- what happened --

    @property
    def calls(self) -> list[Call]:
        """Every call since the last `reset`, in order of arrival."""
        return self.log.calls

    @property
    def in_flight(self) -> int:
        return self.log.in_flight

    @property
    def peak_in_flight(self) -> int:
        return self.log.peak_in_flight

    def downloads(self, code: str | None = None) -> int:
        """How often the bytes of a code (of any code) were asked for, whatever the answer."""
        calls = [call for call in self.calls if call.kind is Kind.DOWNLOAD and call.method == "GET"]
        return len([call for call in calls if code in (None, call.code)])

    @property
    def token_requests(self) -> int:
        return len([call for call in self.calls if call.kind is Kind.TOKEN])

    @property
    def grants(self) -> list[str]:
        """The grant types that led to a token, in order: `["password", "refresh_token"]`."""
        return self._token_endpoint.grants

    async def until(self, condition: Callable[[], bool]) -> None:
        """Waits for something to be true of the calls: `await pim.until(lambda: pim.in_flight == 4)`."""
        await self.log.until(condition)

    def reset(self) -> None:
        """Forgets calls and faults; files and tokens stay."""
        self.log.reset()
        self.grants.clear()
        self.faults.clear()

    def misbehaving(self, *faults: Fault) -> AbstractContextManager[None]:
        return self.faults.during(*faults)

    # -- answering --

    async def _serve(self, request: web.BaseRequest) -> web.StreamResponse:
        target = find_target(self._path(request) or "")
        call = self.log.begin(request.method, request.path, request.query_string, target, request.headers)
        try:
            answer = self._answer(request, call, await request.read())
            return await send(request, answer, call, self.log)
        finally:
            self.log.end(call)

    def _path(self, request: web.BaseRequest) -> str | None:
        """The path below our prefix, decoded; None for what never reaches the PIM behind its web server."""
        # Common web servers refuse an encoded slash by themselves.
        if "%2f" in request.raw_path.lower().partition("?")[0] or not request.path.startswith(f"{self.prefix}/"):
            return None
        return request.path.removeprefix(self.prefix)

    def _answer(self, request: web.BaseRequest, call: Call, body: bytes) -> Answer:
        if self.max_concurrency is not None and self.in_flight > self.max_concurrency:
            return self._too_many_requests()
        path = self._path(request)
        if path is None:
            return html_answer(404, "Not Found")
        return self.faults.change(path, call.target, lambda: self._honest_answer(request, call.target, body))

    def _honest_answer(self, request: web.BaseRequest, target: Target, body: bytes) -> Answer:
        path = self._path(request) or ""
        asked = Asked(request.method, str(request.url), target, request.headers, path, request.query)
        if target.kind is not Kind.TOKEN:
            return self._rest.answer(asked)
        if request.method != "POST":
            return method_not_allowed(asked, "POST")
        return self._token_endpoint.answer(request.headers, body)

    def _too_many_requests(self) -> Answer:
        answer = refusal(429, "Too many requests")
        if self.retry_after_seconds is None:
            return answer
        return answer.with_headers({"Retry-After": str(self.retry_after_seconds)})
