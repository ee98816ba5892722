"""thumbor, from the package index, in an environment of its own with pinned versions."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from benchmarks.bench.asks import QUALITY, Ask
from benchmarks.bench.installs import python_environment
from benchmarks.bench.load import Client
from benchmarks.bench.measure import cores
from benchmarks.bench.peers.peer import HttpPeer
from benchmarks.bench.pictures import PictureSet
from benchmarks.bench.processes import answering, running
from benchmarks.soak.house import free_port

PINNED = Path(__file__).with_name("thumbor.txt")
FORMATS = {"jpg": "jpeg"}


class Thumbor(HttpPeer):
    name = "thumbor"
    settings = f"{len(cores())} processes, file loader, no storage, no result storage, quality {QUALITY}"

    def url(self, ask: Ask) -> str:
        fit = "fit-in/" if ask.fit else ""
        filters = f"filters:format({FORMATS.get(ask.format, ask.format)})"
        return f"{self.base}/unsafe/{fit}{ask.width}x{ask.height}/{filters}/{ask.original.name}"


def configuration(files: Path) -> str:
    return f"""
LOADER = "thumbor.loaders.file_loader"
FILE_LOADER_ROOT_PATH = "{files}"
STORAGE = "thumbor.storages.no_storage"
RESULT_STORAGE = None
ALLOW_UNSAFE_URL = True
AUTO_WEBP = False
QUALITY = {QUALITY}
WEBP_QUALITY = {QUALITY}
AVIF_QUALITY = {QUALITY}
"""


@asynccontextmanager
async def thumbor(client: Client, pictures: PictureSet, directory: Path) -> AsyncIterator[Thumbor]:
    programs = await python_environment(pictures.made.parent / "thumbor", PINNED)
    peer = Thumbor(client, pictures, directory / "thumbor.log")
    (directory / "thumbor.conf").write_text(configuration(pictures.files))
    port = free_port()
    peer.base = f"http://127.0.0.1:{port}"
    options = ["--port", str(port), "--conf", str(directory / "thumbor.conf"), "--processes", str(len(cores()))]
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"
    async with running([str(programs / "thumbor"), *options], peer.log, {"PATH": path}) as process:
        await answering(process, f"{peer.base}/healthcheck", peer.log)
        peer.process_id = process.pid
        yield peer
