"""One shop for each test."""

import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from proxy.sync.pace import Pace
from tests.sync.bynder.shop import Shop, shop_in

TURN = Pace.turn
CONTEXT = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    async with shop_in(tmp_path) as shop:
        yield shop


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tries follow each other at once."""
    monkeypatch.setattr("proxy.sync.calls.FIRST_PAUSE_SECONDS", 0.001)


@pytest.fixture(autouse=True)
def without_a_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    """The stand-in has no limit of its own, and a portal's would be most of the time that a test takes."""

    async def turn(self: object) -> None: ...

    monkeypatch.setattr("proxy.sync.pace.Pace.turn", turn)


@pytest.fixture(autouse=True)
def one_context(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing here speaks TLS, and to read the system's certificates for each run takes long."""
    monkeypatch.setattr("ssl.create_default_context", lambda *_, **__: CONTEXT)
