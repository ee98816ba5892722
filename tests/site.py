"""Our whole server on loopback, in front of a pretend Akeneo, as the tests call it."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import httpx

from proxy.akeneo.client import AkeneoClient
from proxy.cache.originals.originals import Originals
from proxy.delivery.delivery import Delivery
from proxy.demo.files import DemoFile
from proxy.demo.pim import DemoPim
from proxy.metrics import ConnectionMetrics, Metrics
from proxy.pixels.job import ENGINE
from proxy.pixels.pool import Renderers
from proxy.pixels.processes import Processes
from proxy.settings import Settings
from proxy.slices import AkeneoSettings
from proxy.web.app import Server

CHROME = "image/avif,image/webp,image/apng,image/*,*/*;q=0.8"


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes


class Site:
    """A running server, its pretend Akeneo, and a viewer."""

    def __init__(self, server: Server, pim: DemoPim, viewer: httpx.AsyncClient) -> None:
        self.server = server
        self.pim = pim
        self.viewer = viewer

    @property
    def delivery(self) -> Delivery:
        """Of the first endpoint."""
        return self.server.house.endpoints.gates[0].delivery

    @property
    def originals(self) -> Originals:
        """Of the connection that the environment would describe."""
        return self.server.house.connections["akeneo"]

    @property
    def admin_url(self) -> str:
        return f"http://127.0.0.1:{self.server.admin_port}"

    async def get(self, path: str, accept: str = "*/*", **headers: str) -> httpx.Response:
        fields = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.viewer.get(path, headers={"Accept": accept, **fields})

    async def get_all(self, asked: Iterable[tuple[str, str]]) -> list["Reply"]:
        """Many at once, each a path and its `Accept`, with a client that does not slow down under its own load."""
        base = f"http://127.0.0.1:{self.server.port}"
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

            async def get(path: str, accept: str) -> Reply:
                async with session.get(base + path, headers={"Accept": accept}) as response:
                    return Reply(response.status, dict(response.headers), await response.read())

            return await asyncio.gather(*(get(path, accept) for path, accept in asked))

    def counted(self, metric: str, **labels: str) -> float:
        return self.server.metrics.registry.get_sample_value(f"media_proxy_{metric}", labels) or 0.0


def settings_for(pim: DemoPim, directory: Path, **changes: Any) -> Settings:
    """The settings of a test: everything on loopback, any free port, one worker; `changes` go over single slices."""
    credentials = pim.credentials
    slices: dict[str, Any] = {
        "host": "127.0.0.1",
        "port": 0,
        "admin_port": 0,
        "akeneo": {
            "url": pim.url,
            "client_id": credentials.client_id,
            "secret": credentials.secret,
            "username": credentials.username,
            "password": credentials.password,
        },
        "cache": {"directory": directory, "memory_bytes": "64MiB"},
        "render": {"workers": 1},
        "log": {"access": "off"},
    }
    for name, change in changes.items():
        slices[name] = slices.get(name, {}) | change if isinstance(change, dict) else change
    return Settings(**slices)


async def hurried_sleep(seconds: float) -> None:
    """The back-off between two tries, in a hurry."""
    await asyncio.sleep(seconds / 100)


def connect_hurriedly(settings: AkeneoSettings, metrics: ConnectionMetrics) -> AkeneoClient:
    return AkeneoClient(settings, metrics, sleep=hurried_sleep)


@asynccontextmanager
async def running(
    pim: DemoPim,
    directory: Path,
    processes: Processes | None = None,
    engine: int = ENGINE,
    prepare: Callable[[Server], None] = lambda _: None,
    **changes: Any,
) -> AsyncIterator[Site]:
    """`prepare` sees the server before it starts."""
    settings = settings_for(pim, directory, **changes)
    metrics = Metrics()
    renderers = Renderers(settings.rendering, metrics, processes)
    server = Server(settings, metrics, renderers, connect=connect_hurriedly, engine=engine)
    prepare(server)
    await server.start()
    limits = httpx.Limits(max_connections=600)
    viewer = client_of(f"http://127.0.0.1:{server.port}", timeout=40, limits=limits)
    try:
        async with viewer:
            yield Site(server, pim, viewer)
    finally:
        await server.close()


def client_of(url: str, **options: Any) -> httpx.AsyncClient:
    """Of one of our ports. It knows no authorities: reading the machine's takes longer than many a test."""
    return httpx.AsyncClient(base_url=url, verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), trust_env=False, **options)


def path_of(file: DemoFile, transformation: str = "") -> str:
    prefix = f"/tr:{transformation}" if transformation else ""
    return f"{prefix}/{file.family}/{file.code}"
