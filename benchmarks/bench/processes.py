"""Processes that a run starts and, whatever happens, ends."""

import asyncio
import os
import signal
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import aiohttp

PATIENCE_SECONDS = 30.0
BETWEEN_TRIES_SECONDS = 0.05
LONGEST_LINE = 2**26  # the answers of a load are one


class NotHereError(Exception):
    """A peer cannot take part, and why."""


@asynccontextmanager
async def running(
    command: Sequence[str], log: Path, environment: Mapping[str, str] | None = None, piped: bool = False
) -> AsyncIterator[Process]:
    """A process in a group of its own; `piped` leaves standard input and output to the caller, else all is logged.

    Of the same session as ours: Linux shares out the processor by sessions first (autogroup), so that in another one a
    server's low priority would not count against the load.
    """
    with log.open("ab") as out:
        streams = {"stdin": PIPE, "stdout": PIPE} if piped else {"stdin": DEVNULL, "stdout": out}
        process = await asyncio.create_subprocess_exec(
            *command,
            env={**os.environ, **(environment or {})},
            stderr=out,
            process_group=0,
            limit=LONGEST_LINE,
            **streams,
        )
    try:
        yield process
    finally:
        await ended(process)


async def ended(process: Process) -> None:
    """With its whole group: some servers leave their children behind."""
    if process.returncode is None:
        process.terminate()
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE_SECONDS):
                while process.returncode is None:  # noqa: ASYNC110 - wait() waits for children that hold its pipes, too
                    await asyncio.sleep(BETWEEN_TRIES_SECONDS)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    await process.wait()


async def answering(process: Process, url: str, log: Path) -> None:
    """Returns when the address answers anything at all; raises NotHereError if the process ends before."""
    async with aiohttp.ClientSession() as session, asyncio.timeout(PATIENCE_SECONDS):
        while process.returncode is None:
            try:
                async with session.get(url):
                    return
            except aiohttp.ClientError:
                await asyncio.sleep(BETWEEN_TRIES_SECONDS)
    raise NotHereError(f"it ended at its start: {last_line(log)}")


def last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").strip().splitlines()
    return lines[-1] if lines else "without a word"
