"""ipx with sharp and libvips, from npm, with pinned versions."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from benchmarks.bench.asks import QUALITY, Ask
from benchmarks.bench.installs import node_packages
from benchmarks.bench.load import Client
from benchmarks.bench.measure import cores
from benchmarks.bench.peers.peer import HttpPeer
from benchmarks.bench.pictures import PictureSet
from benchmarks.bench.processes import answering, running
from benchmarks.soak.house import free_port

PROJECT = Path(__file__).with_name("ipx")
FORMATS = {"jpg": "jpeg"}


class Ipx(HttpPeer):
    name = "ipx"
    settings = f"one process, sharp.concurrency({len(cores())}), files from a directory, no cache, quality {QUALITY}"

    def url(self, ask: Ask) -> str:
        fit = ",fit_inside" if ask.fit else ""
        modifiers = f"s_{ask.width}x{ask.height}{fit},q_{QUALITY},f_{FORMATS.get(ask.format, ask.format)}"
        return f"{self.base}/{modifiers}/{ask.original.name}"


@asynccontextmanager
async def ipx(client: Client, pictures: PictureSet, directory: Path) -> AsyncIterator[Ipx]:
    home = await node_packages(pictures.made.parent / "ipx", PROJECT)
    peer = Ipx(client, pictures, directory / "ipx.log")
    port = free_port()
    peer.base = f"http://127.0.0.1:{port}"
    command = ["node", str(home / "serve.js"), str(pictures.files), str(port), str(len(cores()))]
    async with running(command, peer.log, {"NODE_ENV": "production"}) as process:
        await answering(process, f"{peer.base}/", peer.log)
        peer.process_id = process.pid
        yield peer
