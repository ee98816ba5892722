"""The real command as a process tree of its own, before a pretend Akeneo with the odd catalogue."""

import asyncio
import os
import re
import sys
import tempfile
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from benchmarks.storm.shots import Gun
from benchmarks.storm.sources import files, fill
from proxy.demo.files import DemoFile
from proxy.demo.launch import connection
from proxy.demo.pim import DemoPim

LISTENS = re.compile(rb"pictures on 127\.0\.0\.1:(\d+), metrics on 127\.0\.0\.1:(\d+)")
RESTARTS = re.compile(r'worker_restarts_total\{reason="(\w+)"\} ([\d.]+)')
FAULTS = re.compile(rb"a fault of ours|Traceback|Task exception|never retrieved|Unhandled")
START_SECONDS = 30.0
CONFIG = """
[named_transformations]
card = "w-120,h-80,cm-pad_resize,bg-F3D9B1"
chain = "tr:w-100:rt-90,bl-2"
choice = "if-w_gt_100,w-50,if-else,h-40,if-end"
label = "l-text,i-Sale,fs-20,co-FFFFFF,bg-red,pa-5,l-end"
"""


@dataclass(frozen=True, slots=True)
class Server:
    process: Process
    pim: DemoPim
    log: Path
    gun: Gun
    port: int
    admin_port: int

    async def restarts(self) -> dict[str, int]:
        url = f"http://127.0.0.1:{self.admin_port}/-/metrics"
        async with aiohttp.ClientSession() as session, session.get(url) as response:
            return {reason: int(float(count)) for reason, count in RESTARTS.findall(await response.text())}

    def resident_bytes(self) -> int:
        """Of the parent alone; its workers are bounded and recycled."""
        pages = Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")

    def faults(self) -> list[bytes]:
        return [line for line in self.log.read_bytes().splitlines() if FAULTS.search(line)]


@asynccontextmanager
async def running(seed: int, log: Path) -> AsyncIterator[Server]:
    """`log` receives what the server writes."""
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        folder = fill(directory / "folder")
        (directory / "config.toml").write_text(CONFIG)
        async with DemoPim(files()) as pim:
            with log.open("wb") as out:
                process = await start(pim, directory, out.fileno())
            try:
                port, admin_port = await ports(process, log)
                yield Server(process, pim, log, gun_for(seed, pim.files, folder), port, admin_port)
            finally:
                if process.returncode is None:
                    process.terminate()
                await process.wait()


def gun_for(seed: int, catalogue: Iterable[DemoFile], folder: list[str]) -> Gun:
    paths = [f"{file.family}/{file.code}" for file in catalogue] + folder
    return Gun(seed, paths, [path for path in paths if path.endswith(".woff2")])


async def start(pim: DemoPim, directory: Path, log: int) -> Process:
    environment = os.environ | connection(pim)
    environment |= {
        "MEDIA_PROXY_HOST": "127.0.0.1",
        "MEDIA_PROXY_PORT": "0",
        "MEDIA_PROXY_ADMIN_PORT": "0",
        "MEDIA_PROXY_CACHE__DIRECTORY": str(directory / "cache"),
        "MEDIA_PROXY_CACHE__MEMORY_BYTES": "32MiB",
        "MEDIA_PROXY_CACHE__DISK_BYTES": "256MiB",
        "MEDIA_PROXY_FOLDER__DIRECTORY": str(directory / "folder"),
        "MEDIA_PROXY_OUTPUT__AUTO_AVIF": "true",
        "MEDIA_PROXY_OUTPUT__SAVE_DATA_QUALITY": "50",
        "MEDIA_PROXY_LOG__ACCESS": "off",
    }
    command = [sys.executable, "-m", "proxy.cli", "serve", "--config", str(directory / "config.toml")]
    return await asyncio.create_subprocess_exec(*command, env=environment, stderr=log)


async def ports(process: Process, log: Path) -> tuple[int, int]:
    async with asyncio.timeout(START_SECONDS):
        while not (found := LISTENS.search(read(log))):
            if process.returncode is not None:
                raise RuntimeError(f"the server did not start:\n{read(log).decode()}")
            await asyncio.sleep(0.05)
    return int(found[1]), int(found[2])


def read(log: Path) -> bytes:
    return log.read_bytes()
