"""The process that workers are forked from: it has Pillow loaded, so that a new worker is there in milliseconds.

It runs as `python -m proxy.pixels.nursery [DIRECTORY...]`, with a socket to the server as its standard input; files
outside the directories are not read by its workers, if any are named. A message is
`spawn MEMORY KEPT` (bytes: in all, and of decoded pictures between two jobs) with the worker's end of a connection,
answered by the worker's process id, or `kill PID`. When the server is gone, the socket says so and everything ends.
"""

import gc
import logging
import os
import signal
import socket
import sys
from collections.abc import Sequence
from pathlib import Path

from proxy.native.presence import missing
from proxy.pixels.sandbox import die_with_parent

log = logging.getLogger("proxy.pixels")
MESSAGE_BYTES = 64


class Nursery:
    def __init__(self, control: socket.socket, readable: Sequence[Path] = ()) -> None:
        self.control = control
        self.readable = readable
        self.children: set[int] = set()

    def run(self) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            while self.obey():
                pass
        finally:
            for child in self.children:
                self.kill(child)
                os.waitpid(child, 0)

    def obey(self) -> bool:
        message, files, _, _ = socket.recv_fds(self.control, MESSAGE_BYTES, 1)
        self.reap()
        match message.decode().split():
            case ["spawn", memory, kept]:
                self.control.sendall(str(self.try_to_spawn(files[0], int(memory), int(kept))).encode())
            case ["kill", number]:
                self.kill(int(number))
        return bool(message)

    def try_to_spawn(self, file: int, memory_bytes: int, kept_bytes: int) -> int:
        """The worker's process id, or 0: a machine that is short of something must not end the others."""
        try:
            return self.spawn(file, memory_bytes, kept_bytes)
        except OSError as error:
            log.error("cannot start a worker: %s", error)
            os.close(file)
            return 0

    def spawn(self, file: int, memory_bytes: int, kept_bytes: int) -> int:
        child = os.fork()
        if child == 0:
            self.become_worker(file, memory_bytes, kept_bytes)
        os.close(file)
        self.children.add(child)
        return child

    def become_worker(self, file: int, memory_bytes: int, kept_bytes: int) -> None:
        """Never returns: the worker must not run into the nursery's own code."""
        from proxy.pixels.worker import serve  # noqa: PLC0415 (loaded before the first fork)

        try:
            die_with_parent()
            self.control.close()
            serve(socket.socket(fileno=file), memory_bytes, self.readable, kept_bytes)
        except ConnectionError:
            os._exit(0)  # the server has dropped this worker
        except BaseException:
            log.exception("a worker ends")
            os._exit(1)
        os._exit(0)

    def kill(self, child: int) -> None:
        """Only children that were not reaped yet: another process may have got a reaped one's number."""
        if child in self.children:
            os.kill(child, signal.SIGKILL)

    def reap(self) -> None:
        """Between two commands: a worker that died is followed by the order for the next one."""
        while self.children:
            child, _ = os.waitpid(-1, os.WNOHANG)
            if not child:
                break
            self.children.discard(child)


def warn_of_what_is_missing() -> None:
    from proxy.pixels.bidi import SHAPES  # noqa: PLC0415

    if not SHAPES:
        log.warning("libfribidi is missing: Arabic and Hebrew texts are drawn letter by letter, from left to right")
    for trouble in missing():
        log.warning("%s. %s", *trouble)


def main() -> None:
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(levelname)s %(name)s %(message)s")
    import proxy.pixels.worker  # noqa: F401, PLC0415 (Pillow: its second of loading is spent here, once)

    warn_of_what_is_missing()
    gc.collect()
    gc.freeze()  # what is loaded stays in pages that all workers share
    Nursery(socket.socket(fileno=sys.stdin.fileno()), [Path(name) for name in sys.argv[1:]]).run()


if __name__ == "__main__":
    main()
