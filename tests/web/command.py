"""The real command as processes of their own, as the tests of kills and of signals start it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from benchmarks.kills.tree import Tree
from proxy.demo.launch import connection
from proxy.demo.pim import DemoPim


@asynccontextmanager
async def serving(pim: DemoPim, directory: Path, **changes: str) -> AsyncIterator[Tree]:
    """Listening; killed at the end unless it has ended. `changes` are settings without their prefix."""
    settings = {"HOST": "127.0.0.1", "PORT": "0", "ADMIN_PORT": "0", "RENDER__WORKERS": "1"} | changes
    settings["CACHE__DIRECTORY"] = str(directory)
    environment = connection(pim) | {f"MEDIA_PROXY_{name}": value for name, value in settings.items()}
    tree = await Tree.spawn(environment, directory.with_suffix(".log"))
    try:
        await tree.listening()
        yield tree
    finally:
        if tree.process.returncode is None:
            await tree.kill()


async def fetch(session: aiohttp.ClientSession, url: str) -> bytes | None:
    """The body, or None where the server died under the request."""
    try:
        async with session.get(url) as response:
            body = await response.read()
            assert response.status == 200, (url, response.status)
            return body
    except aiohttp.ClientError:
        return None


async def until_told(tree: Tree, words: bytes) -> None:
    """Until its log has a line with them."""
    while words not in tree.log.read_bytes():  # noqa: ASYNC110 (another process)
        await asyncio.sleep(0.01)
