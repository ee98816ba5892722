"""News that could not be told: kept until they have been, over restarts too where there is a cache directory."""

import asyncio
import json
import logging
import os
from pathlib import Path

log = logging.getLogger("proxy.cache")


class Owed:
    """Kinds by their facts, as text."""

    def __init__(self, file: Path | None) -> None:
        self.file = file
        self.kinds: dict[str, str] = {}
        self.writing = asyncio.Lock()

    def __bool__(self) -> bool:
        return bool(self.kinds)

    async def load(self) -> None:
        self.kinds = await asyncio.to_thread(read_owed, self.file)

    async def add(self, kind: str, text: str) -> None:
        """On the disk when it returns, if the disk takes it."""
        self.kinds[text] = kind
        await self.save()

    async def settle(self, text: str) -> None:
        if self.kinds.pop(text, None) is not None:
            await self.save()

    async def save(self) -> None:
        async with self.writing:
            await asyncio.to_thread(write_owed, self.file, dict(self.kinds))


def read_owed(file: Path | None) -> dict[str, str]:
    try:
        text = file.read_text(encoding="utf-8") if file is not None else "{}"
        return {str(facts): str(kind) for facts, kind in dict(json.loads(text)).items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError) as error:
        log.error("purges that other replicas were to be told of cannot be read, so purge again: %s", error)
        return {}


def write_owed(file: Path | None, kinds: dict[str, str]) -> None:
    if file is None:
        return
    temporary = file.with_name(f"{file.name}.{os.getpid()}.new")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("w", encoding="utf-8") as opened:
            json.dump(kinds, opened)
            opened.flush()
            os.fsync(opened.fileno())
        temporary.replace(file)
    except OSError as error:
        log.error("purges that other replicas are to be told of are lost if this server restarts now: %s", error)
