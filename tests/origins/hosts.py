"""A host that links lead to, on loopback, and names that mean what a test says."""

import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import aiohttp
from aiohttp import web

LOOPBACK = "127.0.0.1"
Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


class Names(aiohttp.abc.AbstractResolver):
    """Each name's answers, one after another; the last one stays."""

    def __init__(self, **answers: list[str]) -> None:
        self.answers = {name.replace("_", "."): list(addresses) for name, addresses in answers.items()}
        self.asked: list[str] = []

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[aiohttp.abc.ResolveResult]:
        self.asked.append(host)
        several = self.answers[host]
        address = several.pop(0) if len(several) > 1 else several[0]
        kind = socket.AF_INET6 if ":" in address else socket.AF_INET
        flags = socket.AI_NUMERICHOST
        return [{"hostname": host, "host": address, "port": port, "family": kind, "proto": 0, "flags": flags}]

    async def close(self) -> None:
        """Nothing is open."""


class Host:
    """Counts what it is asked, and answers as it is told."""

    def __init__(self, handler: Handler) -> None:
        self.handler = handler
        self.asked: list[web.BaseRequest] = []
        self.port = 0

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        self.asked.append(request)
        return await self.handler(request)


@asynccontextmanager
async def host_with(handler: Handler) -> AsyncIterator[Host]:
    host = Host(handler)
    runner = web.ServerRunner(web.Server(host.answer, handler_cancellation=True), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, LOOPBACK, 0).start()
    host.port = runner.addresses[0][1]
    try:
        yield host
    finally:
        await runner.cleanup()
