"""Purges: what lies behind memory goes, what is under way leaves nothing, and what is new stays."""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from proxy.cache.disk import Disk
from proxy.cache.purges.clearing import Clearing
from proxy.cache.purges.journal import Journal
from proxy.cache.purges.ledger import Ledger, Purge
from proxy.cache.purges.scope import Below, Files, Scope
from proxy.cache.renditions.memory import MemoryStore
from proxy.cache.renditions.renditions import Renditions
from proxy.cache.renditions.stores import DiskStore
from proxy.cache.tiers import Tiers
from proxy.demo.faults import Hold, not_on_filesystem
from proxy.demo.pictures import sample
from proxy.errors import MediaMissing
from proxy.media import Family, MediaPath, Rendition, entry_key, place_of
from proxy.metrics import Metrics
from tests.cache.bench import FILM, ROOMY, Cellar, bytes_below, files_below, path_of, rendition

GROUP, OTHER = "pim.example.com", "brand.example.com"
MUG = MediaPath(Family.PRODUCT, "1/2/a/b/12ab_mug.jpg")
CUP = MediaPath(Family.PRODUCT, "1/2/c/d/12cd_cup.jpg")
SAME_NAME = MediaPath(Family.ASSET, MUG.code)
COFFEE, ROCKET = sample("coffee"), sample("rocket")


def key_of(path: MediaPath, width: int = 1, group: str = GROUP) -> str:
    return entry_key(group, path, f"w-{width}")


def picture_of(path: MediaPath, body: bytes = b"old") -> Rendition:
    return replace(rendition(body), source=str(path))


def below(prefix: str, group: str = GROUP) -> Below:
    return Below(prefix, frozenset({group}), frozenset({group}))


class HeldStore(DiskStore):
    """Its reads and writes are done, but not told, until they may go on."""

    def __init__(self, disk: Disk, room: str) -> None:
        super().__init__(disk, room)
        self.go_on = asyncio.Event()
        self.go_on.set()
        self.held = asyncio.Event()

    async def get(self, key: str) -> bytes | None:
        found = await super().get(key)
        self.held.set()
        await self.go_on.wait()
        return found

    async def set(self, key: str, value: bytes) -> object:
        self.held.set()
        await self.go_on.wait()
        return await super().set(key, value)


class Pantry:
    """Renditions over a disk, and who clears it."""

    def __init__(self, root: Path) -> None:
        metrics = Metrics()
        self.tiers = Tiers(metrics)
        self.ledger = Ledger()
        self.disk = Disk(root, ROOMY, metrics)
        self.store = HeldStore(self.disk, "renditions")
        self.memory: MemoryStore[Rendition] = MemoryStore(ROOMY, lambda it: len(it.body), metrics)
        stores = [("disk", self.store)]
        self.renditions = Renditions(self.memory, stores, self.tiers, metrics, ledger=self.ledger)
        self.clearing = Clearing(self.renditions, [self.disk], self.tiers, self.ledger)

    async def have(self, *made: tuple[str, Rendition]) -> None:
        for key, picture in made:
            self.renditions.keep(key, picture)
        await self.renditions.close()

    async def has(self, *keys: str) -> list[bool]:
        """Behind memory."""
        return [await self.renditions.find(key) is not None for key in keys]

    async def clear(self, scope: Scope) -> int:
        purge = self.ledger.begin(scope)
        deleted = await self.cleared(purge)
        self.ledger.end(purge)
        return deleted

    async def cleared(self, purge: Purge) -> int:
        deleted: Counter[str] = Counter()
        await self.clearing.clear(purge, deleted)
        return deleted["disk"]


@pytest.fixture
def pantry(tmp_path: Path) -> Pantry:
    return Pantry(tmp_path / "disk")


# -- what is chosen --

ALL = [(key_of(MUG), MUG), (key_of(MUG, 2), MUG), (key_of(CUP), CUP), (key_of(SAME_NAME), SAME_NAME)]
SCOPES: dict[str, tuple[Scope, list[bool]]] = {
    "one rendition": (Files((key_of(MUG),), ()), [False, True, True, True]),
    "a file": (Files((place_of(GROUP, MUG),), ()), [False, False, True, True]),
    "two files": (Files((place_of(GROUP, MUG), place_of(GROUP, CUP)), ()), [False, False, False, True]),
    "nothing": (Files((), ()), [True] * 4),
    "a beginning": (below("media-files/1/2/a"), [False, False, True, True]),
    "a shorter one": (below("media-files/1"), [False, False, False, True]),
    "a whole path": (below(str(MUG)), [False, False, True, True]),
    "everything": (below(""), [False] * 4),
    "of another group": (below("", OTHER), [True] * 4),
}


@pytest.mark.parametrize("name", SCOPES)
async def test_what_is_chosen_goes_and_nothing_else(pantry: Pantry, name: str) -> None:
    scope, left = SCOPES[name]
    await pantry.have(*((key, picture_of(path)) for key, path in ALL))

    deleted = await pantry.clear(scope)

    assert await pantry.has(*(key for key, _ in ALL)) == left
    assert deleted == left.count(False)
    assert pantry.disk.used == bytes_below(pantry.disk.root)


@pytest.mark.parametrize("name", SCOPES)
async def test_memory_loses_the_same(pantry: Pantry, name: str) -> None:
    scope, left = SCOPES[name]
    await pantry.have(*((key, picture_of(path)) for key, path in ALL))

    await pantry.memory.purge(lambda key, it: scope.takes_rendition(key, it.source))

    assert [pantry.renditions.peek(key) is not None for key, _ in ALL] == left
    assert len(pantry.memory.entries) == left.count(True)


async def test_an_entry_that_is_damaged_does_not_hide_the_next_one(pantry: Pantry) -> None:
    first, second = sorted([key_of(MUG), key_of(MUG, 2)])
    await pantry.have((second, picture_of(MUG)))
    for damage in (b"", b"\x00" * 40, b"x" * 16 + b"[1]\n", b"x" * 16 + b'{"source": 5}\n'):
        await pantry.store.set(first, damage)
        await pantry.have((second, picture_of(MUG)))

        await pantry.clear(below("media-files/1"))

        assert files_below(pantry.disk.root) == []


async def test_a_long_path_is_read_whole(pantry: Pantry) -> None:
    path = MediaPath(Family.FOLDER, "\U0001f600" * 512)
    await pantry.have((key_of(path), picture_of(path)))

    assert await pantry.clear(below("\U0001f600" * 500)) == 1


# -- at the same time --


async def test_what_was_read_before_is_not_put_into_memory_after(pantry: Pantry) -> None:
    await pantry.have((key_of(MUG), picture_of(MUG)))
    pantry.memory.drop(key_of(MUG))
    pantry.store.go_on.clear()
    pantry.store.held.clear()
    reading = asyncio.ensure_future(pantry.renditions.find(key_of(MUG)))
    await pantry.store.held.wait()

    clearing = asyncio.ensure_future(pantry.clear(Files((key_of(MUG),), ())))
    pantry.store.go_on.set()

    assert await reading is None
    assert await clearing == 1
    assert pantry.renditions.peek(key_of(MUG)) is None


async def test_a_write_that_waits_does_not_bring_anything_back(pantry: Pantry) -> None:
    pantry.store.go_on.clear()
    pantry.renditions.keep(key_of(MUG), picture_of(MUG))

    clearing = asyncio.ensure_future(pantry.clear(below("media-files/1")))
    await pantry.store.held.wait()
    pantry.store.go_on.set()

    assert await clearing == 1
    await pantry.renditions.close()
    assert await pantry.has(key_of(MUG)) == [False]


async def test_until_it_has_ended_the_old_is_hidden_and_the_new_is_found(pantry: Pantry) -> None:
    await pantry.have((key_of(MUG), picture_of(MUG)), (key_of(CUP), picture_of(CUP)))
    purge = pantry.ledger.begin(below(str(MUG)))

    assert await pantry.has(key_of(MUG), key_of(CUP)) == [False, True]
    await pantry.have((key_of(MUG), picture_of(MUG, b"new")))
    assert await pantry.has(key_of(MUG)) == [True]

    assert await pantry.cleared(purge) == 0
    pantry.ledger.end(purge)
    assert await pantry.has(key_of(MUG)) == [True]


async def test_a_write_of_before_does_not_count_as_new(pantry: Pantry) -> None:
    pantry.store.go_on.clear()
    pantry.renditions.keep(key_of(MUG), picture_of(MUG))
    await asyncio.sleep(0)  # it is being written
    purge = pantry.ledger.begin(below(str(MUG)))
    pantry.store.go_on.set()
    await pantry.renditions.close()

    assert await pantry.has(key_of(MUG)) == [False]
    assert await pantry.cleared(purge) == 1


async def test_what_was_drawn_before_is_not_written_after_it_has_begun(pantry: Pantry) -> None:
    pantry.renditions.keep(key_of(MUG), picture_of(MUG))
    purge = pantry.ledger.begin(below(str(MUG)))
    await pantry.renditions.close()

    assert await pantry.cleared(purge) == 0


async def test_a_disk_that_fails_is_told_when_all_others_are_cleared(tmp_path: Path) -> None:
    (tmp_path / "disk").write_bytes(b"")
    pantry = Pantry(tmp_path / "disk")

    with pytest.raises(OSError, match="disk"):
        await pantry.clear(below(""))

    assert "disk" in pantry.tiers.failing


# -- originals --


def everything_of(cellar: Cellar) -> Scope:
    return Files((), (place_of(cellar.origin.name, path_of(COFFEE)),))


def wildcard(cellar: Cellar) -> Scope:
    return below(str(path_of(COFFEE))[:20], cellar.origin.name)


@pytest.mark.parametrize("scope_of", [everything_of, wildcard])
async def test_an_original_goes_with_its_record(cellar: Cellar, scope_of: Callable[[Cellar], Scope]) -> None:
    await cellar.get(COFFEE)
    await cellar.get(ROCKET)

    await purge(cellar, scope_of(cellar))

    assert await cellar.find(COFFEE) is None
    assert await cellar.find(ROCKET) is not None
    assert len(files_below(cellar.disks[0].root)) == 2
    assert cellar.disks[0].used == bytes_below(cellar.disks[0].root)


async def purge(cellar: Cellar, scope: Scope) -> None:
    originals = cellar.originals
    metrics = Metrics()
    memory: MemoryStore[Rendition] = MemoryStore(ROOMY, lambda it: len(it.body), metrics)
    renditions = Renditions(memory, [], cellar.tiers, metrics, ledger=originals.ledger)
    going_on = originals.ledger.begin(scope)
    originals.purge(scope)
    await Clearing(renditions, cellar.disks, cellar.tiers, originals.ledger).clear(going_on, Counter())
    originals.ledger.end(going_on)


@pytest.mark.parametrize("scope_of", [everything_of, wildcard])
async def test_a_download_under_way_is_made_again_for_those_who_wait(
    cellar: Cellar, scope_of: Callable[[Cellar], Scope]
) -> None:
    go_on = asyncio.Event()
    cellar.pim.faults.add(Hold(go_on, after=5000, times=1))
    early = asyncio.ensure_future(cellar.get(COFFEE))
    await cellar.pim.until(lambda: cellar.pim.in_flight == 1)

    await purge(cellar, scope_of(cellar))
    late = await cellar.get(COFFEE)
    go_on.set()

    assert await early == late == await cellar.find(COFFEE)
    assert cellar.pim.downloads() == 2
    assert cellar.leftovers == []


async def test_who_follows_a_download_has_it_to_its_end_and_it_is_not_kept(cellar: Cellar) -> None:
    go_on = asyncio.Event()
    cellar.pim.faults.add(Hold(go_on, after=100_000, times=1))
    spool = await cellar.follow(FILM)
    scope = Files((), (place_of(cellar.origin.name, path_of(FILM)),))

    await purge(cellar, scope)
    go_on.set()

    assert b"".join([chunk async for chunk in spool.follow()]) == FILM.content  # type: ignore[union-attr]
    assert await cellar.get(FILM) == await cellar.find(FILM)
    await cellar.originals.flights.settle()
    assert cellar.pim.downloads() == 2


async def test_a_verdict_of_before_is_asked_for_again(cellar: Cellar) -> None:
    go_on = asyncio.Event()
    cellar.pim.faults.add(Hold(go_on, times=1), not_on_filesystem(COFFEE.code))
    early = asyncio.ensure_future(cellar.get(COFFEE))
    await cellar.pim.until(lambda: cellar.pim.in_flight == 1)

    await purge(cellar, everything_of(cellar))
    go_on.set()

    with pytest.raises(MediaMissing):
        await early
    assert cellar.pim.downloads() == 2


# -- notes --


def test_notes_come_back_and_are_gone_when_removed(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "purges")
    assert journal.read() == []
    journal.write("one", below("media-files/\u00fc"))
    journal.write("two", below("", OTHER))

    assert dict(journal.read()) == {"one": below("media-files/\u00fc"), "two": below("", OTHER)}
    journal.remove("one")
    journal.remove("one")
    assert [name for name, _ in journal.read()] == ["two"]


@pytest.mark.parametrize("damage", ["", "{", "[]", "5", "{}", '{"prefix": "a", "groups": 5, "origins": []}'])
def test_a_damaged_note_is_told_and_thrown_away(tmp_path: Path, caplog: pytest.LogCaptureFixture, damage: str) -> None:
    journal = Journal(tmp_path)
    (tmp_path / "one.json").write_text(damage)

    assert journal.read() == []
    assert "damaged" in caplog.text
    assert not (tmp_path / "one.json").exists()


async def test_work_on_other_files_is_not_waited_for(pantry: Pantry) -> None:
    with pantry.ledger.operation(key_of(CUP)):
        async with asyncio.timeout(30):
            assert await pantry.clear(Files((key_of(MUG),), ())) == 0


async def test_a_look_up_is_not_slowed_by_purges_of_other_files() -> None:
    ledger = Ledger()
    paths = [replace(MUG, code=f"1/2/{number}.jpg") for number in range(5000)]
    purges = [ledger.begin(Files((place_of(GROUP, path),), ())) for path in paths]

    assert ledger.concerning(key_of(paths[7])) == (purges[7],)
    assert ledger.concerning(key_of(MUG)) == ()
    ledger.wrote(ledger.begun, "disk", key_of(paths[7]))
    assert [len(purge.fresh) for purge in purges[6:9]] == [0, 1, 0]
    for purge in purges:
        ledger.end(purge)
    assert not ledger.at
