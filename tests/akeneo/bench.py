"""The client at work on a pretend Akeneo, over loopback, on a clock that only tests and naps move."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from proxy.akeneo.client import AkeneoClient
from proxy.deadline import Deadline
from proxy.demo.faults import Fault
from proxy.demo.files import DemoFile
from proxy.demo.files import Family as DemoFamily
from proxy.demo.pim import DemoPim
from proxy.media import Family, MediaPath
from proxy.metrics import Metrics
from proxy.origins.akeneo import AkeneoOrigin
from proxy.origins.origin import Body
from proxy.slices import AkeneoSettings

JPEG = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 800
SHOE = DemoFile.named(DemoFamily.PRODUCT, 'red "shoe" é.jpg', "image/jpeg", JPEG)
POSTER = DemoFile.named(DemoFamily.ASSET, "poster.svg", "text/plain", b"<svg/>")
SWATCH = DemoFile.named(DemoFamily.REFERENCE_ENTITY, "swatch", None, b"no type is stored")
FILES = [SHOE, POSTER, SWATCH]
APP_TOKEN = "an-app-token-without-end"


class Clock:
    """Sleeping moves it on and takes no time; `naps` are the lengths."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.naps: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.naps.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)


def path_of(file: DemoFile) -> MediaPath:
    return MediaPath(Family(file.family), file.code)


def connection_of(pim: DemoPim, **other: Any) -> AkeneoSettings:
    """The settings that an operator of `pim` would write."""
    credentials = pim.credentials
    asked = {
        "url": pim.url,
        "client_id": credentials.client_id,
        "secret": credentials.secret,
        "username": credentials.username,
        "password": credentials.password,
    }
    return AkeneoSettings(**{**asked, **other})


async def collect(body: Body) -> bytes:
    return b"".join([chunk async for chunk in body.chunks])


@dataclass
class Bench:
    pim: DemoPim
    clock: Clock
    metrics: Metrics
    client: AkeneoClient
    origin: AkeneoOrigin = field(init=False)

    def __post_init__(self) -> None:
        self.origin = AkeneoOrigin(self.client)

    def deadline(self, seconds: float = 30) -> Deadline:
        return Deadline.after(seconds, self.clock)

    async def fetch(self, file: DemoFile = SHOE, seconds: float = 30) -> bytes:
        return await self.origin.fetch(path_of(file), collect, self.deadline(seconds))

    async def fails(self, *faults: Fault, file: DemoFile = SHOE, seconds: float = 30) -> Exception:
        """The error that a download meets while the PIM misbehaves."""
        with self.pim.misbehaving(*faults):
            try:
                await self.fetch(file, seconds)
            except Exception as error:
                return error
        raise AssertionError("the download succeeded")

    def counted(self, name: str, **labels: str) -> float:
        of_connection = {"connection": "akeneo"} if name.startswith(("origin_", "tokens_")) else {}
        return self.metrics.registry.get_sample_value(f"media_proxy_{name}", of_connection | labels) or 0


@asynccontextmanager
async def bench_with(settings: dict[str, Any] | None = None, **pim_options: Any) -> AsyncIterator[Bench]:
    clock = Clock()
    async with DemoPim(FILES, clock=clock, **pim_options) as pim:
        metrics = Metrics()
        connection = connection_of(pim, **(settings or {}))
        client = AkeneoClient(
            connection, metrics.of_connection("akeneo"), clock=clock, sleep=clock.sleep, chance=lambda: 1.0
        )
        try:
            yield Bench(pim, clock, metrics, client)
        finally:
            await client.close()


@dataclass
class Recorder:
    """Any HTTP server: keeps what it is sent, and answers what it is told to."""

    url: str
    answer: web.Response
    requests: list[tuple[web.BaseRequest, bytes]] = field(default_factory=list)


@asynccontextmanager
async def recorder(answer: web.Response | None = None) -> AsyncIterator[Recorder]:
    async def note(request: web.BaseRequest) -> web.StreamResponse:
        noted.requests.append((request, await request.read()))
        told = noted.answer
        return web.Response(status=told.status, body=told.body, headers=told.headers)

    runner = web.ServerRunner(web.Server(note, access_log=None), shutdown_timeout=0.01)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    noted = Recorder(f"http://127.0.0.1:{runner.addresses[0][1]}", answer or web.Response(status=500))
    try:
        yield noted
    finally:
        await runner.cleanup()
