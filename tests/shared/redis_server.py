"""A real Redis server on a port of its own: killed, restarted, slowed down and filled by the tests."""

import asyncio
import shutil
import signal
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis
from redis.exceptions import RedisError

PROGRAM = shutil.which("redis-server") or shutil.which("valkey-server")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def until(holds: Callable[[], Any]) -> None:
    """For a condition, not for a time: pytest's own limit ends a wait in vain."""
    while True:
        value = holds()
        if await value if asyncio.iscoroutine(value) else value:
            return
        await asyncio.sleep(0.005)


class RedisServer:
    """Without a disk of its own unless `append_only`: what it held is gone when it is killed."""

    def __init__(self, directory: Path, *options: str) -> None:
        self.directory = directory
        self.options = options
        self.port = free_port()
        self.process: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    async def start(self) -> None:
        if PROGRAM is None:
            pytest.skip("there is no redis-server")
        self.directory.mkdir(parents=True, exist_ok=True)
        places = ["--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.directory), "--save", ""]
        self.process = await asyncio.create_subprocess_exec(
            PROGRAM, *places, *self.options, stdout=asyncio.subprocess.DEVNULL
        )
        await until(self.answers)

    async def answers(self) -> bool:
        try:
            return bool(await self.ask("PING"))
        except (RedisError, OSError) as error:
            return "auth" in str(error).lower()

    async def ask(self, *command: Any) -> Any:
        client: Any = Redis(host="127.0.0.1", port=self.port, protocol=2)
        async with client:
            return await client.execute_command(*command)

    async def kill(self) -> None:
        assert self.process is not None
        if self.process.returncode is None:
            self.process.kill()
        await self.process.wait()

    def hang(self) -> None:
        """It takes connections and says nothing."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGCONT)
