"""The server is ready without having looked at what lies in its cache: that may be a million files."""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from proxy.cache.disk import ROOMS, SHARDS
from proxy.media import key_of
from tests.web.conftest import Start

LISTINGS = {"os.listdir", "os.scandir"}
LISTED: list[list[str]] = []  # by those who watch; Python has no way to end an audit hook


def note(event: str, arguments: tuple[object, ...]) -> None:
    if LISTED and event in LISTINGS:
        for listed in LISTED:
            listed.append(str(arguments[0]))


sys.addaudithook(note)


@contextmanager
def listings() -> Iterator[list[str]]:
    """Directories that are listed inside the block, by any thread."""
    listed: list[str] = []
    LISTED.append(listed)
    try:
        yield listed
    finally:
        LISTED.remove(listed)


def fill(directory: Path) -> int:
    """A file in each shard; gives the bytes."""
    for room in ROOMS:
        for shard in SHARDS:
            folder = directory / room / shard
            folder.mkdir(parents=True)
            (folder / (shard + key_of(shard))).write_bytes(b"a byte or two")
    return len(ROOMS) * len(SHARDS) * len(b"a byte or two")


async def test_nothing_in_the_cache_is_listed_before_the_server_is_ready(start: Start, tmp_path: Path) -> None:
    held = fill(tmp_path)

    with listings() as listed:
        site = await start(tmp_path)
        before = [name for name in listed if any(f"{tmp_path}/{room}" in name for room in ROOMS)]
        while site.counted("cache_bytes", tier="disk") < held:  # noqa: ASYNC110 (a thread counts)
            await asyncio.sleep(0.01)

    assert before == []
    assert len({name for name in listed if name.startswith(str(tmp_path))}) >= len(ROOMS) * len(SHARDS)
