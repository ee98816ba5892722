"""Temporary files: what the dead have left goes at once, what the living write stays, what is not ours too."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from proxy.cache.workplace import Workplace
from tests.cache.bench import HOUR, Clock

DYING = """
import os, sys
from pathlib import Path
from proxy.cache.workplace import Workplace
workplace = Workplace(Path(sys.argv[1]))
workplace.fresh().write_bytes(b"half a picture")
os.kill(os.getpid(), 9)
"""


@pytest.fixture
def workplace(tmp_path: Path, clock: Clock) -> Workplace:
    return Workplace(tmp_path, clock)


def left_in(root: Path) -> list[str]:
    return sorted(path.name for name in ("tmp", "locks") for path in (root / name).iterdir())


def grow_old(path: Path, clock: Clock, hours: float = 1) -> Path:
    os.utime(path, (clock.now - hours * HOUR,) * 2)
    return path


def write(path: Path) -> Path:
    path.write_bytes(b"half a picture")
    return path


def test_what_a_killed_process_left_goes_at_once(workplace: Workplace, tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", DYING, str(tmp_path)], check=False)
    assert len(left_in(tmp_path)) == 2  # a file, and the lock of its writer

    workplace.clear()

    assert left_in(tmp_path) == []


def test_what_a_living_process_writes_stays_however_slowly(workplace: Workplace, clock: Clock, tmp_path: Path) -> None:
    other = Workplace(tmp_path, clock)
    files = [grow_old(write(it.fresh()), clock) for it in (workplace, other)]

    workplace.clear()

    assert all(file.exists() for file in files)


def test_a_process_that_ends_in_order_leaves_nothing(tmp_path: Path) -> None:
    workplace = Workplace(tmp_path)
    write(workplace.fresh()).unlink()

    del workplace

    assert left_in(tmp_path) == []


@pytest.mark.parametrize(("hours", "stays"), [(0, True), (1, False), (-1, True), (-48, False)])
def test_without_a_lock_age_tells(workplace: Workplace, clock: Clock, hours: float, stays: bool) -> None:
    """As on a file system that knows none. What is of the day after tomorrow is of before a clock was set back."""
    file = write(workplace.fresh())
    workplace.lock.unlink()
    grow_old(file, clock, hours)

    workplace.clear()

    assert file.exists() is stays


@pytest.mark.parametrize("folder", ["tmp", "locks"])
def test_what_is_not_ours_is_never_cleared(workplace: Workplace, clock: Clock, tmp_path: Path, folder: str) -> None:
    workplace.fresh()
    stranger = grow_old(write(tmp_path / folder / "an-editors-backup.txt"), clock)

    workplace.clear()

    assert stranger.exists()


def test_a_directory_that_was_removed_is_made_anew_with_its_lock(workplace: Workplace, tmp_path: Path) -> None:
    workplace.fresh()
    workplace.lock.unlink()
    workplace.locks.rmdir()
    workplace.folder.rmdir()

    file = write(workplace.fresh())
    Workplace(tmp_path).clear()

    assert file.exists()
    assert workplace.lock.exists()


def test_an_empty_directory_has_nothing_to_clear(workplace: Workplace) -> None:
    workplace.clear()
