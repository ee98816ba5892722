"""The server: opens the two ports before the house, and closes them."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from aiohttp import web

from proxy.akeneo.client import AkeneoClient
from proxy.cache.renditions.renditions import FAR_SECONDS
from proxy.errors import SettingsError
from proxy.metrics import Metrics
from proxy.pixels.job import ENGINE
from proxy.pixels.pool import Renderers
from proxy.settings import Settings
from proxy.web.access import AccessLog
from proxy.web.admin import AdminRunner, admin_app, admin_door
from proxy.web.dam import Dam, DamWebhook
from proxy.web.door import Door, room_for
from proxy.web.free_memory import give_back_regularly, share_one_heap
from proxy.web.health import Health
from proxy.web.house import Connect, House
from proxy.web.public import PublicServer
from proxy.web.traced import TracedServer
from proxy.web.webhook import Webhook

if TYPE_CHECKING:
    from proxy.tracing.tracer import Tracer

log = logging.getLogger("proxy.web")

THREADS = 16  # for the disk; far more than it can use, so that a slow file does not hold up the others
BACKLOG = 1024
LAST_SECONDS = 5.0  # for each step after the last answer: a thread may hang on a disk that is gone
WRITE_OUT_SECONDS = FAR_SECONDS + 2.0  # for what is on its way to an object store, which has its own limit
CUT_SECONDS = 0.1
RECOUNT_SECONDS = 3600.0  # another process may share a disk, and somebody may have tidied up


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
        dam: Dam | None = None,
    ) -> None:
        self.settings = settings
        self.dam = dam
        self.metrics = metrics
        self.renderers = renderers
        self.house = House(settings, metrics, renderers, connect, engine)
        origins = {name: originals.origin for name, originals in self.house.connections.items()}
        self.health = Health(renderers, self.house.tiers, origins, settings.cache.memory_bytes)
        self.access = AccessLog(settings.log, metrics)
        webhook = Webhook(self.house.freshness.desk, settings.abuse)
        self.public = PublicServer(
            settings,
            self.house.endpoints,
            self.health,
            self.access,
            metrics,
            webhook=webhook,
            dam=DamWebhook(dam, settings.abuse) if dam else None,
        )
        self.public.outgoing.watch(self.house.renditions.memory)
        self.tracer = open_tracer(settings, metrics)
        self.runners: list[web.ServerRunner | web.AppRunner] = []
        self.chores: list[asyncio.Task[None]] = []
        self.port = 0
        self.admin_port = 0

    async def start(self) -> None:
        """Raises OSError if a port is taken, or a worker does not start."""
        share_one_heap()
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(THREADS, "disk"))
        await self.renderers.start()
        await self.house.open()
        if self.dam is not None:
            await self.dam.open()
        self.port = await self.listen_public()
        self.admin_port = await self.listen_admin()
        chores = (self.count_disks(), self.house.watch(), self.house.warm(), give_back_regularly())
        self.chores += [asyncio.create_task(chore) for chore in chores]

    async def listen_public(self) -> int:
        room = room_for(self.settings.max_connections)
        self.public.outgoing.most_files = room.files
        answers = self.public if self.tracer is None else TracedServer(self.public, self.tracer)
        door = Door(answers, self.access, self.settings, self.metrics, most=room.connections)
        self.metrics.watch_connections(lambda: door.open)
        self.chores.append(asyncio.create_task(door.watch()))
        runner = web.ServerRunner(door, shutdown_timeout=self.settings.drain_seconds)
        self.runners.append(runner)
        return await listen(runner, self.settings.host, self.settings.port, "MEDIA_PROXY_HOST and _PORT")

    async def listen_admin(self) -> int:
        admin = admin_app(self.settings, self.metrics, self.house, self.dam)
        door = admin_door(admin, self.settings, self.metrics)
        self.chores.append(asyncio.create_task(door.watch()))
        runner = AdminRunner(admin, door, shutdown_timeout=self.settings.drain_seconds)
        self.runners.append(runner)
        host, port = self.settings.admin_host, self.settings.admin_port
        return await listen(runner, host, port, "MEDIA_PROXY_ADMIN_HOST and _ADMIN_PORT")

    async def count_disks(self) -> None:
        """Behind the start: a million files take seconds to count."""
        while True:
            for disk in self.house.disks:
                try:
                    await asyncio.to_thread(disk.count)
                except OSError as error:
                    self.house.tiers.failed(disk.name, "count its files", error)
            await asyncio.sleep(RECOUNT_SECONDS)

    async def close(self) -> None:
        """No new connections, running requests to their end within a limit, then the workers and what is being
        written.
        """
        self.health.draining = True
        await self.drain()
        for chore in self.chores:
            chore.cancel()
        steps: list[tuple[Callable[[], Awaitable[object]], float]] = [
            (lambda: asyncio.gather(*self.chores, return_exceptions=True), LAST_SECONDS),
            *([(self.dam.close, LAST_SECONDS)] if self.dam else []),
            (self.house.freshness.close, LAST_SECONDS),
            (self.house.purger.close, LAST_SECONDS),
            (self.house.end_work, LAST_SECONDS),
            (self.house.write_out, WRITE_OUT_SECONDS),
            (self.house.part, LAST_SECONDS),
            (self.renderers.close, LAST_SECONDS),
            (self.house.disconnect, LAST_SECONDS),
            (self.end_tracing, LAST_SECONDS),
        ]
        for step, seconds in steps:
            try:
                async with asyncio.timeout(seconds):
                    await step()
            except Exception:  # the others have to be closed all the same
                log.exception("a fault of ours while closing")

    async def end_tracing(self) -> None:
        if self.tracer is not None:
            await asyncio.to_thread(self.tracer.close)

    async def drain(self) -> None:
        """Whoever is not done in time, be it a slow viewer or one who waits for Akeneo, is cut off."""
        cleanups = [asyncio.ensure_future(runner.cleanup()) for runner in self.runners]
        if not cleanups:
            return
        _, late = await asyncio.wait(cleanups, timeout=self.settings.drain_seconds)
        for cleanup in late:
            cleanup.cancel()
        ends = await asyncio.gather(*cleanups, return_exceptions=True)
        for fault in ends:
            if isinstance(fault, Exception):
                log.error("a fault of ours while closing", exc_info=fault)
        if late:
            log.warning("cutting off who is not done after %g seconds", self.settings.drain_seconds)
            servers = [runner.server for runner in self.runners if runner.server]
            await asyncio.gather(*(server.shutdown(CUT_SECONDS) for server in servers))


def open_tracer(settings: Settings, metrics: Metrics) -> "Tracer | None":
    """Who traces nothing does not load what traces. Raises SettingsError."""
    if not settings.tracing.enabled:
        return None
    try:
        from proxy.tracing.tracer import Tracer, exemplar  # noqa: PLC0415
    except ImportError as error:
        extra = "pip install 'akeneo-media-proxy[otel]'"
        raise SettingsError(
            f"MEDIA_PROXY_TRACING__ENABLED: expected an extra to be installed, {extra}: {error}"
        ) from None
    metrics.exemplar = exemplar
    return Tracer(settings.tracing, metrics)


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
