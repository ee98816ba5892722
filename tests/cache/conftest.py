"""Directories of the test's own, a clock, and a cellar of originals."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.cache.bench import Cellar, Clock, cellar_in


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def cellar(tmp_path: Path) -> AsyncIterator[Cellar]:
    """With a cache directory called `disk` and a `scratch` for when that one fails."""
    async with cellar_in(tmp_path / "disk", tmp_path / "scratch") as cellar:
        yield cellar
