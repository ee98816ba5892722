"""A disk whose clock is wrong, whose files are halves, or not ours: the order of eviction holds, and strangers stay."""

import os
from pathlib import Path

import pytest

from proxy.cache.disk import Disk
from proxy.metrics import Metrics
from tests.cache.bench import HOUR, Clock, bytes_below, key

BODY = b"b" * 1000
BUDGET = 10 * len(BODY)
YEAR = 365 * 24 * HOUR


@pytest.fixture
def disk(tmp_path: Path, metrics: Metrics, clock: Clock) -> Disk:
    return Disk(tmp_path / "cache", BUDGET, metrics, clock=clock)


def at(disk: Disk, number: int, room: str = "renditions") -> Path:
    return disk.path_of(room, key(number))


def write(disk: Disk, clock: Clock, number: int) -> None:
    """A minute after what happened before."""
    clock.now += 60
    disk.write(at(disk, number), BODY)
    os.utime(at(disk, number), (clock.now, clock.now))


def kept(disk: Disk, count: int) -> list[int]:
    return [number for number in range(count) if at(disk, number).exists()]


# -- clocks --


@pytest.mark.parametrize("years", [1, -20])
def test_after_the_clock_was_set_what_is_new_stays(disk: Disk, clock: Clock, years: int) -> None:
    """Back: what is on the disk seems to be of the future. Forward: it seems to be of long ago."""
    for number in range(8):
        write(disk, clock, number)
    clock.now -= years * YEAR

    for number in range(8, 13):
        write(disk, clock, number)
    disk.make_room()

    assert kept(disk, 13) == [4, 5, 6, 7, 8, 9, 10, 11, 12]
    assert bytes_below(disk.root) <= BUDGET


def test_what_is_of_the_future_is_fresh_again_when_it_is_used(disk: Disk, clock: Clock) -> None:
    for number in range(11):
        write(disk, clock, number)
    clock.now -= YEAR

    disk.read(at(disk, 0))
    disk.make_room()

    assert kept(disk, 11) == [0, 3, 4, 5, 6, 7, 8, 9, 10]


# -- halves --


@pytest.mark.parametrize("ending", ["", ".json"])
def test_half_an_original_is_cleared_when_nobody_writes_it_any_more(disk: Disk, clock: Clock, ending: str) -> None:
    half = at(disk, 1, "originals").with_name(key(1) + ending)
    disk.write(half, BODY)

    disk.count()
    assert half.exists()
    clock.now += HOUR
    disk.count()

    assert not half.exists()
    assert disk.used == 0


def test_a_whole_original_and_a_rendition_stay(disk: Disk, clock: Clock) -> None:
    original = at(disk, 1, "originals")
    for path in (original, original.with_name(key(1) + ".json"), at(disk, 2)):
        disk.write(path, BODY)
    clock.now += HOUR

    disk.count()

    assert disk.used == bytes_below(disk.root) == 3 * len(BODY)


# -- the budget --


def test_a_budget_that_was_made_smaller_holds_without_a_write(disk: Disk) -> None:
    for number in range(9):
        disk.write(at(disk, number), BODY)
    smaller = Disk(disk.root, BUDGET // 2, Metrics())

    smaller.count()

    assert smaller.used == bytes_below(disk.root) <= BUDGET // 2


def test_two_processes_come_to_know_of_each_others_bytes(disk: Disk) -> None:
    other = Disk(disk.root, BUDGET, Metrics())
    for number in range(16):
        (disk, other)[number % 2].write(at(disk, number), BODY)
    assert disk.used == other.used == 8 * len(BODY)

    disk.count()
    other.count()

    assert disk.used == other.used == bytes_below(disk.root) <= BUDGET


# -- strangers --


IN_ANOTHER_SHARD = "originals/3f/ab" + "0" * 62


@pytest.mark.parametrize("place", ["notes", "tmp/notes", "renditions/3f/notes", "originals/3f/notes", IN_ANOTHER_SHARD])
def test_files_of_somebody_else_are_neither_counted_nor_removed(disk: Disk, clock: Clock, place: str) -> None:
    stranger = disk.root / place
    stranger.parent.mkdir(parents=True)
    stranger.write_bytes(b"s" * 2 * BUDGET)
    os.utime(stranger, (0, 0))
    for number in range(15):
        write(disk, clock, number)

    disk.count()
    disk.make_room()

    assert stranger.exists()
    assert len(kept(disk, 15)) == 9
