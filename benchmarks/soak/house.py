"""The processes of a soak: the real command, the pretend Akeneo, and a Redis where there is one; and what they hold."""

import asyncio
import json
import os
import shutil
import signal
import socket
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from benchmarks.bars import LISTENS, listening
from benchmarks.soak.catalogue import KEY
from benchmarks.storm.server import FAULTS
from benchmarks.storm.sources import fill
from proxy.demo.oauth import Credentials

REQUEST_SECONDS, RENDER_SECONDS = 10, 5
REDIS = shutil.which("redis-server") or shutil.which("valkey-server")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Neighbour:
    """A process that can be signalled, killed and started again, always at the same port."""

    def __init__(self) -> None:
        self.port = free_port()
        self.process: Process | None = None

    def send(self, number: signal.Signals) -> None:
        assert self.process is not None
        self.process.send_signal(number)

    async def kill(self) -> None:
        if self.process is not None and self.process.returncode is None:
            self.process.kill()
            await self.process.wait()


class Pim(Neighbour):
    """Killed, it forgets its tokens."""

    async def start(self) -> None:
        command = [sys.executable, "-m", "benchmarks.soak.pim", "--port", str(self.port)]
        self.process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE)
        assert self.process.stdout is not None
        assert await self.process.stdout.readline(), "the pretend Akeneo did not start"

    async def misbehave(self, name: str) -> None:
        assert self.process is not None
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{name}\n".encode())
        assert await self.process.stdout.readline(), "the pretend Akeneo is gone"


class Redis(Neighbour):
    """Nothing of it outlives a kill."""

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    async def start(self) -> None:
        assert REDIS is not None
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--maxmemory", "64mb"]
        options += ["--maxmemory-policy", "volatile-lru"]
        self.process = await asyncio.create_subprocess_exec(REDIS, *options, stdout=DEVNULL)


@dataclass(slots=True)
class Server:
    process: Process
    base: str
    admin: str
    faults: list[bytes] = field(default_factory=list)  # lines of its log that tell of a fault of ours

    @property
    def process_id(self) -> int:
        return self.process.pid

    def workers(self) -> list[int]:
        """Children of the nursery, which is the server's only child."""
        return [worker for nursery in children(self.process_id) for worker in children(nursery)]

    async def facts(self) -> dict[str, object]:
        async with aiohttp.ClientSession() as session, session.get(f"{self.base}/-/health/ready") as response:
            found: dict[str, object] = json.loads(await response.text())
            return found

    async def failing(self) -> list[str]:
        cache = (await self.facts())["cache"]
        assert isinstance(cache, dict)
        return list(cache["failing"])


def children(process_id: int) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{process_id}/task").iterdir():
        try:
            found += map(int, (task / "children").read_text().split())
        except OSError:
            continue  # a thread that has just ended
    return found


def environment(directory: Path, pim: Pim, redis: Redis | None) -> dict[str, str]:
    akeneo = Credentials()
    settings = {
        "HOST": "127.0.0.1",
        "PORT": "0",
        "ADMIN_PORT": "0",
        "REQUEST_TIMEOUT_SECONDS": str(REQUEST_SECONDS),
        "SEND_TIMEOUT_SECONDS": "10",
        "AKENEO__URL": f"http://127.0.0.1:{pim.port}",
        "AKENEO__CLIENT_ID": akeneo.client_id,
        "AKENEO__SECRET": akeneo.secret,
        "AKENEO__USERNAME": akeneo.username,
        "AKENEO__PASSWORD": akeneo.password,
        "AKENEO__EVENT_SECRETS": KEY,
        "CACHE__DIRECTORY": str(directory / "cache"),
        "CACHE__MEMORY_BYTES": "8MiB",  # soon full, so that what comes after is the server's own growth
        "CACHE__DISK_BYTES": "1GiB",
        "FOLDER__DIRECTORY": str(directory / "folder"),
        "RENDER__TIMEOUT_SECONDS": str(RENDER_SECONDS),
        "RENDER__WORKERS": "2",
        "SIGNING__PRIVATE_KEY": KEY,
        "OUTPUT__AUTO_AVIF": "true",
        "LOG__ACCESS": "off",
    }
    if redis is not None:
        settings["CACHE__REDIS_URL"] = redis.url
    own = {f"MEDIA_PROXY_{name}": value for name, value in settings.items()}
    return os.environ | own | {"TMPDIR": str(directory / "temporary")}


@asynccontextmanager
async def serving(directory: Path, pim: Pim, redis: Redis | None) -> AsyncIterator[Server]:
    """Its log goes to `directory/log`, written by us: a server whose disk is full could not write it."""
    for name in ("cache", "temporary"):
        (directory / name).mkdir(parents=True)
    fill(directory / "folder")
    command = [sys.executable, "-m", "proxy.cli", "serve"]
    process = await asyncio.create_subprocess_exec(*command, env=environment(directory, pim, redis), stderr=PIPE)
    assert process.stderr is not None
    listens = LISTENS.search(await listening(process.stderr))
    assert listens
    base, admin = (f"http://127.0.0.1:{int(port)}" for port in listens.groups())
    server = Server(process, base, admin)
    reading = asyncio.create_task(watch(process.stderr, server, directory / "log"))
    try:
        yield server
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()
        await reading


async def watch(log: asyncio.StreamReader, server: Server, file: Path) -> None:
    with file.open("wb") as out:
        while line := await log.readline():
            out.write(line)
            out.flush()
            if FAULTS.search(line):
                server.faults.append(line)
                print(f"BROKEN fault in the log: {line.decode(errors='replace').strip()}", flush=True)


@asynccontextmanager
async def origins() -> AsyncIterator[tuple[Pim, Redis | None]]:
    pim, redis = Pim(), Redis() if REDIS else None
    try:
        await pim.start()
        if redis is not None:
            await redis.start()
        yield pim, redis
    finally:
        await pim.kill()
        if redis is not None:
            await redis.kill()
