"""Renditions: memory over the stores behind it, and no trouble of a store's is a viewer's."""

import threading
from pathlib import Path

import pytest

from proxy.cache.disk import Disk
from proxy.cache.renditions.memory import MemoryStore
from proxy.cache.renditions.renditions import LARGE_BYTES, PENDING_WRITES, Renditions
from proxy.cache.renditions.stores import DiskStore, PurgeableStore
from proxy.cache.tiers import Tiers
from proxy.media import Rendition
from proxy.metrics import Metrics
from tests.cache.bench import ROOMY, bytes_below, counted, files_below, key, rendition

PICTURE = rendition()


class Shelf:
    """Renditions over one directory, and what is needed to look behind them."""

    def __init__(self, root: Path, *more: tuple[str, PurgeableStore]) -> None:
        self.metrics = Metrics()
        self.tiers = Tiers(self.metrics)
        self.disk = Disk(root, ROOMY, self.metrics)
        self.store = DiskStore(self.disk, "renditions")
        self.memory: MemoryStore[Rendition] = MemoryStore(ROOMY, lambda it: len(it.body), self.metrics)
        self.renditions = Renditions(self.memory, [("disk", self.store), *more], self.tiers, self.metrics)

    def counted(self, name: str, **labels: str) -> float:
        return counted(self.metrics, name, **labels)


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "cache")


@pytest.fixture
def broken(tmp_path: Path) -> Shelf:
    """Its directory is a file."""
    (tmp_path / "broken").write_bytes(b"")
    return Shelf(tmp_path / "broken")


async def found(shelf: Shelf, name: int = 1) -> tuple[Rendition, str] | None:
    """From behind memory."""
    return await shelf.renditions.find(key(name))


async def test_what_is_kept_is_there_at_once(shelf: Shelf) -> None:
    shelf.renditions.keep(key(1), PICTURE)

    assert shelf.renditions.peek(key(1)) == PICTURE
    await shelf.renditions.close()


@pytest.mark.parametrize(("size", "here"), [(LARGE_BYTES - 1000, True), (LARGE_BYTES, False)])
async def test_the_digest_of_a_large_picture_holds_nobody_up(shelf: Shelf, size: int, here: bool) -> None:
    """It is made in a thread."""
    threads: set[int] = set()

    class Watched(bytes):
        def __radd__(self, other: bytes) -> bytes:
            threads.add(threading.get_ident())
            return other + bytes(self)

    picture = rendition(Watched(size))
    shelf.renditions.keep(key(1), picture)
    await shelf.renditions.close()

    assert (threads == {threading.get_ident()}) is here
    assert await found(Shelf(shelf.disk.root)) == (rendition(bytes(size)), "disk")


async def test_what_is_kept_has_reached_the_disk_when_it_is_closed(shelf: Shelf) -> None:
    for number in range(20):
        shelf.renditions.keep(key(number), rendition(b"%d" % number))
    await shelf.renditions.close()

    again = Shelf(shelf.disk.root)

    for number in range(20):
        assert await found(again, number) == (rendition(b"%d" % number), "disk")


async def test_what_is_found_behind_memory_is_put_into_memory(shelf: Shelf) -> None:
    await shelf.store.set(key(1), PICTURE.pack())

    assert shelf.renditions.peek(key(1)) is None
    await found(shelf)

    assert shelf.renditions.peek(key(1)) == PICTURE


async def test_what_was_never_kept_is_not_found(shelf: Shelf) -> None:
    assert await found(shelf) is None


async def test_the_nearest_store_that_has_it_answers(tmp_path: Path) -> None:
    far = Shelf(tmp_path / "far")
    shelf = Shelf(tmp_path / "near", ("far", far.store))
    await far.store.set(key(1), PICTURE.pack())
    await far.store.set(key(2), rendition(b"far").pack())
    await shelf.store.set(key(2), rendition(b"near").pack())

    assert await found(shelf, 1) == (PICTURE, "far")
    assert await found(shelf, 2) == (rendition(b"near"), "disk")


async def test_every_store_is_written(tmp_path: Path) -> None:
    far = Shelf(tmp_path / "far")
    shelf = Shelf(tmp_path / "near", ("far", far.store))

    shelf.renditions.keep(key(1), PICTURE)
    await shelf.renditions.close()

    assert await shelf.store.get(key(1)) == await far.store.get(key(1)) == PICTURE.pack()


async def test_look_ups_are_counted_by_tier(shelf: Shelf) -> None:
    await shelf.store.set(key(1), PICTURE.pack())

    shelf.renditions.peek(key(1))
    await found(shelf)
    shelf.renditions.peek(key(1))
    await found(shelf, 2)

    outcomes = {
        (tier, outcome): shelf.counted("cache_lookups_total", tier=tier, outcome=outcome)
        for tier in ("memory", "disk")
        for outcome in ("hit", "miss")
    }
    assert set(outcomes.values()) == {1}


PACKED = PICTURE.pack()
DAMAGED = {
    "empty": b"",
    "no facts": b"\n" + PICTURE.body,
    "cut": PACKED[:-1],
    "cut in the facts": PACKED[:20],
    "grown": PACKED + b"x",
    "another byte": PACKED[:-1] + bytes([PACKED[-1] ^ 1]),
    "zeros": bytes(len(PACKED)),
    "no object": b"[1, 2]\nbody",
    "no facts of ours": b"{}\nbody",
    "a number": b"5\nbody",
    "no format of ours": PACKED.replace(b'"webp"', b'"bmpx"'),
}


@pytest.mark.parametrize("damage", DAMAGED)
async def test_a_damaged_entry_is_deleted_and_counts_as_absent(shelf: Shelf, damage: str) -> None:
    await shelf.store.set(key(1), DAMAGED[damage])

    assert await found(shelf) is None

    assert await shelf.store.get(key(1)) is None
    assert shelf.renditions.peek(key(1)) is None
    assert shelf.counted("cache_errors_total", tier="disk", operation="unpack") == 1


async def test_behind_a_damaged_entry_the_next_store_is_asked(tmp_path: Path) -> None:
    far = Shelf(tmp_path / "far")
    shelf = Shelf(tmp_path / "near", ("far", far.store))
    await shelf.store.set(key(1), b"damaged")
    await far.store.set(key(1), PICTURE.pack())

    assert await found(shelf) == (PICTURE, "far")


async def test_a_broken_store_never_fails_a_viewer(broken: Shelf) -> None:
    assert await found(broken) is None
    broken.renditions.keep(key(1), PICTURE)
    await broken.renditions.close()

    assert broken.renditions.peek(key(1)) == PICTURE
    assert "disk" in broken.tiers.failing


async def test_a_broken_store_is_told_once(broken: Shelf, caplog: pytest.LogCaptureFixture) -> None:
    for number in range(5):
        await found(broken, number)
        broken.renditions.keep(key(number), PICTURE)
    await broken.renditions.close()

    assert len(caplog.records) == 1
    assert broken.counted("cache_errors_total", tier="disk", operation="read") == 5
    assert broken.counted("cache_errors_total", tier="disk", operation="write") == 5


async def test_behind_a_broken_store_the_next_one_is_asked_and_written(tmp_path: Path) -> None:
    far = Shelf(tmp_path / "far")
    (tmp_path / "near").write_bytes(b"")
    shelf = Shelf(tmp_path / "near", ("far", far.store))

    shelf.renditions.keep(key(1), PICTURE)
    await shelf.renditions.close()

    assert await found(shelf) == (PICTURE, "far")


async def test_a_store_that_works_again_is_used_again(broken: Shelf) -> None:
    broken.renditions.keep(key(1), PICTURE)
    await broken.renditions.close()

    broken.disk.root.unlink()
    broken.renditions.keep(key(2), PICTURE)
    await broken.renditions.close()

    assert await found(broken, 2) == (PICTURE, "disk")
    assert broken.tiers.failing == {}


async def test_more_than_the_disk_can_take_is_kept_in_memory_alone(shelf: Shelf) -> None:
    for number in range(PENDING_WRITES + 10):
        shelf.renditions.keep(key(number), PICTURE)
    await shelf.renditions.close()

    assert len(shelf.memory.entries) == PENDING_WRITES + 10
    assert len(files_below(shelf.disk.root)) == PENDING_WRITES
    assert shelf.counted("cache_errors_total", tier="renditions", operation="write_skipped") == 10


async def test_without_stores_memory_is_all(tmp_path: Path) -> None:
    metrics = Metrics()
    memory: MemoryStore[Rendition] = MemoryStore(ROOMY, lambda it: len(it.body), metrics)
    renditions = Renditions(memory, [], Tiers(metrics), metrics)

    renditions.keep(key(1), PICTURE)
    await renditions.close()

    assert await renditions.find(key(1)) is None
    assert renditions.peek(key(1)) == PICTURE


async def test_the_disk_holds_what_a_rendition_packs_and_nothing_more(shelf: Shelf) -> None:
    shelf.renditions.keep(key(1), PICTURE)
    await shelf.renditions.close()

    assert bytes_below(shelf.disk.root) == len(PICTURE.pack())
