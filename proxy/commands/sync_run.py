"""`media-proxy sync run`: the schedule of a sync until it is stopped, and where asked for a port that tells of it."""

import argparse
import asyncio
import logging
import os
import signal
import sys
from contextlib import AsyncExitStack

from aiohttp import web

from proxy.configuration import read_without_akeneo
from proxy.metrics import Metrics
from proxy.settings import Settings
from proxy.sync.command import FLOWS
from proxy.sync.outcomes import LEFT, OK, WRONG, SyncError, TransientError
from proxy.sync.schedule.engine import Engine
from proxy.sync.service import Service
from proxy.sync.settings.settings import SyncConfiguration
from proxy.sync.shell import settings_of
from proxy.sync.status.face import Face
from proxy.web.guard import METRICS_PATH, guard
from proxy.web.headers import NO_STORE
from proxy.web.log_lines import flush, set_up
from proxy.web.sync.routes import SyncPages

log = logging.getLogger("proxy.sync")
LIVE_PATH = "/-/health/live"


def run(options: argparse.Namespace) -> int:
    """The exit status. Raises SettingsError."""
    settings, server = settings_of(options), read_without_akeneo()
    metrics = Metrics()
    set_up(server.log.level, server.log.format, sys.stderr, metrics.log_lines_lost)
    try:
        return asyncio.run(run_schedule(settings, server, metrics))
    except SyncError as error:
        log.error("cannot start: %s", error)
        return LEFT if isinstance(error, TransientError) else WRONG
    except OSError as error:
        log.error("cannot listen on %s:%s: %s", server.admin_host, settings.schedule.port, error.strerror)
        return WRONG


async def run_schedule(settings: SyncConfiguration, server: Settings, metrics: Metrics) -> int:
    """Until SIGTERM or Ctrl-C, then until what runs has ended or its time is over; or until the second of them."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, end_soon_or_now, stop)
    async with AsyncExitStack() as stack:
        service = await stack.enter_async_context(Service(settings, metrics))
        engine = Engine(service, FLOWS)
        if not await checked(engine, stop):
            return OK
        await stack.enter_async_context(engine)
        if settings.schedule.port is not None:
            face = Face(service, engine.scheduler.jobs)
            runner = web.AppRunner(app_of(server, metrics, face), access_log=None)
            await runner.setup()
            stack.push_async_callback(runner.cleanup)
            await web.TCPSite(runner, server.admin_host, settings.schedule.port).start()
            log.info("status and metrics on %s:%d", server.admin_host, runner.addresses[0][1])
        log.info("%d jobs on schedule", len(engine.scheduler.jobs))
        await stop.wait()
        log.info("stopping: letting running jobs finish")
    return OK


async def checked(engine: Engine, stop: asyncio.Event) -> bool:
    """False if it is told to stop meanwhile. Raises ConfigurationError."""
    checking, stopping = asyncio.create_task(engine.check()), asyncio.create_task(stop.wait())
    try:
        await asyncio.wait((checking, stopping), return_when=asyncio.FIRST_COMPLETED)
        if not checking.done():
            return False
        await checking
        return True
    finally:
        checking.cancel()
        stopping.cancel()
        await asyncio.gather(checking, stopping, return_exceptions=True)


def app_of(server: Settings, metrics: Metrics, face: Face) -> web.Application:
    """As the proxy's admin port, with its token."""

    async def expose(request: web.Request) -> web.Response:
        body, content_type = metrics.expose(request.headers.get("Accept", ""))
        return web.Response(body=body, headers={"Cache-Control": NO_STORE, "Content-Type": content_type})

    async def live(_: web.Request) -> web.Response:
        return web.json_response({"status": "live"}, headers={"Cache-Control": NO_STORE})

    app = web.Application(middlewares=[guard(server)])
    app.router.add_get(METRICS_PATH, expose)
    app.router.add_get(LIVE_PATH, live)
    SyncPages(face).join(app)
    return app


def end_soon_or_now(stop: asyncio.Event) -> None:
    """After a second signal nobody waits for anything: the state bears a kill."""
    if stop.is_set():
        log.warning("ending at once")
        flush()
        os._exit(0)
    stop.set()
