"""What a cache directory holds, as a walk through it finds it."""

import json
import os
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from proxy.cache.sweep import origin_and_source, source_of_rendition
from proxy.media import Rendition

LONG_AGO_SECONDS = 2 * 3600
ROOMS = ("originals", "renditions")


@dataclass(frozen=True, slots=True)
class Audit:
    used: int
    temporary: list[str]
    orphans: list[str]  # records without a file, files without a record
    purges: list[str]

    def complaints(self, budget: int) -> list[str]:
        told = [f"{self.used} bytes where {budget} are allowed"] if self.used > budget else []
        kinds = {"temporary": self.temporary, "orphans": self.orphans, "purges": self.purges}
        return told + [f"{kind}: {', '.join(them[:3])} ({len(them)})" for kind, them in kinds.items() if them]


def audit(directory: Path) -> Audit:
    used = sum(size_of(file) for room in ROOMS for file in files_below(directory / room))
    temporary = [file.name for file in files_below(directory / "tmp")]
    purges = [file.name for file in files_below(directory / "purges")]
    return Audit(used, temporary, [file.name for file in orphans(directory)], purges)


def orphans(directory: Path) -> list[Path]:
    names = {str(file) for file in files_below(directory / "originals")}
    return [Path(name) for name in names if partner_of(name) not in names]


def partner_of(name: str) -> str:
    return name.removesuffix(".json") if name.endswith(".json") else f"{name}.json"


def grow_old(directory: Path) -> int:
    """Halves of originals and of notes, as if they had lain there for hours; gives their number."""
    found = [*orphans(directory), *(directory / "purges").glob("*.new")]  # a lock tells of temporary files
    for file in found:
        facts = file.stat()
        os.utime(file, (facts.st_atime - LONG_AGO_SECONDS, facts.st_mtime - LONG_AGO_SECONDS))
    return len(found)


def made_from(directory: Path, source: str) -> list[str]:
    """Every entry of a file, `family/code`."""
    found = [file.name for file in files_below(directory / "renditions") if source_of(file) == source]
    for record in files_below(directory / "originals"):
        facts = origin_and_source(read(record)) if record.name.endswith(".json") else None
        if facts is not None and facts[1] == source:
            found.append(record.name)
    return found


def source_of(file: Path) -> str | None:
    return source_of_rendition(read(file)[:8192])


def age_renditions(directory: Path, chance: random.Random, share: float) -> int:
    """Some of them, as an engine before this one drew them: to be served, and drawn anew meanwhile."""
    aged = 0
    for file in files_below(directory / "renditions"):
        if chance.random() < share:
            aged += 1
            try:
                rendition = Rendition.unpack(file.read_bytes())
            except (ValueError, KeyError, json.JSONDecodeError) as error:
                raise AssertionError(f"{file} is damaged: {error}") from error
            file.write_bytes(replace(rendition, engine=rendition.engine - 1).pack())
    return aged


def files_below(folder: Path) -> Iterator[Path]:
    """Sorted, so that the same dice choose the same files."""
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except FileNotFoundError:  # evicted meanwhile
        return b""


def size_of(file: Path) -> int:
    try:
        return file.stat().st_size
    except FileNotFoundError:
        return 0
