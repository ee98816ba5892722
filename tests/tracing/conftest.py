"""A collector, and what it takes to start servers."""

from collections.abc import AsyncIterator

import pytest

from tests.tracing.receiver import Receiver, receiving
from tests.web.conftest import pim, processes

__all__ = ["pim", "processes"]


@pytest.fixture
async def receiver(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Receiver]:
    async with receiving() as receiver:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.url)
        yield receiver
