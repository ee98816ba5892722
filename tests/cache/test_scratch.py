"""The scratch directory: one for each process, and none left behind."""

import tempfile
from pathlib import Path

import pytest

from proxy.cache.scratch import LOCK, PREFIX, Scratch


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_it_is_gone_when_it_is_closed(folder: Path) -> None:
    scratch = Scratch()
    assert scratch.directory is not None
    (scratch.directory / "original").write_bytes(b"x")

    scratch.close()

    assert list(folder.iterdir()) == []


def test_what_a_killed_process_left_is_cleared_away_and_what_is_in_use_is_not(folder: Path) -> None:
    living = Scratch()
    dead = folder / f"{PREFIX}dead"
    dead.mkdir()
    (dead / LOCK).touch()
    stranger = folder / f"{PREFIX}without-a-lock"
    stranger.mkdir()

    second = Scratch()

    assert living.directory is not None
    assert living.directory.exists()
    assert not dead.exists()
    assert stranger.exists()
    second.close()
    living.close()


def test_without_a_place_there_is_none(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(folder / "not there"))

    scratch = Scratch()

    assert scratch.directory is None
    scratch.close()
