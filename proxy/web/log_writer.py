"""Lines on their way to standard error, from a thread: a pipe that nobody reads must not hold up the server."""

import os
import select
import threading
from collections import deque
from collections.abc import Callable
from typing import TextIO

MOST_WAITING = 4 * 2**20  # characters
FLUSH_SECONDS = 1.0  # how long an end waits for who reads the lines


class LogWriter:
    """Blocks of lines, in order. `on_lost` hears, in the thread, of lines that cannot be written, as to a full disk."""

    def __init__(self, stream: TextIO, on_lost: Callable[[int], None]) -> None:
        self.stream = stream
        self.on_lost = on_lost
        self.blocks: deque[str] = deque()
        self.waiting = 0  # characters, with those that are being written
        self.changed = threading.Condition()
        self.thread: threading.Thread | None = None
        self.closed = False

    def put(self, block: str) -> bool:
        """Whether there was room for it; never waits."""
        with self.changed:
            if self.waiting + len(block) > MOST_WAITING:
                return False
            self.blocks.append(block)
            self.waiting += len(block)
            self.changed.notify_all()
            if self.thread is None:  # a daemon: who hangs in a write ends with the process
                self.thread = threading.Thread(target=self.run, name="log", daemon=True)
                self.thread.start()
        return True

    def flush(self) -> bool:
        """Whether all is written, within `FLUSH_SECONDS`."""
        with self.changed:
            return self.changed.wait_for(lambda: not self.waiting, FLUSH_SECONDS)

    def close(self) -> None:
        """Its thread ends when all is written."""
        with self.changed:
            self.closed = True
            self.changed.notify_all()

    def run(self) -> None:
        while True:
            with self.changed:
                self.changed.wait_for(lambda: self.blocks or self.closed)
                if not self.blocks:
                    return
                block = self.blocks.popleft()
            try:
                self.write(block)
            except (OSError, ValueError):  # ValueError: closed
                self.on_lost(block.count("\n"))
            with self.changed:
                self.waiting -= len(block)
                self.changed.notify_all()

    def write(self, block: str) -> None:
        """Past the stream's own buffer: its lock, held in a write that hangs, would keep the process from ending."""
        rest = memoryview(block.encode(self.stream.encoding or "utf-8", "backslashreplace"))
        handle = self.stream.fileno()
        while rest:
            try:
                rest = rest[os.write(handle, rest) :]
            except BlockingIOError:  # somebody who has it, too, wants it so
                select.select([], [handle], [])
