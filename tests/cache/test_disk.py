"""A directory with a budget: least recently used goes first, a restart costs nothing, nothing half-written is seen."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread

import pytest

from proxy.cache.disk import Disk
from proxy.cache.renditions.stores import DiskStore
from proxy.metrics import Metrics
from tests.cache.bench import HOUR, ROOMY, Clock, bytes_below, counted, files_below, key

BODY = b"b" * 1000
BUDGET = 10 * len(BODY)
ROOMS = ["renditions", "originals"]
NOBODY = 65534


@pytest.fixture
def disk(tmp_path: Path, metrics: Metrics, clock: Clock) -> Disk:
    return Disk(tmp_path / "cache", BUDGET, metrics, clock=clock)


def at(disk: Disk, name: int | str, room: str = "renditions") -> Path:
    return disk.path_of(room, key(name))


def fill(disk: Disk, count: int) -> None:
    for number in range(count):
        disk.write(at(disk, number), BODY)


def use(disk: Disk, clock: Clock, name: int | str) -> None:
    """Read it, two hours after what happened before."""
    clock.now += 2 * HOUR
    assert disk.read(at(disk, name)) is not None


def kept(disk: Disk, count: int) -> list[int]:
    return [number for number in range(count) if at(disk, number).exists()]


def grow_old(path: Path, clock: Clock) -> None:
    os.utime(path, (clock.now - 2 * HOUR, clock.now - 2 * HOUR))


# -- the budget --


def test_what_is_written_is_accounted_for(disk: Disk, metrics: Metrics) -> None:
    fill(disk, 3)
    disk.write(at(disk, 0), b"shorter now")
    disk.remove(at(disk, 1))

    assert disk.used == bytes_below(disk.root) == len(BODY) + len(b"shorter now")
    assert counted(metrics, "cache_bytes", tier="disk") == disk.used


def test_space_is_made_until_a_tenth_is_free(disk: Disk, metrics: Metrics) -> None:
    fill(disk, 15)

    disk.make_room()

    assert disk.used == bytes_below(disk.root) == 9 * len(BODY)
    assert counted(metrics, "cache_evictions_total", tier="disk") == 6


def test_nothing_is_dropped_while_a_tenth_is_free(disk: Disk) -> None:
    fill(disk, 9)

    disk.make_room()

    assert kept(disk, 9) == list(range(9))


def test_what_was_not_used_for_longest_goes_first(disk: Disk, clock: Clock) -> None:
    fill(disk, 11)
    for number in (4, 0, 1, 2, 3, 5, 6, 7, 8, 9, 10):
        use(disk, clock, number)

    disk.make_room()

    assert kept(disk, 11) == [1, 2, 3, 5, 6, 7, 8, 9, 10]


def test_both_rooms_share_one_budget_and_one_order(disk: Disk, clock: Clock) -> None:
    for number in range(6):
        for room in ROOMS:
            disk.write(at(disk, number, room), BODY)
    for number in range(6):
        for room in ROOMS:
            clock.now += 2 * HOUR
            disk.read(at(disk, number, room))

    disk.make_room()

    assert [at(disk, 0, room).exists() for room in ROOMS] == [False, False]
    assert [at(disk, 1, room).exists() for room in ROOMS] == [False, True]


def test_an_entry_larger_than_the_budget_does_not_stay(disk: Disk) -> None:
    disk.write(at(disk, "huge"), b"h" * 2 * BUDGET)

    disk.make_room()

    assert disk.used == bytes_below(disk.root) == 0


async def test_a_store_keeps_its_budget_by_itself(disk: Disk) -> None:
    store = DiskStore(disk, "renditions")

    for number in range(100):
        await store.set(key(number), BODY)
        assert bytes_below(disk.root) <= BUDGET


def test_an_entry_that_cannot_be_removed_does_not_save_all_the_others(disk: Disk, clock: Clock) -> None:
    fill(disk, 15)
    stranger = at(disk, "a directory that somebody has made")
    stranger.mkdir(parents=True)
    grow_old(stranger, clock)

    with suppress(OSError):
        disk.make_room()

    assert sum(path.stat().st_size for path in files_below(disk.root)) <= BUDGET


def test_what_is_no_file_is_no_entry(disk: Disk, clock: Clock) -> None:
    """Its size counted, all that is an entry would have to go for it."""
    fill(disk, 3)
    at(disk, "a directory that somebody has made").mkdir(parents=True)

    disk.count()

    assert disk.used == 3 * len(BODY)


class StubbornDisk(Disk):
    """Another user's files, say: they can be read, and not be removed."""

    def remove(self, path: Path) -> None:
        raise PermissionError("Operation not permitted")


def test_what_cannot_be_removed_is_not_tried_for_ever(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    disk = StubbornDisk(tmp_path, BUDGET, Metrics())
    fill(disk, 15)

    disk.make_room()

    assert len(caplog.records) <= 15
    assert counted(disk.metrics, "cache_evictions_total", tier="disk") == 0


# -- recency --


def test_a_use_within_the_hour_is_not_written_down(disk: Disk, clock: Clock) -> None:
    fill(disk, 1)
    written = at(disk, 0).stat().st_mtime

    clock.now += HOUR / 2
    disk.read(at(disk, 0))

    assert at(disk, 0).stat().st_mtime == written


def test_a_use_after_an_hour_is_written_down(disk: Disk, clock: Clock) -> None:
    fill(disk, 1)

    use(disk, clock, 0)

    assert at(disk, 0).stat().st_mtime == pytest.approx(clock.now)


def test_an_entry_is_read_even_where_its_use_cannot_be_written_down(clock: Clock) -> None:
    """As on a disk that was mounted read-only after an error. Only root may touch this file."""
    path = Path("/etc/passwd")
    disk = Disk(path.parent, BUDGET, Metrics(), clock=clock)
    clock.now += 1000 * HOUR

    with without_rights():
        body = disk.read(path)

    assert body == path.read_bytes()


@contextmanager
def without_rights() -> Iterator[None]:
    """Root has none inside the block; nobody else has any to begin with."""
    is_root = os.geteuid() == 0
    if is_root:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if is_root:
            os.seteuid(0)


# -- records --


def test_an_entry_and_its_record_leave_together(disk: Disk, clock: Clock) -> None:
    for number in range(8):
        file = at(disk, number, "originals")
        disk.write(file, BODY)
        disk.write(file.with_name(file.name + ".json"), b"r" * 500)
    for number in range(8):
        clock.now += 2 * HOUR
        disk.read(at(disk, number, "originals").with_name(key(number) + ".json"))

    disk.make_room()

    left = {path.name for path in files_below(disk.root)}
    assert left == {name for number in range(2, 8) for name in (key(number), key(number) + ".json")}
    assert disk.used == bytes_below(disk.root)


def test_the_record_goes_first(disk: Disk) -> None:
    """If the process dies in between, a file without a record counts as absent, and the reverse would not."""
    file = at(disk, 1, "originals")
    file.mkdir(parents=True)  # the file itself cannot be removed
    record = file.with_name(file.name + ".json")
    record.write_bytes(b"{}")

    with pytest.raises(OSError, match=key(1)):
        disk.remove(file)

    assert not record.exists()


def test_removing_what_is_not_there_changes_nothing(disk: Disk) -> None:
    disk.remove(at(disk, 1))

    assert disk.used == 0


# -- restarts --


def test_everything_is_found_after_a_restart_without_any_scan(disk: Disk) -> None:
    fill(disk, 9)

    again = Disk(disk.root, BUDGET, Metrics())

    assert [again.read(at(again, number)) for number in range(9)] == [BODY] * 9


def test_counting_learns_what_an_earlier_run_has_left(disk: Disk) -> None:
    fill(disk, 9)
    disk.write(at(disk, 1, "originals"), BODY)
    again = Disk(disk.root, BUDGET, Metrics())

    again.write(at(again, 0), b"replaced before the counting")
    again.write(at(again, "new"), b"written before the counting")
    again.remove(at(again, 1))
    again.count()

    assert again.used == bytes_below(again.root) == 8 * len(BODY) + 55


def test_counting_twice_counts_nothing_twice(disk: Disk) -> None:
    fill(disk, 9)

    disk.count()

    assert disk.used == 9 * len(BODY)


def test_an_empty_directory_counts_as_nothing(tmp_path: Path) -> None:
    disk = Disk(tmp_path / "not there yet", BUDGET, Metrics())

    disk.count()

    assert disk.used == 0


def test_files_that_are_not_ours_are_never_cleared(disk: Disk, clock: Clock) -> None:
    """An operator may name a directory with a `tmp` of its own, such as /var."""
    folder = disk.temporary().parent
    stranger = folder / "an-editors-backup.txt"
    stranger.write_bytes(b"important")
    grow_old(stranger, clock)

    disk.count()

    assert stranger.exists()


def test_counting_goes_on_past_what_is_no_file(disk: Disk, clock: Clock) -> None:
    fill(disk, 3)
    stranger = disk.temporary().parent / "a-directory"
    stranger.mkdir()
    grow_old(stranger, clock)
    again = Disk(disk.root, BUDGET, Metrics(), clock=clock)

    again.count()

    assert again.used == 3 * len(BODY)


# -- writing --


def test_a_written_entry_leaves_nothing_temporary(disk: Disk) -> None:
    fill(disk, 3)

    assert files_below(disk.root / "tmp") == []


def test_a_failed_write_leaves_nothing_temporary_and_no_debt(disk: Disk) -> None:
    blocked = at(disk, 1)
    blocked.mkdir(parents=True)

    with pytest.raises(OSError, match=key(1)):
        disk.write(blocked, BODY)

    assert files_below(disk.root / "tmp") == []
    assert disk.used == 0


def test_temporary_names_are_never_the_same(disk: Disk) -> None:
    assert len({disk.temporary() for _ in range(100)}) == 100


# -- trouble --


@pytest.fixture
def broken(tmp_path: Path, metrics: Metrics) -> Disk:
    """A file lies where its directory should be, so that even root can write nothing there."""
    (tmp_path / "cache").write_bytes(b"no directory")
    return Disk(tmp_path / "cache", BUDGET, metrics)


async def test_an_unwritable_directory_raises_nothing_but_oserror(broken: Disk) -> None:
    store = DiskStore(broken, "renditions")

    with pytest.raises(OSError):
        await store.set(key(1), BODY)
    with pytest.raises(OSError):
        await store.get(key(1))
    with pytest.raises(OSError):
        await store.delete(key(1))
    with pytest.raises(OSError):
        broken.count()
    assert broken.used == 0


def test_a_directory_that_vanishes_is_made_anew(disk: Disk) -> None:
    fill(disk, 3)
    disk.root.rename(disk.root.with_name("gone"))

    found = disk.read(at(disk, 0))
    disk.write(at(disk, 0), BODY)

    assert found is None
    assert disk.read(at(disk, 0)) == BODY


def test_the_account_forgets_what_vanished_when_space_is_made(disk: Disk) -> None:
    fill(disk, 15)
    disk.root.rename(disk.root.with_name("gone"))

    disk.make_room()

    assert disk.used == 0


# -- threads --


def in_two_threads(*work: "Thread") -> None:
    for thread in work:
        thread.start()
    for thread in work:
        thread.join()


def test_two_threads_lose_no_byte_of_the_account(tmp_path: Path) -> None:
    disk = Disk(tmp_path, ROOMY, Metrics())
    failures: list[Exception] = []

    def work(side: int) -> None:
        try:
            for number in range(200):
                name = f"{side} {number % 50}"
                disk.write(at(disk, name), BODY[: 1 + number])
                if number % 7 == 0:
                    disk.remove(at(disk, name))
        except Exception as error:
            failures.append(error)

    in_two_threads(Thread(target=work, args=(1,)), Thread(target=work, args=(2,)))

    assert failures == []
    assert disk.used == bytes_below(disk.root)


def test_two_threads_at_the_same_entries_meet_no_error_and_no_half_entry(disk: Disk) -> None:
    failures: list[object] = []

    def work(letter: bytes) -> None:
        try:
            for number in range(120):
                path = at(disk, number % 12)
                disk.write(path, letter * 1000)
                found = disk.read(path)
                if found is not None and found not in (b"x" * 1000, b"y" * 1000):
                    failures.append(found)
                if number % 10 == 0:
                    disk.make_room()
        except Exception as error:
            failures.append(error)

    in_two_threads(Thread(target=work, args=(b"x",)), Thread(target=work, args=(b"y",)))
    disk.count()

    assert failures == []
    assert disk.used == bytes_below(disk.root)
