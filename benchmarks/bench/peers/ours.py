"""Ours: the real `media-proxy serve` in front of the pretend Akeneo."""

import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from benchmarks.bench.asks import QUALITY, Ask
from benchmarks.bench.load import Client
from benchmarks.bench.peers.peer import HttpPeer
from benchmarks.bench.pictures import Original, PictureSet
from benchmarks.bench.processes import answering, running
from benchmarks.soak.house import free_port
from proxy.demo.oauth import Credentials

FETCHED_AT_ONCE = 4
CACHE, LOGGING_CACHE = "cache", "cache-logging"  # below the directory of a server


class Akeneo:
    """The process of `benchmarks.bench.pim`."""

    def __init__(self, process: Process, port: int) -> None:
        self.process, self.port = process, port

    async def order(self, words: str) -> str:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{words}\n".encode())
        return (await self.process.stdout.readline()).decode().strip()

    async def add(self, originals: Sequence[Original]) -> None:
        for original in originals:
            assert await self.order(f"add {original.name}") == original.code

    async def delay(self, seconds: float) -> None:
        """Of every download from now on."""
        await self.order(f"delay {seconds}")


@asynccontextmanager
async def akeneo(log: Path) -> AsyncIterator[Akeneo]:
    async with running([sys.executable, "-m", "benchmarks.bench.pim"], log, piped=True) as process:
        assert process.stdout is not None
        yield Akeneo(process, int(await process.stdout.readline()))


class Ours(HttpPeer):
    name = "ours"
    settings = "defaults but for the addresses: one worker a core, all tiers of the cache on, access log off"

    def __init__(self, client: Client, pictures: PictureSet, log: Path, pim: Akeneo) -> None:
        super().__init__(client, pictures, log)
        self.pim = pim
        self.ready: set[Original] = set()

    def url(self, ask: Ask) -> str:
        mode = ",c-at_max" if ask.fit else ""
        steps = f"w-{ask.width},h-{ask.height}{mode},f-{ask.format},q-{QUALITY}"
        return f"{self.base}/tr:{steps}/media-files/{ask.original.code}"

    async def prepare(self, originals: Sequence[Original]) -> None:
        """Downloaded, not drawn."""
        new = [original for original in originals if original not in self.ready]
        await self.pim.add(new)
        urls = [f"{self.base}/tr:orig-true/media-files/{original.code}" for original in new]
        if urls:
            await self.client.run(urls, FETCHED_AT_ONCE)
        self.ready.update(new)


class OursLogging(Ours):
    name = "ours, access log on"
    settings = "the same with the access log on, written to a file"


def environment(directory: Path, pim: Akeneo, port: int, access_log: str) -> dict[str, str]:
    credentials = Credentials()
    settings = {
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "ADMIN_PORT": "0",
        "AKENEO__URL": f"http://127.0.0.1:{pim.port}",
        "AKENEO__CLIENT_ID": credentials.client_id,
        "AKENEO__SECRET": credentials.secret,
        "AKENEO__USERNAME": credentials.username,
        "AKENEO__PASSWORD": credentials.password,
        "CACHE__DIRECTORY": str(directory),
        "LOG__ACCESS": access_log,
    }
    return {f"MEDIA_PROXY_{name}": value for name, value in settings.items()}


COMMAND = [sys.executable, "-m", "proxy.cli", "serve"]


@asynccontextmanager
async def ours(
    client: Client, pictures: PictureSet, directory: Path, pim: Akeneo, access_log: bool = False
) -> AsyncIterator[Ours]:
    peer = (OursLogging if access_log else Ours)(client, pictures, directory / f"ours-{access_log}.log", pim)
    port = free_port()
    told = environment(directory / (LOGGING_CACHE if access_log else CACHE), pim, port, "all" if access_log else "off")
    peer.base = f"http://127.0.0.1:{port}"
    async with running(COMMAND, peer.log, told) as process:
        await answering(process, f"{peer.base}/-/health/ready", peer.log)
        peer.process_id = process.pid
        yield peer
