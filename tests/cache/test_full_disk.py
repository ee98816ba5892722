"""A disk that is full, a real one: every write to it says that no space is left."""

import os
import stat
from pathlib import Path

import pytest

from proxy.cache.disk import Disk
from proxy.cache.originals.spool import Spool
from proxy.demo.pictures import sample
from proxy.errors import OriginBroken
from proxy.metrics import Metrics
from tests.cache.bench import FILM, ROOMY, Cellar, counted

FULL = Path("/dev/full")


class FullDisk(Disk):
    """Its temporary files are links to the device that is always full."""

    def temporary(self) -> Path:
        path = super().temporary()
        path.symlink_to(FULL)
        return path


@pytest.fixture
def full(cellar: Cellar) -> Cellar:
    cellar.disks[0] = FullDisk(cellar.directories[0], ROOMY, Metrics(), name="disk")
    return cellar


async def test_a_streamed_file_moves_to_another_disk_and_its_viewers_notice_nothing(full: Cellar) -> None:
    full.pim.add(FILM)

    spool = await full.follow(FILM)

    assert isinstance(spool, Spool)
    assert b"".join([chunk async for chunk in spool.follow()]) == FILM.content
    assert full.pim.downloads() == 1
    assert counted(full.metrics, "cache_errors_total", tier="disk", operation="store an original") == 1
    assert "disk" in full.tiers.failing


async def test_a_picture_moves_too(full: Cellar) -> None:
    original = await full.get(sample("coffee"))

    assert full.directories[1] in original.file.parents
    assert original.file.read_bytes() == sample("coffee").content
    assert full.pim.downloads() == 1


async def test_nothing_temporary_is_left_on_the_full_disk(full: Cellar) -> None:
    await full.get(sample("coffee"))

    assert list((full.directories[0] / "tmp").iterdir()) == []
    assert stat.S_ISCHR(os.stat(FULL).st_mode)


async def test_when_all_disks_are_full_it_is_a_passing_fault(full: Cellar) -> None:
    full.disks[1] = FullDisk(full.directories[1], ROOMY, Metrics(), name="scratch")

    with pytest.raises(OriginBroken, match="disk"):
        await full.get(sample("coffee"))
