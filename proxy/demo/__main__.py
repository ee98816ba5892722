"""`python -m proxy.demo --port N`: the pretend Akeneo with its samples, until standard input ends."""

import argparse
import asyncio
import json
import signal
import sys
import threading
from dataclasses import asdict

from proxy.demo.catalogue.samples import sample_catalogue
from proxy.demo.launch import connection
from proxy.demo.pictures import sample_files
from proxy.demo.pim import DemoPim


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m proxy.demo", description="A pretend Akeneo with sample pictures.")
    parser.add_argument("--port", type=int, default=0, help="0 takes any free port")
    port = parser.parse_args().port
    # Control-C reaches the whole process group; under a parent it is the parent who decides when we end.
    if not sys.stdin.isatty():
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        asyncio.run(serve(port))
    except KeyboardInterrupt:
        pass
    except OSError as error:
        sys.exit(f"the pretend Akeneo cannot listen on port {port}: {error.strerror}")


async def serve(port: int) -> None:
    async with DemoPim(sample_files(), port=port, catalogue=sample_catalogue()) as pim:
        print(json.dumps(introduction(pim)), flush=True)  # noqa: T201 - for the parent to read
        await end_of_input()


def introduction(pim: DemoPim) -> dict[str, object]:
    """One line tells all that a client needs: address and credentials, plainly and as settings of the proxy."""
    return {"url": pim.url, **asdict(pim.credentials), "environment": connection(pim)}


async def end_of_input() -> None:
    """A thread waits for it, as a pipe, a terminal and a file cannot all be awaited alike."""
    loop, ended = asyncio.get_running_loop(), asyncio.Event()

    def wait() -> None:
        while sys.stdin.buffer.read(1024):
            pass
        loop.call_soon_threadsafe(ended.set)

    threading.Thread(target=wait, daemon=True).start()
    await ended.wait()


if __name__ == "__main__":
    main()
