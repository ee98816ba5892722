"""A directory as an origin: what it gives, what it keeps to itself, and how it notices a change."""

import os
from pathlib import Path

import pytest

from proxy.deadline import Deadline
from proxy.errors import MediaNotFound, NoSuchPath, OriginBroken
from proxy.media import MediaPath
from proxy.origins.folder import FolderOrigin
from proxy.origins.origin import Body


@pytest.fixture
def root(tmp_path: Path) -> Path:
    inside = tmp_path / "inside"
    (inside / "logos").mkdir(parents=True)
    (inside / "logos" / "new logo.png").write_bytes(b"a logo" * 100_000)
    (inside / ".hidden").write_text("secret")
    (tmp_path / "outside.txt").write_text("secret")
    (inside / "leads out").symlink_to(tmp_path / "outside.txt")
    (inside / "link.png").symlink_to("logos/new logo.png")
    return inside


async def collect(body: Body) -> bytes:
    read = b"".join([chunk async for chunk in body.chunks])
    assert len(read) == body.length
    return read


@pytest.mark.parametrize("name", ["logos/new logo.png", "link.png"])
async def test_a_file_comes_byte_for_byte(root: Path, name: str) -> None:
    origin = FolderOrigin(root)
    path = await origin.pin(MediaPath.parse_any(name))

    assert await origin.fetch(path, collect, Deadline.after(5)) == b"a logo" * 100_000


@pytest.mark.parametrize("name", ["none.png", "logos", "leads out", "logos/new logo.png/more"])
async def test_what_is_no_file_inside_is_not_found(root: Path, name: str) -> None:
    origin = FolderOrigin(root)

    with pytest.raises(MediaNotFound):
        await origin.pin(MediaPath.parse_any(name))
    with pytest.raises(MediaNotFound):
        await origin.fetch(MediaPath.parse_any(name), collect, Deadline.after(5))


@pytest.mark.parametrize(
    "name", ["", "/", "a//b", "../outside.txt", "logos/../../outside.txt", ".hidden", "a/.b", "a\\b", "a\x00b", "a\n"]
)
def test_a_path_that_climbs_or_hides_is_none(name: str) -> None:
    with pytest.raises(NoSuchPath):
        MediaPath.parse_any(name)


async def test_every_change_is_another_revision(root: Path) -> None:
    origin, path, file = FolderOrigin(root), MediaPath.parse_any("logos/new logo.png"), root / "logos" / "new logo.png"
    first = await origin.pin(path)
    same = await origin.pin(path)
    kept = file.stat()

    file.write_bytes(b"a lego" * 100_000)
    os.utime(file, ns=(kept.st_atime_ns, kept.st_mtime_ns))  # as a careless copy leaves it
    second = await origin.pin(path)

    assert first == same
    assert first.revision != second.revision
    assert str(first) == str(second)


async def test_a_file_that_changes_while_it_is_read_is_not_believed(root: Path) -> None:
    origin = FolderOrigin(root)
    path = await origin.pin(MediaPath.parse_any("link.png"))
    (root / "logos" / "new logo.png").write_bytes(b"another logo")

    with pytest.raises(OriginBroken):
        await origin.fetch(path, collect, Deadline.after(5))
