"""This machine: what it has, what the workers are kept from, the ports."""

import asyncio
import errno
from collections.abc import Sequence

import aiohttp

from proxy.commands.checking.findings import Group, Step, Trouble, Verdict, left_out, warning
from proxy.commands.hosts import base_url
from proxy.container import cores, memory_bytes
from proxy.metrics import Metrics
from proxy.native.presence import missing
from proxy.pixels.pool import Renderers
from proxy.pixels.processes import Processes
from proxy.pixels.readable import directories_of
from proxy.setting_types import MEBIBYTE
from proxy.settings import Settings

WISHED = {"rlimits", "no-new-privileges", "seccomp"}
LIVE = "/-/health/live"
METRICS = "/-/metrics"
LEAST_WORKER_BYTES = 256 * MEBIBYTE
LIVE_SECONDS = 2.0


def machine_group(settings: Settings, processes: Processes | None = None) -> Group:
    check = MachineCheck(settings, processes)
    steps = [
        Step("processors and memory", check.resources),
        Step("compiled code", compiled),
        Step("workers", check.workers, seconds=30.0),
        Step("public port", check.public_port),
        Step("admin port", check.admin_port),
    ]
    return Group("This machine", steps)


class MachineCheck:
    def __init__(self, settings: Settings, processes: Processes | None) -> None:
        self.settings = settings
        self.processes = processes

    async def resources(self) -> Verdict:
        render = self.settings.rendering
        budget, there = render.memory_budget, memory_bytes()
        told = f"{cores()} processors for {render.workers} workers, {there // MEBIBYTE} MiB of memory, "
        told += f"{budget // MEBIBYTE} MiB of them for the workers"
        if render.workers > cores():
            return warning(told, "Set MEDIA_PROXY_RENDER__WORKERS to the number of processors: more only wait.")
        if budget + self.settings.cache.memory_bytes > there:
            return warning(told, "Lower MEDIA_PROXY_RENDER__MEMORY_BYTES or _CACHE__MEMORY_BYTES, or have more memory.")
        if budget < LEAST_WORKER_BYTES:
            return warning(told, "Have more memory, or a smaller MEDIA_PROXY_CACHE__MEMORY_BYTES: large pictures fail.")
        return Verdict(told)

    async def public_port(self) -> Verdict:
        return await port_verdict(self.settings.host, self.settings.port, "MEDIA_PROXY_PORT", LIVE)

    async def admin_port(self) -> Verdict:
        settings = self.settings
        return await port_verdict(settings.admin_host, settings.admin_port, "MEDIA_PROXY_ADMIN_PORT", METRICS)

    async def workers(self) -> Verdict:
        """One is started, as the server starts them."""
        render = self.settings.rendering
        own = self.processes or Processes(render.most_worker_bytes, directories_of(self.settings), render.kept_bytes)
        renderers = Renderers(render.model_copy(update={"workers": 1}), Metrics(), own)
        try:
            await renderers.start()
        except OSError as error:
            repair = "A container may forbid processes, or have too little memory; the log of a server tells more."
            raise Trouble(f"none starts: {error}", repair) from None
        finally:
            await renderers.close()
        return sandbox_verdict(renderers.sandbox)


async def compiled() -> Verdict:
    if troubles := missing():
        return warning("; ".join(it.told for it in troubles), " ".join(it.repair for it in troubles))
    return Verdict("PNGs and JPEGs are read, and pictures scaled, the fast way")


def sandbox_verdict(sandbox: Sequence[str]) -> Verdict:
    told = f"one has started; enforced: {', '.join(sandbox) or 'nothing'}"
    missing = WISHED - set(sandbox) | ({"landlock"} if not any("landlock" in name for name in sandbox) else set())
    if missing:
        repair = (
            "The kernel (Linux 5.13 or later) or the container's own rules do not offer it; a malicious picture that"
        )
        return warning(f"{told}; not {', '.join(sorted(missing))}", f"{repair} takes a worker over can do more.")
    return Verdict(told)


async def port_verdict(host: str, port: int, name: str, path: str) -> Verdict:
    if not port:
        return left_out("any free one")
    try:
        server = await asyncio.start_server(lambda _, writer: writer.close(), host, port)
    except OSError as error:
        if error.errno == errno.EADDRINUSE and await is_ours(host, port, path):
            return Verdict(f"{port}: a running media-proxy has it")
        raise port_trouble(error, host, port, name) from None
    server.close()
    await server.wait_closed()
    return Verdict(f"{port} is free")


def port_trouble(error: OSError, host: str, port: int, name: str) -> Trouble:
    if error.errno == errno.EADDRINUSE:
        return Trouble(f"{port} is taken by another program", f"End that program, or set {name}.")
    if error.errno in {errno.EACCES, errno.EPERM}:
        return Trouble(
            f"{port} may not be listened on", f"Set {name} to one above 1023, or grant CAP_NET_BIND_SERVICE."
        )
    told = f"{host}:{port} cannot be listened on: {error.strerror or error}"
    return Trouble(told, f"Is the address one of this machine's? Check {name.removesuffix('PORT')}HOST.")


async def is_ours(host: str, port: int, path: str) -> bool:
    url = base_url(host, port) + path
    timeout = aiohttp.ClientTimeout(total=LIVE_SECONDS)
    try:
        async with aiohttp.ClientSession(timeout=timeout) as session, session.get(url, allow_redirects=False) as answer:
            return answer.headers.get("Server") == "media-proxy"
    except (aiohttp.ClientError, TimeoutError):
        return False
