"""The bare server: aiohttp's low-level one on uvloop, one body for every request. `python -m ... FILE --port N`."""

import argparse
import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import uvloop
from aiohttp import web

from benchmarks.bench.processes import answering, running
from benchmarks.soak.house import free_port

SETTINGS = "aiohttp.web.Server on uvloop, one process, the same bytes for every request, no log"


async def serve(body: bytes, port: int) -> None:
    async def handle(request: web.BaseRequest) -> web.StreamResponse:
        return web.Response(body=body, content_type="image/jpeg")

    runner = web.ServerRunner(web.Server(handle, access_log=None))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await asyncio.Event().wait()


@asynccontextmanager
async def constant(body: Path, log: Path) -> AsyncIterator[tuple[int, str]]:
    """The process id and the address."""
    port = free_port()
    command = [sys.executable, "-m", "benchmarks.bench.peers.constant", str(body), "--port", str(port)]
    async with running(command, log) as process:
        await answering(process, f"http://127.0.0.1:{port}/", log)
        yield process.pid, f"http://127.0.0.1:{port}/body.jpg"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bench.peers.constant")
    parser.add_argument("body", type=Path)
    parser.add_argument("--port", type=int, required=True)
    told = parser.parse_args()
    uvloop.run(serve(told.body.read_bytes(), told.port))
