"""News that could not be told: kept until they have been, over restarts too where there is a cache directory."""

import asyncio
import json
import logging
import os
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from proxy.cache.workplace import is_past
from proxy.json_text import parsed

log = logging.getLogger("proxy.cache")
ENDING = ".json"
UNFINISHED = ".new"


@dataclass(frozen=True, slots=True)
class Debt:
    """`text` is that of the facts. Equal ones are told apart: each is settled by its own news."""

    kind: str
    text: str
    name: str = field(default_factory=lambda: secrets.token_hex(8))


class Owed:
    """A file for each in `directory`: two processes may share it while one takes over from the other."""

    def __init__(self, directory: Path | None) -> None:
        self.directory = directory
        self.debts: dict[str, Debt] = {}

    def __bool__(self) -> bool:
        return bool(self.debts)

    async def load(self) -> None:
        """Raises OSError."""
        self.debts |= {debt.name: debt for debt in await asyncio.to_thread(read_owed, self.directory)}

    async def add(self, debt: Debt) -> None:
        """On the disk when it returns, if the disk takes it."""
        self.debts[debt.name] = debt
        await asyncio.to_thread(write_owed, self.directory, debt)

    async def settle(self, name: str) -> None:
        if self.debts.pop(name, None) is not None:
            await asyncio.to_thread(remove_owed, self.directory, name)


def read_owed(directory: Path | None) -> list[Debt]:
    """Raises OSError."""
    if directory is None:
        return []
    try:
        files = sorted(directory.iterdir())
    except FileNotFoundError:
        return []
    for left in files:
        if left.name.endswith(UNFINISHED) and is_past(left, time.time()):  # by a kill
            left.unlink(missing_ok=True)
    return [debt for file in files if file.name.endswith(ENDING) for debt in debt_in(file)]


def debt_in(file: Path) -> Iterator[Debt]:
    """Nothing if it is damaged, or has been settled meanwhile."""
    try:
        kind, text = map(str, parsed(file.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return
    except (OSError, ValueError, TypeError) as error:
        log.error("a purge that other replicas were to be told of, %s, cannot be read, so purge again: %s", file, error)
    else:
        yield Debt(kind, text, file.name.removesuffix(ENDING))


def write_owed(directory: Path | None, debt: Debt) -> None:
    if directory is None:
        return
    temporary = directory / f"{debt.name}{UNFINISHED}"
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with temporary.open("w", encoding="utf-8") as opened:
            json.dump([debt.kind, debt.text], opened)
            opened.flush()
            os.fsync(opened.fileno())
        temporary.replace(path_of(directory, debt.name))
    except OSError as error:
        log.error("purges that other replicas are to be told of are lost if this server restarts now: %s", error)


def remove_owed(directory: Path | None, name: str) -> None:
    try:
        if directory is not None:
            path_of(directory, name).unlink(missing_ok=True)
    except OSError as error:
        log.warning("a purge that others have been told of will be told again after a restart: %s", error)


def path_of(directory: Path, name: str) -> Path:
    return directory / f"{name}{ENDING}"
