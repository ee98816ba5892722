"""Purges that take a while, written down before they are promised: a killed server goes on with them at its start."""

import json
import logging
import os
from dataclasses import dataclass
from pathlib import Path

from proxy.cache.scope import Below

log = logging.getLogger("proxy.cache")
ENDING = ".json"
MOST_BYTES = 1_000_000  # of one note; a longer one is not ours


@dataclass(frozen=True, slots=True)
class Journal:
    """A directory with a file for each purge. Blocking; every operation may raise OSError."""

    directory: Path

    def write(self, purge_id: str, scope: Below) -> None:
        """On the disk when it returns, a power cut included."""
        facts = {"prefix": scope.prefix, "groups": sorted(scope.groups), "origins": sorted(scope.origins)}
        self.directory.mkdir(parents=True, exist_ok=True)
        temporary = self.directory / f"{purge_id}.new"
        try:
            with temporary.open("w", encoding="utf-8") as file:
                json.dump(facts, file)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(self.path_of(purge_id))
        finally:
            temporary.unlink(missing_ok=True)

    def remove(self, purge_id: str) -> None:
        self.path_of(purge_id).unlink(missing_ok=True)

    def read(self) -> list[tuple[str, Below]]:
        """Those that were not finished."""
        notes = []
        for file in sorted(self.directory.glob("*" + ENDING)):
            try:
                scope = scope_in(file)
            except FileNotFoundError:  # another process has finished it
                continue
            if scope is None:
                log.error("the note of a purge, %s, is damaged: purge again what it was for", file)
                file.unlink(missing_ok=True)
            else:
                notes.append((file.name.removesuffix(ENDING), scope))
        return notes

    def path_of(self, purge_id: str) -> Path:
        return self.directory / f"{purge_id}{ENDING}"


def scope_in(file: Path) -> Below | None:
    try:
        with file.open(encoding="utf-8") as opened:
            facts = json.loads(opened.read(MOST_BYTES))
        prefix, groups, origins = facts["prefix"], facts["groups"], facts["origins"]
        return Below(str(prefix), frozenset(map(str, groups)), frozenset(map(str, origins)))
    except (ValueError, KeyError, TypeError):
        return None
