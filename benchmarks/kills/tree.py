"""The real command with all its processes in a group of their own, so that one SIGKILL ends every one of them."""

import asyncio
import os
import re
import signal
import sys
from asyncio.subprocess import Process
from dataclasses import dataclass
from pathlib import Path
from typing import Self

LISTENS = re.compile(rb"pictures on 127\.0\.0\.1:(\d+), metrics on 127\.0\.0\.1:(\d+)")
FAULTS = re.compile(rb"a fault of ours|Traceback|Task exception|never retrieved")
START_SECONDS = 60.0


@dataclass(slots=True)
class Tree:
    process: Process
    log: Path
    base: str = ""
    admin: str = ""
    killed: bool = False

    @classmethod
    async def spawn(cls, environment: dict[str, str], log: Path) -> Self:
        command = [sys.executable, "-m", "proxy.cli", "serve"]
        with log.open("wb") as out:
            process = await asyncio.create_subprocess_exec(
                *command, env=os.environ | environment, stderr=out.fileno(), start_new_session=True
            )
        return cls(process, log)

    async def listening(self) -> None:
        async with asyncio.timeout(START_SECONDS):
            while not (found := LISTENS.search(self.log.read_bytes())):
                if self.process.returncode is not None:
                    raise RuntimeError(f"the server did not start:\n{self.log.read_text()}")
                await asyncio.sleep(0.01)
        self.base, self.admin = (f"http://127.0.0.1:{int(port)}" for port in found.groups())

    async def kill(self) -> None:
        self.killed = True
        os.killpg(self.process.pid, signal.SIGKILL)
        await self.process.wait()

    async def stop(self) -> int:
        self.killed = True
        self.process.terminate()
        return await self.process.wait()

    def faults(self) -> list[str]:
        return [line.decode() for line in self.log.read_bytes().splitlines() if FAULTS.search(line)]
