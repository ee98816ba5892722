from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from proxy.metrics import Metrics
from proxy.pixels.pool import Renderers
from proxy.slices import RenderSettings
from tests.pixels.pictures import Studio


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    return Studio(tmp_path)


@pytest.fixture
async def renderers(metrics: Metrics) -> AsyncIterator[Renderers]:
    renderers = Renderers(RenderSettings(workers=1, timeout_seconds=20), metrics)
    await renderers.start()
    yield renderers
    await renderers.close()
