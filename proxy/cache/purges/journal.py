"""Purges that take a while, written down before they are promised: a killed server goes on with them at its start."""

import json
import logging
import os
import time
from dataclasses import dataclass
from pathlib import Path

from proxy.cache.purges.scope import Scope
from proxy.cache.purges.scope_text import facts_of, scope_of
from proxy.cache.workplace import is_past
from proxy.json_text import parsed

log = logging.getLogger("proxy.cache")
ENDING = ".json"
UNFINISHED = ".new"
MOST_BYTES = 1_000_000  # of one note; a longer one is not ours


@dataclass(frozen=True, slots=True)
class Journal:
    """A directory with a file for each purge. Blocking; every operation may raise OSError."""

    directory: Path

    def write(self, purge_id: str, scope: Scope) -> None:
        """On the disk when it returns, a power cut included."""
        self.directory.mkdir(parents=True, exist_ok=True)
        temporary = self.directory / f"{purge_id}{UNFINISHED}"
        try:
            with temporary.open("w", encoding="utf-8") as file:
                json.dump(facts_of(scope), file)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(self.path_of(purge_id))
        finally:
            temporary.unlink(missing_ok=True)

    def remove(self, purge_id: str) -> None:
        self.path_of(purge_id).unlink(missing_ok=True)

    def read(self) -> list[tuple[str, Scope]]:
        """Those that were not finished. What a kill has left of a note that was never promised goes."""
        notes = []
        for file in self.files():
            if file.name.endswith(UNFINISHED) and is_past(file, time.time()):
                file.unlink(missing_ok=True)
            elif file.name.endswith(ENDING) and (scope := scope_in(file)) is not None:
                notes.append((file.name.removesuffix(ENDING), scope))
        return notes

    def files(self) -> list[Path]:
        try:
            return sorted(self.directory.iterdir())
        except FileNotFoundError:
            return []

    def path_of(self, purge_id: str) -> Path:
        return self.directory / f"{purge_id}{ENDING}"


def scope_in(file: Path) -> Scope | None:
    """None if another process has finished it, or if it is damaged; that is told, and the note goes."""
    try:
        with file.open(encoding="utf-8") as opened:
            return scope_of(parsed(opened.read(MOST_BYTES)))
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError):
        log.error("the note of a purge, %s, is damaged: purge again what it was for", file)
        file.unlink(missing_ok=True)
        return None
