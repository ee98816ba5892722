"""A viewer with no manners: writes any line it likes, and reads what comes back. Connections are kept."""

import asyncio
import time
from dataclasses import dataclass

from benchmarks.storm.shots import Shot

PATIENCE_SECONDS = 90.0


@dataclass(frozen=True, slots=True)
class Answer:
    """`status` 0: none came, `said` tells why."""

    status: int
    seconds: float
    said: str = ""
    timing: str = ""


class Viewer:
    """One connection at a time."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.reader: asyncio.StreamReader | None = None
        self.writer: asyncio.StreamWriter | None = None

    async def ask(self, shot: Shot) -> Answer:
        begun = time.perf_counter()
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                status, fields = await self.try_twice(shot)
        except (OSError, EOFError, ValueError, asyncio.LimitOverrunError) as error:  # TimeoutError is an OSError
            self.hang_up()
            return Answer(0, time.perf_counter() - begun, repr(error))
        said, timing = fields.get("ik-error", ""), fields.get("server-timing", "")
        return Answer(status, time.perf_counter() - begun, said, timing)

    async def try_twice(self, shot: Shot) -> tuple[int, dict[str, str]]:
        """A kept connection may have been closed at the very moment; a fresh one may not."""
        if self.writer is not None:
            try:
                return await self.exchange(shot)
            except (ConnectionError, asyncio.IncompleteReadError) as error:
                if isinstance(error, asyncio.IncompleteReadError) and error.partial:
                    raise
                self.hang_up()
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        return await self.exchange(shot)

    async def exchange(self, shot: Shot) -> tuple[int, dict[str, str]]:
        assert self.reader is not None
        assert self.writer is not None
        fields = "".join(f"{name}: {value}\r\n" for name, value in shot.headers)
        self.writer.write(f"{shot.method} {shot.target} HTTP/1.1\r\nHost: storm\r\n{fields}\r\n".encode())
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        status = int(head[0].split(" ")[1])
        found = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:])}
        if shot.method != "HEAD" and status not in {204, 304}:
            await self.read_body(found)
        if found.get("connection") == "close" or head[0].startswith("HTTP/1.0"):
            self.hang_up()
        return status, found

    async def read_body(self, fields: dict[str, str]) -> None:
        assert self.reader is not None
        if "content-length" in fields:
            await self.reader.readexactly(int(fields["content-length"]))
        elif fields.get("transfer-encoding") == "chunked":
            while length := int(await self.reader.readuntil(b"\r\n"), 16):
                await self.reader.readexactly(length + 2)
            await self.reader.readexactly(2)
        else:
            await self.reader.read()

    def hang_up(self) -> None:
        if self.writer is not None:
            self.writer.close()
        self.reader = self.writer = None
