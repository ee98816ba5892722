"""What the server's processes hold, taken while nobody asks for anything."""

import os
from dataclasses import dataclass
from pathlib import Path

from benchmarks.soak.house import Server

PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Holdings:
    """`parent` and `workers` in resident bytes."""

    when: str
    parent: int
    workers: int
    descriptors: int
    threads: int

    @classmethod
    def of(cls, server: Server, when: str) -> "Holdings":
        parent = Path(f"/proc/{server.process_id}")
        return cls(
            when,
            resident(server.process_id),
            sum(map(resident, server.workers())),
            len(list((parent / "fd").iterdir())),
            len(list((parent / "task").iterdir())),
        )


def resident(process_id: int) -> int:
    try:
        return int(Path(f"/proc/{process_id}/statm").read_text().split()[1]) * PAGE
    except OSError:
        return 0  # it has just ended


def temporary_files(directory: Path) -> list[str]:
    """What a server that has ended has left half-written, in the cache directory or beside it."""
    places = (directory / "temporary", directory / "cache" / "tmp")
    return sorted(str(file.relative_to(directory)) for place in places for file in place.rglob("*") if file.is_file())
