"""The other half of `media-proxy demo --sync`, in a process of its own: the stand-ins, their page, and the schedule."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path

from aiohttp import web

from proxy.demo.__main__ import end_of_input
from proxy.demo.launch import connection
from proxy.demo.sync.page import page_app
from proxy.demo.sync.stage import Stage
from proxy.metrics import Metrics
from proxy.sync.command import FLOWS
from proxy.sync.schedule.engine import Engine
from proxy.sync.schedule.inbox import Wish
from proxy.sync.service import Service
from proxy.sync.settings.reading import read_sync_settings

IMPORT = "bynder import-assets"


@contextmanager
def stage_process(directory: str, proxy_url: str) -> Iterator[tuple[dict[str, str], str]]:
    """Inside the block it runs; yields settings of a server as environment variables, and the address of the page."""
    command = [sys.executable, "-m", "proxy.commands.demo_sync", directory, proxy_url]
    # The child reads its standard input to the end, so it cannot outlive us, however we die.
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True) as child:  # noqa: S603
        assert child.stdin is not None
        assert child.stdout is not None
        line = child.stdout.readline()
        if not line:
            raise RuntimeError("the pretend Akeneo, Cloudinary and Bynder did not start")
        try:
            said = json.loads(line)
            yield said["environment"], said["page"]
        finally:
            child.stdin.close()


async def play(directory: Path, proxy_url: str) -> None:
    """Until standard input ends."""
    async with AsyncExitStack() as stack:
        stage = await stack.enter_async_context(Stage())
        file = directory / "sync.yaml"
        file.write_text(stage.settings(str(directory / "sync.sqlite3"), proxy_url), encoding="utf-8")
        service = await stack.enter_async_context(Service(read_sync_settings(file, {}), Metrics()))

        async def wanted() -> None:
            await Wish(IMPORT, "bynder", ("--credential_code", "bynder"), service.now()).store(service.state)

        runner = web.AppRunner(page_app(stage, proxy_url, wanted), access_log=None)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        await stack.enter_async_context(Engine(service, FLOWS))
        environment = connection(stage.pim) | {"MEDIA_PROXY_SYNC__CONFIG": str(file)}
        page = f"http://127.0.0.1:{runner.addresses[0][1]}/"
        print(json.dumps({"environment": environment, "page": page}), flush=True)  # noqa: T201 - for the parent
        await end_of_input()


if __name__ == "__main__":
    asyncio.run(play(Path(sys.argv[1]), sys.argv[2]))
