"""Damage that no length tells: seen before an original is used, at the price of reading it once for each process."""

import os
from pathlib import Path

import pytest

from proxy.cache.originals import checked
from proxy.demo.files import DemoFile
from proxy.demo.pictures import sample
from tests.cache.bench import FILM, Cellar, counted

COFFEE, SHEET = sample("coffee"), sample("data sheet")


def spoil(file: Path) -> None:
    """One byte, in its place, as a disk does that loses its memory: the file's time stays what it was."""
    facts = file.stat()
    with file.open("r+b") as opened:
        opened.seek(facts.st_size // 2)
        [byte] = opened.read(1)
        opened.seek(-1, os.SEEK_CUR)
        opened.write(bytes([byte ^ 0xFF]))
    os.utime(file, ns=(facts.st_atime_ns, facts.st_mtime_ns))


@pytest.mark.parametrize("file", [COFFEE, SHEET, FILM], ids=["picture", "document", "film"])
async def test_damage_of_before_the_start_is_seen_at_the_first_use(cellar: Cellar, file: DemoFile) -> None:
    await cellar.get(file)
    spoil(cellar.stored(file)[0])
    again = cellar.restarted()

    assert await again.find(file) is None

    assert counted(again.metrics, "cache_errors_total", tier="disk", operation="unpack") == 1
    assert (await again.get(file)).file.read_bytes() == file.content
    assert cellar.pim.downloads() == 2


async def test_a_file_that_was_written_to_since_is_read_again(cellar: Cellar) -> None:
    original = await cellar.get(COFFEE)
    assert await cellar.find(COFFEE) == original
    spoil(original.file)
    os.utime(original.file)

    assert await cellar.find(COFFEE) is None


async def test_it_is_read_once_only_and_not_at_all_by_who_has_written_it(cellar: Cellar) -> None:
    """Damage of after that, to a file that looks untouched, is not seen."""
    original = await cellar.get(COFFEE)
    again = cellar.restarted()
    assert await again.find(COFFEE) == original

    spoil(original.file)

    assert await cellar.find(COFFEE) == await again.find(COFFEE) == original


async def test_a_long_film_is_sent_without_being_read_before(cellar: Cellar, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checked, "MOST_BYTES", len(FILM.content) - 1)
    original = await cellar.get(FILM)
    spoil(original.file)

    assert await cellar.restarted().find(FILM) == original


async def test_a_file_that_cannot_be_read_now_is_not_deleted(cellar: Cellar) -> None:
    """As by a process that has no file descriptor left."""
    original = await cellar.get(COFFEE)
    aside = original.file.with_name("aside")
    original.file.rename(aside)
    original.file.symlink_to(original.file)
    again = cellar.restarted()

    assert await again.find(COFFEE) is None
    assert "disk" in again.tiers.failing
    aside.replace(original.file)

    assert await again.find(COFFEE) == original


def test_what_is_remembered_has_a_bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checked, "MOST", 3)
    known = checked.Checked()
    files = [tmp_path / str(number) for number in range(5)]
    for file in files:
        file.write_bytes(file.name.encode() * 9)
        known.stored(file)

    assert len(known.states) == 3
    assert checked.state_of(files[-1].stat()) in known.states
