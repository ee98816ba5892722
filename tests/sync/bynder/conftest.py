"""One shop for each test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.sync.bynder.shop import Shop, shop_in


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    async with shop_in(tmp_path) as shop:
        yield shop


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tries follow each other at once."""
    monkeypatch.setattr("proxy.sync.calls.FIRST_PAUSE_SECONDS", 0.001)
