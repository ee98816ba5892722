"""Someone who is notified: keeps what comes, and answers as told."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiohttp import web


@dataclass(frozen=True)
class Got:
    body: bytes
    headers: Mapping[str, str]

    @property
    def document(self) -> Any:
        return json.loads(self.body)


class Listener:
    """`answers` are the next statuses; when they are used up, 200."""

    def __init__(self) -> None:
        self.url = ""
        self.got: list[Got] = []
        self.answers: list[int] = []
        self._came = asyncio.Condition()

    async def hear(self, request: web.BaseRequest) -> web.StreamResponse:
        async with self._came:
            self.got.append(Got(await request.read(), request.headers))
            self._came.notify_all()
        return web.Response(status=self.answers.pop(0) if self.answers else 200)

    async def until(self, count: int) -> None:
        async with self._came:
            await self._came.wait_for(lambda: len(self.got) >= count)


@asynccontextmanager
async def listening() -> AsyncIterator[Listener]:
    listener = Listener()
    runner = web.ServerRunner(web.Server(listener.hear, access_log=None), shutdown_timeout=0.01)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    listener.url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    try:
        yield listener
    finally:
        await runner.cleanup()
