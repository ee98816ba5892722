"""Files that nobody gets any more, though Akeneo has them: a purged one would only be fetched again.

Known by path. Of two verdicts on a path the later one holds, so that replicas which were apart come to the same list.
"""

import asyncio
import json
import logging
import os
import time
from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, Self

from proxy.errors import Blocked
from proxy.json_text import parsed
from proxy.media import MediaPath

log = logging.getLogger("proxy.cache")
FREE_MILLISECONDS = 400 * 86_400_000  # after which the file forgets that something is free again


@dataclass(frozen=True, slots=True)
class Verdict:
    """`at` is in milliseconds since 1970."""

    blocked: bool
    at: int

    def __str__(self) -> str:
        return f"{self.at} {'blocked' if self.blocked else 'free'}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises ValueError."""
        at, _, word = text.partition(" ")
        if word not in {"blocked", "free"}:
            raise ValueError("that is no verdict")
        return cls(word == "blocked", int(at))


class SharedVerdicts(Protocol):
    """What replicas have in common. Both raise OSError."""

    async def read(self) -> dict[str, Verdict]: ...

    async def offer(self, verdicts: Mapping[str, Verdict]) -> None:
        """Take those that are later than what is known; tell the others."""


class NotKept(Exception):
    """It holds, but not beyond a restart."""


class Blocklist:
    def __init__(
        self,
        file: Path | None = None,
        shared: SharedVerdicts | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.file = file
        self.shared = shared
        self.clock = clock
        self.verdicts: dict[str, Verdict] = {}
        self.blocked: dict[str, Verdict] = {}
        self.filing = asyncio.Lock()
        self.is_read = True  # what the file says is known here

    def check(self, path: MediaPath) -> None:
        """Raises Blocked. Asked at every request, so that an empty list costs nothing."""
        if self.blocked and str(path) in self.blocked:
            raise Blocked("this file was taken down")

    def allows(self, paths: Set[str]) -> bool:
        """The same for many, as text."""
        return not self.blocked or self.blocked.keys().isdisjoint(paths)

    async def load(self) -> None:
        """What a server before this one knew; and, where the file comes back under us, what we know goes into it.

        One that cannot be read is told once. It is not written before it was read; `is_read` says so.
        """
        if self.verdicts:
            await self.save()
        elif self.file is not None:
            async with self.filing:
                await self.take(self.file)

    async def change(self, paths: Iterable[MediaPath], blocked: bool) -> None:
        """It holds here when this returns or raises; NotKept if neither a disk nor Redis has taken it."""
        changes = {str(path): self.verdict(str(path), blocked) for path in paths}
        self.adopt(changes)
        kept = await self.save()
        if self.shared is not None:
            try:
                await self.shared.offer(changes)
                kept = True
            except OSError as error:
                log.warning("the blocklist is not in Redis yet: %s", error)
        if not kept:
            raise NotKept

    async def meet(self) -> None:
        """Bring ours and the shared one together; raises OSError."""
        if self.shared is None:
            return
        theirs = await self.shared.read()
        ours = {path: mine for path, mine in self.verdicts.items() if is_later(mine, theirs.get(path))}
        if self.adopt(theirs):
            await self.save()
        if ours:
            await self.shared.offer(ours)

    def verdict(self, path: str, blocked: bool) -> Verdict:
        """Later than what is known, whatever another machine's clock said."""
        known = self.verdicts.get(path)
        return Verdict(blocked, max(int(self.clock() * 1000), known.at + 1 if known else 0))

    def adopt(self, verdicts: Mapping[str, Verdict]) -> bool:
        """Whether any of them was news."""
        later = {path: it for path, it in verdicts.items() if is_later(it, self.verdicts.get(path))}
        self.verdicts.update(later)
        if later:
            self.blocked = {path: it for path, it in self.verdicts.items() if it.blocked}
        return bool(later)

    async def save(self) -> bool:
        """Together with what the file says, which may be news."""
        if self.file is None:
            return False
        async with self.filing:
            filed = await self.take(self.file)
            wanted = self.worth_keeping()
            if filed is None or wanted == filed:
                return filed is not None
            try:
                await asyncio.to_thread(write, self.file, wanted)
            except OSError as error:
                log.error("the blocklist cannot be written: %s", error)
                return False
        return True

    async def take(self, file: Path) -> dict[str, Verdict] | None:
        """What the file says, which holds from now on; None if it cannot be read. A damaged one is kept aside."""
        filed: dict[str, Verdict] = {}
        try:
            filed = await asyncio.to_thread(read, file)
        except OSError as error:
            if self.is_read:
                log.error("the blocklist cannot be read, what it takes down is served until it can: %s", error)
            self.is_read = False
            return None
        except ValueError as error:
            log.error("the blocklist %s cannot be read: %s", file, error)
            await asyncio.to_thread(keep_aside, file)
        if not self.is_read:
            log.info("the blocklist can be read again")
        self.is_read = True
        self.adopt(filed)
        return filed

    def worth_keeping(self) -> dict[str, Verdict]:
        """But for what is free since long: it only stands against a block of before it, at a replica that was away."""
        oldest = self.clock() * 1000 - FREE_MILLISECONDS
        return {path: it for path, it in self.verdicts.items() if it.blocked or it.at > oldest}


def is_later(verdict: Verdict, known: Verdict | None) -> bool:
    """At the same moment a block wins: it may have been needed."""
    return known is None or (verdict.at, verdict.blocked) > (known.at, known.blocked)


def read(file: Path) -> dict[str, Verdict]:
    """Raises OSError, ValueError."""
    try:
        with file.open(encoding="utf-8") as opened:
            facts = parsed(opened.read())
    except FileNotFoundError:
        return {}
    if not isinstance(facts, dict):
        raise ValueError("expected a table")
    return {path: Verdict.parse(str(text)) for path, text in facts.items()}


def write(file: Path, verdicts: Mapping[str, Verdict]) -> None:
    """On the disk when it returns, in one step."""
    file.parent.mkdir(parents=True, exist_ok=True)
    temporary = file.with_name(f"{file.name}.{os.getpid()}.new")
    try:
        with temporary.open("w", encoding="utf-8") as opened:
            json.dump({path: str(it) for path, it in verdicts.items()}, opened, indent=0)
            opened.flush()
            os.fsync(opened.fileno())
        temporary.replace(file)
    finally:
        temporary.unlink(missing_ok=True)


def keep_aside(file: Path) -> None:
    try:
        file.replace(file.with_name(f"{file.name}.damaged"))
    except OSError as error:
        log.error("the damaged blocklist cannot be moved: %s", error)
