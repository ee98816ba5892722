"""Up to which moment all changes are known: kept beside the cache, so that a restart misses nothing."""

import json
import logging
import os
from pathlib import Path

from proxy.freshness.common import Common
from proxy.freshness.polling import OVERLAP_SECONDS
from proxy.json_text import parsed

log = logging.getLogger("proxy.freshness")
DOUBTED_SECONDS = 86_400.0  # how far is looked back where the moment cannot be true


class Cursor:
    """`since` is that moment, in seconds since 1970. `missed` is when the first event may have been missed, None if
    none was. `lists`: those that could be read. `file` and what replicas have in common hold the moment; without both
    it is known until the end.
    """

    def __init__(self, name: str, file: Path | None, common: Common, now: float) -> None:
        self.name = name
        self.file = file
        self.common = common
        self.since = now
        self.missed: float | None = None
        self.lists: set[str] = set()

    def load(self, now: float) -> None:
        """Blocking. What is damaged is told, and counts from now on."""
        if self.file is None:
            return
        try:
            found = parsed(self.file.read_text(encoding="ascii"))
            self.since = float(found["since"])
            self.missed = None if found["missed"] is None else float(found["missed"])
            self.lists = {str(name) for name in found.get("lists", ())}
        except FileNotFoundError:
            return
        except (OSError, ValueError, KeyError, TypeError) as error:
            log.error("up to when changes of %s are known cannot be read: %s", self.name, error)
        self.doubt(now)

    async def catch_up(self, now: float) -> None:
        """Another replica may have come further; its clock may have been ahead, as ours."""
        try:
            theirs = float(await self.common.recall(self.name) or 0)
        except ValueError:
            log.warning("redis: the moment of %s is none", self.name)
            theirs = 0.0
        self.since = max(self.since, theirs) if theirs <= now + OVERLAP_SECONDS else theirs
        self.doubt(now)

    def doubt(self, now: float) -> None:
        """Nobody knows what has not been yet: a clock was ahead, and who believed it would never look again."""
        latest = now + OVERLAP_SECONDS
        ahead = [it for it in (self.since, self.missed) if it is not None and not it <= latest]  # NaN is none either
        if not ahead:
            return
        log.error("%s: changes are said to be known up to the future: the clock was ahead; looked for anew", self.name)
        self.since = self.since if self.since <= latest else now - DOUBTED_SECONDS
        self.missed = None if self.missed is None or not self.missed <= latest else self.missed
        self.miss(now - DOUBTED_SECONDS)

    def miss(self, at: float) -> None:
        self.missed = at if self.missed is None else min(self.missed, at)

    async def move(self, to: float, missed: float | None) -> None:
        """All is known up to then; what was missed before that look, as `missed` had it, was found by it."""
        self.since = to
        if self.missed == missed:
            self.missed = None
        await self.common.keep(self.name, repr(self.since))

    def save(self) -> None:
        """Blocking; in one step."""
        if self.file is None:
            return
        temporary = self.file.with_name(f"{self.file.name}.{os.getpid()}.new")
        facts = {"since": self.since, "missed": self.missed, "lists": sorted(self.lists)}
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            temporary.write_text(json.dumps(facts), encoding="ascii")
            temporary.replace(self.file)
        except OSError as error:
            log.error("up to when changes of %s are known cannot be written: %s", self.name, error)
