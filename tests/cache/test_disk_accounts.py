"""Whatever is done to a disk in whatever order: its account is what a walk through its files finds."""

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from proxy.cache.disk import RECORD, Disk
from proxy.metrics import Metrics
from tests.cache.bench import HOUR, PATIENT, Clock, bytes_below, files_below, key

BUDGET = 20_000
NUMBERS = st.integers(0, 7)
SIZES = st.integers(0, 6000)
WRITES = st.tuples(st.sampled_from(["rendition", "original"]), NUMBERS, SIZES)
OTHERS = st.tuples(st.sampled_from(["read", "drop rendition", "drop original", "make room"]), NUMBERS, st.just(0))


def perform(disk: Disk, clock: Clock, operation: str, number: int, size: int) -> None:
    rendition, original = disk.path_of("renditions", key(number)), disk.path_of("originals", key(number))
    match operation:
        case "rendition":
            disk.write(rendition, bytes(size))
        case "original":
            disk.write(original, bytes(size))
            disk.write(original.with_name(original.name + RECORD), bytes(100))
        case "read":
            clock.now += 2 * HOUR
            disk.read(rendition)
        case "drop rendition":
            disk.remove(rendition)
        case "drop original":
            disk.remove(original)
        case "make room":
            disk.make_room()
            assert bytes_below(disk.root) <= BUDGET


@settings(PATIENT, max_examples=40)
@given(st.lists(WRITES | OTHERS, max_size=25))
def test_the_account_is_what_a_walk_finds(operations: list[tuple[str, int, int]]) -> None:
    with TemporaryDirectory() as folder:
        clock = Clock()
        disk = Disk(Path(folder), BUDGET, Metrics(), clock=clock)

        for operation in operations:
            perform(disk, clock, *operation)

            assert disk.used == bytes_below(disk.root)


@settings(PATIENT, max_examples=40)
@given(st.lists(WRITES | OTHERS, max_size=25))
def test_no_record_outlives_its_file(operations: list[tuple[str, int, int]]) -> None:
    with TemporaryDirectory() as folder:
        clock = Clock()
        disk = Disk(Path(folder), BUDGET, Metrics(), clock=clock)

        for operation in operations:
            perform(disk, clock, *operation)

        records = [path for path in files_below(disk.root / "originals") if path.name.endswith(RECORD)]
        assert all(record.with_suffix("").exists() for record in records)


def test_what_somebody_has_tidied_up_is_counted_no_more_nor_what_is_not_there(tmp_path: Path) -> None:
    """A shard that is gone has still to be counted once; of a new cache there is none to look into."""
    disk = Disk(tmp_path, BUDGET, Metrics())
    assert disk.shards_in_use() == []
    path = disk.path_of("renditions", key(1))
    disk.write(path, bytes(100))

    shutil.rmtree(path.parent)
    assert disk.shards_in_use() == [path.parent]
    disk.count()

    assert disk.used == 0
