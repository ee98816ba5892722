"""The head of a file is read once for all sizes that are drawn of it."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest
from PIL import Image

from proxy.delivery import extents
from proxy.delivery.extents import Extents
from proxy.formats import Content, Format
from proxy.pixels.extent import Extent, extents_of

PNG = Content.of(Format.PNG)


def picture(directory: Path, width: int) -> tuple[Path, Content]:
    path = directory / f"{width}.png"
    Image.new("L", (width, 10)).save(path)
    return path, PNG


async def test_what_was_read_once_is_known(tmp_path: Path) -> None:
    known, file, other = Extents(), picture(tmp_path, 20), picture(tmp_path, 30)
    first = await known.of([file])
    file[0].unlink()

    again = await known.of([file, other])

    assert (first, again) == ([Extent(20, 10)], [Extent(20, 10), Extent(30, 10)])


async def test_who_asks_at_the_same_moment_shares_what_is_read_even_if_the_first_one_leaves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known, file, reads = Extents(), picture(tmp_path, 20), []

    def counted(files: Sequence[extents.File]) -> list[Extent | None]:
        reads.append(files)
        return extents_of(files)

    monkeypatch.setattr(extents, "extents_of", counted)
    first, *others = [asyncio.create_task(known.of([file])) for _ in range(6)]
    await asyncio.sleep(0)
    first.cancel()

    assert await asyncio.gather(*others) == [[Extent(20, 10)]] * 5
    assert reads == [(file,)]
    assert not known.looking


async def test_what_was_not_there_is_looked_for_again(tmp_path: Path) -> None:
    known, missing = Extents(), (tmp_path / "20.png", PNG)
    before = await known.of([missing])
    picture(tmp_path, 20)

    assert (before, await known.of([missing])) == ([None], [Extent(20, 10)])


async def test_the_oldest_are_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extents, "MOST", 4)
    known, left = Extents(), []

    for width in (20, 30, 40, 50, 60):
        await known.of([picture(tmp_path, width)])
        left.append([extent.width for extent in known.known.values()])

    assert left == [[20], [20, 30], [20, 30, 40], [20, 30, 40, 50], [30, 40, 50, 60]]
