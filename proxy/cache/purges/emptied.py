"""When everything of a group of origins was purged last: whoever has filled the cache may want to do so again."""

import logging
import time
from collections.abc import Callable
from pathlib import Path

from proxy.cache.purges.scope import Below, Scope
from proxy.media import FAMILIES, key_of

log = logging.getLogger("proxy.cache")


class Emptied:
    """By the wall clock, in seconds since 1970. With a `directory` it outlives a restart: a file for each group, whose
    time it is. Blocking.
    """

    def __init__(self, directory: Path | None, clock: Callable[[], float] = time.time) -> None:
        self.directory = directory
        self.clock = clock
        self.known: dict[str, float] = {}

    def note(self, scope: Scope) -> None:
        """Of a purge that takes at least one family of media as a whole; others are of no account."""
        if not isinstance(scope, Below) or not any(f"{family}/".startswith(scope.prefix) for family in FAMILIES):
            return
        for group in scope.groups:
            self.known[group] = self.clock()
            try:
                self.write(group)
            except OSError as error:
                log.warning("that all was purged is forgotten by a restart: %s", error)

    def write(self, group: str) -> None:
        """Raises OSError."""
        file = self.file_of(group)
        if file is not None:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.touch()

    def at(self, group: str) -> float:
        """0 if that is not known to have been."""
        file = self.file_of(group)
        try:
            found = 0.0 if file is None else file.stat().st_mtime
        except OSError:
            found = 0.0
        return max(found, self.known.get(group, 0.0))

    def file_of(self, group: str) -> Path | None:
        return None if self.directory is None else self.directory / key_of(group)
