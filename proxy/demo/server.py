"""A stand-in's server on loopback: its life, its ledger of calls, its bad days. What it answers is for subclasses."""

import time
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, asynccontextmanager
from typing import Self

from aiohttp import web

from proxy.demo.answers import Answer, refusal
from proxy.demo.calls import Call, CallLog
from proxy.demo.faults import Fault
from proxy.demo.misbehaviour import Faults
from proxy.demo.routes import Target
from proxy.demo.sending import send


class DemoServer(ABC):
    """Start it, call `url`, read `calls`; `faults` may be changed while it runs."""

    def __init__(
        self,
        port: int = 0,
        clock: Callable[[], float] = time.monotonic,
        words: Callable[[int, str], Answer] = refusal,
    ) -> None:
        """`words` puts an error of this server into its own form."""
        self.port = port
        self.faults = Faults(words)
        self.log = CallLog(clock)
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
        return f"http://127.0.0.1:{self.port}"

    @asynccontextmanager
    async def down(self) -> AsyncIterator[None]:
        """Inside the block connections are refused, and those that were open are lost."""
        await self.close()
        try:
            yield
        finally:
            await self.start()

    async def _listen(self, runner: web.ServerRunner) -> None:
        """The port is chosen once: after an outage the server is where it was."""
        await web.TCPSite(runner, "127.0.0.1", self.port, reuse_address=True).start()
        self.port = int(runner.addresses[0][1])

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

    async def until(self, condition: Callable[[], bool]) -> None:
        """Waits for something to be true of the calls: `await pim.until(lambda: pim.in_flight == 4)`."""
        await self.log.until(condition)

    def reset(self) -> None:
        """Forgets calls and faults; what it holds stays."""
        self.log.reset()
        self.faults.clear()

    def misbehaving(self, *faults: Fault) -> AbstractContextManager[None]:
        return self.faults.during(*faults)

    # -- answering --

    async def _serve(self, request: web.BaseRequest) -> web.StreamResponse:
        target = self._target(request)
        call = self.log.begin(request.method, request.path, request.query_string, target, request.headers)
        try:
            call.body = await request.read()
            await self.faults.hold_up(self._fault_path(request), target, request.method)
            answer = self._answer(request, call)
            return await send(request, answer, call, self.log)
        finally:
            self.log.end(call)

    def _answer(self, request: web.BaseRequest, call: Call) -> Answer:
        path = self._fault_path(request)
        return self.faults.change(path, call.target, lambda: self._honest_answer(request, call), request.method)

    def _fault_path(self, request: web.BaseRequest) -> str:
        """What the `path` of a fault is compared with."""
        return request.path

    @abstractmethod
    def _target(self, request: web.BaseRequest) -> Target:
        """What the ledger says of the call."""

    @abstractmethod
    def _honest_answer(self, request: web.BaseRequest, call: Call) -> Answer:
        """Runs without a pause, so a call is either applied or not."""
