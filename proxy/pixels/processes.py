"""The server's end of the nursery and of a worker: starting, talking to, and ending processes."""

import asyncio
import json
import logging
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from proxy.pixels.wire import HEADER

log = logging.getLogger("proxy.pixels")
SPAWN_SECONDS = 20.0
# Pictures come and go by the megabyte; in pages of 4 KiB the kernel takes a tenth of a PNG's time to hand them out.
TUNABLES, LARGE_PAGES = "GLIBC_TUNABLES", "glibc.malloc.hugetlb=1"


class WorkerDied(Exception):
    """The connection to a worker broke: a crash, a kill, or more memory than it may have."""


class Worker:
    """One process that draws, and the connection to it. It may have been taken over: no answer is longer than
    `most_bytes`.
    """

    def __init__(
        self, process_id: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, most_bytes: int
    ) -> None:
        self.process_id = process_id
        self.most_bytes = most_bytes
        self.reader = reader
        self.writer = writer
        self.jobs = 0
        self.memory = 0
        self.sandbox: tuple[str, ...] = ()  # what is enforced there, as it says itself

    async def work(self, packed: bytes) -> tuple[dict[str, Any], bytes]:
        """Send one job and wait for its facts and body; raises WorkerDied, and anything else if they are none."""
        self.jobs += 1
        try:
            self.writer.write(packed)
            await self.writer.drain()
            facts, body = await self.receive()
        except (OSError, asyncio.IncompleteReadError) as error:
            raise WorkerDied(f"worker {self.process_id} ended while it drew") from error
        self.memory = int(facts.get("memory", 0))
        return facts, body

    async def receive(self) -> tuple[dict[str, Any], bytes]:
        facts_bytes, body_bytes = HEADER.unpack(await self.reader.readexactly(HEADER.size))
        if facts_bytes + body_bytes > self.most_bytes:
            raise ValueError(f"worker {self.process_id} gives more than it can hold")
        facts = json.loads(await self.reader.readexactly(facts_bytes))
        return facts, await self.reader.readexactly(body_bytes)


class Processes:
    """Starts workers by way of the nursery, which it starts again if that one should die.

    Workers read only below the directories that are `readable`, and what the machine needs; without any, everywhere.
    Of its `memory_bytes`, each keeps decoded pictures within `kept_bytes`.
    """

    def __init__(self, memory_bytes: int, readable: Sequence[Path] = (), kept_bytes: int = 0) -> None:
        self.memory_bytes = memory_bytes
        self.kept_bytes = kept_bytes
        self.readable = readable
        self.asking = threading.Lock()
        self.process: subprocess.Popen[bytes] | None = None
        self.control: socket.socket | None = None

    def prepare(self) -> None:
        """Start the nursery, so that it loads Pillow while the server loads itself."""
        if self.control is not None:
            self.control.close()
        self.control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.control.settimeout(SPAWN_SECONDS)
        with theirs:
            command = [sys.executable, "-m", "proxy.pixels.nursery", *map(str, self.readable)]
            tunables = ":".join(filter(None, [LARGE_PAGES, os.environ.get(TUNABLES)]))  # the last one counts
            environment = os.environ | {TUNABLES: tunables}
            self.process = subprocess.Popen(command, stdin=theirs.fileno(), env=environment)  # noqa: S603 (our own module)

    async def spawn(self) -> Worker:
        """A worker that is ready to draw; raises OSError. Whoever gives up meanwhile leaves nothing behind."""
        ours, theirs = socket.socketpair()
        try:
            process_id = await asyncio.to_thread(self.ask_for_worker, theirs)
            # What is encoded stands beside the pixels in there, so no answer takes more than half of the memory.
            worker = Worker(process_id, *await asyncio.open_unix_connection(sock=ours), self.memory_bytes // 2)
        except BaseException:
            ours.close()
            raise
        try:
            async with asyncio.timeout(SPAWN_SECONDS):
                facts, _ = await worker.receive()
        except (asyncio.IncompleteReadError, TimeoutError) as error:
            self.end(worker)
            raise OSError("a new worker did not get ready") from error
        except BaseException:
            self.end(worker)
            raise
        worker.sandbox = tuple(facts["sandbox"])
        return worker

    def ask_for_worker(self, theirs: socket.socket) -> int:
        with theirs, self.asking:
            if self.process is None or self.process.poll() is not None:
                self.prepare()
            assert self.control is not None
            assert self.process is not None
            try:
                words = f"spawn {self.memory_bytes} {self.kept_bytes}".encode()
                socket.send_fds(self.control, [words], [theirs.fileno()])
                process_id = int(self.control.recv(64) or b"0")
            except OSError:
                self.process.kill()  # a late answer would be taken for that to the next question
                raise
        if not process_id:
            raise OSError("the nursery cannot start a worker")
        return process_id

    def end(self, worker: Worker) -> None:
        worker.writer.close()
        if self.control is not None:
            try:
                self.control.send(f"kill {worker.process_id}".encode(), socket.MSG_DONTWAIT)
            except OSError as error:  # the nursery is gone, and its workers with it
                log.warning("cannot end worker %s: %s", worker.process_id, error)

    async def close(self) -> None:
        """The nursery ends all workers when its socket closes."""
        if self.control is not None and self.process is not None:
            self.control.close()
            await asyncio.to_thread(self.process.wait)
