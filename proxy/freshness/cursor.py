"""Up to which moment all changes are known: kept beside the cache, so that a restart misses nothing."""

import json
import logging
import os
from pathlib import Path

from proxy.freshness.common import Common
from proxy.json_text import parsed

log = logging.getLogger("proxy.freshness")


class Cursor:
    """`since` is that moment, in seconds since 1970. `missed` is when the first event may have been missed, None if
    none was. `file` and what replicas have in common hold them; without both they are known until the end.
    """

    def __init__(self, name: str, file: Path | None, common: Common, now: float) -> None:
        self.name = name
        self.file = file
        self.common = common
        self.since = now
        self.missed: float | None = None

    def load(self) -> None:
        """Blocking. What is damaged is told, and counts from now on."""
        if self.file is None:
            return
        try:
            found = parsed(self.file.read_text(encoding="ascii"))
            self.since = float(found["since"])
            self.missed = None if found["missed"] is None else float(found["missed"])
        except FileNotFoundError:
            return
        except (OSError, ValueError, KeyError, TypeError) as error:
            log.error("up to when changes of %s are known cannot be read: %s", self.name, error)

    async def catch_up(self) -> None:
        """Another replica may have come further."""
        try:
            self.since = max(self.since, float(await self.common.recall(self.name) or 0))
        except ValueError:
            log.warning("redis: the moment of %s is none", self.name)

    def miss(self, at: float) -> None:
        self.missed = at if self.missed is None else min(self.missed, at)

    async def move(self, to: float, missed: float | None) -> None:
        """All is known up to then; what was missed before that look, as `missed` had it, was found by it."""
        self.since = max(self.since, to)
        if self.missed == missed:
            self.missed = None
        await self.common.keep(self.name, repr(self.since))

    def save(self) -> None:
        """Blocking; in one step."""
        if self.file is None:
            return
        temporary = self.file.with_name(f"{self.file.name}.{os.getpid()}.new")
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            temporary.write_text(json.dumps({"since": self.since, "missed": self.missed}), encoding="ascii")
            temporary.replace(self.file)
        except OSError as error:
            log.error("up to when changes of %s are known cannot be written: %s", self.name, error)
