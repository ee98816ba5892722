"""The server: opens the two ports before the house, and closes them."""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor

from aiohttp import web

from proxy.akeneo.client import AkeneoClient
from proxy.metrics import Metrics
from proxy.pixels.job import ENGINE
from proxy.pixels.pool import Renderers
from proxy.settings import Settings
from proxy.web.access import AccessLog
from proxy.web.admin import admin_app
from proxy.web.door import Door
from proxy.web.health import Health
from proxy.web.house import Connect, House
from proxy.web.public import PublicServer

log = logging.getLogger("proxy.web")

THREADS = 16  # for the disk; far more than it can use, so that a slow file does not hold up the others
BACKLOG = 1024


class Server:
    """The whole server. `start` returns when it is ready, `close` when the last answer is sent."""

    def __init__(
        self,
        settings: Settings,
        metrics: Metrics,
        renderers: Renderers,
        *,
        connect: Connect = AkeneoClient,
        engine: int = ENGINE,
    ) -> None:
        self.settings = settings
        self.metrics = metrics
        self.renderers = renderers
        self.house = House(settings, metrics, renderers, connect, engine)
        origins = {name: originals.origin for name, originals in self.house.connections.items()}
        self.health = Health(renderers, self.house.tiers, origins, settings.cache.memory_bytes)
        self.access = AccessLog(settings.log, metrics)
        self.public = PublicServer(settings, self.house.endpoints, self.health, self.access, metrics)
        self.runners: list[web.ServerRunner | web.AppRunner] = []
        self.chores: list[asyncio.Task[None]] = []
        self.port = 0
        self.admin_port = 0

    async def start(self) -> None:
        """Raises OSError if a port is taken, or a worker does not start."""
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(THREADS, "disk"))
        await self.renderers.start()
        await self.house.open()
        self.port = await self.listen_public()
        self.admin_port = await self.listen_admin()
        self.chores += [asyncio.create_task(self.count_disks()), asyncio.create_task(self.house.warm())]

    async def listen_public(self) -> int:
        door = Door(self.public, self.access, self.settings, self.metrics)
        self.chores.append(asyncio.create_task(door.watch()))
        runner = web.ServerRunner(door, shutdown_timeout=self.settings.request_timeout_seconds)
        self.runners.append(runner)
        return await listen(runner, self.settings.host, self.settings.port, "MEDIA_PROXY_HOST and _PORT")

    async def listen_admin(self) -> int:
        runner = web.AppRunner(admin_app(self.settings, self.metrics, self.house), access_log=None)
        self.runners.append(runner)
        host, port = self.settings.admin_host, self.settings.admin_port
        return await listen(runner, host, port, "MEDIA_PROXY_ADMIN_HOST and _ADMIN_PORT")

    async def count_disks(self) -> None:
        """Behind the start: a million files take seconds to count."""
        for disk in self.house.disks:
            try:
                await asyncio.to_thread(disk.count)
            except OSError as error:
                self.house.tiers.failed(disk.name, "count its files", error)

    async def close(self) -> None:
        """No new connections, running requests to their end, then the workers and what is being written."""
        self.health.draining = True
        for chore in self.chores:
            chore.cancel()
        steps = [
            *(runner.cleanup for runner in self.runners),
            lambda: asyncio.gather(*self.chores, return_exceptions=True),
            self.house.close,
            self.renderers.close,
            self.house.disconnect,
        ]
        for step in steps:
            try:
                await step()
            except Exception:  # the others have to be closed all the same
                log.exception("a fault of ours while closing")


async def listen(runner: web.ServerRunner | web.AppRunner, host: str, port: int, names: str) -> int:
    """The port that it listens on; raises OSError, which names the settings."""
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port, backlog=BACKLOG).start()
    except OSError as error:
        await runner.cleanup()
        raise OSError(f"{names}: cannot listen on {host}:{port}: {error.strerror or error}") from None
    chosen: int = runner.addresses[0][1]
    return chosen
